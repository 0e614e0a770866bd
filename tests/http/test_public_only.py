"""A service with --public-only: what takes or makes secrets is refused before its body is read, the rest serves an
election whose secrets are elsewhere."""

import json
import pathlib

import pytest
from client import Client
from election import Election, votes_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
WITHHELD = [
    "/setup_guardians",
    "/generate_guardian_credentials",
    "/generate_guardian_backup_shares",
    "/verify_guardian_backup",
    "/verify_guardian_key",
    "/create_encrypted_ballot",
    "/benaloh_challenge",
    "/publish_ballot",
    "/create_partial_decryption",
    "/create_compensated_decryption",
    "/decode_artifact_to_json",
    "/api/encrypt",
    "/api/decrypt",
]
SERVED = [
    "/validate_manifest",
    "/combine_guardian_public_keys",
    "/create_encrypted_tally",
    "/verify_ballots",
    "/combine_encrypted_tallies",
    "/combine_decryption_shares",
]


@pytest.fixture(scope="module")
def public(start_service):
    return start_service(args=["--public-only", "on"])


def test_every_path_that_takes_a_body_is_one_or_the_other():
    """A new endpoint must be put on one of the two lists."""
    paths = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
    assert sorted(WITHHELD + SERVED) == sorted(path for path, methods in paths.items() if "post" in methods)


@pytest.mark.parametrize("path", WITHHELD)
def test_what_is_withheld(public, path):
    client = Client(public.url)
    answer = client.post(path, {"private_key": "7", "ballot_id": "a-vote-in-clear"})
    answer.refused(403, "unavailable", message="--public-only")
    assert "a-vote-in-clear" not in public.log()
    client.close()


@pytest.mark.parametrize("path", SERVED)
def test_what_is_served_is_judged_by_its_body(public, path):
    client = Client(public.url)
    client.post(path, {}).refused(400, "missing_field")
    client.close()


def test_without_the_setting_nothing_is_withheld(json_client):
    for path in WITHHELD:
        assert json_client.post(path, {}).status != 403, path


def test_an_election_whose_secrets_are_elsewhere(public, json_client):
    election = Election(json_client)
    election.setup()
    ballots = election.encrypt_chunk([("b-1", ["Ann"]), ("b-2", ["Bo"]), ("b-3", ["Ann"])])
    election.client = Client(public.url)
    answer = election.tally([ballot["encrypted_ballot"] for ballot in ballots])
    tally, submitted = answer["ciphertext_tally"], answer["submitted_ballots"]
    election.client = json_client
    shares = election.shares(tally, submitted, ["1", "3"])
    election.client = Client(public.url)
    assert votes_of(election.combine(tally, submitted, *shares)) == {"Ann": 2, "Bo": 1, "Cy": 0, "Dee": 0}
