"""Manifests that must be refused by whatever takes one, each with its place, before anything is computed; and those whose
references go round. What they cost the service is given back."""

import json

import msgpack
import pytest
from client import JSON, MSGPACK
from general import changed, recorded_ballots, recorded_manifest
from service import is_sanitized, wait_until

SETUP, BALLOT, TALLY, SHARE = (
    "/setup_guardians", "/create_encrypted_ballot", "/create_encrypted_tally", "/create_partial_decryption"
)  # fmt: skip
PATHS = [SETUP, BALLOT, TALLY, SHARE]
LONG = "x" * (1 << 20)


@pytest.fixture(scope="module")
def requests(json_client):
    """A good request to each path; the manifest of each is exchanged."""
    counts = {"number_of_guardians": 1, "quorum": 1, "manifest": recorded_manifest("full")}
    made = json_client.post(SETUP, counts).ok()
    fields = {**counts, **{name: made[name] for name in ("joint_public_key", "commitment_hash")}}
    plain = recorded_ballots("full")[0]
    ballot = json_client.post(BALLOT, {**fields, "ballot": plain}).ok()
    tally = json_client.post(TALLY, {**fields, "encrypted_ballots": [ballot["encrypted_ballot"]]}).ok()
    share = {
        **fields, "guardian_id": "1", "guardian_data": made["guardian_data"][0], "private_key": made["private_keys"][0],
        "public_key": made["public_keys"][0], "ciphertext_tally": tally["ciphertext_tally"],
        "submitted_ballots": tally["submitted_ballots"],
    }  # fmt: skip
    json_client.post(SHARE, share).ok()
    return {
        SETUP: counts,
        BALLOT: {**fields, "ballot": plain},
        TALLY: {**fields, "encrypted_ballots": [ballot["encrypted_ballot"]]},
        SHARE: share,
    }


@pytest.fixture(scope="module", autouse=True)
def memory_comes_back(service, requests):
    """But for the connections, which are kept; to the system as well, unless a sanitizer holds it back."""
    before = service.metric("memory_resident_bytes")
    yield
    wait_until(lambda: service.metric("memory_in_flight_bytes") < 2 * 1024 * 1024, what="memory back")
    if not is_sanitized():
        assert service.metric("memory_resident_bytes") < before + 96 * 1024 * 1024


def many_contests(manifest):
    model = manifest["contests"][0]
    manifest["contests"] = [{**model, "object_id": f"k{i}", "sequence_order": i} for i in range(10_000)]


def many_selections(manifest):
    model = manifest["contests"][0]["ballot_selections"][0]
    manifest["contests"][0]["ballot_selections"] = [
        {**model, "object_id": f"s{i}", "sequence_order": i, "candidate_id": f"c{i}"} for i in range(10_000)
    ]


def named(kind, name):
    def change(manifest):
        manifest[kind][0]["object_id"] = name

    return change


def first(name, value):
    def change(manifest):
        manifest["contests"][0][name] = value

    return change


def selection(name, value):
    def change(manifest):
        manifest["contests"][0]["ballot_selections"][0][name] = value

    return change


KINDS = ["contests", "candidates", "parties", "geopolitical_units", "ballot_styles"]
FAULTS = {
    "10,000 contests": (many_contests, "manifest.contests"),
    "10,000 selections": (many_selections, "manifest.contests[0].ballot_selections"),
    "a long selection": (selection("object_id", LONG), "manifest.contests[0].ballot_selections[0].object_id"),
    "a long candidate": (selection("candidate_id", LONG), "manifest.contests[0].ballot_selections[0].candidate_id"),
    "NUL in a selection": (selection("object_id", "s\0"), "manifest.contests[0].ballot_selections[0].object_id"),
    "a contest of nowhere": (first("electoral_district_id", "nowhere"), "manifest.contests[0].electoral_district_id"),
    "a contest of itself": (lambda m: first("electoral_district_id", m["contests"][0]["object_id"])(m),
                            "manifest.contests[0].electoral_district_id"),
    "more seats than selections": (first("number_elected", 1 << 31), "manifest.contests[0].number_elected"),
    "a list for a contest": (lambda m: m["contests"].insert(0, []), "manifest.contests[0]"),
    **{f"long id in {kind}": (named(kind, LONG), f"manifest.{kind}[0].object_id") for kind in KINDS},
    **{f"NUL in {kind}": (named(kind, "x\0y"), f"manifest.{kind}[0].object_id") for kind in KINDS},
}  # fmt: skip


