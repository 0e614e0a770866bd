"""Ballots of elections from a manifest: encrypted, opened by the independent formulas, tallied."""

import json

import pytest
import verify
from general import RECORDED, GeneralElection, changed, expected, load, recorded_ballots, recorded_manifest

PATH = "/create_encrypted_ballot"


@pytest.fixture(scope="module")
def elections(json_client):
    made = {}

    def of(name):
        if name not in made:
            made[name] = GeneralElection(json_client, recorded_manifest(name))
        return made[name]

    return of


@pytest.fixture(scope="module")
def full(elections):
    return elections("full")


def ballot(*contests, style="harrison-township-ballot-style", ballot_id="b-1"):
    """contests: (id, [selection id or (id, vote) or map])."""

    def selection(s):
        if isinstance(s, dict):
            return s
        return {"object_id": s, "vote": 1} if isinstance(s, str) else {"object_id": s[0], "vote": s[1]}

    return {
        "object_id": ballot_id,
        "style_id": style,
        "contests": [
            {"object_id": i, "ballot_selections": [selection(s) for s in selections]} for i, selections in contests
        ],
    }


JUSTICE = "justice-supreme-court"
PINEAPPLE = "referendum-pineapple"
ADAMS, FRANKLIN, HANCOCK = "john-adams-selection", "benjamin-franklin-selection", "john-hancock-selection"
YES, NO = "referendum-pineapple-affirmative-selection", "referendum-pineapple-negative-selection"
WRITE_IN = "write-in-selection"


# ---- recorded elections


@pytest.mark.parametrize("name", [*RECORDED[:-1], pytest.param("hamilton", marks=pytest.mark.slow)])
def test_recorded_ballots_hold_what_was_chosen(elections, name):
    election, hashes = elections(name), load(name, "hashes")
    plain = recorded_ballots(name)[:3]
    entries = [{**b, "ballot_status": "AUDITED"} for b in plain]
    answers = election.post({"ballots": entries}).ok()["ballots"]
    for one, answer in zip(plain, answers):
        encrypted = verify.artifact(answer["encrypted_ballot_with_nonce"])
        assert encrypted["manifest_hash"] == hashes["manifest_hash"]
        for contest in encrypted["contests"]:
            assert contest["description_hash"] == hashes["contests"][contest["object_id"]]
            for s in contest["ballot_selections"]:
                key = contest["object_id"] + "/" + s["object_id"]
                assert s["description_hash"] == hashes["selections"][key]
                assert answer["ballot_nonces"][key] == s["nonce"]
        assert election.open(encrypted) == expected(election.manifest, one)


@pytest.mark.parametrize("name", ["small", "full"])
def test_recorded_ballots_are_tallied(elections, name):
    election = elections(name)
    plain = recorded_ballots(name)
    answers = election.post({"ballots": plain}).ok()["ballots"]
    ballots = [verify.artifact(a["encrypted_ballot"]) for a in answers]
    tally = election.post({"encrypted_ballots": ballots, "verify_ballots": True}, "/create_encrypted_tally").ok()
    contests = tally["ciphertext_tally"]["contests"]
    for contest in election.manifest["contests"]:
        of_contest = [c for b in ballots for c in b["contests"] if c["object_id"] == contest["object_id"]]
        for i, s in enumerate(contest["ballot_selections"]):
            pairs = [verify.ciphertext(c["ballot_selections"][i]) for c in of_contest]
            sums = contests[contest["object_id"]]["selections"][s["object_id"]]["ciphertext"]
            assert sums["pad"] == verify.to_hex(verify.product(p for p, _ in pairs))
            assert sums["data"] == verify.to_hex(verify.product(d for _, d in pairs))


@pytest.mark.parametrize("form", ["map", "text", "base64"])
def test_every_form_of_manifest_and_ballot(client, form):
    election = GeneralElection(client, recorded_manifest("minimal"), guardians=1, quorum=1, form=form)
    plain = recorded_ballots("minimal")[0]
    forms = {"map": plain, "text": json.dumps(plain), "base64": verify.transport(plain)}
    encrypted = verify.artifact(election.encrypt(forms[form])["encrypted_ballot_with_nonce"])
    assert election.open(encrypted) == expected(election.manifest, plain)


