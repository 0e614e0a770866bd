"""Workers that die, freeze or are replaced under load."""

import os
import signal
import time

import processes
import traffic
from client import Raw

CLIENTS = 6
DEAD_REPLACED_S = 2
FROZEN_REPLACED_S = 10


def workers(service):
    return [pid for pid in processes.children(service.process.pid) if processes.is_running(pid)]


def ballots_until_stopped(url, body):
    """A client that encrypts ballot after ballot, each on a connection of its own."""

    def client(index, stop):
        while not stop.is_set():
            yield traffic.encrypt(url, body, timeout=60)

    return client


def seconds_to_replace(service, gone, count):
    return processes.wait_until(
        lambda: gone not in workers(service) and len(workers(service)) == count, FROZEN_REPLACED_S + 10
    )


def check_only_those_in_flight_failed(outcomes, at):
    """Whoever failed was waiting for an answer when the worker was lost; at most one request of each client."""
    failed = [o for o in outcomes if o.status != 200]
    assert len(failed) <= CLIENTS, failed
    for outcome in failed:
        assert outcome.began <= at <= outcome.ended + 0.01, (outcome.began - at, outcome.ended - at, outcome)
    return failed


def lose_a_worker(service, election, sign, allowed_s, measured):
    body = traffic.single(election)
    before = workers(service)
    with traffic.Crowd(CLIENTS, ballots_until_stopped(service.url, body)) as crowd:
        assert processes.wait_until(lambda: len(crowd.outcomes) > 4 * CLIENTS, 60) is not None
        at = time.monotonic()
        os.kill(before[0], sign)
        seconds = seconds_to_replace(service, before[0], len(before))
        served_since = len(crowd.outcomes)
        assert processes.wait_until(lambda: len(crowd.outcomes) > served_since + 4 * CLIENTS, 60) is not None
    failed = check_only_those_in_flight_failed(crowd.outcomes, at)
    measured(f"replaced after {seconds} s; {len(crowd.outcomes)} requests, {len(failed)} of them failed")
    assert seconds is not None and seconds <= allowed_s
    assert set(before[1:]) <= set(workers(service))
    return crowd.outcomes


def test_kill_9_of_a_worker(start_service, election, measured):
    service = start_service("--workers", "3", "--max-requests", "0")
    lose_a_worker(service, election, signal.SIGKILL, DEAD_REPLACED_S, measured)


def test_a_frozen_worker_under_load(start_service, election, measured):
    service = start_service("--workers", "3", "--max-requests", "0")
    lose_a_worker(service, election, signal.SIGSTOP, FROZEN_REPLACED_S, measured)


def test_a_frozen_worker_of_an_idle_service(start_service, election, measured):
    service = start_service("--workers", "2")
    before = workers(service)
    os.kill(before[0], signal.SIGSTOP)
    seconds = seconds_to_replace(service, before[0], 2)
    measured(f"replaced after {seconds} s")
    assert seconds is not None and seconds <= FROZEN_REPLACED_S
    assert max(traffic.encrypt_times(service.url, traffic.single(election), 10)) > 0


def test_all_workers_killed_at_once(start_service, election):
    service = start_service("--workers", "3")
    before = workers(service)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(
        lambda: len(workers(service)) == 3 and not set(before) & set(workers(service)), DEAD_REPLACED_S + 3
    ) is not None
    assert traffic.encrypt(service.url, traffic.single(election)).status == 200


# ---- recycling

RECYCLED_REQUESTS = 50_000
CONNECTIONS = 20
BALLOT_EVERY = 50


