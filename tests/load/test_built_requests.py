"""The largest of the requests that are built to hold a worker up, beside voters."""

import threading

import traffic
from built import Built
from client import Client

GUARDIANS, MISSING, CANDIDATES = 40, 20, 150
PATH = "/combine_decryption_shares"


def test_a_built_combination_of_40_guardians(start_service, election, measured):
    """22 MB; answered or refused within its time, no worker lost, and every voter beside it served."""
    request = Built(GUARDIANS, MISSING, CANDIDATES).request()
    service = start_service()
    workers = service.workers()
    outcomes, done = [], threading.Event()

    def combine():
        client = Client(service.url)
        outcomes.append(traffic.timed(lambda: client.post(PATH, request)))
        client.close()
        done.set()

    thread = threading.Thread(target=combine)
    thread.start()
    body = traffic.single(election)
    times = []
    while not done.is_set():
        times += traffic.encrypt_times(service.url, body, 1)
    thread.join()
    (combined,) = outcomes
    measured(f"{combined}; {len(times)} ballots beside it, the slowest {max(times) * 1e3:.0f} ms")
    assert combined.status in (200, 503), combined
    assert combined.status == 200 or combined.body["code"] == "deadline"
    assert sorted(service.workers()) == sorted(workers)
