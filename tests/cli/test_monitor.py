"""egserve monitor: one page for scripts, a refreshed one in a terminal."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import urllib.request

import pytest
from service import Service, program
from test_json import documented


def test_one_page(egserve, service):
    done = egserve("monitor", "--once", service.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"egserve at {service.url}: ready, up ")
    for part in ("workers ", "in flight ", "memory ", "per second ", "endpoint "):
        assert re.search(rf"^{part}", done.stdout, re.M), part
    assert "\x1b" not in done.stdout


def test_page_after_page_without_a_terminal(service):
    process = subprocess.Popen(
        [program(), "monitor", "--interval", "1", service.url], stdout=subprocess.PIPE, text=True
    )
    titles = 0
    try:
        for line in process.stdout:
            assert "\x1b" not in line
            titles += line.startswith("egserve at ")
            if titles == 2:
                break
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert titles == 2


TAKE, GIVE_BACK = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"
FRAME = b"\x1b[H"


class Terminal:
    """A terminal of that size with the monitor in its foreground."""

    def __init__(self, url, columns=80, rows=24, term="xterm"):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self.seen = b""

        def become_foreground():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [program(), "monitor", "--interval", "1", *([url] if isinstance(url, str) else url)], stdin=theirs, stdout=theirs, stderr=theirs,
            preexec_fn=become_foreground, env={**os.environ, "TERM": term},
        )  # fmt: skip
        self.theirs = theirs

    def read_until(self, condition, patience_s=60):
        deadline = time.monotonic() + patience_s
        while not condition(self.seen):
            assert time.monotonic() < deadline, self.seen
            if select.select([self.ours], [], [], 1)[0]:
                self.seen += os.read(self.ours, 65536)
        return self.seen

    def type(self, keys):
        os.write(self.ours, keys)

    def attributes(self):
        return termios.tcgetattr(self.theirs)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.theirs)
        os.close(self.ours)


@pytest.fixture
def terminal(service):
    opened = []

    def start(url=service.url, **size):
        opened.append(Terminal(url, **size))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def frames(seen):
    """What each whole frame wrote, as lines."""
    parts = seen.split(FRAME)[2:-1]  # the first is what was there, the second clears
    return [re.sub(rb"\x1b\[[KJ]", b"", part).decode().split("\r\n") for part in parts]


@pytest.mark.parametrize("columns, rows", [(80, 24), (120, 40), (60, 20)])
def test_refreshed_in_a_terminal(terminal, columns, rows):
    """In place, on the second screen: no frame is larger than the window, so that its head stays."""
    one = terminal(columns=columns, rows=rows)
    seen = one.read_until(lambda seen: seen.count(FRAME + b"egserve at ") >= 3)
    assert seen.startswith(TAKE) and GIVE_BACK not in seen
    shown = frames(seen)
    assert len(shown) >= 2
    for lines in shown:
        assert len(lines) <= rows and all(len(line) <= columns for line in lines)
        assert lines[0].startswith("egserve at http://127.0.0.1:") and lines[-1].startswith("q quits; ")


@pytest.mark.parametrize("key, status", [(b"q", 0), (b"Q", 0), (b"\x04", 0), (b"\x03", -signal.SIGINT)])
def test_it_ends_and_puts_the_terminal_back(terminal, key, status):
    one = terminal()
    one.read_until(lambda seen: FRAME + b"egserve at " in seen)
    assert one.attributes() != one.before
    one.type(key)
    seen = one.read_until(lambda seen: GIVE_BACK in seen)
    assert one.process.wait(60) == status
    assert one.attributes() == one.before
    assert seen.endswith(GIVE_BACK)


def test_another_size_of_the_window(terminal):
    one = terminal()
    one.read_until(lambda seen: b"egserve at " in seen)
    fcntl.ioctl(one.ours, termios.TIOCSWINSZ, struct.pack("HHHH", 14, 50, 0, 0))
    # its head needs two lines now
    one.read_until(lambda seen: re.search(rb"egserve at http://127.0.0.1:\d+:\x1b\[K\r\n +ready", seen))
    one.type(b"q")
    seen = one.read_until(lambda seen: GIVE_BACK in seen)
    last = re.sub(rb"\x1b\[[KJ]", b"", seen.split(FRAME)[-1].split(GIVE_BACK)[0]).decode().split("\r\n")
    assert len(last) <= 14 and all(len(line) <= 50 for line in last)


def test_a_service_that_goes_away_is_told_of_on_the_page(terminal):
    mortal = Service()
    one = terminal(url=mortal.url)
    one.read_until(lambda seen: b"egserve at " in seen)
    mortal.stop()
    one.read_until(lambda seen: b"cannot be reached" in seen)
    one.type(b"q")
    assert one.process.wait(60) == 0


def test_plain_lines_on_a_terminal_without_a_cursor(terminal):
    one = terminal(term="dumb")
    seen = one.read_until(lambda seen: seen.count(b"egserve at ") >= 2)
    assert b"\x1b" not in seen


def test_watching_is_not_counted(egserve):
    service = Service()
    try:
        for _ in range(5):
            page = egserve("monitor", "--once", service.url).stdout
        assert "per second 0.0 requests: 0.0 2xx" in page and "; 0 of " in page
        assert not re.search(r"^/(health|ready|metrics) ", page, re.M)
        found = json.loads(egserve("monitor", "--once", "--json", service.url).stdout)
        assert found["requests_per_second"] == 0 and found["endpoints"] == []
        assert found["in_flight"]["connections"] == 0
    finally:
        service.stop()


def test_bounds_and_json(egserve):
    service = Service()
    try:
        body = b'{"number_of_guardians":1,"quorum":1,"party_names":["P"],"candidate_names":["A"]}'
        request = urllib.request.Request(
            service.url + "/setup_guardians", body, {"Content-Type": "application/json"}
        )  # fmt: skip
        urllib.request.urlopen(request).read()
        page = egserve("monitor", "--once", service.url).stdout
        assert re.search(r"^/setup_guardians +[\d.]+( +≤ [\d.]+ m?s){3}$", page, re.M), page
        assert all(len(line) <= 80 for line in page.splitlines())
        found = json.loads(egserve("monitor", "--once", "--json", service.url).stdout)
        assert (found["command"], found["ok"], found["error"]) == ("egserve monitor", True, None)
        assert found["workers"]["serving"] == found["workers"]["wanted"] and found["status"] == "ready"
        (endpoint,) = found["endpoints"]
        assert endpoint["endpoint"] == "/setup_guardians" and endpoint["requests"] == 1
        assert 0 < endpoint["half_at_most_seconds"] <= endpoint["p99_at_most_seconds"]
        assert set(found) - {"command", "ok", "error"} <= documented()["egserve monitor"]
        done = egserve("monitor", "--once", "--quiet", service.url)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    finally:
        service.stop()


def test_json_is_for_one_look(egserve, service):
    done = egserve("monitor", "--json", service.url)
    assert done.returncode == 2 and "need '--once'" in done.stderr
    for url, words in (("http://127.0.0.1:1", "cannot be reached"), ("localhost:5000", "must begin with http://")):
        done = egserve("monitor", "--json", "--once", url)
        assert done.returncode == 1 and words in json.loads(done.stdout)["error"]


def test_nobody_there(egserve):
    done = egserve("monitor", "--once", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be reached" in done.stderr


# ---- several services


def test_several_services(egserve, service):
    """A line each, of one that is not there what became of it, and the sum of the others."""
    second = Service(args=("--workers", "1", "--threads", "3"))
    try:
        urls = (service.url, second.url, "http://me:secret@127.0.0.1:1")
        done = egserve("monitor", "--once", *urls)
        lines = done.stdout.splitlines()
        assert done.returncode == 1 and all(len(line) <= 80 for line in lines)
        assert lines[0] == "egserve at 3 addresses: 2 ready, 1 not reached"
        assert lines[2].split() == ["service", "state", "workers", "threads", "flight", "memory", "per", "s", "ballots"]
        shown = {line.split()[0]: line.split()[1:] for line in lines[3:7]}
        assert shown[second.url[7:]][:4] == ["ready", "1/1", "0/3", "0"]
        assert shown["127.0.0.1:1"][:3] == ["cannot", "be", "reached:"]
        serving = int(shown[service.url[7:]][1].split("/")[0])
        assert shown["all"][0] == f"{serving + 1}/{serving + 1}" and "secret" not in done.stdout + done.stderr
        done = egserve("monitor", "--once", "--json", *urls)
        found = json.loads(done.stdout)
        assert done.returncode == 1 and found["ok"] is False and "cannot be reached" in found["error"]
        assert [one["url"] for one in found["services"]] == [service.url, second.url, "http://127.0.0.1:1"]
        assert found["services"][1]["workers"]["serving"] == 1 and "cannot be reached" in found["services"][2]["error"]
        done = egserve("monitor", "--once", "--json", service.url, second.url)
        assert done.returncode == 0 and json.loads(done.stdout)["ok"] is True
    finally:
        second.stop()


@pytest.mark.parametrize("columns, rows", [(80, 24), (60, 14)])
def test_many_services_in_a_terminal(terminal, service, columns, rows):
    """No more lines than there are, those that fail before the others; what has no room is counted."""
    one = terminal(url=[service.url] * 28 + ["http://127.0.0.1:1"], columns=columns, rows=rows)
    seen = one.read_until(lambda seen: seen.count(FRAME + b"egserve at ") >= 3, patience_s=120)
    for lines in frames(seen):
        assert len(lines) <= rows and all(len(line) <= columns for line in lines)
        assert lines[0] == "egserve at 29 addresses: 28 ready, 1 not reached"
        assert any(line.startswith("127.0.0.1:1 ") for line in lines) and lines[-1].startswith("q quits; ")
        shown = sum(line.startswith(service.url[7:]) for line in lines)
        assert f"and {28 - shown} more" in lines and lines[-3].startswith("all ")
