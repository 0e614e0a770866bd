"""The recorded exchanges: our service takes another implementation's ballots, keys and shares and answers as
it did. Answers with randomness in them are compared by shape and checked by the independent formulas."""

import json

import pytest
import verify
from samples import path_of
from verify import mpz


def shape(value, inner=True):
    """Field order and types, artifacts opened; lengths of lists kept."""
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shape(v) for v in value]
    if isinstance(value, str) and len(value) > 100:
        try:
            opened = verify.artifact(value)
        except ValueError:
            return "text"
        return shape(opened) if isinstance(opened, (dict, list)) else "text"
    return type(value).__name__


def same_shape(got, recorded):
    assert json.dumps(shape(got)).replace('"text"', '"str"') == json.dumps(shape(recorded)).replace(
        '"text"', '"str"'
    )


def replay(client, samples, endpoint, number=1, **changes):
    request = {**samples.request(endpoint, number), **changes}
    answer = client.post(path_of(endpoint), request)
    body = answer.ok()
    assert answer.is_shortest()
    return body


def election(samples):
    """The recorded voting election, for the formulas."""
    return verify.Election(samples.request("create_encrypted_tally"))


def recorded_ballots(samples):
    answers = [samples.response("create_encrypted_ballot", n) for n in (1, 2, 3, 4)]
    return [verify.artifact(a["encrypted_ballot_with_nonce"]) for a in answers]


def in_request_order(tally, ballots):
    return {**tally, "cast_ballot_ids": [b["object_id"] for b in ballots]}


def keys(samples):
    """Public keys and commitments of the recorded voting election, by guardian id."""
    data = samples.response("setup_guardians")["guardian_data"]
    records = {d["id"]: verify.artifact(d["election_public_key"]) for d in data}
    return {i: [verify.element(c) for c in r["coefficient_commitments"]] for i, r in records.items()}


# ---- the formulas themselves stand up to the recording


def test_formulas_agree_with_the_recording(samples):
    e = election(samples)
    for n in (1, 2, 3, 4):
        request = samples.request("create_encrypted_ballot", n)
        answer = samples.response("create_encrypted_ballot", n)
        ballot = verify.artifact(answer["encrypted_ballot_with_nonce"])
        verify.check_ballot(e, ballot)
        votes = [request["candidate_names_to_vote"]]
        nonce = verify.element(ballot["nonce"])
        again = verify.encrypt_ballot(e, ballot["object_id"], votes, nonce, ballot["timestamp"])
        assert verify.json_text(again) == verify.json_text(ballot)


# ---- the voting election


def test_setup(client, samples):
    answer = replay(client, samples, "setup_guardians")
    same_shape(answer, samples.response("setup_guardians"))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_ballot(client, samples, number):
    answer = replay(client, samples, "create_encrypted_ballot", number)
    recorded = samples.response("create_encrypted_ballot", number)
    same_shape(answer, recorded)
    ours, theirs = (json.loads(a["encrypted_ballot"]) for a in (answer, recorded))
    for name in ("object_id", "style_id", "manifest_hash", "code_seed"):
        assert ours[name] == theirs[name]
    verify.check_ballot(election(samples), ours)


def test_audited_ballot(client, samples):
    answer = replay(client, samples, "create_encrypted_ballot_audited")
    same_shape(answer, samples.response("create_encrypted_ballot_audited"))
    assert list(answer["ballot_nonces"]) == list(
        samples.response("create_encrypted_ballot_audited")["ballot_nonces"]
    )


def test_tally(client, samples):
    answer = replay(client, samples, "create_encrypted_tally")
    recorded = samples.response("create_encrypted_tally")
    ballots = recorded_ballots(samples)
    expected = in_request_order(recorded["ciphertext_tally"], ballots)
    assert verify.json_text(answer["ciphertext_tally"]) == verify.json_text(expected)
    assert verify.json_text(answer["submitted_ballots"]) == verify.json_text(recorded["submitted_ballots"])
    verify.check_tally(election(samples), answer["ciphertext_tally"], ballots)


def test_tally_without_proofs(client, samples):
    """What July answered without verifying is the same tally."""
    answer = replay(client, samples, "create_encrypted_tally", verify_ballots=False)
    assert answer == replay(client, samples, "create_encrypted_tally")


def values_of(share, *names):
    selections = share["contests"]["contest-1"]["selections"]
    return {i: tuple(s[n] for n in names) for i, s in selections.items()}


