"""Tallies, shares and combinations of several contests that must be refused, each with the place of the fault; and what
looks odd but is good."""

import json

import pytest
import verify
from general import changed
from hostile import check_error
from client import JSON, encode
from manifest_election import RecordedElection, counts_of

OTHER, PROOF, RANGE, MISSING = "wrong_election", "proof_invalid", "out_of_range", "missing_field"
TALLY, COMBINE, COMBINE_TALLIES = "/create_encrypted_tally", "/combine_decryption_shares", "/combine_encrypted_tallies"
CONGRESS, PINEAPPLE, BOARD = "congressional-race-01", "referendum-pineapple", "ozark-school-board-race"
YES, NO = "referendum-pineapple-affirmative-selection", "referendum-pineapple-negative-selection"


@pytest.fixture(scope="module")
def small(json_client):
    """Three contests; one style has all of them, the other one has two."""
    return RecordedElection(json_client, "small")


@pytest.fixture(scope="module")
def combination(small):
    return small.combination()


@pytest.fixture(scope="module")
def encrypted(small):
    """A ballot of each style: the one with two contests first."""
    styles = sorted({b["style_id"] for b in small.plain}, key=lambda i: len(small.election.contest_ids(i)))
    plain = [next(b for b in small.plain if b["style_id"] == style) for style in styles]
    answers = small.election.encrypt_plain(plain)
    return [verify.artifact(a["encrypted_ballot_with_nonce"]) for a in answers]


def refuse(small, path, request, code, field):
    answer = small.election.client.post(path, request)
    assert answer.media_type == JSON
    return check_error(answer, 400, code, field, sent=encode(request, "json"))


# ---- ballots


def rehashed(change):
    def apply(ballot):
        change(ballot)
        verify.rehash(ballot)

    return apply


def moved(ballot):
    ballot["contests"][0], ballot["contests"][1] = ballot["contests"][1], ballot["contests"][0]


def foreign_selection(ballot):
    """A selection of another contest, with its hash and proof."""
    a, b = ballot["contests"][:2]
    a["ballot_selections"][0] = b["ballot_selections"][0]


def exchange_contests(ballot):
    """Each contest under the other's name."""
    a, b = ballot["contests"][:2]
    for name in ("object_id", "sequence_order", "description_hash"):
        a[name], b[name] = b[name], a[name]


BALLOT_FAULTS = {
    "no contest": (rehashed(lambda b: b.update(contests=[])), 1, "contests"),
    "one missing": (rehashed(lambda b: b["contests"].pop()), 1, "contests"),
    "the first one missing": (rehashed(lambda b: b["contests"].pop(0)), 1, "contests[0].ballot_selections[0]"),
    "one twice": (rehashed(lambda b: b["contests"].append(b["contests"][-1])), 1, "contests"),
    "in another order": (rehashed(moved), 1, "contests[0].ballot_selections[0]"),
    "another's selection": (rehashed(foreign_selection), 1, "contests[0].ballot_selections[0]"),
    "under other names": (rehashed(exchange_contests), 1, "contests[0]"),
    "no such style": (lambda b: b.update(style_id="nowhere"), 1, "style_id"),
}


@pytest.mark.parametrize("proofs", [True, False])
@pytest.mark.parametrize("fault", BALLOT_FAULTS)
def test_ballots_that_do_not_fit_their_style(small, encrypted, fault, proofs):
    change, which, field = BALLOT_FAULTS[fault]
    ballots = [encrypted[1 - which], changed(encrypted[which], change)]
    request = {**small.election.fields(), "encrypted_ballots": ballots, "verify_ballots": proofs}
    refuse(small, TALLY, request, OTHER, f"encrypted_ballots[1].{field}")


@pytest.mark.parametrize("which", [0, 1])
def test_ballots_under_the_other_style(small, encrypted, which):
    other = changed(encrypted[which], lambda b: b.update(style_id=encrypted[1 - which]["style_id"]))
    body = small.election.client.post(TALLY, {**small.election.fields(), "encrypted_ballots": [other]})
    assert body.refused(400, OTHER, "encrypted_ballots[0].contests")


