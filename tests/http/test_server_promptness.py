"""An answer leaves when it is ready, not at the event loop's next look at the clock, and whole."""

import json
import time

import pytest
from client import Client, Raw, encode
from election import Election

REQUESTS = 30


def seconds(send):
    started = time.perf_counter()
    for _ in range(REQUESTS):
        send().ok()
    return time.perf_counter() - started


def test_a_job_is_answered_as_promptly_as_what_needs_none(service):
    """A job passes through a compute thread; that must not cost more than a few times a request without one."""
    client = Client(service.url)
    client.get("/health").ok()
    ratios = []
    for _ in range(3):
        without_job = seconds(lambda: client.get("/health"))
        with_job = seconds(lambda: client.post("/decode_artifact_to_json", {"payload": {"a": 1}}))
        ratios.append(with_job / without_job)
    assert min(ratios) < 8, ratios


@pytest.mark.parametrize("form", ["one buffer", "several"])
def test_a_whole_answer_reaches_a_client_that_takes_little_at_once(service, form):
    """It is sent from where it was made, as the socket takes it; a single ballot is one buffer, a chunk three."""
    election = Election(Client(service.url), candidates=[f"Candidate {i}" for i in range(40)])
    election.setup()
    ballot = election.ballot_request("b", [election.candidates[0]])
    entry = {name: ballot.pop(name) for name in ("ballot_id", "candidate_names_to_vote")}
    body = encode({**ballot, **entry} if form == "one buffer" else {**ballot, "ballots": [entry]}, "json")
    with Raw(service.url, receive_buffer=4096) as narrow:
        head = "POST /create_encrypted_ballot HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        for _ in range(2):  # the connection is good for another
            narrow.send(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = narrow.answer()
            found = answer.ok() if form == "one buffer" else answer.ok()["ballots"][0]
            assert len(answer.raw) > 500_000
            assert found["ballot_id"] == "b"
            assert answer.is_shortest()


def streamed_request(service, ballots, version):
    election = Election(Client(service.url))
    election.setup()
    body = encode(election.chunk_request(ballots), "json")
    head = f"POST /create_encrypted_ballot HTTP/{version}\r\nHost: x\r\nContent-Type: application/json\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize("receive_buffer", [None, 4096])
def test_a_streamed_answer_arrives_whole(service, receive_buffer):
    """Whatever the socket takes at once; the connection is good for another."""
    request = streamed_request(service, 40, "1.1")
    with Raw(service.url, receive_buffer=receive_buffer) as raw:
        for _ in range(2):
            raw.send(request)
            answer = raw.answer()
            assert answer.headers["Transfer-Encoding"] == "chunked"
            assert answer.ok()["count"] == len(answer.body["ballots"]) == 40
            assert len(answer.raw) > 2_000_000
            assert answer.is_shortest()
        raw.send(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
        raw.answer().ok()


@pytest.mark.parametrize("receive_buffer", [None, 4096])
def test_a_streamed_answer_to_http_1_0_ends_with_the_connection(service, receive_buffer):
    request = streamed_request(service, 40, "1.0")
    with Raw(service.url, receive_buffer=receive_buffer) as raw:
        raw.send(request)
        head, body = raw.file.read().split(b"\r\n\r\n", 1)
        assert b" 200 OK" in head.split(b"\r\n")[0]
        assert b"transfer-encoding" not in head.lower()
        assert len(json.loads(body)["ballots"]) == 40
