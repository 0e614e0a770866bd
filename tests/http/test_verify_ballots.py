"""Ballots that were encrypted elsewhere, judged one by one: which are good, and why the others are not."""

import base64
import copy

import pytest
import verify
from client import Client
from election import Election
from general import recorded_ballots, recorded_manifest
from manifest_election import ManifestElection

LIST = "encrypted_ballots"
PATH = "/verify_ballots"
CANDIDATES = ["Ann", "Bo"]
COUNT = 70  # more than a batch on arrival, and a rest that fills none


@pytest.fixture(scope="module")
def made(json_client):
    """An election and its ballots as published."""
    election = Election(json_client, candidates=CANDIDATES, guardians=1, quorum=1)
    election.setup()
    answers = election.encrypt_chunk([(f"b-{i}", [CANDIDATES[i % 2]]) for i in range(COUNT)])
    with_nonces = [verify.artifact(a["encrypted_ballot_with_nonce"]) for a in answers]
    return election, [verify.submitted(b) for b in with_nonces], with_nonces


@pytest.fixture(params=["json", "msgpack"])
def check(request, service, made):
    client = Client(service.url, request.param)

    def post(ballots, fields_last=False, **options):
        fields, sent = {**made[0].fields(), **options}, {LIST: ballots}
        return client.post(PATH, {**sent, **fields} if fields_last else {**fields, **sent})

    yield post
    client.close()


def of(answer):
    """The answers about ballots, by place; what every good one looks like."""
    body = answer.ok()
    assert list(body) == ["status", "ballots", "verified_count"] and body["status"] == "success"
    for ballot in body["ballots"]:
        assert list(ballot) == ["object_id", "state", "confirmation_code", "verified", "error"]
        assert ballot["verified"] == (ballot["error"] is None)
    assert body["verified_count"] == sum(b["verified"] for b in body["ballots"])
    return body["ballots"]


def good(ballot):
    return {"object_id": ballot["object_id"], "state": ballot["state"], "confirmation_code": ballot["code"],
            "verified": True, "error": None}  # fmt: skip


def false_proof(ballot, place=0):
    """Hashes made anew: only the proof tells."""
    ballot = copy.deepcopy(ballot)
    proof = ballot["contests"][0]["ballot_selections"][place]["proof"]
    proof["proof_zero_response"] = verify.to_hex((verify.element(proof["proof_zero_response"]) + 1) % verify.Q)
    verify.rehash(ballot)
    return ballot


def changed(ballot, **fields):
    return {**copy.deepcopy(ballot), **fields}


def renamed(ballot, ballot_id):
    ballot = changed(ballot, object_id=ballot_id)
    verify.rehash(ballot)
    return ballot


@pytest.mark.parametrize("fields_last", [False, True])
def test_good_ballots(made, check, fields_last):
    _, ballots, _ = made
    assert of(check(ballots, fields_last)) == [good(b) for b in ballots]


@pytest.mark.parametrize("fields_last", [False, True])
@pytest.mark.parametrize("places", [[0], [69], [3, 4], [0, 17, 18, 33, 64, 69], range(COUNT)])
def test_false_proofs_are_named_and_no_other(made, check, places, fields_last):
    """Wherever they stand, in one batch or in several, alone or beside each other."""
    _, ballots, _ = made
    sent = [false_proof(b) if i in places else b for i, b in enumerate(ballots)]
    for i, answer in enumerate(of(check(sent, fields_last))):
        if i not in places:
            assert answer == good(ballots[i])
            continue
        assert answer["object_id"] == f"b-{i}" and answer["state"] == 1
        assert answer["confirmation_code"] == sent[i]["code"]
        assert answer["error"]["code"] == "proof_invalid"
        assert answer["error"]["field"].startswith(f"{LIST}[{i}].contests[0].ballot_selections[0].proof")
        assert answer["error"]["message"]


