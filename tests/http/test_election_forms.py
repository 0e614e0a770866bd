"""Artifacts in every form, mixed at will; what form an answer has; compensation's two layouts."""

import copy

import pytest
import verify
from client import JSON, MSGPACK, Client
from election import Election, votes_of


@pytest.fixture(scope="module")
def counted(shared_election):
    """Three ballots of the shared election and their tally."""
    ballots = shared_election.encrypt_chunk([("a", "Ann"), ("b", "Ann"), ("c", "Cy")])
    return ballots, shared_election.tally(ballots)


def in_form(form, artifact):
    """One artifact as a map, JSON text (with and without white space), or base64."""
    value = verify.artifact(artifact)
    if form == "map":
        return value
    if form == "text":
        return verify.json_text(value)
    if form == "spaced text":
        return " \n" + verify.json_text(value) + "\n"
    text = verify.transport(value)
    return text if form == "base64" else "\n".join(text[i : i + 76] for i in range(0, len(text), 76)) + "\n"


FORMS = ["map", "text", "spaced text", "base64", "wrapped base64"]


@pytest.mark.parametrize("form", FORMS)
def test_ballots_in_each_form(client, shared_election, counted, form):
    ballots, tally = counted
    sent = [in_form(form, b["encrypted_ballot_with_nonce"]) for b in ballots]
    answer = client.post("/create_encrypted_tally", {**shared_election.fields(), "encrypted_ballots": sent})
    assert answer.ok() == tally


def test_forms_mixed_and_published(client, shared_election, counted):
    """A map, a text and base64 in one list; with nonces and as published."""
    ballots, tally = counted
    opened = [verify.artifact(b["encrypted_ballot_with_nonce"]) for b in ballots]
    sent = [opened[0], ballots[1]["encrypted_ballot"], verify.transport(verify.published(opened[2]))]
    answer = client.post("/create_encrypted_tally", {**shared_election.fields(), "encrypted_ballots": sent})
    assert answer.ok() == tally


def test_submitted_ballots_are_taken_as_ballots(shared_election, counted):
    """What a tally answered can be tallied again."""
    _, tally = counted
    assert shared_election.tally(tally["submitted_ballots"]) == tally


def test_elements_in_lower_case_or_with_leading_zeros(client, shared_election, counted):
    ballots, tally = counted
    opened = [copy.deepcopy(verify.artifact(b["encrypted_ballot_with_nonce"])) for b in ballots]
    ciphertext = opened[0]["contests"][0]["ballot_selections"][0]["ciphertext"]
    ciphertext["pad"] = ciphertext["pad"].lower()
    opened[1]["crypto_hash"] = opened[1]["crypto_hash"].rjust(64, "0").lower()
    answer = client.post("/create_encrypted_tally", {**shared_election.fields(), "encrypted_ballots": opened})
    assert answer.ok() == tally


@pytest.mark.parametrize("form", FORMS)
def test_everything_in_each_form(client, shared_election, counted, form):
    """Shares, compensation and combination with every artifact in one form, inner ones too."""
    _, tally = counted
    e = Election(client)
    e.take_setup(shared_election.answer)

    def data(entry):
        inner = {
            **entry,
            "election_public_key": in_form(form, entry["election_public_key"]),
            "backups": {i: in_form(form, b) for i, b in entry["backups"].items()},
        }
        return in_form(form, inner)

    e.data = [data(d) for d in e.data]
    e.private_keys = [in_form(form, k) for k in e.private_keys]
    e.public_keys = [in_form(form, k) for k in e.public_keys]
    e.polynomials = [{**p, "polynomial": in_form(form, p["polynomial"])} for p in e.polynomials]
    sent_tally = in_form(form, tally["ciphertext_tally"])
    submitted = [in_form(form, b) for b in tally["submitted_ballots"]]
    own, other = e.shares(sent_tally, submitted, ["1", "2"])
    for answer in own.values():
        for name in ("guardian_public_key", "tally_share"):
            answer[name] = in_form(form, answer[name])
    for answer in other.values():
        answer["compensated_tally_share"] = in_form(form, answer["compensated_tally_share"])
    request = e.combine_request(sent_tally, submitted, own, other)
    results = verify.artifact(client.post("/combine_decryption_shares", request).ok()["results"])
    assert votes_of(results) == {"Ann": 2, "Bo": 0, "Cy": 1, "Dee": 0}


def test_whole_lists_as_one_text(json_client, shared_election, counted):
    """`submitted_ballots` and `guardian_data` as the JSON text of the whole list."""
    _, tally = counted
    e = Election(json_client)
    e.take_setup(shared_election.answer)
    submitted = verify.json_text(tally["submitted_ballots"])
    own, other = e.shares(tally["ciphertext_tally"], submitted, ["1", "2"])
    request = e.combine_request(tally["ciphertext_tally"], submitted, own, other)
    request["guardian_data"] = verify.json_text(e.data)
    results = verify.artifact(json_client.post("/combine_decryption_shares", request).ok()["results"])
    assert votes_of(results)["Ann"] == 2


