"""Four thousand ballots in one request, encrypted and tallied, within the memory that is promised."""

import os
import time

import processes
import pytest
import traffic
from bulk import Sent, encrypt_to
from client import Client
from processes import MB

BALLOTS = 4000
ENCRYPTION_MAX = 120 * MB
TALLY_MAX = 200 * MB
LEFT_MAX = 1.10
GIVEN_BACK_S = 2


def idle(pid):
    time.sleep(GIVEN_BACK_S)
    return processes.pss(pid)


def warmed(service, election):
    """Memory of the idle service once its tables and the code that it runs are in memory."""
    client = Client(service.url)
    for i in range(6):
        outcome = traffic.encrypt(service.url, traffic.chunk(election, 16, f"warm-{i}"))
        ballots = [b["encrypted_ballot_with_nonce"] for b in outcome.body["ballots"]]
        client.post("/create_encrypted_tally", {**election.fields(), "encrypted_ballots": ballots}).ok()
    client.close()
    return idle(service.process.pid)


def report(measured, before, peak, after, seconds):
    measured(
        f"{before / MB:.1f} MB idle, {peak.bytes / MB:.1f} MB at most ({peak.samples} samples), "
        f"{after / MB:.1f} MB {GIVEN_BACK_S} s after; {seconds:.0f} s"
    )


@pytest.fixture(scope="module")
def tally_body(tmp_path_factory):
    """A file for the body of a tally request; the encryption test writes it, the tally test sends it."""
    path = tmp_path_factory.mktemp("tally") / "body.json"
    yield path
    if path.exists():
        path.unlink()


def test_encryption_of_4000_ballots(start_service, election, tally_body, measured):
    service = start_service()
    pid = service.process.pid
    before = warmed(service, election)
    began = time.monotonic()
    with processes.Peak(pid) as peak:
        encrypt_to(tally_body, service, election, BALLOTS)
    seconds = time.monotonic() - began
    after = idle(pid)
    report(measured, before, peak, after, seconds)
    assert peak.bytes <= ENCRYPTION_MAX
    assert after <= before * LEFT_MAX


def test_tally_of_4000_ballots(start_service, election, tally_body, measured):
    service = start_service()
    pid = service.process.pid
    if not tally_body.exists():
        encrypt_to(tally_body, service, election, BALLOTS)
    before = warmed(service, election)
    measured(f"body of {os.path.getsize(tally_body) / 1e6:.0f} MB")
    began = time.monotonic()
    with processes.Peak(pid) as peak, open(tally_body, "rb") as body:
        sent = Sent(service.url, "/create_encrypted_tally", body)
        ids = [ballot["object_id"] for ballot in sent.elements("submitted_ballots")]
    seconds = time.monotonic() - began
    after = idle(pid)
    report(measured, before, peak, after, seconds)
    assert ids == [f"b-{i}" for i in range(BALLOTS)]
    assert peak.bytes <= TALLY_MAX
    assert after <= before * LEFT_MAX
    client = Client(service.url)
    assert client.get("/health").ok()["active_requests"] in (0, 1)