@pytest.mark.parametrize("form", ["map", "text"])
@pytest.mark.parametrize("path", PATHS)
def test_manifests_that_are_none(json_client, requests, path, form):
    for name, (change, field) in FAULTS.items():
        manifest = changed(recorded_manifest("full"), change)
        sent = manifest if form == "map" else json.dumps(manifest)
        answer = json_client.post(path, {**requests[path], "manifest": sent})
        assert answer.status == 400 and answer.body["field"] == field, (name, answer.raw[:300])
        assert len(answer.raw) < 1000, name


@pytest.mark.parametrize("path", PATHS)
def test_a_cut_text(json_client, requests, path):
    text = json.dumps(recorded_manifest("full"))
    for end in range(0, len(text), 501):
        json_client.post(path, {**requests[path], "manifest": text[:end]}).refused(400, "bad_encoding", "manifest")


@pytest.mark.parametrize("path", PATHS)
def test_lone_surrogates(json_client, requests, path):
    """In a map within the body, in a text, and as the three bytes of MessagePack that are no UTF-8."""
    marked = changed(recorded_manifest("full"), named("contests", "lone?"))
    request = {**requests[path], "manifest": marked}
    body = json.dumps(request).replace('"lone?"', '"\\ud800"').encode()
    json_client.send("POST", path, body, {"Content-Type": JSON}).refused(400, "bad_encoding", "manifest")
    text = json.dumps(marked).replace('"lone?"', '"\\udc00\\ud800"')
    json_client.post(path, {**request, "manifest": text}).refused(400, "bad_encoding", "manifest")
    packed = msgpack.packb(request).replace(b"lone?", b"ab\xed\xa0\x80")
    answer = json_client.send("POST", path, packed, {"Content-Type": MSGPACK, "Accept": JSON})
    answer.refused(400, "bad_encoding", "manifest")


@pytest.mark.parametrize("path", PATHS)
def test_depth(json_client, requests, path):
    manifest = recorded_manifest("full")
    for levels in (100, 100_000):
        text = json.dumps({**manifest, "more": 0}).replace('"more": 0', '"more": ' + "[" * levels + "]" * levels)
        answer = json_client.post(path, {**requests[path], "manifest": text})
        assert answer.status == 400 and answer.body["field"].startswith("manifest"), answer.raw[:300]


def going_round(manifest):
    """Every id of a kind of its own is the same, and each refers to the others."""
    manifest["parties"] = [{"object_id": "x", "name": "x", "parent": "x"}]
    manifest["candidates"] = [{"object_id": "x", "party_id": "x"}, {"object_id": "y", "party_id": "x"}]
    manifest["geopolitical_units"] = [{"object_id": "x", "name": "x", "type": "county", "parent": "x"}]
    manifest["contests"] = [
        {
            "object_id": "x", "sequence_order": 0, "electoral_district_id": "x", "vote_variation": "one_of_m",
            "number_elected": 1, "votes_allowed": 1, "name": "x", "primary_party_ids": ["x"],
            "ballot_selections": [{"object_id": "x", "sequence_order": 0, "candidate_id": "x"},
                                  {"object_id": "y", "sequence_order": 1, "candidate_id": "y"}],
        }
    ]  # fmt: skip
    manifest["ballot_styles"] = [{"object_id": "x", "geopolitical_unit_ids": ["x"], "party_ids": ["x"]}]


def test_references_that_go_round(client):
    """They lead from one list to another, none of which is ever followed further."""
    manifest = changed(recorded_manifest("full"), going_round)
    made = client.post(SETUP, {"number_of_guardians": 1, "quorum": 1, "manifest": manifest}).ok()
    fields = {"number_of_guardians": 1, "quorum": 1, "manifest": manifest}
    fields |= {name: made[name] for name in ("joint_public_key", "commitment_hash")}
    chosen = [{"object_id": "x", "ballot_selections": [{"object_id": "x", "vote": 1}]}]
    ballot = {"object_id": "x", "style_id": "x", "contests": chosen}
    answer = client.post(BALLOT, {**fields, "ballot": ballot, "ballot_status": "AUDITED"}).ok()
    assert set(answer["ballot_nonces"]) >= {"ballot_nonce", "x_nonce", "x/x", "x/y"}
    challenge = {
        **fields, "encrypted_ballot_with_nonce": answer["encrypted_ballot_with_nonce"], "selections_to_verify": {"x": "x"}
    }  # fmt: skip
    assert client.post("/benaloh_challenge", challenge).ok()["match"] is True
