"""Everything at once inside 512 MB: refused where there is no room, never ended by the kernel."""

import json

import pytest
import requests
import traffic
from processes import MB, MemoryGroup

LIMIT = 512 * MB
TALLIES = 8
TALLY_BALLOTS = 2500


@pytest.fixture
def group():
    group = MemoryGroup(LIMIT)
    yield group
    group.remove()


def tally_body(election, ballot, count):
    """A request with one ballot under many ids: as large as a real one, refused only at its end."""
    text = json.dumps(ballot, separators=(",", ":"))
    marker = f'"object_id":"{ballot["object_id"]}"'
    head, tail = text.split(marker, 1)
    fields = json.dumps(election.fields(), separators=(",", ":"))
    yield (fields[:-1] + ',"verify_ballots":false,"encrypted_ballots":[').encode()
    for i in range(count):
        yield f'{"," if i else ""}{head}"object_id":"copy-{i}"{tail}'.encode()
    yield b"]}"


def send_tally(url, election, ballot):
    """The status; a service that is full may refuse and close before the body is sent."""
    try:
        with requests.post(
            url + "/create_encrypted_tally", data=tally_body(election, ballot, TALLY_BALLOTS),
            headers={"Content-Type": "application/json"}, stream=True, timeout=300,
        ) as reply:
            for _ in reply.iter_content(1 << 16):
                pass
            return reply.status_code
    except requests.ConnectionError:
        return "closed"


def test_512_mb(start_service, election, group, measured):
    service = start_service(before=group.enter)
    first = traffic.encrypt(service.url, traffic.chunk(election, 1, "b"))
    ballot = first.body["ballots"][0]["encrypted_ballot_with_nonce"]
    statuses = []

    def client(index, _):
        if index < TALLIES:
            statuses.append(send_tally(service.url, election, ballot))
        elif index < 2 * TALLIES:
            yield traffic.encrypt(service.url, traffic.chunk(election, 300, f"c{index}"))
        else:
            for _ in range(5):
                yield traffic.encrypt(service.url, traffic.single(election))

    outcomes = traffic.run_crowd(4 * TALLIES, client, patience=600)
    peak = group.peak()
    measured(f"{TALLIES} tallies of {TALLY_BALLOTS} ballots ({statuses}) beside {TALLIES} chunks and 80 ballots: "
             f"at most {(peak or 0) / MB:.0f} MB of {LIMIT / MB:.0f}, {group.kills()} processes killed")
    assert group.kills() == 0
    assert service.alive()
    assert set(statuses) <= {200, 400, 503, "closed"}
    assert {o.status for o in outcomes} <= {200, 503}, outcomes
    assert traffic.encrypt(service.url, traffic.single(election)).status == 200
