"""--json and --quiet: what scripts read of a command, as docs/commands.md says."""

import json
import os
import re

import pytest
from test_election_run import arguments

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def documented():
    """{command: {member}} of the table of docs/commands.md."""
    with open(os.path.join(ROOT, "docs", "commands.md")) as file:
        rows = re.findall(r"^\| `(egserve [a-z -]+)`[^|]*\| (.*) \|$", file.read(), re.M)
    rows = [(command.removesuffix(" --once"), text) for command, text in rows]
    members = {}
    for command, text in rows:
        members.setdefault(command, set()).update(re.findall(r"`(\w+)`", text))
    return members


def parse(done):
    """The object, which is all of stdout, and whose members the page names."""
    assert done.stdout.count("\n") == 1
    found = json.loads(done.stdout)
    assert list(found)[:3] == ["command", "ok", "error"]
    assert found["ok"] is (done.returncode == 0)
    assert (found["error"] is None) is found["ok"] or found["command"] == "egserve health"
    members = set(found) - {"command", "ok", "error"}
    assert members <= documented()[found["command"]], found["command"]
    return found


@pytest.fixture(scope="module")
def record(egserve, service, tmp_path_factory):
    folder = tmp_path_factory.mktemp("json")
    (folder / "b.csv").write_text("ballot_id,c\nb-1,Ann\nb-2,Ann\nb-3,\n")
    done = egserve(*arguments(service.url, folder / "b.csv", folder / "out"), "--json")
    assert parse(done)["ballots"] == 3
    return folder / "out/record"


def test_verify(egserve, record, tmp_path):
    found = parse(egserve("verify", record, "--json"))
    assert [(s["candidate"], s["votes"]) for s in found["contests"][0]["selections"]] == [
        ("Ann", 2), ("Bob, the elder", 0), ("Eve", 0),
    ]  # fmt: skip
    assert (found["ballots"], found["guardians"], found["quorum"], found["missing"]) == (3, 3, 2, 1)
    done = egserve("verify", record, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = egserve("verify", tmp_path, "--json", "--quiet")
    assert parse(done)["error"] == done.stderr.split("\n")[0].removeprefix("egserve verify: ")


def test_demo(egserve):
    small = ["demo", "--ballots", 3, "--guardians", 1, "--quorum", 1, "--missing", 0]
    found = parse(egserve(*small, "--json", "--quiet"))
    assert sum(c["votes"] for c in found["candidates"]) == found["ballots"] == 3
    done = egserve(*small, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bench(egserve):
    found = parse(egserve("bench", "--seconds", 1, "--threads", 1, "--json"))
    assert [k["kernel"] for k in found["kernels"]] == ["ifma", "fma", "adx", "portable"]
    portable = found["kernels"][3]["measurements"]
    assert len(portable) == 1 and portable[0]["threads"] == 1 and portable[0]["ballots_per_second"] > 0
    assert found["service_uses"] in [k["kernel"] for k in found["kernels"] if k["measurements"]]


def test_health(egserve, service):
    assert parse(egserve("health", service.url, "--json"))["http_status"] == 200
    assert parse(egserve("health", service.url, "--json", "--ready"))["path"] == "/ready"
    found = parse(egserve("health", "http://127.0.0.1:1", "--json"))
    assert found["http_status"] == 0 and "cannot be reached" in found["error"]
    done = egserve("health", service.url, "--quiet")
    assert (done.returncode, done.stdout) == (0, "")
