"""Single ballots and chunks of them."""

import pytest
import verify
from election import Election

SINGLE_FIELDS = [
    "status", "ballot_id", "ballot_status", "ballot_hash", "encrypted_ballot", "encrypted_ballot_with_nonce",
    "publication_status", "nonces_available",
]  # fmt: skip


def audited_fields():
    return SINGLE_FIELDS[:-1] + ["ballot_nonces", "nonces_available"]


def nonces_of(ballot):
    """`ballot_nonces` by docs/crypto.md 14.6."""
    contest = ballot["contests"][0]
    return {
        "ballot_nonce": ballot["nonce"],
        "contest-1_nonce": contest["nonce"],
        **{s["object_id"]: s["nonce"] for s in contest["ballot_selections"]},
    }


@pytest.mark.parametrize("status", [None, "CAST", "cast", "AUDITED", "audited"])
def test_single_form(client, shared_election, status):
    request = shared_election.ballot_request("b-1", "Cy", status)
    answer = client.post("/create_encrypted_ballot", request).ok()
    audited = status in ("AUDITED", "audited")
    assert list(answer) == (audited_fields() if audited else SINGLE_FIELDS)
    assert answer["ballot_id"] == "b-1"
    assert answer["ballot_status"] == ("AUDITED" if audited else "CAST")
    assert answer["nonces_available"] is audited
    assert answer["publication_status"] == (
        "published_with_nonces" if audited else "published_without_nonces"
    )
    ballot = verify.artifact(answer["encrypted_ballot_with_nonce"])
    if audited:
        assert list(answer["ballot_nonces"].items()) == list(nonces_of(ballot).items())
    verify.check_ballot(shared_election.reference, verify.artifact(answer["encrypted_ballot"]))


HALVES = {"published": "encrypted_ballot", "with_nonces": "encrypted_ballot_with_nonce"}


@pytest.mark.parametrize("status", ["CAST", "AUDITED"])
@pytest.mark.parametrize("parts", [*HALVES, "both"])
def test_one_form_alone(client, shared_election, parts, status):
    """Of a ballot and of a chunk; what is left out leaves no nonce behind."""
    single = shared_election.ballot_request("b", "Ann", status)
    chunk = {**shared_election.fields(), "ballots": [{"ballot_id": "b", "candidate_names_to_vote": ["Ann"], "ballot_status": status}]}
    opens = parts != "published"
    left_out = set() if parts == "both" else set(HALVES.values()) - {HALVES[parts]}
    expected = [f for f in (audited_fields() if status == "AUDITED" and opens else SINGLE_FIELDS) if f not in left_out]
    for answer in (
        client.post("/create_encrypted_ballot", {**single, "ballot_parts": parts}).ok(),
        client.post("/create_encrypted_ballot", {**chunk, "ballot_parts": parts}).ok()["ballots"][0],
    ):
        assert list(answer) == expected
        assert answer["nonces_available"] is (opens and status == "AUDITED")
        for name in expected:
            if name.startswith("encrypted_ballot"):
                ballot = verify.artifact(answer[name])
                assert ballot["crypto_hash"] == answer["ballot_hash"]
                assert (ballot["nonce"] is None) == (name == "encrypted_ballot")
                verify.check_ballot(shared_election.reference, {**ballot, "nonce": None})


def test_half_a_ballot_is_half_of_the_bytes(json_client, shared_election):
    request = shared_election.chunk_request(4)
    sizes = {
        parts: len(json_client.post("/create_encrypted_ballot", {**request, "ballot_parts": parts}).raw)
        for parts in ("both", *HALVES)
    }
    assert sizes["published"] < 0.47 * sizes["both"] and sizes["with_nonces"] < 0.6 * sizes["both"]


@pytest.mark.parametrize("value", ["", "Both", "none", 1, ["both"], {}, True])
def test_no_other_parts(client, shared_election, value):
    request = {**shared_election.ballot_request("b", "Ann"), "ballot_parts": value}
    client.post("/create_encrypted_ballot", request).refused(400, field="ballot_parts")


def test_nothing_secret_is_published(shared_election):
    answer = shared_election.encrypt("b", "Ann")
    for nonce in nonces_of(verify.artifact(answer["encrypted_ballot_with_nonce"])).values():
        assert nonce not in answer["encrypted_ballot"]


