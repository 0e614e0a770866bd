"""Rows 97 to 113 of docs/api-contract.md 8: challenges, the ceremony in rounds, publication, decoding."""

import json

import pytest
import verify
from hostile import at, cases, changed, check_error, refuse, serve, without
from verify import P, Q

GUARDIANS = "number_of_guardians"
MISSING, TYPE, RANGE, ENCODING = "missing_field", "bad_type", "out_of_range", "bad_encoding"
PROOF, GROUP = "proof_invalid", "not_in_group"
both = pytest.mark.parametrize("encoding", ["json", "msgpack"])

# ---- /benaloh_challenge

BALLOT, EXPECTED = "encrypted_ballot_with_nonce", "candidate_names_to_verify"
SELECTIONS = ("contests", 0, "ballot_selections")
FAILED = "Benaloh challenge failed: "


def revealed(path=None, value=None, rehash=False):
    """The ballot as a map, with something changed in it."""

    def apply(world, request):
        ballot = verify.artifact(request[BALLOT])
        if path is not None:
            at(ballot, path, value)
        if rehash:
            verify.rehash(ballot)
        request[BALLOT] = ballot

    return apply


def published(world, request):
    request[BALLOT] = world.answers[0]["encrypted_ballot"]


def published_and_nothing_expected(world, request):
    published(world, request)
    request[EXPECTED] = []


def one_nonce_missing(world, request):
    revealed((*SELECTIONS, 1, "nonce"), None)(world, request)


def required(*names):
    return [(f"no {n}", without(n), MISSING, n, f"Missing required field: {n}") for n in names]


@cases(
    [
        *(
            (97, *line)
            for line in required(
                BALLOT, EXPECTED, "party_names", "candidate_names", "joint_public_key", "commitment_hash",
                GUARDIANS, "quorum",
            )
        ),
        (98, "bad base64", {BALLOT: "$$$"}, ENCODING, BALLOT),
        (98, "no padding", {BALLOT: "gqFhAQ"}, ENCODING, BALLOT),
        (98, "null", {BALLOT: None}, TYPE, BALLOT),
        (98, "empty map", {BALLOT: {}}, MISSING, BALLOT + ".object_id"),
        (98, "list", {BALLOT: []}, TYPE, BALLOT),
        (99, "published", published, MISSING, BALLOT + ".nonce"),
        (99, "published, nothing expected", published_and_nothing_expected, MISSING, BALLOT + ".nonce"),
        (99, "one nonce missing", one_nonce_missing, MISSING, BALLOT + ".contests[0].ballot_selections[1].nonce"),
        (100, "unknown candidate", {EXPECTED: ["Zed"]}, "unknown_candidate", EXPECTED,
         "Candidate 'Zed' not found in election candidates"),
        (100, "one twice", {EXPECTED: ["Ann", "Ann"]}, "duplicate", EXPECTED),
        (100, "null", {EXPECTED: None}, TYPE, EXPECTED),
        (100, "map", {EXPECTED: {"Ann": 1}}, TYPE, EXPECTED),
        (101, "forged proof", revealed((*SELECTIONS, 2, "proof", "challenge"), "05"), PROOF,
         BALLOT + ".contests[0].ballot_selections[2].proof"),
        (101, "forged nonce", revealed((*SELECTIONS, 0, "nonce"), "05"), PROOF,
         BALLOT + ".contests[0].ballot_selections[0]"),
        (101, "other ballot_id", {"ballot_id": "another"}, RANGE, "ballot_id",
         FAILED + "'ballot_id' is not the id of the ballot"),
        (101, "other election", {"commitment_hash": "7"}, PROOF, None),
        (101, "other quorum", {"quorum": 1}, PROOF, None),
    ]
)  # fmt: skip
def test_challenge(wire, world, encoding, change, expected):
    code, field, *message = expected
    request = changed(world.challenge(), change, world)
    if field is not None:
        refuse(wire, "/benaloh_challenge", request, encoding, code, field, *message)
        return
    answer = wire.send("/benaloh_challenge", request, encoding)
    check_error(answer, 400, code, answer.body.get("field"))
    assert answer.body["field"].startswith(BALLOT) and answer.body["message"].startswith(FAILED)
    wire.check_usable()


