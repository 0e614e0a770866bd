"""egserve election run on several connections and services: the same result whatever each of them does."""

import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest
from proxy import Proxy
from service import Service, program

ENCRYPT = "/create_encrypted_ballot"
TALLY = "/create_encrypted_tally"
SETUP = "/setup_guardians"
COUNT = 12


@pytest.fixture
def ballots(tmp_path):
    path = tmp_path / "ballots.csv"
    path.write_text("ballot_id,choice\n" + "".join(f"b-{i},{'AB'[i % 3 == 0]}\n" for i in range(COUNT)))
    return path


@pytest.fixture
def proxies(service):
    made = []

    def make(kind=Proxy):
        made.append(kind(service.url))
        return made[-1]

    yield make
    for proxy in made:
        proxy.close()


def command(urls, ballots, out, *more):
    return [
        "election", "run", *(f"--url={url}" for url in urls), f"--ballots={ballots}", f"--out={out}", "--candidates=A,B",
        "--guardians=1", "--quorum=1", "--json", *(more if any(m.startswith("--chunk") for m in more) else ("--chunk=2", *more)),
    ]  # fmt: skip


def check_done(egserve, done, out, count=COUNT):
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["votes"] for one in found["candidates"]] == [count - (count + 2) // 3, (count + 2) // 3]
    assert len(list((out / "record/submitted_ballots").iterdir())) == count
    assert egserve("verify", out / "record", "--quiet").returncode == 0
    return found


class Breaking(Proxy):
    """Breaks off so many answers in the middle, after the head that promises all of it."""

    breaks = 0

    def handle(self, request):
        if self.breaks == 0 or request.path != ENCRYPT:
            super().handle(request)
            return
        self.breaks -= 1
        _, content = self.ask(request, request.rfile.read(int(request.headers["Content-Length"])))
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2])
        request.close_connection = True


class Uncounted(Breaking):
    """The same where nothing tells how long the answer is: HTTP/1.0, as some balancers speak it."""

    def handle(self, request):
        def send_header(name, value, send=request.send_header):
            if name != "Content-Length":
                send(name, value)

        request.send_header = send_header
        request.protocol_version = "HTTP/1.0"
        super().handle(request)
        request.close_connection = True


