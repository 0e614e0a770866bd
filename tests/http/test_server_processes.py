"""Master and workers: replacing, recycling, draining, reloading. Everything that a worker's end may do to clients."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest
import requests
from client import Client, Raw
from election import election_at
from service import Service, program, wait_until


@pytest.fixture
def run():
    """Starts services that end with the test."""
    started = []

    def start(*args, env=None):
        service = Service(env=env, args=args)
        started.append(service)
        return service

    yield start
    for service in started:
        service.stop()


class Load:
    """Clients with connections kept alive, each asking again and again until told to stop."""

    def __init__(self, service, clients=6, path="/ready"):
        host, port = service.url.removeprefix("http://").split(":")
        self.errors = []
        self.served = 0
        self.path = path
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(host, int(port))) for _ in range(clients)]

    def _run(self, host, port):
        connection = http.client.HTTPConnection(host, port, timeout=30)
        while not self._stop.is_set():
            try:
                connection.request("GET", self.path)
                reply = connection.getresponse()
                reply.read()
                error = None if reply.status == 200 else reply.status
            except (OSError, http.client.HTTPException) as failure:
                error = repr(failure)
                connection.close()
            with self._lock:
                self.served += error is None
                if error is not None:
                    self.errors.append(error)
        connection.close()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(30)


def test_says_where_it_listens_once_all_workers_serve(run):
    service = run("--workers", "3")
    found = service.metrics()
    assert found['egserve_workers{state="serving"}'] == 3
    assert found["egserve_workers_wanted"] == 3
    assert len(service.workers()) == 3
    assert sum("listening on" in line for line in service.lines) == 1


def test_a_port_that_is_taken_is_said(run):
    service = run("--workers", "1")
    second = subprocess.run(
        [program(), "serve", "--bind", service.url.removeprefix("http://")], capture_output=True, timeout=30
    )
    assert second.returncode == 1
    assert b"cannot listen on 127.0.0.1" in second.stderr and second.stdout == b""


def test_killed_worker_is_replaced(run):
    service = run("--workers", "2")
    before = service.workers()
    began = time.monotonic()
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(service.workers()) == 2 and before[0] not in service.workers(), 2, "a new worker")
    wait_until(lambda: service.metric('workers{state="serving"}') == 2, 2, "serving")
    assert time.monotonic() - began < 2
    assert service.restarts("died") == 1
    assert before[1] in service.workers()


def test_killed_worker_gives_its_memory_and_counts_back(run):
    service = run("--workers", "1", "--threads", "1", "--kernel", "portable")
    election = election_at(service)
    served = service.metric('requests_total{endpoint="/setup_guardians",status="200"}')
    thread = threading.Thread(target=lambda: expect_failure(election, election.chunk_request(3000)))
    thread.start()
    wait_until(lambda: service.metric("requests_in_flight") == 1, what="the chunk's start")
    os.kill(service.workers()[0], signal.SIGKILL)
    thread.join(30)
    wait_until(service.at_rest, what="memory back")
    lost = [line for line in service.log().splitlines() if "was lost with worker" in line]
    assert len(lost) == service.metric("lost_requests_total") == 1
    assert re.search(r"request [0-9a-f]{32} to /create_encrypted_ballot was lost with worker \d+ after \d+\.\d s$", lost[0])
    assert service.metric('requests_total{endpoint="/setup_guardians",status="200"}') == served == 1


def expect_failure(election, request):
    with pytest.raises(Exception):
        election.client.post("/create_encrypted_ballot", request)


def test_killed_worker_is_replaced_where_ends_of_children_were_ignored():
    """As a shell or a supervisor may hand it down."""
    service = Service(args=("--workers", "2"), before=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    before = service.workers()
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(service.workers()) == 2 and before[0] not in service.workers(), what="a new worker")
    assert service.stop() == 0


def test_stopped_worker_is_replaced(run):
    service = run("--workers", "2")
    before = service.workers()
    os.kill(before[0], signal.SIGSTOP)
    wait_until(lambda: before[0] not in service.workers() and len(service.workers()) == 2, 12, "replacement")
    assert service.restarts("frozen") == 1
    assert before[1] in service.workers()


def test_workers_that_die_at_once_are_not_started_in_a_hot_loop(run):
    service = run("--workers", "1")
    killed = set()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for worker in set(service.workers()) - killed:
            os.kill(worker, signal.SIGKILL)
            killed.add(worker)
        time.sleep(0.005)  # the pace of the killer
    assert 5 <= len(killed) <= 12
    wait_until(lambda: set(service.workers()) - killed, 3, "a worker that lives")
    assert wait_until(lambda: service.metric('workers{state="serving"}') == 1, 3, "serving")
    assert service.restarts("died") == len(killed)


def test_a_busy_machine_freezes_nobody(run):
    """Workers whose threads all compute, with more threads than processors, are not taken for frozen."""
    service = run("--workers", "2", "--threads", "8", "--kernel", "portable")
    election = election_at(service)
    answers = []

    def ask():
        client = Client(service.url)
        answers.append(client.post("/create_encrypted_ballot", election.chunk_request(40)).ok()["count"])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert answers == [40] * 6
    assert service.restarts("frozen") == service.restarts("died") == service.restarts("overrun") == 0


@pytest.mark.parametrize("together", [True, False], ids=["at once", "one behind the other"])
def test_no_worker_stands_still_while_another_has_two_chunks(run, together):
    """New connections go where a thread is free, however quick the busy worker's I/O thread is."""
    service = run("--workers", "2", "--threads", "1")
    election = election_at(service)
    body = json.dumps(election.chunk_request(200)).encode()
    head = (
        "POST /create_encrypted_ballot HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )

    def in_flight():
        status = requests.get(service.url + "/status", timeout=20).json()
        return sorted(worker["requests_in_flight"] for worker in status["workers"])

    spread = 0
    for _ in range(16):
        idle = None if together else Raw(service.url)  # who says nothing is no work
        with Raw(service.url) as one:
            one.send(head.encode() + body)
            if not together:
                wait_until(lambda: sum(in_flight()) == 1, what="the first chunk's begin")
            with Raw(service.url) as other:
                other.send(head.encode() + body)
                found = wait_until(lambda: sum(found := in_flight()) == 2 and found, what="both chunks' begin")
                spread += found == [1, 1]
        if idle is not None:
            idle.close()
        wait_until(lambda: sum(in_flight()) == 0, what="the end of what nobody waits for")
    assert spread >= 13  # not all: on a machine that is full the free worker may get no processor for its moment


def test_workers_end_with_their_master(run):
    """Also one that is stopped and one with half a request, which it would wait half a minute for; the port can be taken
    again."""
    service = run("--workers", "2")
    workers = service.workers()
    with Raw(service.url) as half:
        half.send(
            b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        wait_until(lambda: service.metric("requests_in_flight") == 1, what="the request's begin")
        os.kill(workers[0], signal.SIGSTOP)
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait(10)
        wait_until(lambda: not any(is_running(pid) for pid in workers), 15, "the workers' end")
        again = Service(args=("--workers", "1"), port=int(service.url.rsplit(":", 1)[1]))
        assert again.stop() == 0


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_more_and_fewer_workers(run):
    service = run("--workers", "2")
    service.process.send_signal(signal.SIGTTIN)
    wait_until(lambda: service.metric('workers{state="serving"}') == 3, what="a third worker")
    for _ in range(3):
        wanted = service.metric("workers_wanted")
        service.process.send_signal(signal.SIGTTOU)
        wait_until(lambda: service.metric("workers_wanted") < wanted or wanted == 1, what="the signal")
    wait_until(lambda: len(service.workers()) == 1, what="one worker")
    assert service.metric("workers_wanted") == 1


def test_recycling_is_not_noticed(run):
    service = run("--workers", "2", "--max-requests", "20", "--max-requests-jitter", "5")
    with Load(service, clients=8, path="/ballots") as load:
        wait_until(lambda: service.restarts("max_requests") >= 20, 60, "20 replacements")
    assert load.errors == []
    assert load.served >= 20 * 15


def test_a_retired_worker_waits_for_its_idle_connections(run):
    """A connection that idles while its worker retires is answered once more, then closed with notice."""
    service = run("--workers", "1", "--max-requests", "5", "--max-requests-jitter", "0")
    host, port = service.url.removeprefix("http://").split(":")
    idle = http.client.HTTPConnection(host, int(port), timeout=20)
    idle.request("GET", "/ready")
    idle.getresponse().read()
    with requests.Session() as busy:
        wait_until(lambda: busy.get(service.url + "/ballots") and service.metric('workers{state="retiring"}') >= 1)
    idle.request("GET", "/ready")
    reply = idle.getresponse()
    assert reply.status == 200 and reply.getheader("Connection") == "close"
    reply.read()
    idle.close()


def test_a_retiring_worker_that_is_killed_has_died(run):
    """Whatever it was sent away for."""
    service = run("--workers", "1", "--max-requests", "3", "--max-requests-jitter", "0")
    with Raw(service.url) as idle:
        idle.send(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.answer()
        before = service.workers()
        with requests.Session() as busy:
            wait_until(lambda: busy.get(service.url + "/ballots") and service.metric('workers{state="retiring"}') >= 1)
        (retiring,) = set(before) & set(service.workers())
        os.kill(retiring, signal.SIGKILL)
        wait_until(lambda: service.restarts("died") == 1, what="the count")


@pytest.mark.parametrize("request_line", [
    "GET /health", "HEAD /health", "GET /ready", "GET /metrics", "GET /api/health", "OPTIONS /ballots", "GET /nowhere",
    "DELETE /health", "DELETE /ballots",
])  # fmt: skip
def test_probes_do_not_wear_a_worker_out(run, request_line):
    """On one kept connection and on new ones; a request that is one does."""
    service = run("--workers", "1", "--max-requests", "20", "--max-requests-jitter", "0")
    before = service.workers()
    with Raw(service.url) as kept:
        for i in range(60):
            kept.send(f"{request_line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            status, headers = kept.head()
            if not request_line.startswith("HEAD"):
                kept.body(headers)
            assert "connection" not in headers, f"told to close after {i}"
            service.metrics()
    assert service.workers() == before
    with requests.Session() as session:
        for _ in range(20):
            assert session.get(service.url + "/ballots").status_code == 200
    wait_until(lambda: service.workers() != before, what="the replacement")


def test_idle_connections_do_not_make_retiring_workers_without_number(run):
    """Each keeps the worker that it is at: recycling waits once as many are retiring as there should be."""
    service = run("--workers", "2", "--max-requests", "2", "--max-requests-jitter", "0")
    idle = []
    for _ in range(30):
        idle.append(Raw(service.url))
        idle[-1].send(b"GET /ballots HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle[-1].answer().status == 200
        wait_until(lambda: service.metric('workers{state="starting"}') == 0, what="the next worker")
        assert len(service.workers()) <= 2 + 2 + 1, "serving, retiring, and one that was just told"
    # A worker that answered nothing but these looks holds no connection, ends at once and is none of the two.
    wait_until(lambda: service.metric('workers{state="retiring"}') == 2, what="as many as there should be")
    for connection in idle:
        connection.close()
    wait_until(lambda: service.metric('workers{state="retiring"}') <= 1, what="their end")


def test_stopping_waits_for_what_is_in_flight(run):
    service = run("--workers", "2", "--threads", "1", "--kernel", "portable")
    election = election_at(service)
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(election.client.post("/create_encrypted_ballot", election.chunk_request(60)))
    )
    thread.start()
    wait_until(lambda: service.metric("requests_in_flight") == 1, what="the chunk's start")
    service.process.terminate()
    thread.join(60)
    assert service.process.wait(30) == 0
    assert answers[0].ok()["count"] == 60


def test_stopping_answers_those_who_wait_to_be_accepted(run):
    """They are many when the workers were kept from running: here they are stopped for that while."""
    service = run("--workers", "2")
    workers = service.workers()
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    waiting = [Raw(service.url) for _ in range(200)]
    for connection in waiting:
        connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    service.process.terminate()
    wait_until(lambda: "shutting down" in service.log(), what="the signal's arrival")
    for worker in workers:
        os.kill(worker, signal.SIGCONT)
    for connection in waiting:
        with connection:
            assert connection.answer().status == 200
    assert service.process.wait(30) == 0


def test_stopping_closes_idle_connections_soon(run):
    service = run("--workers", "2")
    host, port = service.url.removeprefix("http://").split(":")
    idle = [http.client.HTTPConnection(host, int(port), timeout=20) for _ in range(5)]
    for connection in idle:
        connection.request("GET", "/ready")
        connection.getresponse().read()
    service.process.terminate()
    assert service.process.wait(10) == 0
    for connection in idle:
        connection.close()


def test_second_signal_ends_at_once(run):
    service = run("--workers", "1", "--threads", "1", "--kernel", "portable")
    election = election_at(service)
    thread = threading.Thread(target=lambda: expect_failure(election, election.chunk_request(3000)))
    thread.start()
    wait_until(lambda: service.metric("requests_in_flight") == 1, what="the chunk's start")
    worker = service.workers()[0]
    service.process.terminate()
    wait_until(lambda: "shutting down" in service.log(), what="the first signal")
    service.process.terminate()
    assert service.process.wait(5) != 0
    thread.join(30)
    wait_until(lambda: not is_running(worker), what="the worker's end")


def test_graceful_timeout_is_a_limit(run):
    service = run("--workers", "1", "--threads", "1", "--kernel", "portable", "--graceful-timeout", "1")
    election = election_at(service)
    thread = threading.Thread(target=lambda: expect_failure(election, election.chunk_request(3000)))
    thread.start()
    wait_until(lambda: service.metric("requests_in_flight") == 1, what="the chunk's start")
    service.process.terminate()
    service.process.wait(10)
    thread.join(30)
    assert "cut off" in service.log()


def test_reload_takes_the_file_and_loses_nothing(run, tmp_path):
    config = tmp_path / "egserve.conf"
    config.write_text("cors_origins = https://one.example\nworkers = 2\n")
    service = run("--config", str(config), "--max-requests", "0")
    before = set(service.workers())
    with Load(service) as load:
        config.write_text("cors_origins = https://two.example\nworkers = 3\n")
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "in force" in service.log(), what="the reload")
        wait_until(lambda: not before & set(service.workers()), what="the old workers' end")
    assert load.errors == []
    assert len(service.workers()) == 3
    assert service.restarts("reload") == 2
    answer = Client(service.url).send("OPTIONS", "/api/decrypt", headers={"Origin": "https://two.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://two.example"


def test_a_wrong_reload_changes_nothing(run, tmp_path):
    config = tmp_path / "egserve.conf"
    config.write_text("workers = 2\n")
    service = run("--config", str(config))
    before = service.workers()
    config.write_text("workers = many\n")
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "old ones stay in force" in service.log(), what="the refusal")
    assert "workers is 'many'" in service.log()
    assert service.workers() == before


def test_a_wrong_reload_that_nobody_hears_of_holds_nobody_up(tmp_path):
    """stderr is a pipe that is full."""
    settings = tmp_path / "egserve.conf"
    settings.write_text("workers = 1\n")
    unread, full = os.pipe()
    service = Service(args=("--config", str(settings)), before=lambda: os.dup2(full, 2))
    os.set_blocking(full, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(full, b"x")
    os.set_blocking(full, True)
    settings.write_text("workers = 0\n")
    service.process.send_signal(signal.SIGHUP)
    try:
        assert service.stop() == 0
    finally:
        os.close(unread)
        os.close(full)


def test_closed_standard_descriptors_are_not_taken_by_sockets():
    arguments = ("--workers", "1", "--access-log", "--log-format", "gunicorn")
    service = Service(args=arguments, before=lambda: (os.close(0), os.close(2)))
    for pid in (service.process.pid, *service.workers()):
        assert [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (0, 2)] == ["/dev/null"] * 2
    assert service.stop() == 0


def test_one_process_in_the_foreground(run):
    service = run("--dev")
    assert service.workers() == []
    assert service.metric('workers{state="serving"}') == 1
    assert service.stop() == 0


def test_a_wrong_setting_is_refused_at_start():
    for args, env, message in (
        (["--workers", "none"], {}, b"--workers is 'none'"),
        ([], {"GUNICORN_TIMEOUT": "-1"}, b"GUNICORN_TIMEOUT is '-1'"),
        ([], {"MASTER_KEY_PQ": "c2hvcnQ="}, b"MASTER_KEY_PQ"),
        (["--kernel", "abacus"], {}, b"kernel"),
    ):
        done = subprocess.run(
            [program(), "serve", "--bind", "127.0.0.1:0", *args],
            env={**os.environ, **env},
            capture_output=True,
            timeout=30,
        )
        assert done.returncode == 2
        assert message in done.stderr and b"c2hvcnQ" not in done.stderr
        assert done.stdout == b""
