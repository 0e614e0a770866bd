"""Everything at once inside 512 MB: refused where there is no room, never ended by the kernel."""

import pytest
import requests
import traffic
from bulk import encrypt_to
from processes import MB, MemoryGroup

LIMIT = 512 * MB
TALLIES = 8
TALLY_BALLOTS = 2000


@pytest.fixture
def group():
    group = MemoryGroup(LIMIT)
    yield group
    group.remove()


def send_tally(url, path):
    """The status; a service that is full may refuse and close before the body is sent."""
    try:
        with open(path, "rb") as body, requests.post(
            url + "/create_encrypted_tally", data=body, headers={"Content-Type": "application/json"}, stream=True,
            timeout=300,
        ) as reply:
            for _ in reply.iter_content(1 << 16):
                pass
            return reply.status_code
    except requests.ConnectionError:
        return "closed"


def test_512_mb(start_service, election, group, tmp_path, measured):
    service = start_service(before=group.enter)
    body = tmp_path / "body.json"
    encrypt_to(body, service, election, TALLY_BALLOTS, verify_ballots=False)
    statuses = []

    def client(index, _):
        if index < TALLIES:
            statuses.append(send_tally(service.url, body))
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
    assert set(statuses) <= {200, 503, "closed"} and 200 in statuses
    assert peak is None or peak > LIMIT // 4, "that was no load"
    assert {o.status for o in outcomes} <= {200, 503}, outcomes
    assert traffic.encrypt(service.url, traffic.single(election)).status == 200