# ---- votes as the reference treats them


@pytest.mark.parametrize(
    "contests",
    [
        [],
        [(JUSTICE, []), (PINEAPPLE, [])],
        [(PINEAPPLE, [YES])],
        [(PINEAPPLE, [NO]), (JUSTICE, [HANCOCK, ADAMS])],
        [(JUSTICE, [HANCOCK, (ADAMS, 0)])],
        [(JUSTICE, [HANCOCK, FRANKLIN, ADAMS]), (PINEAPPLE, [YES])],
        [(JUSTICE, [HANCOCK, FRANKLIN, (ADAMS, 0), WRITE_IN]), (PINEAPPLE, [NO, YES])],
        [(JUSTICE, [{"object_id": WRITE_IN, "vote": 1, "write_in": "Zoë \U0001f600"}])],
        [(JUSTICE, [{"object_id": WRITE_IN, "vote": 0, "write_in": ""}, ADAMS, FRANKLIN])],
        [(JUSTICE, [{"object_id": WRITE_IN, "vote": 1, "write_in": "Eve"}, ADAMS, FRANKLIN])],
    ],
)
def test_votes(full, contests):
    plain = ballot(*contests)
    answer = full.encrypt(plain)
    assert full.open(verify.artifact(answer["encrypted_ballot_with_nonce"])) == expected(full.manifest, plain)


def test_extended_data_of_older_releases_is_a_write_in(full):
    older = {"object_id": WRITE_IN, "vote": 1, "extended_data": {"value": "Eve", "length": 3}}
    newer = {"object_id": WRITE_IN, "vote": 1, "write_in": "Eve"}
    encrypted = verify.artifact(full.encrypt(ballot((JUSTICE, [older])))["encrypted_ballot_with_nonce"])
    assert full.open(encrypted) == expected(full.manifest, ballot((JUSTICE, [newer])))


def test_null_fields_are_absent(full):
    null = {"write_in": None, "extended_data": None, "is_placeholder_selection": None}
    plain = ballot((JUSTICE, [{"object_id": ADAMS, "vote": 1, **null}]))
    full.encrypt(plain)
    full.encrypt({**plain, "contests": [{"object_id": JUSTICE, "ballot_selections": None}]})


# ---- the answer


def test_nonces_are_given_for_audited_ballots_alone(full):
    plain = ballot((PINEAPPLE, [YES]))
    answer = full.encrypt(plain, "AUDITED")
    encrypted = verify.artifact(answer["encrypted_ballot_with_nonce"])
    wanted = {"ballot_nonce": encrypted["nonce"]}
    for c in encrypted["contests"]:
        wanted[c["object_id"] + "_nonce"] = c["nonce"]
        wanted.update({f"{c['object_id']}/{s['object_id']}": s["nonce"] for s in c["ballot_selections"]})
    assert list(answer["ballot_nonces"].items()) == list(wanted.items())
    cast = full.encrypt(plain, "CAST")
    assert "ballot_nonces" not in cast and cast["nonces_available"] is False
    published = verify.artifact(cast["encrypted_ballot"])
    assert published["nonce"] is None and published["contests"][0]["nonce"] is None


def test_publishing_keeps_the_names_of_nonces(full):
    answer = full.encrypt(ballot((PINEAPPLE, [YES])))
    response = {"encrypted_ballot": answer["encrypted_ballot_with_nonce"], "ballot_hash": answer["ballot_hash"]}
    request = {"ballot_id": "b-1", "encrypted_ballot_response": response, "ballot_status": "AUDITED"}
    published = full.client.post("/publish_ballot", request).ok()
    assert published["ballot_nonces"] == answer["ballot_nonces"]


