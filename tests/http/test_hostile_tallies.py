"""Rows 54 to 69 of docs/api-contract.md 8: ballots that must not be tallied."""

import base64
import copy

import msgpack
import pytest
import verify
from client import encode
from hostile import at, cases, changed, check_error, refuse, serve, without
from verify import P

BALLOTS = "encrypted_ballots"
FIRST = BALLOTS + "[0]"
MISSING, TYPE, RANGE, ENCODING = "missing_field", "bad_type", "out_of_range", "bad_encoding"
OTHER, PROOF, GROUP = "wrong_election", "proof_invalid", "not_in_group"
SELECTION = ("contests", 0, "ballot_selections", 1)
PAD = (*SELECTION, "ciphertext", "pad")
PAD_PATH = FIRST + ".contests[0].ballot_selections[1].ciphertext.pad"
SELECTION_PATH = FIRST + ".contests[0].ballot_selections[{}]"
NO_BALLOTS = "No ballots to tally. Provide encrypted ballots."


def ballots(*values):
    return {BALLOTS: list(values)}


def first(path, value, rehash=False):
    """Changes something within the first ballot; rehash: and every hash with it, as a forger would."""

    def apply(world, request):
        ballot = request[BALLOTS][0]
        at(ballot, path, value(ballot) if callable(value) else value)
        if rehash:
            verify.rehash(ballot)

    return apply


def twice(world, request):
    request[BALLOTS] = [request[BALLOTS][0]] * 2


def one_id(world, request):
    request[BALLOTS][1]["object_id"] = request[BALLOTS][0]["object_id"]
    verify.rehash(request[BALLOTS][1])


def exchanged(rehash):
    """Votes moved from one candidate to another after the voter was gone."""

    def apply(world, request):
        selections = request[BALLOTS][0]["contests"][0]["ballot_selections"]
        a, b = selections[0], selections[1]
        a["ciphertext"], b["ciphertext"] = b["ciphertext"], a["ciphertext"]
        if rehash:
            verify.rehash(request[BALLOTS][0])

    return apply


def without_selection(world, request):
    del request[BALLOTS][0]["contests"][0]["ballot_selections"][1]
    verify.rehash(request[BALLOTS][0])


def two_contests(world, request):
    request[BALLOTS][0]["contests"] *= 2
    verify.rehash(request[BALLOTS][0])


def swapped_selections(world, request):
    selections = request[BALLOTS][0]["contests"][0]["ballot_selections"]
    selections[0], selections[1] = selections[1], selections[0]
    verify.rehash(request[BALLOTS][0])


def broken_text(world, request):
    request[BALLOTS][0] = verify.json_text(request[BALLOTS][0])[:-1]


def cut_base64(world, request):
    request[BALLOTS][0] = verify.transport(request[BALLOTS][0])[:-4]


def cut_msgpack(world, request):
    request[BALLOTS][0] = base64.b64encode(msgpack.packb(request[BALLOTS][0])[:-3]).decode()


def bytes_behind(world, request):
    request[BALLOTS][0] = base64.b64encode(msgpack.packb(request[BALLOTS][0]) + b"\0").decode()


def forged_limit(world, request):
    """More votes than allowed, with a proof that says so."""
    e = world.election
    votes = e.candidates[:3]
    reference = verify.Election({**e.fields(), "max_choices": 3})
    request[BALLOTS][0] = verify.encrypt_ballot(reference, "b-1", votes, 77, 1700000000)


ABSENT_PARTS = ["object_id", "style_id", "manifest_hash", "code_seed", "contests", "code", "timestamp", "crypto_hash"]
ABSENT_IN_CONTEST = ["object_id", "sequence_order", "description_hash", "ballot_selections", "crypto_hash", "proof"]
ABSENT_IN_SELECTION = ["object_id", "sequence_order", "description_hash", "ciphertext", "crypto_hash", "proof"]


def leave_out(path, name):
    def apply(world, request):
        value = request[BALLOTS][0]
        for step in path:
            value = value[step]
        del value[name]

    return apply