@pytest.mark.parametrize("number", [1, 2])
def test_partial_decryption(client, samples, number):
    answer = replay(client, samples, "create_partial_decryption", number)
    recorded = samples.response("create_partial_decryption", number)
    same_shape(answer, recorded)
    request = samples.request("create_partial_decryption", number)
    ours, theirs = (verify.artifact(a["tally_share"]) for a in (answer, recorded))
    assert values_of(ours, "share") == values_of(theirs, "share")
    key = mpz(request["public_key"]["public_key"])
    verify.check_share(election(samples), request["ciphertext_tally"], ours, str(number), key)
    verify.check_share(election(samples), request["ciphertext_tally"], theirs, str(number), key)
    # the record that was sent, byte for byte, not one made up for this call
    assert answer["guardian_public_key"] == request["guardian_data"]["election_public_key"]
    assert answer["ballot_shares"] == {}


@pytest.mark.parametrize("layout", ["as the ceremony", "as set up"])
@pytest.mark.parametrize("number", [1, 2])
def test_compensated_decryption(client, samples, number, layout):
    changes = {}
    request = samples.request("create_compensated_decryption", number)
    if layout == "as set up":
        data = {d["id"]: d for d in samples.response("setup_guardians")["guardian_data"]}
        changes = {
            "available_guardian_data": data[request["available_guardian_id"]],
            "missing_guardian_data": data[request["missing_guardian_id"]],
        }
    answer = replay(client, samples, "create_compensated_decryption", number, **changes)
    recorded = samples.response("create_compensated_decryption", number)
    same_shape(answer, recorded)
    ours, theirs = (verify.artifact(a["compensated_tally_share"]) for a in (answer, recorded))
    assert values_of(ours, "share", "recovery_key") == values_of(theirs, "share", "recovery_key")
    commitments = keys(samples)
    available, missing = request["available_guardian_id"], request["missing_guardian_id"]
    recovery = verify.recovery_key(commitments[missing], int(available))
    for share in (ours, theirs):
        verify.check_compensated(
            election(samples), request["ciphertext_tally"], share, available, commitments[available][0],
            missing, recovery,
        )  # fmt: skip


def test_combination(client, samples):
    answer = replay(client, samples, "combine_decryption_shares")
    assert verify.json_text(answer) == verify.json_text(samples.response("combine_decryption_shares"))


def test_our_shares_among_theirs(client, samples):
    """One guardian's share made by us, one recorded; the same for the compensated ones."""
    mine = replay(client, samples, "create_partial_decryption", 1)
    other = replay(client, samples, "create_compensated_decryption", 2)
    request = samples.request("combine_decryption_shares")
    request["available_tally_shares"][0] = mine["tally_share"]
    request["available_guardian_public_keys"][0] = mine["guardian_public_key"]
    request["compensated_tally_shares"][1] = other["compensated_tally_share"]
    body = client.post("/combine_decryption_shares", request).ok()
    assert body == samples.response("combine_decryption_shares")


def test_recorded_and_own_ballots_in_one_tally(client, samples):
    """Another implementation's four ballots and one of ours, decrypted together."""
    own = replay(client, samples, "create_encrypted_ballot", 1, ballot_id="ours")
    sent = samples.request("create_encrypted_tally")["encrypted_ballots"]
    sent.insert(2, own["encrypted_ballot"])
    tally = replay(client, samples, "create_encrypted_tally", encrypted_ballots=sent)
    changes = {n: tally[n] for n in ("ciphertext_tally", "submitted_ballots")}
    own_shares = [replay(client, samples, "create_partial_decryption", n, **changes) for n in (1, 2)]
    others = [replay(client, samples, "create_compensated_decryption", n, **changes) for n in (1, 2)]
    results = replay(
        client, samples, "combine_decryption_shares", **changes,
        available_tally_shares=[s["tally_share"] for s in own_shares],
        compensated_tally_shares=[s["compensated_tally_share"] for s in others],
    )["results"]  # fmt: skip
    votes = {n: c["votes"] for n, c in results["results"]["candidates"].items()}
    assert votes == {"Candidate A": "1", "Candidate B": "1", "Candidate C": "3"}


# ---- the ceremony


