"""A value of the wrong kind: the message names what the field takes."""

import pytest

LIST = "a list"
MAP = "a map"
NUMBER = "a decimal integer"
WRONG = [None, -1, True, "", 1.5, "word", [[]], {}]

FIELDS = [
    ("combination", "available_guardian_ids", LIST),
    ("combination", "available_guardian_public_keys", LIST),
    ("combination", "available_tally_shares", LIST),
    ("combination", "available_ballot_shares", LIST),
    ("combination", "missing_guardian_ids", LIST),
    ("combination", "compensating_guardian_ids", LIST),
    ("combination", "guardian_data", LIST),
    ("combination", "candidate_names", LIST),
    ("combination", "party_names", LIST),
    ("combination", "submitted_ballots", LIST),
    ("combination", "ciphertext_tally", MAP),
    ("tally", "encrypted_ballots", LIST),
    ("tallies", "ciphertext_tallies", LIST),
    ("partial", "guardian_data", MAP),
    ("partial", "submitted_ballots", LIST),
    ("partial", "private_key", NUMBER),
    ("partial", "public_key", NUMBER),
    ("partial", "joint_public_key", NUMBER),
    ("compensated", "missing_guardian_data", MAP),
    ("compensated", "available_private_key", NUMBER),
    ("backup_check", "backup", MAP),
    ("backup_check", "sender_election_public_key", MAP),
]
PATHS = {
    "combination": "/combine_decryption_shares",
    "tally": "/create_encrypted_tally",
    "tallies": "/combine_encrypted_tallies",
    "partial": "/create_partial_decryption",
    "compensated": "/create_compensated_decryption",
    "backup_check": "/verify_guardian_backup",
}


@pytest.mark.parametrize("request_of, field, takes", FIELDS)
def test_the_message_names_what_the_field_takes(client, world, request_of, field, takes):
    good = getattr(world, request_of)()
    for wrong in WRONG:
        fits = isinstance(wrong, list) and takes == LIST or isinstance(wrong, dict) and takes != LIST
        if fits or (takes == NUMBER and wrong == -1):
            continue
        answer = client.post(PATHS[request_of], {**good, field: wrong})
        body = answer.refused(400, ("bad_type", "bad_encoding", "missing_field"), field)
        if body["code"] == "missing_field":
            assert wrong is None and "equired" in body["message"] or "Missing" in body["message"], body
        else:
            other = {LIST: (MAP,), MAP: (LIST,), NUMBER: (LIST,)}[takes]
            assert takes in body["message"] and not any(o in body["message"] for o in other), (wrong, body["message"])