@cases(
    [
        (54, "empty list", ballots(), RANGE, BALLOTS, NO_BALLOTS),
        (54, "missing", without(BALLOTS), MISSING, BALLOTS),
        (54, "null", {BALLOTS: None}, TYPE, BALLOTS),
        (55, "a word", {BALLOTS: "word"}, ENCODING, BALLOTS),
        (55, "a map", {BALLOTS: {}}, TYPE, BALLOTS),
        (55, "number", ballots(5), TYPE, FIRST),
        (55, "null within", ballots(None), TYPE, FIRST),
        (55, "list within", ballots([]), TYPE, FIRST),
        (55, "empty string", ballots(""), ENCODING, FIRST),
        (56, "foreign characters", ballots("$$$$"), ENCODING, FIRST),
        (56, "no padding", ballots("gqFhAQ"), ENCODING, FIRST),
        (56, "half padding", ballots("gqFhAQ="), ENCODING, FIRST),
        (56, "padding within", ballots("gq==hAQ="), ENCODING, FIRST),
        (56, "URL alphabet", ballots("g6Fh_-8="), ENCODING, FIRST),
        (56, "cut", cut_base64, ENCODING, None),
        (57, "truncated MessagePack", cut_msgpack, ENCODING, None),
        (57, "bytes behind", bytes_behind, ENCODING, FIRST),
        (57, "broken text", broken_text, ENCODING, FIRST),
        (57, "text with a word", ballots('{"object_id": nope}'), ENCODING, FIRST + ".object_id"),
        (58, "empty map", ballots({}), MISSING, FIRST + ".object_id"),
        (58, "empty text", ballots("{}"), MISSING, FIRST + ".object_id"),
        (58, "text of a list", ballots("[]"), TYPE, FIRST),
        (58, "base64 of a number", ballots("BQ=="), TYPE, FIRST),
        *((58, f"no {n}", leave_out((), n), MISSING, f"{FIRST}.{n}") for n in ABSENT_PARTS),
        *(
            (58, f"no {n} in the contest", leave_out(("contests", 0), n), MISSING, f"{FIRST}.contests[0].{n}")
            for n in ABSENT_IN_CONTEST
        ),
        *(
            (58, f"no {n} in a selection", leave_out(SELECTION, n), MISSING,
             f"{FIRST}.contests[0].ballot_selections[1].{n}")
            for n in ABSENT_IN_SELECTION
        ),
        (59, "same ballot twice", twice, "duplicate", BALLOTS + "[1].object_id"),
        (60, "two ballots of one id", one_id, "duplicate", BALLOTS + "[1].object_id"),
        (61, "pad ZZ", first(PAD, "ZZ"), ENCODING, PAD_PATH),
        (61, "pad of one digit", first(PAD, "1"), ENCODING, PAD_PATH),
        (61, "pad empty", first(PAD, ""), ENCODING, PAD_PATH),
        (61, "pad with a space", first(PAD, " 01"), ENCODING, PAD_PATH),
        (62, "pad 00", first(PAD, "00", True), GROUP, PAD_PATH),
        (62, "pad 02", first(PAD, "02", True), GROUP, PAD_PATH),
        (62, "pad p-1", first(PAD, verify.to_hex(P - 1), True), GROUP, PAD_PATH),
        (62, "pad a number", first(PAD, 5), TYPE, PAD_PATH),
        (63, "pad p", first(PAD, verify.to_hex(P)), RANGE, PAD_PATH),
        (63, "pad of 2000 digits", first(PAD, "11" * 1000), RANGE, PAD_PATH),
        (65, "exchanged", exchanged(False), PROOF, None),
        (65, "exchanged, hashes forged", exchanged(True), PROOF, None),
        (66, "no contest", first(("contests",), [], True), OTHER, FIRST + ".contests"),
        (66, "two contests", two_contests, OTHER, FIRST + ".contests"),
        (66, "selection missing", without_selection, OTHER, None),
        (66, "selections out of order", swapped_selections, OTHER, None),
        (66, "unknown selection", first((*SELECTION, "object_id"), "Zed", True), OTHER, None),
        (66, "other contest", first(("contests", 0, "object_id"), "contest-2", True), OTHER, None),
        (67, "other style", first(("style_id",), "ballot-style-2"), OTHER, FIRST + ".style_id"),
        (68, "other manifest hash", first(("manifest_hash",), "07", True), OTHER, BALLOTS + "[1].manifest_hash"),
        (68, "commitment hash", {"commitment_hash": "7"}, OTHER, FIRST),
        (68, "quorum", {"quorum": 1}, OTHER, FIRST),
        (68, "guardians", {"number_of_guardians": 9}, OTHER, FIRST),
        (68, "quorum 9 of 3", {"quorum": 9}, RANGE, "quorum"),
        (68, "max_choices", {"max_choices": 2}, OTHER, FIRST + ".contests[0]"),
        (68, "reversed", {"candidate_names": ["Dee", "Cy", "Bo", "Ann"]}, OTHER, SELECTION_PATH.format(0)),
        (68, "other names", {"candidate_names": ["W", "X", "Y", "Z"]}, OTHER, SELECTION_PATH.format(0)),
        (68, "one more", {"candidate_names": ["Ann", "Bo", "Cy"]}, OTHER, SELECTION_PATH.format(3)),
        (0, "vote limit forged", forged_limit, OTHER, FIRST + ".contests[0]"),
        (0, "state unknown", {"include_submitted_ballots": "no"}, TYPE, "include_submitted_ballots"),
        (0, "verify a word", {"verify_ballots": 1}, TYPE, "verify_ballots"),
    ]
)  # fmt: skip
def test_create_encrypted_tally(wire, world, encoding, change, expected):
    code, field, *message = expected
    request = changed(world.tally(), change, world)
    if field is None:
        within(wire, "/create_encrypted_tally", request, encoding, code, FIRST)
    else:
        refuse(wire, "/create_encrypted_tally", request, encoding, code, field, *message)


def within(wire, path, request, encoding, code, prefix):
    """The field lies somewhere below the prefix: which proof or hash fails first is not part of the contract."""
    answer = wire.send(path, request, encoding)
    check_error(answer, 400, code, answer.body.get("field"), sent=encode(request, encoding))
    assert answer.body["field"].startswith(prefix), answer.body
    wire.check_usable()


