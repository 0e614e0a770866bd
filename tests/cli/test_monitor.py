"""egserve monitor: one page for scripts, a refreshed one in a terminal."""

import os
import pty
import re
import select
import subprocess
import time

from service import program


def test_one_page(egserve, service):
    done = egserve("monitor", "--once", service.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"egserve at {service.url}: ready, up ")
    for part in ("workers ", "in flight ", "memory ", "per second ", "  endpoint "):
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


def test_refreshed_in_a_terminal(service):
    ours, theirs = pty.openpty()
    process = subprocess.Popen([program(), "monitor", "--interval", "1", service.url], stdout=theirs)
    os.close(theirs)
    seen, deadline = b"", time.monotonic() + 30
    try:
        while seen.count(b"\x1b[Hegserve at ") < 2 and time.monotonic() < deadline:
            if select.select([ours], [], [], 1)[0]:
                seen += os.read(ours, 65536)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert seen.count(b"\x1b[Hegserve at ") == 2
    assert b"\x1b[J" in seen


def test_nobody_there(egserve):
    done = egserve("monitor", "--once", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be reached" in done.stderr