def test_status_beside_or_within(full):
    plain = ballot((PINEAPPLE, [YES]))
    entries = [
        {**plain, "object_id": "a", "ballot_status": "audited"},
        {"ballot": {**plain, "object_id": "b"}, "ballot_status": "AUDITED"},
        {"ballot": json.dumps({**plain, "object_id": "c", "ballot_status": "AUDITED"})},
        json.dumps({**plain, "object_id": "d", "ballot_status": "AUDITED"}),
        {**plain, "object_id": "e"},
    ]
    answers = full.post({"ballots": entries}).ok()["ballots"]
    assert [a["ballot_status"] for a in answers] == ["AUDITED"] * 4 + ["CAST"]
    assert [a["ballot_id"] for a in answers] == ["a", "b", "c", "d", "e"]
    within = {**plain, "ballot_status": "AUDITED"}
    assert full.post({"ballot": within}).ok()["ballot_status"] == "AUDITED"
    full.post({"ballot": within, "ballot_status": "CAST"}).refused(400, "duplicate", "ballot.ballot_status")
    full.post({"ballot": plain, "ballot_id": "b-1"}).ok()
    full.post({"ballot": plain, "ballot_id": "b-2"}).refused(400, "out_of_range", "ballot_id")


# ---- refused


def contest(i):
    return f"contests[{i}]"


FAULTS = [
    (lambda b: b.pop("object_id"), "missing_field", "object_id"),
    (lambda b: b.update(object_id=" "), "out_of_range", "object_id"),
    (lambda b: b.update(object_id=7), "bad_type", "object_id"),
    (lambda b: b.update(object_id="x" * 2000), "out_of_range", "object_id"),
    (lambda b: b.update(style_id="nowhere"), "wrong_election", "style_id"),
    (lambda b: b.update(style_id=None), "bad_type", "style_id"),
    (lambda b: b.pop("contests"), "missing_field", "contests"),
    (lambda b: b.update(contests={}), "bad_type", "contests"),
    (lambda b: b.update(contests=[{"object_id": f"c{i}"} for i in range(501)]), "out_of_range", "contests"),
    (lambda b: b["contests"].append(5), "bad_type", "contests[2]"),
    (lambda b: b["contests"][0].update(object_id="nothing"), "wrong_election", "contests[0].object_id"),
    (lambda b: b["contests"][1].update(object_id=JUSTICE), "duplicate", "contests[1].object_id"),
    (lambda b: b.update(style_id="jefferson-county-ballot-style"), "wrong_election", "contests[1].object_id"),
    (lambda b: b["contests"][1].update(ballot_selections="yes"), "bad_type", "contests[1].ballot_selections"),
    (
        lambda b: b["contests"][0]["ballot_selections"][1].update(object_id=YES),
        "unknown_candidate",
        "contests[0].ballot_selections[1].object_id",
    ),
    (
        lambda b: b["contests"][0]["ballot_selections"][0].update(object_id=f"{JUSTICE}-4-placeholder"),
        "unknown_candidate",
        "contests[0].ballot_selections[0].object_id",
    ),
    (
        lambda b: b["contests"][0]["ballot_selections"][1].update(object_id=ADAMS),
        "duplicate",
        "contests[0].ballot_selections[1].object_id",
    ),
    (
        lambda b: b["contests"][1]["ballot_selections"][0].pop("vote"),
        "missing_field",
        "contests[1].ballot_selections[0].vote",
    ),
    *[
        (
            lambda b, v=vote: b["contests"][1]["ballot_selections"][0].update(vote=v),
            code,
            "contests[1].ballot_selections[0].vote",
        )
        for vote, code in [
            ("yes", "bad_type"), ("1", "bad_type"), (True, "bad_type"), (1.5, "bad_type"), (None, "bad_type"),
            (2, "out_of_range"), (-1, "out_of_range"), (10**30, "out_of_range"),
        ]
    ],
    (
        lambda b: b["contests"][0]["ballot_selections"][0].update(is_placeholder_selection=True),
        "out_of_range",
        "contests[0].ballot_selections[0].is_placeholder_selection",
    ),
    (
        lambda b: b["contests"][0]["ballot_selections"][0].update(write_in=5),
        "bad_type",
        "contests[0].ballot_selections[0].write_in",
    ),
    (
        lambda b: b["contests"][0]["ballot_selections"][0].update(write_in="a", extended_data="b"),
        "duplicate",
        "contests[0].ballot_selections[0].extended_data",
    ),
    (lambda b: b["contests"][0]["ballot_selections"][0].update(write_in="x" * 600), "out_of_range", "contests[0]"),
    (lambda b: b.update(ballot_status="SPOILED"), "out_of_range", "ballot_status"),
]  # fmt: skip