FAULTS = [
    (lambda b: changed(b, crypto_hash="00"), "proof_invalid", ".crypto_hash"),
    (lambda b: changed(b, code="00"), "proof_invalid", ".code"),
    (lambda b: changed(b, manifest_hash="AA"), "wrong_election", ".manifest_hash"),
    (lambda b: changed(b, style_id="other"), None, ".style_id"),
    (lambda b: changed(b, contests=[]), None, ""),
    (lambda b: changed(b, contests="x"), "bad_type", ".contests"),
    (lambda b: {k: v for k, v in b.items() if k != "state"}, "missing_field", ".state"),
    (lambda b: changed(b, state=3), "out_of_range", ".state"),
    (lambda b: {k: v for k, v in b.items() if k != "code"}, "missing_field", ".code"),
    (lambda b: changed(b, object_id=""), "out_of_range", ".object_id"),
    (lambda b: {}, "missing_field", ""),
    (lambda b: [], "bad_type", ""),
    (lambda b: 7, "bad_type", ""),
    (lambda b: None, "bad_type", ""),
    (lambda b: '{"object_id": "b-5", ', "bad_encoding", ""),
    (lambda b: "!!", "bad_encoding", ""),
]


@pytest.mark.parametrize("fields_last", [False, True])
@pytest.mark.parametrize("spoil, code, field", FAULTS)
def test_one_bad_ballot_spoils_no_other(made, check, spoil, code, field, fields_last):
    _, ballots, _ = made
    sent = [spoil(ballots[0]), ballots[1], spoil(ballots[2]), ballots[3]]
    answers = of(check(sent, fields_last))
    assert [answers[1], answers[3]] == [good(ballots[1]), good(ballots[3])]
    for i in (0, 2):
        assert not answers[i]["verified"]
        assert answers[i]["error"]["field"].startswith(f"{LIST}[{i}]{field}")
        assert answers[i]["error"]["code"] == code or code is None


def test_a_ballot_that_cannot_be_read_is_named_if_its_id_can(made, check):
    _, ballots, _ = made
    answers = of(check([changed(ballots[0], contests=7), "!!", changed(ballots[1], object_id=7)]))
    assert [(a["object_id"], a["state"], a["confirmation_code"]) for a in answers] == [
        ("b-0", None, None), (None, None, None), (None, None, None),
    ]  # fmt: skip


def test_texts(made, check):
    """A ballot as JSON text, or as base64 of MessagePack, is read as everywhere."""
    _, ballots, _ = made
    sent = [verify.json_text(ballots[0]), base64.b64encode(verify.pack(ballots[1])).decode()]
    assert of(check(sent)) == [good(b) for b in ballots[:2]]


# ---- what should not be sent


def keep_nonces(ballot, of_what):
    """Only some of them."""
    ballot = copy.deepcopy(ballot)
    contest = ballot["contests"][0]
    selection = contest["ballot_selections"][1]
    for part, name in ((ballot, "ballot"), (contest, "contest"), (selection, "selection")):
        if name != of_what:
            part["nonce"] = None
    for other in (contest["ballot_selections"][0], contest["ballot_selections"][2]):
        other["nonce"] = None
    return {**ballot, "state": 1}


@pytest.mark.parametrize("of_what, field", [
    ("ballot", ".nonce"), ("contest", ".contests[0].nonce"),
    ("selection", ".contests[0].ballot_selections[1].nonce"),
])  # fmt: skip
def test_nonces_are_refused_and_logged_nowhere(made, check, service, of_what, field):
    _, ballots, with_nonces = made
    sent = keep_nonces(with_nonces[1], of_what)
    answer = check([ballots[0], sent])
    first, second = of(answer)
    assert first == good(ballots[0])
    assert second["error"]["code"] == "bad_type" and second["error"]["field"] == f"{LIST}[1]{field}"
    assert "'nonce' must be null" in second["error"]["message"]
    nonces = [with_nonces[1]["nonce"], with_nonces[1]["contests"][0]["nonce"]]
    nonces += [s["nonce"] for s in with_nonces[1]["contests"][0]["ballot_selections"]]
    assert all(nonces)
    log = service.log()
    for nonce in nonces:
        assert nonce.encode() not in answer.raw and nonce not in log


# ---- beside the others


def test_ids_twice(made, check):
    _, ballots, _ = made
    answers = of(check([ballots[0], ballots[1], ballots[0], ballots[0]]))
    assert answers[:2] == [good(ballots[0]), good(ballots[1])]
    for i in (2, 3):
        assert answers[i]["error"] == {"field": f"{LIST}[{i}].object_id", "code": "duplicate",
                                       "message": "an earlier ballot has the same id"}  # fmt: skip