def test_ballots_of_another_manifest(small, encrypted):
    """Of one that differs in nothing but a contest's name, with the same guardians."""
    e = small.election
    manifest = changed(e.manifest, lambda m: m["contests"][2].update(name="Another name"))
    request = {**e.fields(), "manifest": manifest, "encrypted_ballots": encrypted}
    refuse(small, TALLY, request, OTHER, "encrypted_ballots[0].manifest_hash")


# ---- tallies

CONGRESS_AT, PINEAPPLE_AT = f"contests.{CONGRESS}", f"contests.{PINEAPPLE}"
YES_AT = f"{PINEAPPLE_AT}.selections.{YES}"


def selections_of(tally, contest=PINEAPPLE):
    return tally["contests"][contest]["selections"]


def rename(entries, old, new):
    entry = entries.pop(old)
    entries[new] = {**entry, "object_id": new}


def exchange(entries, a, b):
    entries[a], entries[b] = {**entries[b], "object_id": a}, {**entries[a], "object_id": b}


TALLY_FAULTS = {
    "a contest missing": (lambda t: t["contests"].pop(CONGRESS), OTHER, "contests"),
    "a contest more": (lambda t: t["contests"].update(x={**t["contests"][CONGRESS], "object_id": "x"}), OTHER, "contests"),
    "another contest": (lambda t: rename(t["contests"], CONGRESS, "x"), OTHER, CONGRESS_AT),
    "a contest under another's key": (
        lambda t: t["contests"].update({CONGRESS: t["contests"][PINEAPPLE]}), RANGE, CONGRESS_AT + ".object_id"),
    "contests exchanged": (
        lambda t: exchange(t["contests"], CONGRESS, PINEAPPLE), OTHER, CONGRESS_AT + ".selections.john-hancock-selection"),
    "a selection missing": (lambda t: selections_of(t).pop(YES), OTHER, YES_AT),
    "a selection more": (lambda t: selections_of(t).update(x={**selections_of(t)[YES], "object_id": "x"}), OTHER, PINEAPPLE_AT),
    "another selection": (lambda t: rename(selections_of(t), YES, "x"), OTHER, YES_AT),
    "another contest's selection": (
        lambda t: selections_of(t).update({YES: {**selections_of(t, BOARD)["john-adams-selection"], "object_id": YES}}),
        OTHER, YES_AT),
    "selections exchanged": (lambda t: exchange(selections_of(t), YES, NO), OTHER, YES_AT),
    "no contest": (lambda t: t.update(contests={}), OTHER, "contests"),
}  # fmt: skip


@pytest.fixture(scope="module")
def requests_with_a_tally(small, combination):
    """(path, request, where the tally is)."""
    e = small.election
    spoiled = small.spoiled
    partial = e.partial_request("1", small.tally, spoiled)
    several = {name: value for name, value in partial.items() if name != "ciphertext_tally"}
    return {
        "partial": ("/create_partial_decryption", partial, "ciphertext_tally"),
        "several": (
            "/create_partial_decryption", {**several, "ciphertext_tallies": small.chunks}, "ciphertext_tallies[1]"),
        "compensated": (
            "/create_compensated_decryption", e.compensated_request("1", "2", small.tally, spoiled), "ciphertext_tally"),
        "combination": (COMBINE, combination, "ciphertext_tally"),
        "tallies": (COMBINE_TALLIES, {**e.fields(), "ciphertext_tallies": small.chunks}, "ciphertext_tallies[1]"),
    }  # fmt: skip


@pytest.mark.parametrize("where", ["partial", "several", "compensated", "combination", "tallies"])
@pytest.mark.parametrize("fault", TALLY_FAULTS)
def test_tallies_that_are_not_the_elections(small, requests_with_a_tally, where, fault):
    change, code, field = TALLY_FAULTS[fault]
    path, request, at = requests_with_a_tally[where]
    if at == "ciphertext_tally":
        request = {**request, at: changed(request[at], change)}
    else:
        first, second = request["ciphertext_tallies"]
        request = {**request, "ciphertext_tallies": [first, changed(second, change)]}
    refuse(small, path, request, code, f"{at}.{field}")


def test_a_contest_twice_in_a_tally(small, combination):
    """Two keys of one name are no map."""
    text = json.dumps(combination["ciphertext_tally"])
    contest = json.dumps({CONGRESS: combination["ciphertext_tally"]["contests"][CONGRESS]})[1:-1]
    doubled = text.replace('"contests": {', '"contests": {' + contest + ", ", 1)
    answer = small.combine({**combination, "ciphertext_tally": doubled})
    answer.refused(400, "duplicate", "ciphertext_tally.contests")


