"""Ballots of electionguard-python with more in their contest data than the votes give: an overvote, write-ins."""

import pytest
import verify
from election import Election


@pytest.fixture(scope="module")
def election(json_client):
    election = Election(json_client, guardians=1, quorum=1, candidates=["Ann", "Bob", "Cho"], max_choices=2)
    election.setup()
    return election


def ballot_with(election, votes, data):
    """A ballot whose contest data was sealed by the same nonces over something else."""
    ballot = verify.encrypt_ballot(election.reference, "b", votes, 99, 1700000000)
    contest = ballot["contests"][0]
    nonce = verify.nonce_item(verify.mpz(contest["nonce"], 16), ["constant-extended-data"], 0)
    text = data if isinstance(data, str) else verify.json_text(data)
    sealed = verify.pad_message(text.encode())
    contest["extended_data"] = verify.hashed_encrypt(
        sealed, nonce, election.reference.key, election.reference.extended_hash
    )
    return ballot


def ask(client, election, ballot, expected):
    request = {**election.fields(), "encrypted_ballot_with_nonce": ballot, "candidate_names_to_verify": expected}
    return client.post("/benaloh_challenge", request)


OVERVOTE = {"error": "overvote", "error_data": ["Ann", "Bob", "Cho"], "write_ins": None}


def test_an_overvote(client, election):
    """Three of two votes: none of them counts, and the data says which they were."""
    ballot = ballot_with(election, [], OVERVOTE)
    assert ask(client, election, ballot, []).ok()["match"] is True
    assert ask(client, election, ballot, ["Ann"]).ok()["match"] is False
    client.post("/create_encrypted_tally", {**election.fields(), "encrypted_ballots": [ballot]}).ok()


def test_write_ins(client, election):
    data = {"error": "undervote", "error_data": None, "write_ins": {"Ann": "Somebody"}}
    assert ask(client, election, ballot_with(election, ["Ann"], data), ["Ann"]).ok()["match"] is True


@pytest.mark.parametrize(
    "votes, data",
    [
        (["Ann"], OVERVOTE),
        (["Ann", "Bob"], OVERVOTE),
        ([], {"error": "undervote", "error_data": None, "write_ins": None}),
        (["Ann"], {"error": "nullvote", "error_data": None, "write_ins": None}),
        ([], "anything"),
        ([], ""),
    ],
)
def test_data_that_no_honest_ballot_has(client, election, votes, data):
    answer = ask(client, election, ballot_with(election, votes, data), votes)
    answer.refused(400, "proof_invalid", "encrypted_ballot_with_nonce.contests[0].extended_data")


def test_data_by_another_nonce(client, election):
    ballot = ballot_with(election, [], OVERVOTE)
    other = verify.encrypt_ballot(election.reference, "b", [], 98, 1700000000)
    ballot["contests"][0]["extended_data"] = other["contests"][0]["extended_data"]
    ask(client, election, ballot, []).refused(
        400, "proof_invalid", "encrypted_ballot_with_nonce.contests[0].extended_data"
    )