@both
@pytest.mark.parametrize("form", ["map", "text", "base64"])
def test_row98_every_form_is_served(wire, world, encoding, form):
    request = world.challenge()
    ballot = verify.artifact(request[BALLOT])
    request[BALLOT] = {"map": ballot, "text": json.dumps(ballot), "base64": request[BALLOT]}[form]
    answer = serve(wire, "/benaloh_challenge", request, encoding)
    assert list(answer) == [
        "status", "match", "message", "ballot_id", "verified_candidates", "verified_candidate",
        "expected_candidate",
    ]  # fmt: skip
    assert answer["match"] is True
    assert answer["message"] == "Ballot choice matches expected selection: Ann"


@both
def test_mismatch_tells_what_was_voted(wire, world, encoding):
    answer = serve(wire, "/benaloh_challenge", {**world.challenge(), EXPECTED: ["Bo"]}, encoding)
    assert answer["match"] is False
    assert answer["message"] == (
        "Ballot choice does NOT match expected selection. Expected: Bo. Actual: Ann"
    )
    assert answer["verified_candidates"] == ["Ann"]


# ---- /combine_guardian_public_keys

KEYS = "public_keys"


def key_at(index, value):
    def apply(world, request):
        request[KEYS][index] = value

    return apply


def same_key(world, request):
    request[KEYS][1] = request[KEYS][0]


def key_that_undoes_the_others(world, request):
    others = verify.mpz(1)
    for key in request[KEYS][1:]:
        others = others * int(key) % P
    request[KEYS][0] = str(pow(others, -1, P))


def records(change=None):
    """The guardians' records beside their keys."""

    def apply(world, request):
        data = [verify.artifact(g["guardian_data"]["election_public_key"]) for g in world.guardians]
        request["election_public_keys"] = data
        if change is not None:
            change(data)

    return apply


RECORDS = "election_public_keys"


@cases(
    [
        (102, "empty", {KEYS: []}, RANGE, KEYS),
        (102, "missing", without(KEYS), MISSING, KEYS),
        (102, "null", {KEYS: None}, TYPE, KEYS),
        (102, "abc", key_at(1, "abc"), TYPE, KEYS + "[1]"),
        (102, "null within", key_at(1, None), TYPE, KEYS + "[1]"),
        (103, "0", key_at(0, "0"), GROUP, KEYS + "[0]"),
        (103, "1", key_at(0, "1"), GROUP, KEYS + "[0]"),
        (103, "p-1", key_at(2, str(P - 1)), GROUP, KEYS + "[2]"),
        (103, "p+1", key_at(0, str(P + 1)), RANGE, KEYS + "[0]"),
        (103, "a string", {KEYS: "123"}, TYPE, KEYS),
        (103, "same twice", same_key, "duplicate", KEYS + "[1]"),
        (103, "product 1", key_that_undoes_the_others, GROUP, KEYS, "the product of 'public_keys' must not be 1"),
        (104, "quorum 9 of 3", {"quorum": 9}, RANGE, "quorum"),
        (104, "50 guardians", {GUARDIANS: 50}, RANGE, GUARDIANS),
        (104, "no candidates", {"candidate_names": []}, RANGE, "candidate_names"),
        (104, "candidates missing", without("candidate_names"), MISSING, "candidate_names"),
        (104, "parties missing", without("party_names"), MISSING, "party_names"),
        (0, "too few records", records(lambda d: d.pop()), RANGE, RECORDS),
        (0, "records exchanged", records(lambda d: d.reverse()), RANGE, RECORDS + "[0].key"),
        (0, "forged proof", records(lambda d: at(d, (2, "coefficient_proofs", 1, "response"), "05")), PROOF,
         RECORDS + "[2].coefficient_proofs[1]", "guardian 3: the Schnorr proof does not hold"),
        (0, "commitment 0", records(lambda d: at(d, (1, "coefficient_commitments", 1), "00")), GROUP,
         RECORDS + "[1].coefficient_commitments[1]"),
    ]
)  # fmt: skip
def test_joint_key(wire, world, encoding, change, expected):
    request = changed(world.keys(), change, world)
    refuse(wire, "/combine_guardian_public_keys", request, encoding, *expected)


# ---- /generate_guardian_credentials


@cases(
    [
        (105, "sequence 0", {"sequence_order": 0}, RANGE, "sequence_order"),
        (105, "sequence 9 of 3", {"sequence_order": 9}, RANGE, "sequence_order"),
        (105, "quorum 8 of 3", {"quorum": 8}, RANGE, "quorum"),
        (105, "no sequence", without("sequence_order"), MISSING, "sequence_order"),
        (105, "no quorum", without("quorum"), MISSING, "quorum"),
        (106, "quorum 0", {"quorum": 0}, RANGE, "quorum"),
        (106, "sequence x", {"sequence_order": "x"}, TYPE, "sequence_order"),
        (106, "id empty", {"guardian_id": ""}, RANGE, "guardian_id"),
        (106, "id of spaces", {"guardian_id": "  "}, RANGE, "guardian_id"),
        (106, "id a list", {"guardian_id": ["1"]}, TYPE, "guardian_id"),
    ]
)
def test_credentials(wire, world, encoding, change, expected):
    request = changed(world.credentials(), change)
    refuse(wire, "/generate_guardian_credentials", request, encoding, *expected)


