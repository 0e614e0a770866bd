"""egserve demo: the count printed is the plain count, and nothing stays behind."""

import os
import re
import signal
import subprocess
import time

from service import program


def table(text):
    """{candidate: (decrypted, plain)}"""
    rows = re.findall(r"^(Candidate \d+) +(\d+) +(\d+)$", text, re.M)
    return {name: (int(decrypted), int(plain)) for name, decrypted, plain in rows}


def test_demo(egserve, tmp_path):
    """Settings that belong to other services change nothing."""
    (tmp_path / "egserve.conf").write_text("internal_api_key = a key of other services\n")
    done = egserve(
        "demo", "--ballots", 40, "--guardians", 3, "--quorum", 2, "--missing", 1, "--candidates", 3,
        "--seed", 7, env={
            "ELECTIONGUARD_INTERNAL_API_KEY": "a key of other services", "EGSERVE_MAX_BODY": "4096",
            "EGSERVE_JSON_ARTIFACTS": "nonsense", "MASTER_KEY_PQ": "nonsense",
        }, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    counts = table(done.stdout)
    assert len(counts) == 3
    assert all(decrypted == plain for decrypted, plain in counts.values())
    assert sum(plain for _, plain in counts.values()) == 40
    assert len({plain for _, plain in counts.values()}) == 3, "counts that differ are needed"
    assert "the result is the plain count" in done.stdout
    # a step of more than some seconds speaks before its end, and tells its rate
    steps = re.findall(r"^(.+): (\d+) of (\d+)(?:, .*)?$", done.stderr, re.M)
    steps = [step for step in steps if step[1] == step[2]]
    assert steps == [
        ("guardians", "3", "3"), ("ballots", "40", "40"), ("tally", "40", "40"),
        ("decryption shares", "2", "2"), ("compensated shares", "2", "2"), ("combination", "1", "1"),
    ]  # fmt: skip


def test_one_of_each(egserve):
    arguments = ["--ballots=1", "--guardians=1", "--quorum=1", "--missing=0", "--candidates=1"]
    done = egserve("demo", *arguments)
    assert done.returncode == 0, done.stderr
    assert table(done.stdout) == {"Candidate 1": (1, 1)}


def test_the_seed_decides_the_votes(egserve):
    small = ["demo", "--guardians", 1, "--quorum", 1, "--missing", 0, "--ballots", 8]
    runs = [table(egserve(*small, "--seed", seed).stdout) for seed in (5, 5, 6)]
    assert runs[0] == runs[1] != runs[2]


def process_is_gone(pid, patience_s=30):
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_the_service_ends_with_a_killed_demo():
    demo = subprocess.Popen(
        [program(), "demo", "--ballots", "10000"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert demo.stdout.readline().startswith(b"service at http://127.0.0.1:")
    with open(f"/proc/{demo.pid}/task/{demo.pid}/children") as file:
        children = [int(pid) for pid in file.read().split()]
    assert len(children) == 1
    os.kill(demo.pid, signal.SIGKILL)
    demo.wait()
    demo.stdout.close()
    assert process_is_gone(children[0])
