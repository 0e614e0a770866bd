"""A voter's ballot beside those who hold the service up: silent clients, half-sent requests, chunks, crowds."""

import os
import subprocess

import processes
import pytest
import traffic
from client import Raw
from service import wait_until

SILENT = 200
SILENT_MAX = 2
CHUNK = 600
BESIDE_CHUNK_MAX = 12
CROWD = 150
SAMPLES = 40


@pytest.fixture
def undisturbed(start_service):
    """Starts services that go, as this process does, before whatever else runs on the machine: what is compared is the
    service with itself."""

    def start(*args):
        processes.set_priority(0, -15)
        service = start_service(*args)
        processes.set_priority(service.process.pid, -15)
        return service

    yield start
    processes.set_priority(0, 0)


def warm(service, election):
    """Every worker has the tables of the election: what comes later is not slower for lack of them."""
    for _ in range(4):
        traffic.run_crowd(8, lambda i, _: [traffic.encrypt(service.url, traffic.chunk(election, 8, "warm"))])


def half_sent(body):
    """What silent clients have said before they fell silent."""
    whole = traffic.raw_request("POST", "/create_encrypted_ballot", body)
    head = whole[: whole.index(b"\r\n\r\n") + 4]
    return [b"", whole[:10], head[:-2], head, whole[: len(head) + len(body) // 2], whole[:-1]]


def test_silent_clients_hold_nobody_up(undisturbed, election, measured):
    service = undisturbed()
    warm(service, election)
    body = traffic.single(election)
    said = half_sent(body)
    turns = []
    for _ in range(3):
        alone = traffic.median(traffic.encrypt_times(service.url, body, SAMPLES))
        silent = [Raw(service.url, timeout=60) for _ in range(SILENT)]
        for i, connection in enumerate(silent):
            connection.send(said[i % len(said)])
        beside = traffic.median(traffic.encrypt_times(service.url, body, SAMPLES))
        for connection in silent:
            connection.__exit__()
        turns.append((alone, beside, beside / alone))
    alone, beside, ratio = sorted(turns, key=lambda turn: turn[2])[len(turns) // 2]
    measured(f"{alone * 1e3:.1f} ms alone, {beside * 1e3:.1f} ms beside {SILENT} silent clients: {ratio:.2f} times")
    assert ratio <= SILENT_MAX


def test_a_half_sent_request_still_ends_well(start_service, election):
    """Silent for as long as the others took; then the rest of the body comes, and it is answered."""
    service = start_service()
    body = traffic.single(election)
    whole = traffic.raw_request("POST", "/create_encrypted_ballot", body)
    with Raw(service.url) as late:
        late.send(whole[:-1])
        assert min(traffic.encrypt_times(service.url, body, 5)) > 0
        late.send(whole[-1:])
        assert late.answer().ok()["ballot_id"] == "voter"


class Chunks:
    """Chunks one after another from a process of its own: reading their answers must not hold up who measures."""

    def __init__(self, url, path):
        self.command = [
            "curl", "-s", "--noproxy", "*", "-o", os.devnull, "-w", "%{http_code} ", "-H", "Content-Type: application/json",
            "--data-binary", f"@{path}", f"{url}/create_encrypted_ballot",
        ]  # fmt: skip
        self.statuses = []

    def __call__(self, index, stop):
        while not stop.is_set():
            done = subprocess.run(self.command, capture_output=True, text=True, timeout=300)
            self.statuses += done.stdout.split()
        return []


def voter_beside_chunks(service, path, body, turns):
    """Times of single ballots while a chunk is always in work."""
    chunks = Chunks(service.url, path)
    with traffic.Crowd(1, chunks):
        wait_until(lambda: service.metric("requests_in_flight") > 0, what="a chunk in work")
        times = traffic.encrypt_times(service.url, body, turns)
    assert chunks.statuses and set(chunks.statuses) == {"200"}, chunks.statuses
    return times


def test_a_voter_beside_a_chunk_of_600(undisturbed, election, tmp_path, measured):
    service = undisturbed("--workers", "2", "--threads", "2")
    warm(service, election)
    body = traffic.single(election)
    path = tmp_path / "chunk.json"
    path.write_bytes(traffic.chunk(election, CHUNK, "chunk"))
    turns = []
    for _ in range(3):
        alone = traffic.median(traffic.encrypt_times(service.url, body, SAMPLES))
        slow = traffic.percentile(voter_beside_chunks(service, path, body, 2 * SAMPLES), 90)
        turns.append((slow / alone, alone, slow))
    ratio, alone, slow = sorted(turns)[1]
    measured(f"{alone * 1e3:.1f} ms alone, 90 of 100 within {slow * 1e3:.1f} ms beside a chunk of {CHUNK}: "
             f"{ratio:.1f} times")
    assert ratio <= BESIDE_CHUNK_MAX


def check_answered(outcomes):
    """Each 200, or 503 with Retry-After and an error in JSON; how many of each."""
    for outcome in outcomes:
        assert outcome.status in (200, 503), outcome
        if outcome.status == 503:
            assert int(outcome.headers["Retry-After"]) > 0
            assert outcome.body["code"] == "busy"
    full = sum(o.status == 503 for o in outcomes)
    return len(outcomes) - full, full


def test_150_clients_at_once(start_service, election, measured):
    service = start_service()
    warm(service, election)
    outcomes = traffic.run_crowd(
        CROWD, lambda i, _: [traffic.encrypt(service.url, traffic.chunk(election, 8, f"c{i}"))]
    )
    served, full = check_answered(outcomes)
    measured(f"{CROWD} clients with chunks of 8: {served} answered 200, {full} answered 503")
    assert served > 0


def test_150_clients_where_there_is_room_for_few(start_service, election, measured):
    service = start_service("--workers", "2", "--threads", "1", "--max-jobs", "4")
    outcomes = traffic.run_crowd(
        CROWD, lambda i, _: [traffic.encrypt(service.url, traffic.chunk(election, 16, f"c{i}"))]
    )
    served, full = check_answered(outcomes)
    slowest = max((o.seconds for o in outcomes if o.status == 503), default=0)
    measured(f"{CROWD} clients, 2 workers with 4 jobs: {served} answered 200, {full} answered 503; "
             f"the last 503 after {slowest:.2f} s")
    assert served > 0 and full > 0
    assert traffic.encrypt(service.url, traffic.single(election)).status == 200