def test_a_tally_in_another_order_is_the_same(small, combination):
    def reverse(tally):
        for contest in tally["contests"].values():
            contest["selections"] = dict(reversed(contest["selections"].items()))
        tally["contests"] = dict(reversed(tally["contests"].items()))

    request = {**combination, "ciphertext_tally": changed(combination["ciphertext_tally"], reverse)}
    assert small.combine(request).ok() == small.combine(combination).ok()


# ---- shares

SHARE_FAULTS = {
    "a contest missing": (lambda s: s["contests"].pop(CONGRESS), OTHER, ""),
    "a contest more": (lambda s: s["contests"].update(x={**s["contests"][CONGRESS], "object_id": "x"}), OTHER, ""),
    "another contest": (lambda s: rename(s["contests"], CONGRESS, "x"), OTHER, "." + CONGRESS_AT),
    "contests under each other's keys": (
        lambda s: s.update(contests=dict(zip(s["contests"], reversed(s["contests"].values())))),
        RANGE, f".{CONGRESS_AT}.object_id"),
    "contests exchanged": (lambda s: exchange(s["contests"], CONGRESS, BOARD), OTHER, "." + CONGRESS_AT),
    "a selection missing": (lambda s: selections_of(s).pop(YES), OTHER, "." + PINEAPPLE_AT),
    "a selection more": (
        lambda s: selections_of(s).update(x={**selections_of(s)[YES], "object_id": "x"}), OTHER, "." + PINEAPPLE_AT),
    "another selection": (lambda s: rename(selections_of(s), YES, "x"), OTHER, "." + YES_AT),
    "selections exchanged": (lambda s: exchange(selections_of(s), YES, NO), PROOF, f".{YES_AT}.proof"),
    "another contest's selection": (
        lambda s: selections_of(s).update({YES: {**selections_of(s, BOARD)["john-adams-selection"], "object_id": YES}}),
        PROOF, f".{YES_AT}.proof"),
}  # fmt: skip
SHARE_LISTS = ["available_tally_shares", "compensated_tally_shares", "available_ballot_shares", "compensated_ballot_shares"]


def with_share(combination, name, change, spoiled_id):
    """The combination with a change of the list's second share; and where that is."""
    shares = list(combination[name])
    if "ballot" not in name:
        shares[1] = changed(verify.artifact(shares[1]), change)
        return {**combination, name: shares}, f"{name}[1]"
    shares[1] = dict(shares[1])
    shares[1][spoiled_id] = changed(verify.artifact(shares[1][spoiled_id]), change)
    return {**combination, name: shares}, f"{name}[1].{spoiled_id}"


@pytest.mark.parametrize("name", SHARE_LISTS)
@pytest.mark.parametrize("fault", SHARE_FAULTS)
def test_shares_that_do_not_cover_what_is_decrypted(small, combination, name, fault):
    (spoiled_id,) = small.outcome["spoiled"]
    change, code, field = SHARE_FAULTS[fault]
    request, at = with_share(combination, name, change, spoiled_id)
    refuse(small, COMBINE, request, code, at + field)


@pytest.mark.parametrize("name", SHARE_LISTS)
def test_shares_in_another_order_are_the_same(small, combination, name):
    def reverse(share):
        for contest in share["contests"].values():
            contest["selections"] = dict(reversed(contest["selections"].items()))
        share["contests"] = dict(reversed(share["contests"].items()))

    (spoiled_id,) = small.outcome["spoiled"]
    request, _ = with_share(combination, name, reverse, spoiled_id)
    assert small.combine(request).ok() == small.combine(combination).ok()


def test_shares_of_another_ballots_contests(small, combination):
    """A spoiled ballot's share in place of the tally's."""
    (spoiled_id,) = small.outcome["spoiled"]
    own = combination["available_ballot_shares"][0][spoiled_id]
    request = {**combination, "available_tally_shares": [own, *combination["available_tally_shares"][1:]]}
    refuse(small, COMBINE, request, OTHER, "available_tally_shares[0]")


# ---- styles of the ballots beside a tally


def style_with(small, count):
    contests = small.election.contest_ids
    return next(s["object_id"] for s in small.election.manifest["ballot_styles"] if len(contests(s["object_id"])) == count)