def test_copied_pads(made, check):
    _, ballots, _ = made
    answers = of(check([ballots[0], ballots[1], renamed(ballots[0], "copy")]))
    assert answers[:2] == [good(ballots[0]), good(ballots[1])]
    assert answers[2]["error"]["code"] == "duplicate"
    assert answers[2]["error"]["field"] == f"{LIST}[2].contests[0].ballot_selections[0].ciphertext.pad"
    assert f"'{LIST}[0]' holds this pad too" in answers[2]["error"]["message"]


def test_a_false_ballot_takes_nobodys_place(made, check):
    """Under another's id, or with another's pads: whoever sends such a one keeps nobody from casting."""
    _, ballots, _ = made
    sent = [false_proof(ballots[0]), renamed(false_proof(ballots[1]), "x"), ballots[0], ballots[1]]
    answers = of(check(sent))
    assert [a["verified"] for a in answers] == [False, False, True, True]


def test_the_first_ballot_does_not_choose_the_election(made, check, json_client):
    """One of the same names and key under another manifest's hash: only the request says which election it is."""
    election, ballots, _ = made
    other = Election(json_client, candidates=CANDIDATES, guardians=1, quorum=1)
    other.take_setup(election.answer)
    other.parties = ["Else"]
    foreign = verify.submitted(verify.artifact(other.encrypt("f", ["Ann"])["encrypted_ballot_with_nonce"]))
    for fields_last in (False, True):
        first, second = of(check([foreign, ballots[0]], fields_last))
        assert first["error"]["code"] == "wrong_election" and second == good(ballots[0])


def test_another_key(made, check, json_client):
    """Not one proof holds: the ballot is of another election."""
    _, ballots, _ = made
    other = Election(json_client, candidates=CANDIDATES, guardians=1, quorum=1)
    other.setup()
    foreign = verify.submitted(verify.artifact(other.encrypt("f", ["Ann"])["encrypted_ballot_with_nonce"]))
    first, second = of(check([foreign, ballots[0]]))
    assert first["error"]["code"] == "wrong_election" and second == good(ballots[0])


def test_states_stay(made, check):
    _, ballots, _ = made
    sent = [changed(ballots[0], state=2), changed(ballots[1], state=999)]
    assert [a["state"] for a in of(check(sent))] == [2, 999]


def test_ballots_of_a_manifest(json_client):
    """Large ballots are cut into several batches; the last contest's proof is one of many."""
    election = ManifestElection(json_client, recorded_manifest("full"), guardians=2, quorum=1)
    election.setup()
    answers = election.encrypt_plain(recorded_ballots("full")[:4])
    ballots = [verify.submitted(verify.artifact(a["encrypted_ballot_with_nonce"])) for a in answers]
    bad = copy.deepcopy(ballots[2])
    proof = bad["contests"][-1]["proof"]
    proof["response"] = verify.to_hex((verify.element(proof["response"]) + 1) % verify.Q)
    sent = [*ballots[:2], bad, ballots[3]]
    for fields in (election.fields(), {**election.fields(), "manifest": verify.json_text(election.manifest)}):
        first, second, third, fourth = of(json_client.post(PATH, {**fields, LIST: sent}))
        assert [first, second, fourth] == [good(ballots[i]) for i in (0, 1, 3)]
        place = len(bad["contests"]) - 1
        assert third["error"]["code"] == "proof_invalid"
        assert third["error"]["field"].startswith(f"{LIST}[2].contests[{place}].proof")


# ---- the request's own faults


@pytest.mark.parametrize("fields_last", [False, True])
@pytest.mark.parametrize("fields, code", [
    ({"joint_public_key": "1"}, None), ({"joint_public_key": "x"}, None), ({"commitment_hash": None}, None),
    ({"quorum": 2}, "out_of_range"), ({"candidate_names": []}, "out_of_range"), ({"manifest": {}}, None),
])  # fmt: skip
def test_a_bad_election_is_the_requests_fault(made, check, fields, code, fields_last):
    _, ballots, _ = made
    check(ballots[:2], fields_last, **fields).refused(400, code)


def test_no_ballots(made, check):
    check([]).refused(400, "out_of_range", LIST)
    check(None).refused(400, "bad_type", LIST)
    check(7).refused(400, "bad_type", LIST)