@both
def test_row106_body_null(wire, encoding):
    answer = wire.send("/generate_guardian_credentials", None, encoding)
    check_error(answer, 400, TYPE)
    wire.check_usable()


# ---- /generate_guardian_backup_shares

RECIPIENTS = "recipients"


def recipient(index, change):
    def apply(world, request):
        request[RECIPIENTS][index] = changed(request[RECIPIENTS][index], change)

    return apply


def same_recipient(world, request):
    request[RECIPIENTS][1] = request[RECIPIENTS][0]


def of_another(field, name):
    def apply(world, request):
        request[field] = world.guardians[1][name][name]

    return apply


def is_required(name, text=None):
    return (107, f"no {name}", without(name), MISSING, name, text or f"{name} is required")


def proof_of_polynomial(name, value):
    """What is sent here is published as the guardian's record."""

    def apply(world, request):
        polynomial = verify.artifact(request["sender_polynomial"])
        polynomial["coefficients"][1]["proof"][name] = value
        request["sender_polynomial"] = polynomial

    return apply


def longer_polynomial(world, request):
    request["quorum"] = 3


KEY_AT_0 = RECIPIENTS + "[0].public_key"


@cases(
    [
        is_required("sender_guardian_id"),
        is_required("sender_private_key"),
        is_required("sender_public_key"),
        is_required("sender_polynomial"),
        is_required(RECIPIENTS, "recipients are required"),
        is_required("sender_sequence_order", "Missing required field: sender_sequence_order"),
        is_required(GUARDIANS, f"Missing required field: {GUARDIANS}"),
        is_required("quorum", "Missing required field: quorum"),
        (107, "no recipient", {RECIPIENTS: []}, RANGE, RECIPIENTS, "recipients are required"),
        (107, "recipient without id", recipient(0, without("guardian_id")), MISSING,
         RECIPIENTS + "[0].guardian_id", "Each recipient must include guardian_id"),
        (107, "recipient without key", recipient(1, without("public_key")), MISSING,
         RECIPIENTS + "[1].public_key", "Missing public key for recipient 3"),
        (107, "recipient without order", recipient(1, without("sequence_order")), MISSING,
         RECIPIENTS + "[1].sequence_order"),
        (108, "a string", {RECIPIENTS: ["2"]}, TYPE, RECIPIENTS + "[0]"),
        (108, "not a list", {RECIPIENTS: {"2": 1}}, TYPE, RECIPIENTS),
        (109, "recipient's key 0", recipient(0, {"public_key": "0"}), GROUP, KEY_AT_0),
        (109, "recipient's key 1", recipient(0, {"public_key": "1"}), GROUP, KEY_AT_0),
        (109, "recipient's key p-1", recipient(0, {"public_key": str(P - 1)}), GROUP, KEY_AT_0),
        (109, "recipient's key null", recipient(0, {"public_key": None}), MISSING, KEY_AT_0),
        (109, "recipient twice", same_recipient, "duplicate", RECIPIENTS + "[1].guardian_id"),
        (109, "same order", recipient(1, {"sequence_order": 2}), "duplicate", RECIPIENTS + "[1].sequence_order"),
        (109, "sender's order", recipient(1, {"sequence_order": 1}), "duplicate", RECIPIENTS + "[1].sequence_order"),
        (109, "order 4 of 3", recipient(1, {"sequence_order": 4}), RANGE, RECIPIENTS + "[1].sequence_order"),
        (109, "sender as recipient", recipient(0, {"guardian_id": "1"}), "duplicate", RECIPIENTS + "[0].guardian_id"),
        (109, "private key of another", of_another("sender_private_key", "private_key"), RANGE, "sender_private_key"),
        (109, "public key of another", of_another("sender_public_key", "public_key"), RANGE, "sender_private_key"),
        (109, "polynomial of another", of_another("sender_polynomial", "polynomial"), RANGE, "sender_polynomial"),
        (109, "polynomial of another length", longer_polynomial, "quorum", "sender_polynomial.coefficients"),
        *(
            (109, f"{name} of a proof", proof_of_polynomial(name, value), PROOF,
             "sender_polynomial.coefficients[1].proof")
            for name, value in (("response", "05"), ("public_key", verify.to_hex(verify.G)))
        ),
        (109, "polynomial garbage", {"sender_polynomial": "$$$"}, ENCODING, "sender_polynomial"),
    ]
)  # fmt: skip
def test_backup_shares(wire, world, encoding, change, expected):
    request = changed(world.backups(), change, world)
    refuse(wire, "/generate_guardian_backup_shares", request, encoding, *expected)