def restyled(combination, change, which=lambda ballot: ballot["state"] == 1):
    submitted = [changed(b, change) if which(b) else b for b in combination["submitted_ballots"]]
    return {**combination, "submitted_ballots": submitted}


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda b: b.update(style_id="nowhere"), OTHER),
        (lambda b: b.pop("style_id"), MISSING),
        (lambda b: b.update(style_id=5), MISSING),
        (lambda b: b.update(style_id=""), MISSING),
    ],
)
def test_submitted_ballots_of_no_style(small, combination, change, code):
    refuse(small, COMBINE, restyled(combination, change), code, "submitted_ballots[0].style_id")


def test_styles_that_cannot_give_so_many_votes(small, combination):
    """All under the style that lacks a contest that was voted on."""
    style = style_with(small, 2)
    (lacking,) = set(small.outcome["contests"]) - set(small.election.contest_ids(style))
    request = restyled(combination, lambda b: b.update(style_id=style))
    refuse(small, COMBINE, request, OTHER, f"ciphertext_tally.contests.{lacking}")


def test_a_spoiled_ballot_under_another_style(small, combination):
    spoiled = verify.artifact(small.spoiled[0])
    other = style_with(small, 5 - len(small.election.contest_ids(spoiled["style_id"])))
    request = restyled(combination, lambda b: b.update(style_id=other), which=lambda b: b["state"] == 2)
    at = f"submitted_ballots[{len(small.cast)}].contests"
    small.combine(request).refused(400, OTHER, at)


@pytest.mark.parametrize("left_out", ["all that were cast", "one of them", "all"])
def test_without_all_ballots_nothing_is_said_of_their_number(small, combination, left_out):
    kept = {"all that were cast": small.spoiled, "one of them": small.submitted[1:], "all": []}[left_out]
    results = small.combine({**combination, "submitted_ballots": kept}).ok()["results"]["results"]
    assert counts_of(results["contests"]) == small.outcome["contests"]
    assert results["total_valid_ballots"] == len(small.cast)
    for contest in results["contests"]:
        assert contest["ballots_counted"] is contest["undervotes"] is None
        assert {s["percentage"] for s in contest["selections"]} == {None}


def test_a_ballot_that_the_tally_does_not_count_is_not_counted(small, combination):
    """Submitted, and in no tally: it changes no number but that of all submitted."""
    stray = changed(small.cast[0], lambda b: b.update(object_id="stray"))
    request = {**combination, "submitted_ballots": [stray, *combination["submitted_ballots"]]}
    counted, before = small.combine(request).ok()["results"]["results"], small.combine(combination).ok()["results"]["results"]
    assert counted["contests"] == before["contests"]


# ---- proofs that were never verified


def forged_ballot(small):
    """A ballot of whose contest for one seat every selection is a vote: two honest ones in one."""
    e = small.election
    style = style_with(small, 3)
    ballots = [
        {"object_id": "forged", "style_id": style,
         "contests": [{"object_id": PINEAPPLE, "ballot_selections": [{"object_id": choice, "vote": 1}]}]}
        for choice in (YES, NO)
    ]  # fmt: skip
    yes, no = [verify.artifact(e.encrypt_plain([b])[0]["encrypted_ballot_with_nonce"]) for b in ballots]
    at = [c["object_id"] for c in yes["contests"]].index(PINEAPPLE)
    pineapple = yes["contests"][at]["ballot_selections"]
    pineapple[1] = no["contests"][at]["ballot_selections"][1]
    return verify.rehash(yes)


def test_a_spoiled_ballot_with_more_votes_than_seats(small):
    """Its proofs do not hold, which only a tally looks into."""
    e = small.election
    forged = {**verify.submitted(forged_ballot(small)), "state": 2}
    own, other = e.shares(small.tally, [forged], small.available)
    request = e.combine_request(small.tally, [forged], own, other)
    at = [c["object_id"] for c in forged["contests"]].index(PINEAPPLE)
    refuse(small, COMBINE, request, PROOF, f"submitted_ballots[0].contests[{at}]")


def test_the_service_still_serves(small, combination):
    results = small.combine(combination).ok()["results"]
    assert counts_of(results["results"]["contests"]) == small.outcome["contests"]
