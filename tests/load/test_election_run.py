"""`egserve election run`: a service of two workers used whole, workers that are killed on the way, memory by ballots."""

import json
import os
import random
import signal
import statistics
import subprocess
import threading
import time

import processes
import pytest
from service import program

PAIRS = 5
SEED = 20261126


def write_ballots(path, count):
    """Every third is for B."""
    with open(path, "w", encoding="ascii") as file:
        file.write("ballot_id,choice\n")
        file.writelines(f"ballot-{i:08d},{'AB'[i % 3 == 0]}\n" for i in range(count))
    return path


def run(url, ballots, out, *more):
    """The result as JSON, and the most memory that the command had, in bytes."""
    command = subprocess.Popen(
        [
            program(), "election", "run", f"--url={url}", f"--ballots={ballots}", f"--out={out}", "--candidates=A,B",
            "--guardians=2", "--quorum=1", "--missing=1", "--json", "--quiet", *more,
        ],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    text = command.stdout.read()
    _, status, usage = os.wait4(command.pid, 0)
    command.returncode = os.waitstatus_to_exitcode(status)
    found = json.loads(text)
    assert command.returncode == 0, found["error"]
    return found, usage.ru_maxrss * 1024


def check_count(found, count):
    b = (count + 2) // 3
    assert [one["votes"] for one in found["candidates"]] == [count - b, b]


def verify(record):
    """The most memory that it took."""
    command = subprocess.Popen([program(), "verify", str(record), "--quiet"])
    _, status, usage = os.wait4(command.pid, 0)
    command.returncode = os.waitstatus_to_exitcode(status)
    assert command.returncode == 0
    return usage.ru_maxrss * 1024


def test_two_workers_do_twice_the_work_of_one(start_service, tmp_path, measured):
    """Each in turn, so that whatever else the machine does meets both; a busy machine has no second processor to give."""
    service = start_service("--workers", "2", "--threads", "1")
    ballots = write_ballots(tmp_path / "ballots.csv", 2000)
    rates = {1: [], 2: []}
    for turn in range(PAIRS):
        for parallel in rates:
            found, _ = run(service.url, ballots, tmp_path / f"{turn}-{parallel}", f"--parallel={parallel}")
            check_count(found, 2000)
            rates[parallel].append(found["services"][0]["per_second"])
    one, two = (statistics.median(rates[parallel]) for parallel in rates)
    measured(f"{one:.0f} ballots a second one at a time, {two:.0f} two at a time: {two / one:.2f} times; load {os.getloadavg()[0]:.1f}")
    assert two >= 1.8 * one, rates


def test_workers_that_are_killed_end_no_run(start_service, tmp_path, measured):
    """SIGKILL at random moments: the command that runs ends with the right count, started once, and its record verifies."""
    service = start_service("--workers", "2", "--threads", "1")
    count, killed, over = 3000, [], threading.Event()
    ballots = write_ballots(tmp_path / "ballots.csv", count)
    moments = random.Random(SEED)

    def kill_now_and_then():
        while not over.wait(moments.uniform(0.3, 1.5)):
            pids = processes.children(service.process.pid)
            if len(pids) == 2:
                killed.append(moments.choice(pids))
                os.kill(killed[-1], signal.SIGKILL)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        found, _ = run(service.url, ballots, tmp_path / "out", "--patience=120")
    finally:
        over.set()
        killer.join()
    check_count(found, count)
    assert len(os.listdir(tmp_path / "out/record/submitted_ballots")) == count
    verify(tmp_path / "out/record")
    failures = found["services"][0]["failures"]
    measured(f"{len(killed)} workers killed, {failures} requests broken off, {count} ballots counted")
    assert len(killed) >= 2 and failures >= 1


def test_memory_does_not_go_with_the_published_ballots(start_service, tmp_path, measured):
    """BALLOTS=150000 for a number beyond what one request may hold; it takes some minutes and 10 GB of disk."""
    few, many = 1000, int(os.environ.get("BALLOTS", "8000"))
    service = start_service("--workers", "2", "--threads", "1")
    peaks = {}
    for count in (few, many):
        out = tmp_path / str(count)
        began = time.monotonic()
        found, held = run(service.url, write_ballots(tmp_path / "ballots.csv", count), out, f"--record={out}.zip")
        check_count(found, count)
        ran = time.monotonic() - began
        peaks[count] = (held, verify(out / "record"), verify(f"{out}.zip"))
        measured(
            f"{count} ballots in {ran:.0f} s; MB at most: run {held / 1e6:.0f}, verify of the folder "
            f"{peaks[count][1] / 1e6:.0f}, of the zip file {peaks[count][2] / 1e6:.0f}"
        )
    published = sum(entry.stat().st_size for entry in os.scandir(tmp_path / f"{many}/record/submitted_ballots")) / many
    for held_few, held_many in zip(*peaks.values()):
        each = (held_many - held_few) / (many - few)
        assert each < 3000 and each < published / 8, (each, published)


@pytest.mark.parametrize("parallel", [16])
def test_more_at_once_than_there_are_threads(start_service, tmp_path, parallel):
    """They wait at the service, and none is lost."""
    service = start_service("--workers", "2", "--threads", "1")
    found, _ = run(service.url, write_ballots(tmp_path / "b.csv", 1000), tmp_path / "out", f"--parallel={parallel}", "--chunk=10")
    check_count(found, 1000)