def test_backups_are_found_in_either_layout(client, shared_election, counted):
    """By owner and designated guardian, whatever the key and whichever guardian's map holds it."""
    _, tally = counted
    e = Election(client)
    e.take_setup(shared_election.answer)
    requests = []
    as_set_up = e.compensated_request("1", "3", tally["ciphertext_tally"], [])
    requests.append(as_set_up)
    e.use_ceremony_layout()
    as_ceremony = e.compensated_request("1", "3", tally["ciphertext_tally"], [])
    requests.append(as_ceremony)
    both = {**as_ceremony, "available_guardian_data": as_set_up["available_guardian_data"]}
    requests.append(both)
    odd = copy.deepcopy(as_set_up)
    backups = odd["available_guardian_data"]["backups"]
    odd["available_guardian_data"]["backups"] = {"any": backups["3"], "thing": backups["2"]}
    requests.append(odd)
    no_polynomial = dict(as_set_up)
    del no_polynomial["available_polynomial"]
    requests.append(no_polynomial)
    opened = e.open_tally(tally["ciphertext_tally"])
    recovery = verify.recovery_key(e.commitments("3"), 1)
    shares = set()
    for request in requests:
        share = verify.artifact(
            client.post("/create_compensated_decryption", request).ok()["compensated_tally_share"]
        )
        verify.check_compensated(e.reference, opened, share, "1", e.publics[0], "3", recovery)
        selections = share["contests"]["contest-1"]["selections"]
        shares.add(tuple(s["share"] for s in selections.values()))
    assert len(shares) == 1


# ---- which form an answer has


def ballot_form(answer):
    return "texts" if answer["encrypted_ballot_with_nonce"].startswith("{") else "objects"


@pytest.mark.parametrize(
    "field, accept, expected",
    [
        ("candidate_names_to_vote", "*/*", "objects"),
        ("candidate_name", "*/*", "texts"),
        ("candidate_name", JSON, "texts"),
        ("candidate_names_to_vote", JSON, "objects"),
        ("candidate_names_to_vote", JSON + "; artifacts=texts", "texts"),
        ("candidate_name", JSON + "; artifacts=objects", "objects"),
    ],
)
def test_form_of_a_ballot(json_client, shared_election, field, accept, expected):
    request = {**shared_election.fields(), "ballot_id": "b", field: "Ann"}
    assert ballot_form(json_client.post("/create_encrypted_ballot", request, Accept=accept).ok()) == expected


@pytest.mark.parametrize(
    "accept, expected",
    [("*/*", "objects"), (JSON, "texts"), (JSON + "; artifacts=objects", "objects"), (JSON + ", */*", "objects")],
)
def test_form_of_a_setup(json_client, accept, expected):
    request = {
        "number_of_guardians": 1, "quorum": 1, "party_names": ["p"], "candidate_names": ["c"],
    }  # fmt: skip
    answer = json_client.post("/setup_guardians", request, Accept=accept).ok()
    assert isinstance(answer["guardian_data"][0], str) == (expected == "texts")
    assert ("manifest" in answer) == (expected == "texts")


def test_messagepack_answers_are_objects(msgpack_client, shared_election, counted):
    request = {**shared_election.fields(), "ballot_id": "b", "candidate_name": "Ann"}
    assert ballot_form(msgpack_client.post("/create_encrypted_ballot", request).ok()) == "objects"
    setup = {"number_of_guardians": 1, "quorum": 1, "party_names": ["p"], "candidate_names": ["c"]}
    answer = msgpack_client.post("/setup_guardians", setup, Accept=MSGPACK).ok()
    assert isinstance(answer["guardian_data"][0], dict) and "manifest" not in answer


def test_form_of_a_tally(json_client, shared_election, counted):
    """JSON texts without `max_choices` are January's."""
    ballots, _ = counted
    fields = shared_election.fields()
    texts = [b["encrypted_ballot"] for b in ballots]
    answer = json_client.post("/create_encrypted_tally", {**fields, "encrypted_ballots": texts}).ok()
    assert isinstance(answer["ciphertext_tally"], dict)
    del fields["max_choices"]
    answer = json_client.post("/create_encrypted_tally", {**fields, "encrypted_ballots": texts}).ok()
    tally = verify.artifact(answer["ciphertext_tally"])
    assert isinstance(answer["ciphertext_tally"], str) and isinstance(tally["_encryption"], str)
    assert tally["_manifest"] == "null" and isinstance(tally["_internal_manifest"], str)
    assert isinstance(tally["contests"]["contest-1"], str)
    assert all(isinstance(b, str) for b in answer["submitted_ballots"])


def test_form_setting(start_service, shared_election):
    """`EGSERVE_JSON_ARTIFACTS` decides where the client does not say."""
    setup = {"number_of_guardians": 1, "quorum": 1, "party_names": ["p"], "candidate_names": ["c"]}
    service = start_service(env={"EGSERVE_JSON_ARTIFACTS": "texts"})
    client = Client(service.url)
    assert isinstance(client.post("/setup_guardians", setup).ok()["guardian_data"][0], str)
    answer = client.post("/create_encrypted_ballot", shared_election.ballot_request("b", "Ann")).ok()
    assert ballot_form(answer) == "texts"
    asked = client.post("/setup_guardians", setup, Accept=JSON + "; artifacts=objects").ok()
    assert isinstance(asked["guardian_data"][0], dict)
    client.close()
    assert service.stop() == 0


def test_no_ballots_option_in_texts(texts_client):
    """The texts form with ballots left out of the tally's answer."""
    election = Election(texts_client, guardians=2, quorum=2)
    election.setup()
    ballots = [election.encrypt("1", "Ann"), election.encrypt("2", "Bo")]
    answer = election.tally(ballots, include_submitted_ballots=False)
    assert answer["submitted_ballots"] == []
    results = election.decrypt(answer["ciphertext_tally"], [], ["1", "2"])
    assert votes_of(results) == {"Ann": 1, "Bo": 1, "Cy": 0, "Dee": 0}