both = pytest.mark.parametrize("encoding", ["json", "msgpack"])


@both
def test_row68_other_elections_key(wire, world, other_election, encoding):
    request = {**world.tally(), "joint_public_key": other_election.joint_public_key}
    refuse(wire, "/create_encrypted_tally", request, encoding, OTHER, FIRST)


@both
@pytest.mark.parametrize("rehash", [False, True])
def test_row65_structure_is_checked_even_without_proofs(wire, world, encoding, rehash):
    """`verify_ballots` false is July's behaviour: hashes are still recomputed, proofs are not."""
    request = changed(world.tally(), exchanged(rehash), world)
    request["verify_ballots"] = False
    if rehash:
        serve(wire, "/create_encrypted_tally", request, encoding)
    else:
        within(wire, "/create_encrypted_tally", request, encoding, PROOF, FIRST)


@both
def test_row64_lower_case(wire, world, encoding):
    def lower(world, request):
        for ballot in request[BALLOTS]:
            for selection in ballot["contests"][0]["ballot_selections"]:
                for part in ("pad", "data"):
                    selection["ciphertext"][part] = selection["ciphertext"][part].lower()

    tallies = [
        serve(wire, "/create_encrypted_tally", request, encoding)
        for request in (world.tally(), changed(world.tally(), lower, world))
    ]
    assert tallies[0] == tallies[1]


@both
def test_row69_forms_mixed_and_published(wire, world, encoding):
    plain = {**world.tally(), BALLOTS: world.ballots}
    a, b, c = world.ballots
    mixed = {**plain, BALLOTS: [verify.published(a), verify.json_text(b), verify.transport(c)]}
    tallies = [serve(wire, "/create_encrypted_tally", r, encoding) for r in (plain, mixed)]
    assert tallies[0] == tallies[1]
    assert tallies[0]["ciphertext_tally"]["cast_ballot_ids"] == ["b-1", "b-2", "b-3"]
    verify.check_tally(world.election.reference, tallies[0]["ciphertext_tally"], world.ballots)


@both
def test_ids_come_in_the_order_of_the_request(wire, world, encoding):
    """They came out of a set: same input, different bytes."""
    for order in ([2, 0, 1], [1, 2, 0]):
        request = {**world.tally(), BALLOTS: [world.ballots[i] for i in order]}
        tally = serve(wire, "/create_encrypted_tally", request, encoding)
        ids = [world.ballots[i]["object_id"] for i in order]
        assert tally["ciphertext_tally"]["cast_ballot_ids"] == ids
        assert [b["object_id"] for b in tally["submitted_ballots"]] == ids


# ---- several tallies into one

TALLIES = "ciphertext_tallies"


def cast_and_spoiled(cast, spoiled):
    """A ballot that one tally counts, or the same one, and another lists as spoiled."""

    def apply(world, request):
        one = request[TALLIES][0]
        request[TALLIES] = [one, copy.deepcopy(one)]
        request[TALLIES][1]["cast_ballot_ids"] = ["x", "y", "z"]
        ballot_id = request[TALLIES][cast]["cast_ballot_ids"][2]
        request[TALLIES][spoiled]["spoiled_ballot_ids"] = ["s", ballot_id]

    return apply


def spoiled_twice(world, request):
    cast_and_spoiled(0, 0)(world, request)
    for tally in request[TALLIES]:
        tally["spoiled_ballot_ids"] = ["s"]


def same_tally_twice(world, request):
    request[TALLIES] *= 2


@cases(
    [
        (0, "none", {TALLIES: []}, RANGE, TALLIES),
        (0, "missing", without(TALLIES), MISSING, TALLIES),
        (0, "null", {TALLIES: None}, TYPE, TALLIES),
        (0, "number", {TALLIES: [5]}, TYPE, TALLIES + "[0]"),
        (0, "empty map", {TALLIES: [{}]}, MISSING, TALLIES + "[0]._encryption"),
        (0, "cast and spoiled in one", cast_and_spoiled(0, 0), "duplicate", TALLIES + "[0].spoiled_ballot_ids[1]"),
        (0, "spoiled before it is cast", cast_and_spoiled(1, 0), "duplicate", TALLIES + "[0].spoiled_ballot_ids[1]"),
        (0, "spoiled after it was cast", cast_and_spoiled(0, 1), "duplicate", TALLIES + "[1].spoiled_ballot_ids[1]"),
        (0, "spoiled twice", spoiled_twice, "duplicate", TALLIES + "[1].spoiled_ballot_ids[0]"),
        (0, "same tally twice", same_tally_twice, "duplicate", TALLIES + "[1].cast_ballot_ids[0]"),
        (0, "commitment hash", {"commitment_hash": "7"}, OTHER, TALLIES + "[0]._encryption.commitment_hash"),
    ]
)
def test_combine_encrypted_tallies(wire, world, encoding, change, expected):
    refuse(wire, "/combine_encrypted_tallies", changed(world.tallies(), change, world), encoding, *expected)