def test_chunk_entries_equal_single_answers(client, shared_election):
    """Same fields, same order, same forms as the single form would have answered."""
    chunk = [("c-1", "Ann"), ("c-2", ["Bo"], "AUDITED"), ("c-3", [], "CAST")]
    ballots = [
        {"ballot_id": i, "candidate_names_to_vote": v, **({"ballot_status": s[0]} if s else {})}
        for i, v, *s in chunk
    ]
    answer = client.post("/create_encrypted_ballot", {**shared_election.fields(), "ballots": ballots})
    body = answer.ok()
    assert answer.is_shortest()
    assert list(body) == ["status", "count", "ballots"] and body["count"] == 3
    for entry, got in zip(ballots, body["ballots"]):
        single = client.post("/create_encrypted_ballot", {**shared_election.fields(), **entry}).ok()
        assert list(got) == list(single)
        assert {n: type(v) for n, v in got.items()} == {n: type(v) for n, v in single.items()}
        for name in ("status", "ballot_id", "ballot_status", "publication_status", "nonces_available"):
            assert got[name] == single[name]
        ballot = verify.artifact(got["encrypted_ballot_with_nonce"])
        votes = entry["candidate_names_to_vote"]
        expected = verify.encrypt_ballot(
            shared_election.reference, entry["ballot_id"], [votes] if isinstance(votes, str) else votes,
            verify.element(ballot["nonce"]), ballot["timestamp"],
        )  # fmt: skip
        assert ballot == expected


def test_20_chunks_of_32(msgpack_client, shared_election):
    """One after another; every ballot has its own hash and stands in the order of the request."""
    election = Election(msgpack_client)
    election.take_setup(shared_election.answer)
    seen = set()
    for chunk in range(20):
        entries = [(f"{chunk}-{i}", election.candidates[i % 4]) for i in range(32)]
        ballots = election.encrypt_chunk(entries)
        assert [b["ballot_id"] for b in ballots] == [i for i, _ in entries]
        hashes = {b["ballot_hash"] for b in ballots}
        assert len(hashes) == 32 and not hashes & seen
        seen |= hashes
        for ballot in ballots:
            assert verify.json_text({"crypto_hash": ballot["ballot_hash"]})[1:-1] in ballot["encrypted_ballot"]
    assert len(seen) == 640


def test_equal_requests_give_unrelated_ballots(shared_election):
    """No common nonce within a chunk or between calls."""
    first = shared_election.encrypt_chunk([("same", "Ann"), ("other", "Ann")])
    second = shared_election.encrypt_chunk([("same", "Ann"), ("other", "Ann")])
    opened = [verify.artifact(b["encrypted_ballot_with_nonce"]) for b in first + second]
    assert len({b["nonce"] for b in opened}) == 4
    pads = [s["ciphertext"]["pad"] for b in opened for s in b["contests"][0]["ballot_selections"]]
    assert len(set(pads)) == len(pads)
    assert {b["code_seed"] for b in opened} == {verify.to_hex(verify.DEVICE_HASH)}


@pytest.mark.parametrize("name", ["\u00e9", "e\u0301", "\U0001d4d0 \u007f \"quoted\" \\ / \t\n", "\u540d\u524d", " x ", "a|b"])
def test_names_are_taken_as_they_are(client, name):
    """Any Unicode in names and ids: hashed raw, escaped only in JSON texts."""
    election = Election(client, guardians=1, quorum=1, candidates=[name, "other"])
    election.setup()
    answer = election.encrypt(name, name)
    ballot = verify.artifact(answer["encrypted_ballot_with_nonce"])
    nonce = verify.element(ballot["nonce"])
    expected = verify.encrypt_ballot(election.reference, name, [name], nonce, ballot["timestamp"])
    assert verify.json_text(ballot) == verify.json_text(expected)
    assert answer["encrypted_ballot"] == verify.json_text(verify.published(expected))
    assert answer["encrypted_ballot"].isascii()


