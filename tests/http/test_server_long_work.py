"""Requests built to hold a worker up: each ends within its deadline, no worker is lost, and a voter beside it is served."""

import threading

import pytest
from built import Built
from client import Client
from election import election_at
from service import Service, wait_until

PATH = "/combine_decryption_shares"
SLOW = ("--kernel", "portable")


@pytest.fixture
def one_worker():
    """One thread, slow: whatever is too long for it shows."""
    service = Service(args=("--workers", "1", "--threads", "1", "--timeout", "4", *SLOW))
    yield service
    assert service.alive(), service.log()
    service.stop()


class Beside:
    """A request in a thread of its own; `answer` once it has ended."""

    def __init__(self, url, request):
        self.answer = None
        self.thread = threading.Thread(target=self._send, args=(url, request))
        self.thread.start()

    def _send(self, url, request):
        client = Client(url)
        self.answer = client.post(PATH, request)
        client.close()


def test_a_built_combination(one_worker):
    """4.8 MB that ask for some 30,000 powers."""
    request = Built(guardians=20, missing=10, candidates=100).request()
    election = election_at(one_worker)
    workers = one_worker.workers()
    beside = Beside(one_worker.url, request)
    wait_until(lambda: one_worker.metric("requests_in_flight") > 0, what="the combination in work")
    served = 0
    while beside.answer is None or served == 0:
        election.encrypt(f"b-{served}", election.candidates[0])
        served += 1
    beside.thread.join()
    beside.answer.refused(503, "deadline")
    assert one_worker.workers() == workers
    wait_until(one_worker.at_rest, what="rest")


def test_a_smaller_one_is_answered(service):
    """The same kind of request within its time: what it is refused for above is its time alone."""
    client = Client(service.url)
    answer = client.post(PATH, Built(guardians=4, missing=2, candidates=10).request()).ok()
    assert [c["votes"] for c in answer["results"]["results"]["candidates"].values()] == ["0"] * 10
    client.close()
