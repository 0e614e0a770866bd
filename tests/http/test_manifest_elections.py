"""Elections from a manifest, from guardians to results: the recorded ones give the recorded counts."""

import hashlib

import pytest
import verify
from client import Client
from general import changed
from manifest_election import ManifestElection, RecordedElection, counts_of, recorded

FORMS = {"json": "map", "msgpack": "base64", "texts": "text"}  # of the manifest


def client_of(service, encoding):
    """No field of a ballot in clear shows the texts form: the client says that it wants it."""
    if encoding == "texts":
        return Client(service.url, texts=True, headers={"Accept": "application/json; artifacts=texts"})
    return Client(service.url, encoding)


# ---- the recorded counts


def shown(texts):
    return next((t["value"] for t in (texts or {}).get("text", []) if t["value"]), "")


def percentage(votes, ballots):
    return str(round(votes / ballots * 100, 2)) if ballots else "0"


def check_contests(run, contests):
    names = {c["object_id"]: shown(c.get("name")) or c["object_id"] for c in run.election.manifest["candidates"]}
    assert counts_of(contests) == run.outcome["contests"]
    for contest, described in zip(contests, run.election.manifest["contests"], strict=True):
        ballots, limit = run.ballots_with(described["object_id"]), described["number_elected"]
        votes = sum(run.outcome["contests"][described["object_id"]].values())
        assert contest == {
            "id": described["object_id"],
            "name": described["name"],
            "votes_allowed": limit,
            "ballots_counted": ballots,
            "selections": [
                {
                    "id": s["object_id"],
                    "candidate_id": s["candidate_id"],
                    "candidate_name": names.get(s["candidate_id"], s["candidate_id"]),
                    "votes": entry["votes"],
                    "percentage": percentage(int(entry["votes"]), ballots),
                }
                for s, entry in zip(described["ballot_selections"], contest["selections"], strict=True)
            ],
            "undervotes": str(limit * ballots - votes),
        }
        assert list(contest) == ["id", "name", "votes_allowed", "ballots_counted", "selections", "undervotes"]
        for entry in contest["selections"]:
            assert list(entry) == ["id", "candidate_id", "candidate_name", "votes", "percentage"]


def check_spoiled(run, spoiled):
    style_of = {b["object_id"]: b["style_id"] for b in run.plain}
    limits = {c["object_id"]: c["number_elected"] for c in run.election.manifest["contests"]}
    assert {b["ballot_id"]: counts_of(b["contests"]) for b in spoiled} == run.outcome["spoiled"]
    for ballot in spoiled:
        assert list(ballot) == ["ballot_id", "initial_hash", "decrypted_hash", "status", "style_id", "contests"]
        assert (ballot["status"], ballot["style_id"]) == ("spoiled", style_of[ballot["ballot_id"]])
        assert [c["id"] for c in ballot["contests"]] == run.election.contest_ids(ballot["style_id"])
        text = verify.json_text(ballot["contests"])
        assert ballot["decrypted_hash"] == hashlib.sha256(text.encode()).hexdigest()
        for contest in ballot["contests"]:
            assert list(contest) == ["id", "selections", "undervotes"]
            votes = sum(int(s["votes"]) for s in contest["selections"])
            assert int(contest["undervotes"]) == limits[contest["id"]] - votes


def check_results(run, results):
    counted, verification = results["results"], results["verification"]
    assert list(results) == ["election", "results", "verification"]
    assert list(counted) == [
        "total_ballots_cast", "total_valid_ballots", "total_spoiled_ballots", "contests", "spoiled_ballots",
    ]  # fmt: skip
    assert counted["total_ballots_cast"] == len(run.plain)
    assert counted["total_valid_ballots"] == len(run.cast_plain)
    assert counted["total_spoiled_ballots"] == len(run.outcome["spoiled"])
    check_contests(run, counted["contests"])
    check_spoiled(run, counted["spoiled_ballots"])
    states = {g["id"]: g["status"] for g in verification["guardians"]}
    assert [i for i, state in states.items() if state == "available"] == run.available
    assert len(states) == run.election.guardians


@pytest.mark.parametrize("encoding", ["msgpack", *[pytest.param(e, marks=pytest.mark.slow) for e in ("json", "texts")]])
@pytest.mark.parametrize("name", ["minimal", "small", "small_missing", "full"])
def test_recorded_elections_give_the_recorded_counts(service, name, encoding):
    """In two chunks of other styles, with as many guardians missing as the quorum lets."""
    client = client_of(service, encoding)
    run = RecordedElection(client, name, FORMS[encoding])
    check_results(run, run.results())
    client.close()


@pytest.mark.slow
def test_the_recorded_county_gives_the_recorded_counts(msgpack_client):
    run = RecordedElection(msgpack_client, "hamilton")
    check_results(run, run.results())


@pytest.mark.slow
def test_shares_hold_by_the_formulas(json_client):
    """Own and compensated ones, of a tally and of a spoiled ballot, by code that shares nothing with the service."""
    election = RecordedElection(json_client, "small", by_formulas=True)
    check_results(election, election.results())


def test_texts_in_languages_are_shown_in_the_first(json_client):
    """Of the election and of all who are named."""
    run = RecordedElection(json_client, "full")
    manifest, election = run.election.manifest, run.results()["election"]
    assert election["name"] == shown(manifest["name"]) != ""
    assert [p["name"] for p in election["parties"]] == [shown(p["name"]) for p in manifest["parties"]]
    assert [c["name"] for c in election["candidates"]] == [shown(c["name"]) for c in manifest["candidates"]]
    assert [c["id"] for c in election["contests"]] == [c["object_id"] for c in manifest["contests"]]


def with_ids_that_recur(manifest):
    """One selection id in several contests: unique within each is enough."""
    for contest in manifest["contests"]:
        for i, selection in enumerate(contest["ballot_selections"]):
            selection["object_id"] = f"choice-{i}"


def test_selections_of_one_id_in_several_contests_stay_apart(json_client):
    manifest, plain, _ = recorded("small")
    election = ManifestElection(json_client, changed(manifest, with_ids_that_recur), guardians=1, quorum=1)
    election.setup()
    style = manifest["ballot_styles"][1]["object_id"]
    contests = [
        {"object_id": i, "ballot_selections": [{"object_id": f"choice-{n % 2}", "vote": 1}]}
        for n, i in enumerate(election.contest_ids(style))
    ]
    assert len(contests) == 3
    tally = election.tally(election.encrypt_plain([{**plain[0], "style_id": style, "contests": contests}]))
    results = election.decrypt(tally["ciphertext_tally"], tally["submitted_ballots"], ["1"])
    counts = counts_of(results["results"]["contests"])
    order = [c["object_id"] for c in manifest["contests"]]
    assert list(counts) == order
    for n, i in enumerate(election.contest_ids(style)):
        assert [s for s, votes in counts[i].items() if votes] == [f"choice-{n % 2}"]
