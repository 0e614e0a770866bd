"""The client in Python over a live service."""

import http.server
import json
import threading

import egserve_client
import pytest
from egserve_client import Client, ServiceError, Vote
from manifest_election import recorded

CANDIDATES = ["Ann", "Bob", "Eve"]
PARTIES = ["P", "Q", "R"]


@pytest.fixture
def client(service, key):
    with Client(service.url, key) as client:
        yield client


@pytest.fixture
def election(client):
    return client.setup_guardians(CANDIDATES, PARTIES, guardians=3, quorum=2, max_choices=2)


def test_election(client, election):
    election, guardians = election
    single = client.encrypt(election, Vote("b-0", ["Eve"]))
    chunk = client.encrypt_chunk(election, [Vote("b-1", ["Ann", "Eve"]), Vote("b-2", []), Vote("b-3", ["Ann"])])
    assert [ballot.ballot_id for ballot in chunk] == ["b-1", "b-2", "b-3"]
    assert json.loads(single.published)["crypto_hash"] == single.ballot_hash
    tallies = [client.tally(election, [single]), client.tally(election, chunk)]
    results = client.decrypt(election, guardians, client.combine_tallies(election, tallies), ["1", "3"])
    assert dict(results.votes) == {"Ann": 2, "Bob": 0, "Eve": 2} and results.cast == 4


def test_election_from_a_manifest(client):
    """A recorded one, its spoiled ballot left out: it gives the record's counts."""
    manifest, plain, outcome = recorded("small_missing")
    cast = [ballot for ballot in plain if ballot["object_id"] not in outcome["spoiled"]]
    election, guardians = client.setup_from_manifest(manifest, outcome["number_of_guardians"], outcome["quorum"])
    ballots = client.encrypt_plain(election, cast)
    tallies = [client.tally(election, ballots[:2]), client.tally(election, ballots[2:])]
    results = client.decrypt(election, guardians, client.combine_tallies(election, tallies), ["1", "2", "3"])
    assert results.contests == outcome["contests"] and results.votes == {} and results.cast == len(cast)


def test_challenge(client, election):
    election, _ = election
    ballot = client.encrypt(election, Vote("b-1", ["Bob"], audited=True))
    right = client.challenge(election, ballot, ["Bob"])
    assert right.matches and right.candidates == ["Bob"]
    wrong = client.challenge(election, ballot, ["Ann"])
    assert not wrong.matches and wrong.candidates == ["Bob"]


def test_refusals_are_typed(client, election):
    election, _ = election
    with pytest.raises(ServiceError) as caught:
        client.encrypt_chunk(election, [Vote("b-1", ["Ann"]), Vote("b-2", ["Nobody"])])
    error = caught.value
    assert (error.status, error.code) == (400, "unknown_candidate")
    assert error.field.startswith("ballots[1].candidate_names_to_vote") and error.request_id
    assert "Nobody" not in repr(election)


def test_secrets_do_not_show(client, election):
    election, guardians = election
    ballot = client.encrypt(election, Vote("b-1", ["Ann"]))
    shown = repr(guardians) + repr(ballot)
    assert all(g.private_key["private_key"] not in shown for g in guardians)
    assert str(ballot.with_nonces) not in shown


def test_access_key(service):
    with Client(service.url) as client:
        assert client.is_ready()
        with pytest.raises(ServiceError) as caught:
            client.setup_guardians(CANDIDATES, PARTIES, 1, 1)
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")


def test_url():
    for url in ("127.0.0.1:5000", "ftp://127.0.0.1", "http://"):
        with pytest.raises(ValueError):
            Client(url)


class Fake(http.server.BaseHTTPRequestHandler):
    """Answers from a list; None closes the connection without an answer."""

    protocol_version = "HTTP/1.1"
    answers = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.answers.pop(0)
        if answer is None:
            self.close_connection = True
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def fake():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with Client(f"http://127.0.0.1:{server.server_port}") as client:
        yield client
    server.shutdown()
    server.server_close()


def test_a_full_service_is_asked_again(fake, monkeypatch):
    waited = []
    monkeypatch.setattr(egserve_client.time, "sleep", waited.append)
    full = (503, {"Retry-After": "7"}, b'{"code":"busy","message":"full"}')
    Fake.answers = [full, (503, {}, b""), (200, {}, b'{"ok":true}')]
    assert fake._post("/x", {}) == {"ok": True}
    assert waited == [7.0, 1.0]
    Fake.answers = [full] * egserve_client.TRIES
    with pytest.raises(ServiceError) as caught:
        fake._post("/x", {})
    assert caught.value.code == "busy" and Fake.answers == []


def test_a_kept_connection_may_be_gone(fake):
    Fake.answers = [(200, {}, b"{}"), None, (200, {}, b'{"ok":true}')]
    assert fake._post("/x", {}) == {}
    assert fake._post("/x", {}) == {"ok": True}
    fake.close()
    Fake.answers = [None]
    with pytest.raises(OSError):
        fake._post("/x", {})


@pytest.mark.parametrize("status, body", [(200, b"[]"), (200, b"<html>"), (500, b"")])
def test_nonsense(fake, status, body):
    Fake.answers = [(status, {}, body)]
    with pytest.raises(ServiceError) as caught:
        fake._post("/x", {})
    assert (caught.value.status, caught.value.code) == (status, "unexpected")