# ---- /verify_guardian_key

CHECKED, STORED = "private_key", "stored_public_key"
UNABLE = "Unable to verify credentials. Ensure you uploaded the correct credentials.txt file."
NO_MATCH = "Your credential file does not match the public key stored for this election."


@cases(
    [
        (110, "no private key", without(CHECKED), MISSING, CHECKED, f"Missing required field: {CHECKED}"),
        (110, "no public key", without(STORED), MISSING, STORED, f"Missing required field: {STORED}"),
    ]
)
def test_key_check(wire, world, encoding, change, expected):
    refuse(wire, "/verify_guardian_key", changed(world.key_check(), change), encoding, *expected)


@both
@pytest.mark.parametrize(
    "row, private, public, message",
    [
        (110, "garbage", None, UNABLE),
        (110, "", None, UNABLE),
        (110, None, None, UNABLE),
        (110, str(Q), None, UNABLE),
        (110, str(Q + 1), str(verify.G), UNABLE),
        (110, {"private_key": "12"}, "garbage", UNABLE),
        (110, "[1]", None, UNABLE),
        (110, {}, None, UNABLE),
        (110, "5", None, NO_MATCH),
        (111, "0", "1", UNABLE),
        (111, 0, 1, UNABLE),
    ],
    ids=lambda v: str(v)[:12],
)
def test_key_that_does_not_fit(wire, world, encoding, row, private, public, message):
    request = {CHECKED: private, STORED: world.guardians[0]["public_key"] if public is None else public}
    answer = serve(wire, "/verify_guardian_key", request, encoding)
    assert answer == {"status": "success", "verified": False, "message": message}


@both
@pytest.mark.parametrize("recipients", [[], None, ...])
def test_a_guardian_without_others(wire, world, encoding, recipients):
    """Elections of one guardian: there is nobody to make a backup for."""
    counts = {"number_of_guardians": 1, "quorum": 1}
    made = serve(wire, "/generate_guardian_credentials", {**counts, "sequence_order": 1}, encoding)
    request = {
        **counts,
        "sender_guardian_id": "1",
        "sender_sequence_order": 1,
        "sender_private_key": made["private_key"],
        "sender_public_key": made["public_key"],
        "sender_polynomial": made["polynomial"],
    }
    if recipients is not ...:
        request[RECIPIENTS] = recipients
    answer = serve(wire, "/generate_guardian_backup_shares", request, encoding)
    assert answer["backup_count"] == 0 and answer["guardian_data"]["backups"] == {}
    assert answer["guardian_data"]["election_public_key"] == made["guardian_data"]["election_public_key"]
    someone = {"guardian_id": "2", "sequence_order": 1, "public_key": world.guardians[0]["public_key"]}
    refuse(
        wire, "/generate_guardian_backup_shares", {**request, RECIPIENTS: [someone]}, encoding, "duplicate",
        RECIPIENTS + "[0].sequence_order",
    )  # fmt: skip


# ---- /verify_guardian_backup


def surplus_zeros(world, request):
    """The reference takes every byte into the mac, so that its own backup with zeros in front does not open."""
    backup = verify.artifact(request["backup"])
    data = backup["encrypted_coordinate"]["data"]
    backup["encrypted_coordinate"]["data"] = data.rjust(1026, "0")
    request["backup"] = backup


@cases(
    [
        *((0, *line[:4]) for line in required("guardian_id", "sequence_order", "backup", "sender_election_public_key")),
        (0, "backup null", {"backup": None}, TYPE, "backup"),
        (0, "surplus zeros", surplus_zeros, RANGE, "backup.encrypted_coordinate.data"),
        (0, "backup garbage", {"backup": "$$$"}, ENCODING, "backup"),
        (0, "for another", {"guardian_id": "3"}, RANGE, "backup.designated_id"),
        (0, "order 9 of 3", {"sequence_order": 9}, RANGE, "sequence_order"),
        (0, "key null", {"private_key": None}, TYPE, "private_key"),
    ]
)  # fmt: skip
def test_backup_check(wire, world, encoding, change, expected):
    refuse(wire, "/verify_guardian_backup", changed(world.backup_check(), change), encoding, *expected)


