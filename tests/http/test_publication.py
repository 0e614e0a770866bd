"""What is published of a ballot: never a nonce of a cast one, and what is said of the nonces is true."""

import json

import pytest
import verify
from client import encode


@pytest.fixture(scope="module")
def audited(shared_election):
    answer = shared_election.encrypt("audited", "Ann", "AUDITED")
    return answer, verify.artifact(answer["encrypted_ballot_with_nonce"])


def publish(client, ballot, status, **changes):
    response = {"encrypted_ballot": verify.json_text(ballot), "ballot_hash": ballot["crypto_hash"]}
    request = {
        "ballot_id": ballot["object_id"],
        "encrypted_ballot_response": verify.json_text(response),
        "ballot_status": status,
        **changes,
    }
    return client.post("/publish_ballot", request)


def nonces_of(ballot):
    contest = ballot["contests"][0]
    return [ballot["nonce"], contest["nonce"], *(s["nonce"] for s in contest["ballot_selections"])]


def test_a_cast_ballot_is_published_without_nonces(client, audited):
    answer, ballot = audited
    for status in ("CAST", "cast"):
        got = publish(client, ballot, status)
        body = got.ok()
        assert list(body) == ["ballot_id", "status", "ballot_hash", "encrypted_ballot", "publication_status"]
        assert (body["status"], body["publication_status"]) == ("CAST", "published_without_nonces")
        assert body["encrypted_ballot"] == answer["encrypted_ballot"]
        assert not [n for n in nonces_of(ballot) if encode(n, client.encoding) in got.raw]


def test_an_audited_ballot_is_published_with_its_nonces(client, audited):
    answer, ballot = audited
    body = publish(client, ballot, "AUDITED").ok()
    assert body["encrypted_ballot"] == answer["encrypted_ballot"]
    assert body["ballot_nonces"] == answer["ballot_nonces"]
    assert list(body["ballot_nonces"].values()) == nonces_of(ballot)
    assert body["publication_status"] == "published_with_nonces"


def test_an_audited_ballot_that_came_without_nonces(client, audited):
    """As a client does that sends the published form: nothing is revealed, and nothing else is said."""
    answer, _ = audited
    body = publish(client, json.loads(answer["encrypted_ballot"]), "AUDITED").ok()
    assert body["ballot_nonces"] == {} and body["publication_status"] == "published_without_nonces"
    assert body["encrypted_ballot"] == answer["encrypted_ballot"]


@pytest.mark.parametrize("left_out", ["ballot", "contest", "selection"])
def test_an_audited_ballot_with_some_of_its_nonces(client, audited, left_out):
    ballot = json.loads(verify.json_text(audited[1]))
    contest = ballot["contests"][0]
    {"ballot": ballot, "contest": contest, "selection": contest["ballot_selections"][1]}[left_out]["nonce"] = None
    path = "encrypted_ballot_response.encrypted_ballot"
    publish(client, ballot, "AUDITED").refused(400, "missing_field", path, "lacks some of its nonces")
    assert publish(client, ballot, "CAST").ok()["publication_status"] == "published_without_nonces"


@pytest.mark.parametrize("name", ["ballot_nonce", "contest-1_nonce", "Ann"])
def test_two_nonces_under_one_name(client, audited, name):
    """All hashes of the ballot are right, but its list of nonces would hold a name twice."""
    ballot = json.loads(verify.json_text(audited[1]))
    ballot["contests"][0]["ballot_selections"][1]["object_id"] = name
    verify.rehash(ballot)
    path = "encrypted_ballot_response.encrypted_ballot.contests[0].ballot_selections[1].object_id"
    for status in ("AUDITED", "CAST"):
        publish(client, ballot, status).refused(400, "duplicate", path)


def test_an_id_of_white_space_alone(client, audited):
    ballot = json.loads(verify.json_text(audited[1]))
    ballot["object_id"] = "  "
    verify.rehash(ballot)
    publish(client, ballot, "AUDITED").refused(400, "out_of_range", "ballot_id")


def test_a_contest_named_like_a_nonce(client, audited):
    ballot = json.loads(verify.json_text(audited[1]))
    ballot["contests"][0]["object_id"] = "ballot"
    verify.rehash(ballot)
    path = "encrypted_ballot_response.encrypted_ballot.contests[0].object_id"
    publish(client, ballot, "AUDITED").refused(400, "duplicate", path)


def other_spellings(mac):
    return [mac.lower(), "00" + mac, "0000" + mac.lower()]


@pytest.mark.parametrize("spelling", [0, 1, 2])
def test_a_mac_in_another_spelling(client, audited, spelling):
    """Lower case, zeros in front: read like every number, published in the one form that is hashed."""
    answer, ballot = audited
    sent = json.loads(verify.json_text(ballot))
    data = sent["contests"][0]["extended_data"]
    data["mac"] = other_spellings(data["mac"])[spelling]
    assert publish(client, sent, "AUDITED").ok()["encrypted_ballot"] == answer["encrypted_ballot"]


@pytest.mark.parametrize("spelling", [0, 1, 2])
def test_a_challenge_with_a_mac_in_another_spelling(client, shared_election, audited, spelling):
    sent = json.loads(verify.json_text(audited[1]))
    data = sent["contests"][0]["extended_data"]
    data["mac"] = other_spellings(data["mac"])[spelling]
    request = {**shared_election.fields(), "encrypted_ballot_with_nonce": sent, "candidate_names_to_verify": ["Ann"]}
    assert client.post("/benaloh_challenge", request).ok()["match"] is True


@pytest.mark.parametrize("change", [lambda mac: mac[:-1], lambda mac: mac + "00", lambda mac: "xx" + mac[2:]])
def test_a_mac_that_is_no_number(client, audited, change):
    sent = json.loads(verify.json_text(audited[1]))
    data = sent["contests"][0]["extended_data"]
    data["mac"] = change("7" + data["mac"][1:].rjust(63, "1"))
    path = "encrypted_ballot_response.encrypted_ballot.contests[0].extended_data.mac"
    publish(client, sent, "AUDITED").refused(400, ("bad_encoding", "out_of_range"), path)
