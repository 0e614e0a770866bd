"""Ten thousand requests of all kinds, a tenth of them abandoned: nothing is left behind."""

import random
import time

import processes
import traffic
from client import Raw
from processes import MB

REQUESTS = 10_000
CLIENTS = 8
ABANDONED = 0.1
GROWTH_MAX = 0.05


def kinds(election):
    """(request, weight)."""
    ballot = traffic.single(election)
    post = lambda path, body: traffic.raw_request("POST", path, body)  # noqa: E731
    return [
        (traffic.raw_request("GET", "/ballots"), 30),
        (traffic.raw_request("GET", "/health"), 10),
        (traffic.raw_request("GET", "/metrics"), 5),
        (traffic.raw_request("GET", "/no/such/path"), 5),
        (post("/create_encrypted_ballot", ballot), 20),
        (post("/create_encrypted_ballot", ballot.replace(b'"quorum"', b'"quorun"')), 10),
        (post("/create_encrypted_ballot", traffic.chunk(election, 6, "c")), 8),
        (post("/create_encrypted_tally", b'{"encrypted_ballots":[{"a":' + b"[" * 40), 5),
        (post("/create_encrypted_ballot", b"\x81\xa1"), 5),
        (traffic.raw_request("OPTIONS", "/create_encrypted_ballot"), 2),
    ]


def abandon(url, request, chance):
    """Part of a request, or all of it, and away before the answer."""
    with Raw(url) as raw:
        raw.send(request[: chance.randrange(1, len(request) + 1)])


def client_of(url, election, count):
    requests, weights = zip(*kinds(election))

    def client(index, _):
        chance = random.Random(index)
        kept = traffic.KeepAlive(url)
        for _ in range(count // CLIENTS):
            request = chance.choices(requests, weights)[0]
            if chance.random() < ABANDONED:
                abandon(url, request, chance)
                continue
            began = time.monotonic()
            yield traffic.Outcome(began, time.monotonic(), kept.send(request))
        kept.close()

    return client


def resources(pid):
    time.sleep(2)
    return processes.descriptors(pid), processes.threads(pid), processes.own_memory(pid)


def test_nothing_is_left_behind(start_service, election, measured):
    service = start_service("--workers", "2", env={"GUNICORN_MAX_REQUESTS": "0"})
    pid = service.process.pid
    traffic.run_crowd(CLIENTS, client_of(service.url, election, REQUESTS // 10), patience=300)
    before = resources(pid)
    outcomes = traffic.run_crowd(CLIENTS, client_of(service.url, election, REQUESTS), patience=600)
    after = resources(pid)
    statuses = {}
    for outcome in outcomes:
        statuses[outcome.status] = statuses.get(outcome.status, 0) + 1
    measured(f"{REQUESTS} requests, answered {dict(sorted(statuses.items()))}; descriptors, threads, MB: "
             f"{before[0]}, {before[1]}, {before[2] / MB:.1f} before, {after[0]}, {after[1]}, {after[2] / MB:.1f} after")
    assert set(statuses) <= {200, 400, 404}
    assert after[:2] == before[:2]
    assert after[2] - before[2] <= GROWTH_MAX * processes.pss(pid)