# ---- /publish_ballot, /decode_artifact_to_json

RESPONSE = "encrypted_ballot_response"
LISTS = {"required": ["ballot_id", RESPONSE], "optional": ["ballot_status"]}


def response(**changes):
    def apply(world, request):
        request[RESPONSE] = json.dumps({**json.loads(request[RESPONSE]), **changes})

    return apply


def later(world, request):
    """The code is over the time, the hash is not."""
    ballot = verify.artifact(json.loads(request[RESPONSE])["encrypted_ballot"])
    response(encrypted_ballot={**ballot, "timestamp": ballot["timestamp"] + 1})(world, request)


@cases(
    [
        (112, "no ballot_id", without("ballot_id"), MISSING, "ballot_id", "Missing required fields"),
        (112, "no response", without(RESPONSE), MISSING, RESPONSE, "Missing required fields"),
        (112, "response null", {RESPONSE: None}, MISSING, RESPONSE, "Missing required fields"),
        (112, "broken JSON", {RESPONSE: '{"encrypted_ballot": '}, ENCODING, RESPONSE + ".encrypted_ballot"),
        (112, "no ballot", {RESPONSE: "{}"}, MISSING, RESPONSE + ".encrypted_ballot"),
        (112, "ballot null", response(encrypted_ballot=None), TYPE, RESPONSE + ".encrypted_ballot"),
        (112, "ballot empty", response(encrypted_ballot={}), MISSING, RESPONSE + ".encrypted_ballot.object_id"),
        (112, "hash wrong", response(ballot_hash="07"), PROOF, RESPONSE + ".ballot_hash"),
        (112, "code of another time", later, PROOF, RESPONSE + ".encrypted_ballot.code"),
        (112, "hash null", response(ballot_hash=None), TYPE, RESPONSE + ".ballot_hash"),
        (112, "other id", {"ballot_id": "b-9"}, RANGE, "ballot_id"),
        (112, "id null", {"ballot_id": None}, MISSING, "ballot_id"),
        (112, "id a number", {"ballot_id": 5}, TYPE, "ballot_id"),
        (112, "status", {"ballot_status": "SPOILED"}, RANGE, "ballot_status"),
    ]
)
def test_publish(wire, world, encoding, change, expected):
    request = changed(world.publication(), change, world)
    body = refuse(wire, "/publish_ballot", request, encoding, *expected)
    if body["message"] == "Missing required fields":
        assert {name: body[name] for name in LISTS} == LISTS


@both
@pytest.mark.parametrize("form", ["map", "text", "base64"])
def test_row112_every_form_is_served(wire, world, encoding, form):
    request = world.publication()
    opened = json.loads(request[RESPONSE])
    request[RESPONSE] = {"map": opened, "text": json.dumps(opened), "base64": verify.transport(opened)}[form]
    answer = serve(wire, "/publish_ballot", request, encoding)
    assert answer["ballot_hash"] == world.answers[2]["ballot_hash"]
    assert answer["encrypted_ballot"] == world.answers[2]["encrypted_ballot"]
    assert answer["ballot_nonces"] == world.answers[2]["ballot_nonces"]


NO_PAYLOAD = "Missing required field: payload"


@cases(
    [
        (113, "missing", without("payload"), MISSING, "payload", NO_PAYLOAD),
        (113, "null", {"payload": None}, MISSING, "payload", NO_PAYLOAD),
    ]
)
def test_decode_without_payload(wire, world, encoding, change, expected):
    refuse(wire, "/decode_artifact_to_json", changed(world.decoding(), change), encoding, *expected)


@both
@pytest.mark.parametrize(
    "payload",
    [[], "!!!", "", "1234", "12E3", "true", "null", "AA==", "1", '"text"', "BQ==", "gqFhAQ==", "{", "[1", 1.5],
    ids=str,
)
def test_row113_what_is_no_artifact_stays_as_it_is(wire, encoding, payload):
    for value in (payload, [payload], {"k": payload}):
        answer = serve(wire, "/decode_artifact_to_json", {"payload": value}, encoding)
        assert answer == {"status": "success", "decoded": value}


@both
def test_row113_artifacts_are_opened_all_the_way_down(wire, encoding):
    inner = verify.transport({"b": "1", "c": [json.dumps({"d": "12E3"})]})
    answer = serve(wire, "/decode_artifact_to_json", {"payload": {"a": inner}}, encoding)
    assert answer["decoded"] == {"a": {"b": "1", "c": [{"d": "12E3"}]}}