@pytest.mark.parametrize("number", [1, 2, 3])
def test_guardian_credentials(client, samples, number):
    answer = replay(client, samples, "generate_guardian_credentials", number)
    same_shape(answer, samples.response("generate_guardian_credentials", number))
    record = verify.artifact(answer["guardian_data"]["election_public_key"])
    commitments = verify.check_public_record(record, 2)
    secret = mpz(answer["private_key"]["private_key"])
    verify.check_polynomial(verify.artifact(answer["polynomial"]["polynomial"]), secret, 2)
    assert commitments[0] == int(answer["public_key"]["public_key"])
    assert (record["owner_id"], record["sequence_order"]) == (str(number), number)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_backup_shares(client, samples, number):
    """The backups open to the coordinates that the recorded ones open to."""
    answer = replay(client, samples, "generate_guardian_backup_shares", number)
    recorded = samples.response("generate_guardian_backup_shares", number)
    same_shape(answer, recorded)
    sent = samples.request("generate_guardian_backup_shares", number)
    polynomial = verify.artifact(sent["sender_polynomial"]["polynomial"])
    commitments = [verify.element(c["commitment"]) for c in polynomial["coefficients"]]
    for i, backup in answer["guardian_data"]["backups"].items():
        secret = samples.response("generate_guardian_credentials", int(i))["private_key"]["private_key"]
        ours = verify.open_backup(verify.artifact(backup), mpz(secret), commitments)
        theirs = recorded["guardian_data"]["backups"][i]
        assert ours == verify.open_backup(verify.artifact(theirs), mpz(secret), commitments)
    ours = verify.artifact(answer["guardian_data"]["election_public_key"])
    assert verify.check_public_record(ours, 2) == commitments


def test_combined_keys(client, samples):
    answer = replay(client, samples, "combine_guardian_public_keys")
    assert verify.json_text(answer) == verify.json_text(samples.response("combine_guardian_public_keys"))


@pytest.mark.parametrize("number", [1, 2])
def test_verified_key(client, samples, number):
    answer = replay(client, samples, "verify_guardian_key", number)
    assert verify.json_text(answer) == verify.json_text(samples.response("verify_guardian_key", number))


# ---- challenge and publication


def test_challenge_that_matches(client, samples):
    answer = replay(client, samples, "benaloh_challenge", 1)
    assert verify.json_text(answer) == verify.json_text(samples.response("benaloh_challenge", 1))


def test_challenge_that_does_not_match(client, samples):
    """Differs: `verified_candidates` holds what was found, not an empty list."""
    answer = replay(client, samples, "benaloh_challenge", 2)
    expected = samples.response("benaloh_challenge", 2)
    expected["verified_candidates"] = ["Candidate A", "Candidate C"]
    assert verify.json_text(answer) == verify.json_text(expected)


def test_publication(client, samples):
    answer = replay(client, samples, "publish_ballot")
    assert verify.json_text(answer) == verify.json_text(samples.response("publish_ballot"))


def test_decoded_artifact(client, samples):
    """Differs: the owner's id stays the text that it is."""
    answer = replay(client, samples, "decode_artifact_to_json")
    expected = samples.response("decode_artifact_to_json")
    expected["decoded"]["owner_id"] = "1"
    assert verify.json_text(answer) == verify.json_text(expected)


def test_every_recorded_artifact_decodes(json_client, samples):
    """Every base64 artifact of the recording, read and written again."""
    artifacts = []

    def walk(value):
        if isinstance(value, dict):
            for v in value.values():
                walk(v)
        elif isinstance(value, list):
            for v in value:
                walk(v)
        elif isinstance(value, str) and len(value) > 1000 and not value.isdigit():
            artifacts.append(value)

    def opened(value):
        """What the service should have made of a payload."""
        if isinstance(value, dict):
            return {k: opened(v) for k, v in value.items()}
        if isinstance(value, list):
            return [opened(v) for v in value]
        if isinstance(value, str):
            try:
                inner = verify.artifact(value)
            except ValueError:
                return value
            return opened(inner) if isinstance(inner, (dict, list)) else value
        return value

    for endpoint, number in samples.exchanges():
        if not endpoint.startswith("api_"):
            walk(samples.response(endpoint, number))
    assert len(artifacts) > 40
    for payload in artifacts:
        body = json_client.post("/decode_artifact_to_json", {"payload": payload}).ok()
        assert verify.json_text(body["decoded"]) == verify.json_text(opened(payload))
        # hexadecimal numbers are strings of the base64 alphabet as well: they stay what they are
        if not payload.startswith("{") and body["decoded"] != payload:
            assert verify.transport(body["decoded"]) == payload
