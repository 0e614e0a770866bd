"""Traces in the access log, and the audit log: who asked what of which election, and nothing of what was voted."""

import json
import os
import signal
import subprocess

import requests
from client import Client
from election import Election
from service import Service, program, wait_until
from verify import Q

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
KEY = "the key of the backend"


def audited(path, *args, env=None):
    return Service(env=env, args=("--workers", "1", "--threads", "1", "--audit-log", str(path), *args))


def lines_of(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def lines_when(path, count):
    wait_until(lambda: os.path.exists(path) and len(lines_of(path)) >= count, what="the audit log")
    return lines_of(path)


def digest(decimal):
    return f"{int(decimal) % Q:0X}"


def test_the_trace_is_in_the_access_log():
    service = Service(args=("--workers", "1", "--access-log"))
    client = Client(service.url)
    for given in (PARENT, "", PARENT.upper(), PARENT + '","x":"', "00-" + "0" * 32 + PARENT[35:]):
        client.send("GET", "/health", headers={"traceparent": given})
    assert service.stop() == 0
    lines = [json.loads(line) for line in service.lines if line.startswith("{")]
    assert [line.get("trace_id") for line in lines] == [TRACE, None, None, None, None]


def test_an_election_in_the_audit_log(tmp_path):
    path = tmp_path / "audit"
    service = audited(path, env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY})
    try:
        client = Client(service.url, headers={"X-ElectionGuard-Internal-Key": KEY, "traceparent": PARENT})
        election = Election(client)
        election.setup()
        chosen = election.candidates[1]
        ballot = election.encrypt("voter-17", [chosen])
        election.tally([ballot])
        Client(service.url).post("/create_encrypted_ballot", {"ballot_id": "stranger"}).refused(401)
        client.get("/health")
        assert requests.get(service.url + "/docs", timeout=20).ok
        lines = lines_when(path, 4)
    finally:
        assert service.stop() == 0
    assert [(line["path"], line["status"], line["authenticated"]) for line in lines] == [
        ("/setup_guardians", 200, True),
        ("/create_encrypted_ballot", 200, True),
        ("/create_encrypted_tally", 200, True),
        ("/create_encrypted_ballot", 401, False),
    ]
    named = digest(election.fields()["commitment_hash"])
    assert [line.get("election", "").lstrip("0") for line in lines] == ["", named, named, ""]
    assert lines[1]["ballot"] == json.loads(ballot["encrypted_ballot"])["crypto_hash"]
    assert all(line["trace_id"] == TRACE and line["peer"] == "127.0.0.1" for line in lines[:3])
    text = path.read_text()
    assert all(word not in text for word in (chosen, "voter-17", KEY, "nonce", str(election.fields()["joint_public_key"])))
    assert path.stat().st_mode & 0o7 == 0


def test_rotation_loses_no_line(tmp_path):
    """As logrotate does it: renamed, then SIGHUP."""
    path, old = tmp_path / "audit", tmp_path / "audit.1"
    service = audited(path)
    client = Client(service.url)
    bad = {"number_of_guardians": 0}
    try:
        client.post("/setup_guardians", bad).refused(400)
        lines_when(path, 1)
        client.close()  # else its worker stays for it
        before = service.workers()
        os.rename(path, old)
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: service.workers() and not set(before) & set(service.workers()), what="new workers")
        Client(service.url).post("/setup_guardians", bad).refused(400)
        assert len(lines_when(path, 1)) == 1 and len(lines_of(old)) == 1
    finally:
        assert service.stop() == 0


def test_a_log_that_cannot_be_written_is_said_at_the_start(tmp_path):
    for path in (tmp_path / "no" / "folder", tmp_path):
        done = subprocess.run(
            [program(), "serve", "--bind", "127.0.0.1:0", "--audit-log", str(path)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 2 and "the audit log cannot be written" in done.stderr


def test_a_reload_without_it_is_refused(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    service = audited(folder / "audit")
    try:
        before = service.workers()
        folder.rename(tmp_path / "gone")
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old ones stay in force" in service.log(), what="the refusal")
        assert service.workers() == before
        Client(service.url).post("/setup_guardians", {"number_of_guardians": 0}).refused(400)
        lines_when(tmp_path / "gone" / "audit", 1)
    finally:
        assert service.stop() == 0


def test_nobody_is_authenticated_where_everybody_may_ask(tmp_path):
    """An empty key, as compose passes a variable that is not set, is none."""
    for name, env in (("none", None), ("empty", {"ELECTIONGUARD_INTERNAL_API_KEY": ""})):
        service = audited(tmp_path / name, env=env)
        Client(service.url).post("/setup_guardians", {"number_of_guardians": 0}).refused(400)
        assert service.stop() == 0
        assert [line["authenticated"] for line in lines_of(tmp_path / name)] == [False]


def test_on_stdout():
    service = audited("-")
    Client(service.url).post("/setup_guardians", {"number_of_guardians": 0}).refused(400)
    assert service.stop() == 0
    line = json.loads(next(line for line in service.lines if line.startswith("{")))
    assert (line["audit"], line["path"], line["status"]) == (1, "/setup_guardians", 400)
