"""The client in C: a whole election, and errors in words. valgrind finds no leak in either."""

import json
import os
import subprocess

import pytest
from manifest_election import recorded

VALGRIND = ["valgrind", "-q", "--leak-check=full", "--error-exitcode=9"]


def run(url, key, before=(), program="CLIENT_C", arguments=()):
    environment = {**os.environ, "ELECTIONGUARD_INTERNAL_API_KEY": key}
    return subprocess.run(
        [*before, os.environ[program], url, *arguments], capture_output=True, text=True, timeout=120, env=environment
    )


@pytest.mark.parametrize("before", [[], VALGRIND], ids=["", "valgrind"])
def test_election(service, key, before):
    done = run(service.url, key, before)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Ann 2\nBob 3\nEve 4\n", "")


@pytest.fixture
def files(tmp_path):
    """Manifest and cast ballots of a recorded election, and the lines that its counts make."""
    manifest, plain, outcome = recorded("small")
    cast = [ballot for ballot in plain if ballot["object_id"] not in outcome["spoiled"]]
    paths = [tmp_path / "manifest.json", tmp_path / "ballots.json"]
    for path, value in zip(paths, (manifest, cast)):
        path.write_text(json.dumps(value))
    lines = []
    for contest in manifest["contests"]:
        counts = outcome["contests"][contest["object_id"]]
        lines += [contest["name"], *(f"  {i} {votes}" for i, votes in counts.items())]
    return [str(path) for path in paths], lines


@pytest.mark.parametrize("before", [[], VALGRIND], ids=["", "valgrind"])
def test_election_from_a_manifest(service, key, files, before):
    paths, lines = files
    done = run(service.url, key, before, "CONTESTS_C", paths)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == lines


@pytest.mark.parametrize("before", [[], VALGRIND], ids=["", "valgrind"])
def test_ballots_that_are_refused_or_missing(service, key, files, tmp_path, before):
    """Nothing is printed but why."""
    (manifest, ballots), _ = files
    done = run(service.url, key, before, "CONTESTS_C", [manifest, manifest])
    assert (done.returncode, done.stdout) == (1, "") and "/create_encrypted_ballot answered 400: ballots" in done.stderr
    done = run(service.url, key, before, "CONTESTS_C", [str(tmp_path / "none"), ballots])
    assert (done.returncode, done.stdout) == (1, "") and str(tmp_path / "none") in done.stderr


@pytest.mark.parametrize("before", [[], VALGRIND], ids=["", "valgrind"])
def test_refused(service, before):
    done = run(service.url, "another key", before)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "/setup_guardians answered 401: Invalid internal API key\n"


def test_no_service(key):
    done = run("http://127.0.0.1:1", key)
    assert done.returncode == 1 and done.stderr.startswith("/setup_guardians: ")
