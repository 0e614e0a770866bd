"""Workers that die, freeze or are replaced under load."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import processes
import pytest
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


STARVED_S = 30
NOBODY = 65534
AUTOGROUP = "/proc/sys/kernel/sched_autogroup_enabled"


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


@pytest.fixture
def one_scheduling_group():
    """Else each session has a share of its own, whatever its threads' priorities. Holds for processes made from here on."""
    if not os.path.exists(AUTOGROUP):
        yield
        return
    with open(AUTOGROUP, encoding="ascii") as file:
        before = file.read()
    set_autogroup("0")
    yield
    set_autogroup(before)


def set_autogroup(value):
    with open(AUTOGROUP, "w", encoding="ascii") as file:
        file.write(value)


class Starved:
    """Keeps a process off the processors: one of them alone, at the lowest priority, beside busy ones at the highest."""

    BUSY = 4

    def __init__(self, pid):
        self.threads = [int(thread) for thread in os.listdir(f"/proc/{pid}/task")]
        self.allowed = os.sched_getaffinity(pid)
        self.busy = []

    def __enter__(self):
        processor = {min(self.allowed)}
        for _ in range(self.BUSY):
            busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            os.sched_setaffinity(busy.pid, processor)
            os.setpriority(os.PRIO_PROCESS, busy.pid, -20)
            self.busy.append(busy)
        for thread in self.threads:
            os.sched_setaffinity(thread, processor)
            os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
        return self

    def __exit__(self, *_):
        for busy in self.busy:
            busy.kill()
            busy.wait()
        with contextlib.suppress(ProcessLookupError):  # it did not live
            for thread in self.threads:
                os.sched_setaffinity(thread, self.allowed)
                os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))


def longest_silence(pid, seconds):
    """Of its I/O thread, without being put on a processor; stops when it is gone."""
    longest, turns, since = 0, None, time.monotonic()
    end = since + seconds
    while time.monotonic() < end and processes.is_running(pid):
        now = processes.turns(pid)
        if now != turns:
            turns, since = now, time.monotonic()
        longest = max(longest, time.monotonic() - since)
        time.sleep(0.1)
    return longest


def test_a_starved_worker_lives(one_scheduling_group, start_service, measured):
    """For half a minute it gets next to no processor time, under a user that may not look into other processes; the master
    sees the difference to a frozen one."""
    service = start_service("--workers", "2", before=become_nobody)
    os.setpriority(os.PRIO_PROCESS, service.process.pid, -20)  # a late master judges nobody
    starved = workers(service)[0]
    with Starved(starved):
        silence = longest_silence(starved, STARVED_S)
    measured(f"{silence:.0f} s without a turn on a processor")
    assert starved in workers(service) and service.restarts("frozen") == 0
    assert silence > 10, "it was not starved"
    for _ in range(4 * 2):  # also by the one that was starved
        with Raw(service.url) as connection:
            connection.send(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.answer().status == 200