def test_recycling_without_an_error(start_service, election, measured):
    """2,500 workers come and go; no client sees it on its kept connection."""
    service = start_service("--workers", "2", "--threads", "2", env={
        "GUNICORN_MAX_REQUESTS": "20", "GUNICORN_MAX_REQUESTS_JITTER": "5",
    })
    ballot = traffic.raw_request("POST", "/create_encrypted_ballot", traffic.single(election))
    cheap = traffic.raw_request("GET", "/ballots")
    seen = set()

    def client(index, _):
        kept = traffic.KeepAlive(service.url)
        for i in range(RECYCLED_REQUESTS // CONNECTIONS):
            is_ballot = i % BALLOT_EVERY == 0
            began = time.monotonic()
            status = kept.send(ballot if is_ballot else cheap)
            if status != 200:
                yield traffic.Outcome(began, time.monotonic(), status)
            if is_ballot:
                seen.update(workers(service))
        kept.close()
        connections.append(kept.connections)

    connections = []
    began = time.monotonic()
    failed = traffic.run_crowd(CONNECTIONS, client, patience=900)
    measured(f"{RECYCLED_REQUESTS} requests in {time.monotonic() - began:.0f} s over {sum(connections)} connections, "
             f"at least {len(seen)} workers, {len(failed)} errors")
    assert not failed, failed[:5]
    assert len(seen) > 20, "no worker was recycled"


# ---- signals

def start_slow_requests(service, election, count):
    """Connections with a chunk in work each: sent whole, the answer not read yet."""
    opened = []
    for i in range(count):
        raw = Raw(service.url, timeout=60)
        raw.send(traffic.raw_request("POST", "/create_encrypted_ballot", traffic.chunk(election, 64, f"t{i}")))
        opened.append(raw)
    for raw in opened:
        raw.file.peek(1)  # the answer has begun: the request is in work
    return opened


def check_sigterm(service, election):
    opened = start_slow_requests(service, election, 6)
    os.kill(service.process.pid, signal.SIGTERM)
    for i, raw in enumerate(opened):
        ballots = raw.answer().ok()["ballots"]
        assert [b["ballot_id"] for b in ballots] == [f"t{i}-{k}" for k in range(64)]
        raw.__exit__()
    began = time.monotonic()
    assert service.process.wait(40) == 0
    return time.monotonic() - began


def test_sigterm_lets_requests_end(start_service, election, measured):
    service = start_service("--workers", "3")
    measured(f"six chunks whole, ended {check_sigterm(service, election):.1f} s after the last")


def test_sigterm_of_one_process(start_service, election, measured):
    service = start_service("--workers", "1")
    measured(f"six chunks whole, ended {check_sigterm(service, election):.1f} s after the last")


def test_sigterm_under_load(start_service, election, measured):
    """Requests that were taken end with 200; those that come too late are refused before they are taken."""
    service = start_service("--workers", "2")
    body = traffic.single(election)
    with traffic.Crowd(CLIENTS, ballots_until_stopped(service.url, body)) as crowd:
        assert processes.wait_until(lambda: len(crowd.outcomes) > 4 * CLIENTS, 60) is not None
        at = time.monotonic()
        os.kill(service.process.pid, signal.SIGTERM)
        assert service.process.wait(40) == 0
    ended = time.monotonic() - at
    before = [o for o in crowd.outcomes if o.began < at]
    failed = [o for o in before if o.status not in (200, 503) and "Connection refused" not in str(o.problem)]
    served = sum(o.status == 200 for o in before)
    measured(f"{served} served, {len(failed)} failed, exit after {ended:.2f} s")
    assert not failed, failed


def test_sighup_under_load(start_service, election, measured):
    """Every worker is replaced, no request is lost, neither on new connections nor on kept ones."""
    service = start_service("--workers", "2")
    body = traffic.single(election)
    kept_request = traffic.raw_request("POST", "/create_encrypted_ballot", body)

    def kept_client(index, stop):
        kept = traffic.KeepAlive(service.url)
        while not stop.is_set():
            began = time.monotonic()
            yield traffic.Outcome(began, time.monotonic(), kept.send(kept_request))
        kept.close()

    new_client = ballots_until_stopped(service.url, body)

    def client(index, stop):
        return (kept_client if index % 2 else new_client)(index, stop)

    first = set(workers(service))
    with traffic.Crowd(CLIENTS, client) as crowd:
        for _ in range(3):
            old = set(workers(service))
            served = len(crowd.outcomes)
            assert processes.wait_until(lambda: len(crowd.outcomes) > served + 4 * CLIENTS, 60) is not None
            os.kill(service.process.pid, signal.SIGHUP)
            replaced = processes.wait_until(
                lambda: not old & set(workers(service)) and len(workers(service)) == 2, 40
            )
            assert replaced is not None, "the old workers are still there"
    failed = [o for o in crowd.outcomes if o.status != 200]
    measured(f"{len(crowd.outcomes)} requests over three reloads, {len(failed)} failed")
    assert not failed, failed[:5]
    assert service.alive() and not first & set(workers(service))