@pytest.mark.parametrize("change, code, field", FAULTS)
def test_faulty_ballots(full, change, code, field):
    good = ballot((JUSTICE, [ADAMS, HANCOCK]), (PINEAPPLE, [YES]))
    bad = changed(good, change)
    full.post({"ballot": bad}).refused(400, code, f"ballot.{field}")
    answer = full.post({"ballots": [good, bad, {"ballot": bad}]})
    body = answer.refused(400, code, f"ballots[1].{field}")
    assert [e["field"] for e in body["errors"]][0].startswith(f"ballots[1].{field}")
    assert body["errors"][1]["field"].startswith(f"ballots[2].ballot.{field}")


def test_ids_of_a_chunk_are_distinct(full):
    good = ballot((JUSTICE, [ADAMS]))
    entries = [{**good, "object_id": "a"}, {**good, "object_id": "b"}, {**good, "object_id": "a"}, 5]
    body = full.post({"ballots": entries}).refused(400, "duplicate", "ballots[2].object_id")
    assert [e["field"] for e in body["errors"]] == ["ballots[2].object_id", "ballots[3]"]


def test_many_faults_in_a_chunk(full):
    """Of many units of checking, in the chunk's order."""
    bad = {**ballot((JUSTICE, [ADAMS])), "style_id": "x"}
    entries = [{**(bad if i % 40 == 7 else ballot()), "object_id": f"b{i}"} for i in range(1000)]
    body = full.post({"ballots": entries}).refused(400, "wrong_election", "ballots[7].style_id")
    assert [e["field"] for e in body["errors"]] == [f"ballots[{7 + 40 * i}].style_id" for i in range(20)]


def test_names_and_manifest_do_not_mix(full, shared_election):
    plain = ballot((PINEAPPLE, [YES]))
    for name, value in [("party_names", []), ("candidate_names", ["A"]), ("max_choices", 1)]:
        full.post({"ballot": plain, name: value}).refused(400, "duplicate", name)
        full.post({"ballot": plain, name: None}).ok()
    full.post({"ballot": plain, "candidate_names_to_vote": [YES]}).refused(400, "bad_type", "candidate_names_to_vote")
    full.post({"ballot": plain, "candidate_name": YES}).refused(400, "bad_type", "candidate_name")
    full.post({}).refused(400, "missing_field", "ballot")
    full.post({"ballots": []}).refused(400, "out_of_range", "ballots")
    full.post({"ballots": [plain], "ballot": plain}).refused(400, "bad_type", "ballot")
    full.post({"ballots": [plain], "ballot_status": "CAST"}).refused(400, "bad_type", "ballot_status")
    names = {**shared_election.ballot_request("b", "Ann"), "ballot": plain}
    full.client.post(PATH, names).refused(400, "bad_type", "ballot")


@pytest.mark.parametrize(
    "manifest, code, field",
    [
        ({}, "missing_field", "manifest.election_scope_id"),
        ([], "bad_type", "manifest"),
        (5, "bad_type", "manifest"),
        ("{", "bad_encoding", "manifest"),
        ("!!", "bad_encoding", "manifest"),
        ('{"a": 1, "a": 2}', "duplicate", "manifest"),
    ],
)
def test_manifests_that_are_none(full, manifest, code, field):
    request = {**full.fields(), "manifest": manifest, "ballot": ballot()}
    full.client.post(PATH, request).refused(400, code, field)


def test_ballots_of_another_manifest(elections):
    minimal, full = elections("minimal"), elections("full")
    encrypted = full.encrypt(ballot((PINEAPPLE, [YES])), "CAST")["encrypted_ballot"]
    request = {"encrypted_ballots": [encrypted]}
    minimal.post(request, "/create_encrypted_tally").refused(
        400, "wrong_election", "encrypted_ballots[0].manifest_hash", "'manifest'"
    )


def test_fields_behind_the_ballots_are_looked_at(full):
    """The election is built once its fields are there; one that comes later is not passed over."""
    encrypted = full.encrypt(ballot((PINEAPPLE, [YES])), "CAST")["encrypted_ballot"]
    request = {**full.fields(), "encrypted_ballots": [encrypted]}
    full.client.post("/create_encrypted_tally", request).ok()
    full.client.post("/create_encrypted_tally", {**request, "max_choices": 2}).refused(400, "duplicate", "max_choices")


# ---- challenges