def test_order_of_candidates_is_part_of_the_election(shared_election):
    """The same names in another order make another manifest, whatever was asked before."""
    request = shared_election.ballot_request("b", "Ann")
    turned = {**request, "candidate_names": request["candidate_names"][::-1]}
    client = shared_election.client
    hashes = []
    for body in (request, turned, request):
        ballot = verify.artifact(client.post("/create_encrypted_ballot", body).ok()["encrypted_ballot"])
        assert ballot["manifest_hash"] == verify.to_hex(verify.Election(body).manifest_hash)
        hashes.append(ballot["manifest_hash"])
    assert hashes[0] == hashes[2] != hashes[1]


def test_parties_may_repeat_be_empty_and_outnumber(shared_election):
    request = shared_election.ballot_request("b", "Ann")
    request["party_names"] = ["", "", "P", "P", "more"]
    ballot = verify.artifact(
        shared_election.client.post("/create_encrypted_ballot", request).ok()["encrypted_ballot"]
    )
    assert ballot["manifest_hash"] == verify.to_hex(verify.Election(request).manifest_hash)


def test_chunk_reports_every_bad_entry_and_encrypts_none(client, shared_election):
    good = {"ballot_id": "ok", "candidate_names_to_vote": "Ann"}
    ballots = [
        good,
        {"ballot_id": "x", "candidate_names_to_vote": "Nobody"},
        {"ballot_id": "ok", "candidate_names_to_vote": "Bo"},
        {"ballot_id": "y"},
        {"ballot_id": "z", "candidate_names_to_vote": ["Ann", "Bo"]},
        {"ballot_id": "v", "candidate_names_to_vote": "Ann", "ballot_status": "SPOILED"},
        "text",
    ]
    answer = client.post("/create_encrypted_ballot", {**shared_election.fields(), "ballots": ballots})
    body = answer.refused(400, "unknown_candidate", "ballots[1].candidate_names_to_vote")
    assert [(e["field"].split(".")[0], e["code"]) for e in body["errors"]] == [
        ("ballots[1]", "unknown_candidate"),
        ("ballots[2]", "duplicate"),
        ("ballots[3]", "missing_field"),
        ("ballots[4]", "too_many_choices"),
        ("ballots[5]", "out_of_range"),
        ("ballots[6]", "bad_type"),
    ]
    assert all(list(e) == ["field", "code", "message"] for e in body["errors"])
    assert body["errors"][1]["field"] == "ballots[2].ballot_id"


def test_chunk_reports_at_most_20_errors(shared_election):
    ballots = [{"ballot_id": str(i), "candidate_names_to_vote": "Nobody"} for i in range(50)]
    answer = shared_election.client.post(
        "/create_encrypted_ballot", {**shared_election.fields(), "ballots": ballots}
    )
    assert len(answer.refused(400, "unknown_candidate", "ballots[0]")["errors"]) == 20


@pytest.mark.parametrize(
    "change, code, field",
    [
        ({"ballots": []}, None, "ballots"),
        ({"ballots": None}, "missing_field", "ballot_id"),
        ({"ballots": {}}, "bad_type", "ballots"),
        ({"ballot_id": "b"}, None, "ballot_id"),
        ({"candidate_name": "Ann"}, None, "candidate_name"),
        ({"ballot_status": "CAST"}, None, "ballot_status"),
    ],
    ids=lambda v: str(v)[:24],
)
def test_chunk_form_refusals(client, shared_election, change, code, field):
    """An empty chunk, and a chunk beside a field of the single form."""
    request = {**shared_election.fields(), "ballots": [{"ballot_id": "a", "candidate_names_to_vote": "Ann"}]}
    answer = client.post("/create_encrypted_ballot", {**request, **change})
    body = answer.refused(400, code)
    assert body["field"] in (field, "ballots")


def test_candidate_name_in_a_chunk_makes_texts(json_client, shared_election):
    ballots = [{"ballot_id": "a", "candidate_name": "Ann"}, {"ballot_id": "b", "candidate_name": "Bo"}]
    fields = shared_election.fields()
    body = json_client.post("/create_encrypted_ballot", {**fields, "ballots": ballots}).ok()
    for entry in body["ballots"]:
        assert entry["encrypted_ballot_with_nonce"].startswith("{")


def test_both_names_for_the_vote(client, shared_election):
    request = shared_election.ballot_request("b", "Ann")
    client.post("/create_encrypted_ballot", {**request, "candidate_name": "Ann"}).refused(
        400, field="candidate_name"
    )
