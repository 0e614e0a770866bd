"""Manifests judged: what is wrong with them, where, and what they come to."""

import json

import pytest
import verify
from general import RECORDED, changed, load, recorded_manifest

PATH = "/validate_manifest"
FIELDS = [
    "status", "valid", "manifest_hash", "counts", "ballot_styles", "problem_count", "problems", "warning_count",
    "warnings",
]  # fmt: skip


@pytest.mark.parametrize("form", ["map", "text", "base64"])
@pytest.mark.parametrize("name", RECORDED)
def test_recorded_manifests(client, name, form):
    manifest, hashes = recorded_manifest(name), load(name, "hashes")
    sent = {"map": manifest, "text": json.dumps(manifest), "base64": verify.transport(manifest)}[form]
    answer = client.post(PATH, {"manifest": sent})
    body = answer.ok()
    assert answer.is_shortest() and list(body) == FIELDS
    assert body["valid"] is True and body["problem_count"] == 0 and body["problems"] == []
    assert body["manifest_hash"] == hashes["manifest_hash"]
    assert body["counts"] == {
        "contests": len(manifest["contests"]),
        "selections": sum(len(c["ballot_selections"]) for c in manifest["contests"]),
        "candidates": len(manifest["candidates"]),
        "parties": len(manifest["parties"]),
        "geopolitical_units": len(manifest["geopolitical_units"]),
        "ballot_styles": len(manifest["ballot_styles"]),
    }
    styles = {s["object_id"]: s["contests"] for s in body["ballot_styles"]}
    assert len(styles) == len(manifest["ballot_styles"])
    assert hashes["styles"].items() <= styles.items()
    assert body["warning_count"] == len(body["warnings"]) == (6 if name == "hamilton" else 0)


def test_every_problem_is_named(client):
    def spoil(m):
        m["type"] = "presidential"
        m["end_date"] = "tomorrow"
        m["candidates"][0]["party_id"] = "nobody"
        del m["contests"][0]["name"]
        m["contests"][1]["number_elected"] = 9
        m["contests"][1]["ballot_selections"][1]["sequence_order"] = 0
        m["ballot_styles"][0]["geopolitical_unit_ids"] = ["nowhere"]

    body = client.post(PATH, {"manifest": changed(recorded_manifest("full"), spoil)}).ok()
    assert body["valid"] is False and body["manifest_hash"] is None and body["ballot_styles"] == []
    assert {p["path"]: p["code"] for p in body["problems"]} == {
        "contests[0].name": "missing_field",
        "type": "out_of_range",
        "end_date": "bad_encoding",
        "candidates[0].party_id": "out_of_range",
        "contests[1].number_elected": "out_of_range",
        "contests[1].votes_allowed": "out_of_range",
        "contests[1].ballot_selections[1].sequence_order": "duplicate",
        "ballot_styles[0].geopolitical_unit_ids[0]": "out_of_range",
    }
    assert body["problem_count"] == len(body["problems"])
    assert all(0 < len(p["message"]) < 230 for p in body["problems"])


def test_the_first_hundred_of_many(client):
    manifest = changed(recorded_manifest("full"), lambda m: m.update(candidates=[5] * 3000))
    body = client.post(PATH, {"manifest": manifest}).ok()
    assert body["problem_count"] == 3000 and len(body["problems"]) == 100
    assert body["problems"][99]["path"] == "candidates[99]"


def test_ten_thousand_contests(client):
    manifest = changed(recorded_manifest("full"), lambda m: m.update(contests=m["contests"] * 5000))
    body = client.post(PATH, {"manifest": manifest}).ok()
    assert [p["path"] for p in body["problems"]] == ["contests"]


@pytest.mark.parametrize("bad", ["u\0", "x" * (1 << 20), " ", ""])
def test_ids_that_are_none(client, bad):
    manifest = changed(recorded_manifest("full"), lambda m: m["contests"][0].update(object_id=bad))
    body = client.post(PATH, {"manifest": manifest}).ok()
    assert [p["path"] for p in body["problems"]] == ["contests[0].object_id"]


@pytest.mark.parametrize(
    "manifest, code",
    [
        (5, "bad_type"), ([], "bad_type"), (True, "bad_type"), ("[]", "bad_type"), ("", "bad_encoding"),
        ("nothing", "bad_encoding"), ('{"contests": [', "bad_encoding"), ('{"name": "\\ud800"}', "bad_encoding"),
        ('{"a": 1, "a": 2}', "duplicate"), ("[" * 100, ("out_of_range", "bad_encoding")),
    ],
)  # fmt: skip
def test_what_is_no_map_at_all(client, manifest, code):
    client.post(PATH, {"manifest": manifest}).refused(400, code, "manifest")


def test_a_manifest_is_needed(client):
    client.post(PATH, {}).refused(400, "missing_field", "manifest")
    client.post(PATH, {"manifest": None}).refused(400, "bad_type", "manifest")


def test_a_cut_text_is_refused_wherever_it_is_cut(json_client):
    text = json.dumps(recorded_manifest("minimal"))
    for end in range(1, len(text), 97):
        json_client.post(PATH, {"manifest": text[:end]}).refused(400, "bad_encoding", "manifest")


def test_the_manifest_that_the_service_makes_from_names_is_one(texts_client, json_client):
    """Sent back, it has the hash that ballots from those names carry."""
    names = {"party_names": ["P", "Q"], "candidate_names": ["Ann", "Bo"], "number_of_guardians": 1, "quorum": 1}
    made = texts_client.post("/setup_guardians", names).ok()
    body = json_client.post(PATH, {"manifest": made["manifest"]}).ok()
    fields = {**names, "joint_public_key": made["joint_public_key"], "commitment_hash": made["commitment_hash"]}
    assert body["valid"] is True
    assert body["manifest_hash"] == verify.to_hex(verify.Election(fields).manifest_hash)
