"""The client in C: a whole election, and errors in words. valgrind finds no leak in either."""

import os
import subprocess

import pytest

VALGRIND = ["valgrind", "-q", "--leak-check=full", "--error-exitcode=9"]


def run(url, key, before=()):
    environment = {**os.environ, "ELECTIONGUARD_INTERNAL_API_KEY": key}
    return subprocess.run(
        [*before, os.environ["CLIENT_C"], url], capture_output=True, text=True, timeout=120, env=environment
    )


@pytest.mark.parametrize("before", [[], VALGRIND], ids=["", "valgrind"])
def test_election(service, key, before):
    done = run(service.url, key, before)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Ann 2\nBob 3\nEve 4\n", "")


@pytest.mark.parametrize("before", [[], VALGRIND], ids=["", "valgrind"])
def test_refused(service, before):
    done = run(service.url, "another key", before)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "/setup_guardians answered 401: Invalid internal API key\n"


def test_no_service(key):
    done = run("http://127.0.0.1:1", key)
    assert done.returncode == 1 and done.stderr.startswith("/setup_guardians: ")