class OneBehind(Proxy):
    """Answers the first chunk when every other request that there can be without it is answered."""

    def __init__(self, url):
        super().__init__(url)
        self.first = threading.Lock()
        self.others = 2 * (COUNT // 2 - 1)

    def handle(self, request):
        if request.path == ENCRYPT and self.first.acquire(blocking=False):
            while len([path for path in self.paths() if path != SETUP]) < self.others:
                time.sleep(0.01)
        super().handle(request)


def test_in_any_order(egserve, proxies, ballots, tmp_path):
    """The first chunk is answered last; the record has it where it belongs."""
    proxy, out = proxies(OneBehind), tmp_path / "out"
    check_done(egserve, egserve(*command([proxy.url], ballots, out, "--parallel=2")), out)
    ids = [
        [json.loads(line)["object_id"] for line in (out / f"private/ballots/{chunk:06d}.jsonl").open()]
        for chunk in range(1, COUNT // 2 + 1)
    ]
    assert ids == [[f"b-{i}", f"b-{i + 1}"] for i in range(0, COUNT, 2)]


def test_as_many_as_the_service_has_threads(egserve, ballots, tmp_path):
    service = Service(args=("--workers", "2", "--threads", "3"))
    try:
        found = check_done(egserve, egserve(*command([service.url], ballots, tmp_path / "a")), tmp_path / "a")
        assert [one["parallel"] for one in found["services"]] == [6]
        done = egserve(*command([service.url], ballots, tmp_path / "b", "--parallel=2"))
        assert [one["parallel"] for one in check_done(egserve, done, tmp_path / "b")["services"]] == [2]
    finally:
        service.stop()


def test_a_service_that_does_not_say(egserve, proxies, ballots, tmp_path):
    proxy = proxies()  # which has no /status
    found = check_done(egserve, egserve(*command([proxy.url], ballots, tmp_path / "out")), tmp_path / "out")
    assert [one["parallel"] for one in found["services"]] == [1]


def test_several_services(egserve, proxies, ballots, tmp_path):
    """Each gets its part, and the summary says how much that was."""
    both, out = [proxies(), proxies()], tmp_path / "out"
    done = egserve(*command([proxy.url for proxy in both], ballots, out, "--parallel=1"))
    found = check_done(egserve, done, out)
    assert [one["url"] for one in found["services"]] == [proxy.url for proxy in both]
    assert sum(proxy.paths().count(ENCRYPT) for proxy in both) == COUNT // 2
    for proxy, one in zip(both, found["services"]):
        assert proxy.paths().count(ENCRYPT) + proxy.paths().count(TALLY) == one["ballots"] > 0
        assert re.search(rf"^{proxy.url}: {one['ballots']} ballots, [\d.]+ per second$", done.stderr, re.M)
    assert sum(one["ballots"] for one in found["services"]) == COUNT


@pytest.mark.parametrize("kind", [Breaking, Uncounted])
def test_an_answer_that_breaks_off(egserve, proxies, ballots, tmp_path, kind):
    """Asked for again, and named for what it was."""
    proxy, out = proxies(kind), tmp_path / "out"
    proxy.breaks = 2
    done = egserve(*command([proxy.url], ballots, out, "--parallel=2"))
    found = check_done(egserve, done, out)
    assert proxy.breaks == 0 and [one["failures"] for one in found["services"]] == [2]
    assert f"the service at {proxy.url} broke off its answer; asking again in 1 s\n" in done.stderr
    assert f"{proxy.url}: 12 ballots, " in done.stderr and ", asked in vain 2 times\n" in done.stderr


def test_elsewhere_where_there_is_one(egserve, proxies, ballots, tmp_path):
    """One is full all the time: the other does its work without anybody's patience being tried, however many chunks
    are refused one after another in the meantime."""
    full, free = proxies(), proxies()
    full.change = lambda path, status, body: (503, b'{"message":"full"}')
    free.change = lambda path, status, body: time.sleep(0.15)  # its pace
    out = tmp_path / "out"
    done = egserve(*command([full.url, free.url], ballots, out, "--parallel=1", "--patience=1"))
    found = check_done(egserve, done, out)
    assert [one["ballots"] for one in found["services"]] == [0, COUNT]
    assert f"the service at {full.url} is full (503); asking the next one\n" in done.stderr  # the guardians
    assert f"the service at {full.url} is full (503); asking another\n" in done.stderr


def test_one_that_is_not_there(egserve, proxies, ballots, tmp_path):
    there, out = proxies(), tmp_path / "out"
    done = egserve(*command(["http://127.0.0.1:1", there.url], ballots, out))
    assert [one["ballots"] for one in check_done(egserve, done, out)["services"]] == [0, COUNT]
    assert "the service at http://127.0.0.1:1 cannot be reached: " in done.stderr


def test_a_chunk_that_fails_is_named(egserve, proxies, ballots, tmp_path):
    """With its number and its service; the others that were done are kept."""
    proxy, out = proxies(), tmp_path / "out"
    refusal = b'{"message":"a fault"}'
    seen = []

    def change(path, status, body):
        seen.append(path)
        return (500, refusal) if seen.count(ENCRYPT) == 3 and path == ENCRYPT else None

    proxy.change = change
    done = egserve(*command([proxy.url], ballots, out, "--parallel=1"))
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == f"chunk 3, {proxy.url}: {ENCRYPT} answered 500: a fault"
    proxy.change = None
    check_done(egserve, egserve(*command([proxy.url], ballots, out, "--parallel=3")), out)
    assert proxy.paths().count(SETUP) == 1
    assert proxy.paths().count(ENCRYPT) == COUNT // 2 + 1


def test_no_name_or_password_is_shown(egserve, ballots, tmp_path):
    done = egserve(*command(["http://me:secret@127.0.0.1:1"], ballots, tmp_path / "out", "--patience=0"))
    assert done.returncode == 1 and "http://127.0.0.1:1 cannot be reached" in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_a_tally_longer_than_a_request_may_be(egserve, tmp_path):
    """Said before anything is asked, not when all ballots are encrypted."""
    ballots = tmp_path / "long.csv"
    ballots.write_text("ballot_id,choice\n" + "".join(f"{i:0>200},A\n" for i in range(6000)))
    service = Service(args=("--max-body", "1M"))
    try:
        done = egserve(*command([service.url], ballots, tmp_path / "out"))
        assert done.returncode == 1 and "make a tally of 2 MiB, and the service takes requests of 1 MiB" in done.stderr
        assert not (tmp_path / "out/private/setup.json").exists()
    finally:
        service.stop()


def test_a_worker_that_is_killed(egserve, tmp_path):
    """SIGKILL in the middle of the run: the same command goes on to the right count, and what it made verifies."""
    ballots, out, count = tmp_path / "many.csv", tmp_path / "out", 300
    ballots.write_text("ballot_id,choice\n" + "".join(f"b-{i},{'AB'[i % 3 == 0]}\n" for i in range(count)))
    service = Service(args=("--workers", "2", "--threads", "1"))
    try:
        run = subprocess.Popen(
            [program(), *command([service.url], ballots, out, "--chunk=10")], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for chunk in (3, 15):
            while not (out / f"private/tallies/{chunk:06d}.json").exists():
                assert run.poll() is None, run.stderr.read()
                time.sleep(0.005)
            os.kill(service.workers()[0], signal.SIGKILL)
        run.stdout_text, run.stderr_text = run.communicate(timeout=100)
        done = subprocess.CompletedProcess(run.args, run.returncode, run.stdout_text, run.stderr_text)
        check_done(egserve, done, out, count)
    finally:
        service.stop()