def challenge(election, ballot, selections, **more):
    request = {"encrypted_ballot_with_nonce": ballot, "selections_to_verify": selections, **more}
    return election.post(request, "/benaloh_challenge")


@pytest.fixture(scope="module")
def audited(full):
    """One contest overvoted with a write-in, one chosen in."""
    eve = {"object_id": WRITE_IN, "vote": 1, "write_in": "Eve"}
    plain = ballot((PINEAPPLE, [YES]), (JUSTICE, [eve, ADAMS, HANCOCK]))
    return full.encrypt(plain)["encrypted_ballot_with_nonce"]


def test_challenge_by_contest(full, audited):
    body = challenge(full, audited, {PINEAPPLE: YES, JUSTICE: [HANCOCK, ADAMS, WRITE_IN]}).ok()
    assert list(body) == ["status", "match", "message", "ballot_id", "contests"]
    assert body["match"] is True and body["ballot_id"] == "b-1"
    assert body["contests"][0] == {
        "object_id": JUSTICE,
        "match": True,
        "verified_selections": [ADAMS, HANCOCK, WRITE_IN],
        "expected_selections": [ADAMS, HANCOCK, WRITE_IN],
        "contest_data": {
            "error": "overvote",
            "error_data": [WRITE_IN, ADAMS, HANCOCK],
            "write_ins": {WRITE_IN: "Eve"},
        },
    }
    assert body["contests"][1]["contest_data"] == {"error": None, "error_data": None, "write_ins": None}


@pytest.mark.parametrize(
    "selections, wrong",
    [
        ({PINEAPPLE: [YES]}, [JUSTICE]),
        ({PINEAPPLE: [NO], JUSTICE: [ADAMS, HANCOCK, WRITE_IN]}, [PINEAPPLE]),
        ({PINEAPPLE: [], JUSTICE: []}, [JUSTICE, PINEAPPLE]),
        ({}, [JUSTICE, PINEAPPLE]),
    ],
)
def test_challenge_names_the_contests_that_differ(full, audited, selections, wrong):
    body = challenge(full, audited, selections).ok()
    assert body["match"] is False
    assert [c["object_id"] for c in body["contests"] if not c["match"]] == wrong
    assert body["message"].endswith(", ".join(wrong))


@pytest.mark.parametrize(
    "selections, code, field",
    [
        (None, "bad_type", "selections_to_verify"),
        ([YES], "bad_type", "selections_to_verify"),
        ({"nothing": [YES]}, "wrong_election", "selections_to_verify.nothing"),
        ({PINEAPPLE: [ADAMS]}, "unknown_candidate", f"selections_to_verify.{PINEAPPLE}[0]"),
        ({PINEAPPLE: [YES, YES]}, "duplicate", f"selections_to_verify.{PINEAPPLE}[1]"),
        ({PINEAPPLE: 5}, "bad_type", f"selections_to_verify.{PINEAPPLE}"),
        ({PINEAPPLE: [5]}, "bad_type", f"selections_to_verify.{PINEAPPLE}[0]"),
    ],
)
def test_faulty_expectations(full, audited, selections, code, field):
    challenge(full, audited, selections).refused(400, code, field)


def test_challenges_of_either_form_do_not_mix(full, audited, shared_election):
    challenge(full, audited, {}, candidate_names_to_verify=[YES]).refused(400, "bad_type", "candidate_names_to_verify")
    request = {"encrypted_ballot_with_nonce": audited, **shared_election.fields(), "selections_to_verify": {}}
    request["candidate_names_to_verify"] = []
    full.client.post("/benaloh_challenge", request).refused(400, "bad_type", "selections_to_verify")


def test_a_changed_ballot_fails_its_challenge(full, audited):
    def swap(b):
        first, second = b["contests"]
        first["nonce"], second["nonce"] = second["nonce"], first["nonce"]

    bad = changed(verify.artifact(audited), swap)
    challenge(full, bad, {}).refused(400, "proof_invalid", "encrypted_ballot_with_nonce.contests[0]")


def test_a_ballot_of_another_manifest_is_not_challenged(elections, audited):
    challenge(elections("minimal"), audited, {}).refused(
        400, "wrong_election", "encrypted_ballot_with_nonce.manifest_hash"
    )
