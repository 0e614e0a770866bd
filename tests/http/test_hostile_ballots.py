"""Rows 20 to 53 of docs/api-contract.md 8: setting up an election and encrypting ballots."""

import copy
import threading

import pytest
import verify
from client import Client
from hostile import cases, changed, refuse, serve, without
from verify import P, Q

GUARDIANS, CANDIDATES, PARTIES = "number_of_guardians", "candidate_names", "party_names"
KEY, HASH, VOTE = "joint_public_key", "commitment_hash", "candidate_names_to_vote"
MISSING, TYPE, RANGE = "missing_field", "bad_type", "out_of_range"
ABOVE = "Quorum cannot be greater than number of guardians"


@cases(
    [
        (20, "no quorum", without("quorum"), MISSING, "quorum", "Missing required field: quorum"),
        (20, "no guardians", without(GUARDIANS), MISSING, GUARDIANS),
        (20, "no candidates", without(CANDIDATES), MISSING, CANDIDATES),
        (20, "no parties", without(PARTIES), MISSING, PARTIES),
        (21, "guardians abc", {GUARDIANS: "abc"}, TYPE, GUARDIANS),
        (21, "guardians hex", {GUARDIANS: "0x2"}, TYPE, GUARDIANS),
        (21, "guardians empty", {GUARDIANS: ""}, TYPE, GUARDIANS),
        (21, "guardians 3_0", {GUARDIANS: "3_0"}, TYPE, GUARDIANS),
        (22, "guardians null", {GUARDIANS: None}, TYPE, GUARDIANS),
        (22, "guardians a list", {GUARDIANS: [2]}, TYPE, GUARDIANS),
        (22, "guardians a map", {GUARDIANS: {"n": 2}}, TYPE, GUARDIANS),
        (23, "guardians true", {GUARDIANS: True}, TYPE, GUARDIANS),
        (23, "quorum true", {"quorum": True}, TYPE, "quorum"),
        (23, "guardians 2.7", {GUARDIANS: 2.7}, TYPE, GUARDIANS),
        (24, "both 0", {GUARDIANS: 0, "quorum": 0}, RANGE, GUARDIANS),
        (24, "both negative", {GUARDIANS: -1, "quorum": -1}, RANGE, GUARDIANS),
        (24, "quorum 0", {"quorum": 0}, RANGE, "quorum"),
        (25, "quorum above guardians", {"quorum": 4}, RANGE, "quorum", ABOVE),
        (26, "5000 digits", {GUARDIANS: "7" * 5000}, RANGE, GUARDIANS),
        (26, "5000 digits integer", {GUARDIANS: int("7" * 4000)}, RANGE, GUARDIANS),
        (27, "a million guardians", {GUARDIANS: 1_000_000}, RANGE, GUARDIANS),
        (27, "101 guardians", {GUARDIANS: 101}, RANGE, GUARDIANS),
        (27, "2^32 + 3 guardians", {GUARDIANS: 2**32 + 3}, RANGE, GUARDIANS),
        (28, "no candidate", {CANDIDATES: []}, RANGE, CANDIDATES),
        (28, "repeated", {CANDIDATES: ["A", "B", "A"]}, "duplicate", CANDIDATES + "[2]"),
        (28, "one string", {CANDIDATES: "AB"}, TYPE, CANDIDATES),
        (28, "numbers", {CANDIDATES: [1, 2]}, TYPE, CANDIDATES + "[0]"),
        (28, "empty name", {CANDIDATES: ["A", ""]}, RANGE, CANDIDATES + "[1]"),
        (28, "long name", {CANDIDATES: ["A", "n" * 1025]}, RANGE, CANDIDATES + "[1]"),
        (28, "1001 candidates", {CANDIDATES: [str(i) for i in range(1001)]}, RANGE, CANDIDATES),
        (28, "parties null", {PARTIES: None}, TYPE, PARTIES),
        (28, "number as party", {PARTIES: ["p", 1]}, TYPE, PARTIES + "[1]"),
        (28, "1001 parties", {PARTIES: [""] * 1001}, RANGE, PARTIES),
    ]
)
def test_setup_guardians(wire, world, encoding, change, expected):
    refuse(wire, "/setup_guardians", changed(world.setup(), change), encoding, *expected)


def two(world, request):
    request[VOTE] = world.names[:2]


def too_many(world, request):
    request.update({"max_choices": 2, VOTE: world.names[:3]})


def key_of(number):
    return {KEY: str(number)}


def p_plus_key(world, request):
    request[KEY] = str(int(request[KEY]) + int(P))


def underscored(world, request):
    request[KEY] = request[KEY][:2] + "_" + request[KEY][2:] + "\n"


def line_fed(world, request):
    request[KEY] = request[KEY][:9] + "\n" + request[KEY][9:]


def placeholders(world, request):
    request[CANDIDATES] = ["Ann", "contest-1-3-placeholder", "Cy", "Dee"]


TOO_MANY = "Too many candidates selected ({}). Maximum allowed is {}"
TWICE = "Duplicate candidate selections are not allowed"


LIKE_ANN = "; looks like candidate 'Ann', "


def unknown(name):
    return f"Candidate '{name}' not found in election candidates"


@cases(
    [
        *(
            (29, f"no {n}", without(n), MISSING, n, f"Missing required field: {n}")
            for n in (PARTIES, CANDIDATES, KEY, HASH, VOTE, "ballot_id")
        ),
        (30, "no guardians", without(GUARDIANS), MISSING, GUARDIANS),
        (30, "no quorum", without("quorum"), MISSING, "quorum"),
        (30, "neither", without(GUARDIANS, "quorum"), MISSING, GUARDIANS),
        (31, "both names of the vote", {"candidate_name": "Ann"}, "duplicate", "candidate_name"),
        (32, "unknown", {VOTE: "Zed"}, "unknown_candidate", VOTE, unknown("Zed")),
        (32, "unknown in a list", {VOTE: ["Zed"]}, "unknown_candidate", VOTE, unknown("Zed")),
        (32, "empty", {VOTE: ""}, "unknown_candidate", VOTE, unknown("")),
        (32, "space at the end", {VOTE: "Ann "}, "unknown_candidate", VOTE, unknown("Ann ") + LIKE_ANN + "with a trailing space"),
        (32, "no-break space", {VOTE: "Ann\u00a0"}, "unknown_candidate", VOTE,
         unknown("Ann\u00a0") + LIKE_ANN + "with a trailing no-break space"),
        (32, "long", {VOTE: "N" * 1000}, "unknown_candidate", VOTE, unknown("N" * 64)),
        (32, "other case", {VOTE: "ann"}, "unknown_candidate", VOTE, unknown("ann") + LIKE_ANN + "in other case"),
        (33, "one twice", {VOTE: ["Ann", "Ann"], "max_choices": 2}, "duplicate", VOTE, TWICE),
        (34, "two of one", two, "too_many_choices", VOTE, TOO_MANY.format(2, 1)),
        (34, "three of two", too_many, "too_many_choices", VOTE, TOO_MANY.format(3, 2)),
        (36, "null", {VOTE: None}, TYPE, VOTE),
        (36, "number", {VOTE: 1}, TYPE, VOTE),
        (36, "list in a list", {VOTE: [["Ann"]]}, TYPE, VOTE + "[0]"),
        (37, "map", {VOTE: {"Ann": 1}}, TYPE, VOTE),
        (38, "word", {KEY: "xyz"}, TYPE, KEY),
        (38, "hexadecimal", {KEY: "0x1F"}, TYPE, KEY),
        (38, "long word", {KEY: "F" * 1024}, TYPE, KEY),
        (38, "empty", {KEY: ""}, TYPE, KEY),
        (38, "spaces", {KEY: "  "}, TYPE, KEY),
        (39, "null", {KEY: None}, TYPE, KEY),
        (39, "list", {KEY: []}, TYPE, KEY),
        (39, "true", {KEY: True}, TYPE, KEY),
        (40, "0", key_of(0), "not_in_group", KEY),
        (40, "1", key_of(1), "not_in_group", KEY),
        (40, "2", key_of(2), "not_in_group", KEY),
        (40, "p-1", key_of(P - 1), "not_in_group", KEY),
        (40, "integer 2", {KEY: 2}, "not_in_group", KEY),
        (41, "-5", key_of(-5), RANGE, KEY),
        (41, "p", key_of(P), RANGE, KEY),
        (41, "p plus the key", p_plus_key, RANGE, KEY),
        (42, "1.5", {KEY: 1.5}, TYPE, KEY),
        (42, "float", {KEY: 2.0}, TYPE, KEY),
        (42, "1e3", {KEY: "1e3"}, TYPE, KEY),
        (43, "underscore and line feed", underscored, TYPE, KEY),
        (43, "line feed within", line_fed, TYPE, KEY),
        (44, "10000 digits", {KEY: "1" * 10000}, RANGE, KEY),
        (44, "integer of 4000 digits", {KEY: int("1" * 4000)}, RANGE, KEY),
        (44, "leading zeros", {KEY: "0" * 1400}, RANGE, KEY),
        (45, "abc", {HASH: "abc"}, TYPE, HASH),
        (45, "q", {HASH: str(Q)}, RANGE, HASH),
        (45, "-1", {HASH: "-1"}, RANGE, HASH),
        (45, "null", {HASH: None}, TYPE, HASH),
        (46, "empty", {"ballot_id": ""}, RANGE, "ballot_id"),
        (46, "spaces", {"ballot_id": "   "}, RANGE, "ballot_id", "'ballot_id' must not be white space alone"),
        (46, "no-break space", {"ballot_id": "\u00a0\t"}, RANGE, "ballot_id"),
        (46, "number", {"ballot_id": 7}, TYPE, "ballot_id"),
        (46, "null", {"ballot_id": None}, TYPE, "ballot_id"),
        (46, "list", {"ballot_id": ["b"]}, TYPE, "ballot_id"),
        (46, "1 MB", {"ballot_id": "b" * 1_000_000}, RANGE, "ballot_id"),
        (46, "1025 bytes", {"ballot_id": "ä" * 512 + "b"}, RANGE, "ballot_id"),
        (47, "SPOILED", {"ballot_status": "SPOILED"}, RANGE, "ballot_status"),
        (47, "empty", {"ballot_status": ""}, RANGE, "ballot_status"),
        (47, "5", {"ballot_status": 5}, TYPE, "ballot_status"),
        (48, "-1", {"max_choices": -1}, RANGE, "max_choices"),
        (48, "many", {"max_choices": "many"}, TYPE, "max_choices"),
        (48, "2^32", {"max_choices": 2**32}, RANGE, "max_choices"),
        (48, "null and two votes", {"max_choices": None, VOTE: ["Ann", "Bo"]}, "too_many_choices", VOTE),
        (48, "0 and two votes", {"max_choices": 0, VOTE: ["Ann", "Bo"]}, "too_many_choices", VOTE),
        (48, "half", {"max_choices": 1.5}, TYPE, "max_choices"),
        (50, "quorum 3 of 2", {GUARDIANS: 2, "quorum": 3}, RANGE, "quorum", ABOVE),
        (50, "0 of 0", {GUARDIANS: 0, "quorum": 0}, RANGE, GUARDIANS),
        (50, "-1 of -1", {GUARDIANS: -1, "quorum": -1}, RANGE, GUARDIANS),
        (50, "10^20 guardians", {GUARDIANS: 10**20}, RANGE, GUARDIANS),
        (50, "10^20 as text", {GUARDIANS: str(10**20)}, RANGE, GUARDIANS),
        (51, "none", {CANDIDATES: []}, RANGE, CANDIDATES),
        (51, "repeated", {CANDIDATES: ["Ann", "Ann"]}, "duplicate", CANDIDATES + "[1]"),
        (51, "map", {CANDIDATES: {"Ann": 1}}, TYPE, CANDIDATES),
        (51, "one string", {CANDIDATES: "ABC"}, TYPE, CANDIDATES),
        (52, "placeholder's name", placeholders, RANGE, CANDIDATES + "[1]"),
        (52, "ballot_nonce", {CANDIDATES: ["Ann", "ballot_nonce"]}, RANGE, CANDIDATES + "[1]"),
        (52, "contest-1_nonce", {CANDIDATES: ["Ann", "contest-1_nonce"]}, RANGE, CANDIDATES + "[1]"),
        (53, "null", {PARTIES: None}, TYPE, PARTIES),
        (53, "number within", {PARTIES: [1, "p", "p", "p"]}, TYPE, PARTIES + "[0]"),
    ]
)
def test_create_encrypted_ballot(wire, world, encoding, change, expected):
    request = changed(world.ballot(), change, world)
    refuse(wire, "/create_encrypted_ballot", request, encoding, *expected)


def entry(i, change):
    """A change to entry i of a chunk of two."""

    def apply(world, request):
        request["ballots"][i].update(change)

    return apply


def no_entry(world, request):
    request["ballots"][1] = "c-1"


@cases(
    [
        (0, "empty", {"ballots": []}, RANGE, "ballots"),
        (0, "null", {"ballots": None}, MISSING, "ballot_id"),
        (0, "map", {"ballots": {"ballot_id": "x"}}, TYPE, "ballots"),
        (0, "beside ballot_id", {"ballot_id": "x"}, TYPE, "ballot_id"),
        (0, "beside a vote", {VOTE: ["Ann"]}, TYPE, VOTE),
        (0, "beside a name", {"candidate_name": "Ann"}, TYPE, "candidate_name"),
        (0, "beside a status", {"ballot_status": "CAST"}, TYPE, "ballot_status"),
        (0, "text as entry", no_entry, TYPE, "ballots[1]"),
        (0, "one id twice", entry(1, {"ballot_id": "c-0"}), "duplicate", "ballots[1].ballot_id"),
        (0, "an id of spaces", entry(1, {"ballot_id": " "}), RANGE, "ballots[1].ballot_id"),
        (0, "unknown", entry(1, {VOTE: ["Zed"]}), "unknown_candidate", f"ballots[1].{VOTE}", unknown("Zed")),
        (0, "status", entry(0, {"ballot_status": "SPOILED"}), RANGE, "ballots[0].ballot_status"),
        (0, "both", entry(1, {"candidate_name": "Ann"}), "duplicate", "ballots[1].candidate_name"),
    ]
)
def test_chunk(wire, world, encoding, change, expected):
    body = refuse(
        wire, "/create_encrypted_ballot", changed(world.chunk(), change, world), encoding, *expected
    )
    if expected[1].startswith("ballots["):
        assert [e["field"] for e in body["errors"]] == [expected[1]]


# ---- what looks odd and is good


def checked(world, answer, ballot_id, votes, limit=1):
    """The answer's ballot is what these votes encrypt to."""
    fields = {**world.election.fields(), "max_choices": limit}
    election = verify.Election(fields)
    ballot = verify.artifact(answer["encrypted_ballot_with_nonce"])
    nonce = verify.element(ballot["nonce"])
    expected = verify.encrypt_ballot(election, ballot_id, votes, nonce, ballot["timestamp"])
    assert ballot == expected
    assert answer["encrypted_ballot"] == verify.json_text(verify.published(expected))


both = pytest.mark.parametrize("encoding", ["json", "msgpack"])


@both
def test_row31_candidate_name(wire, world, encoding):
    request = {**world.ballot(), "candidate_name": "Bo"}
    del request[VOTE]
    answer = serve(wire, "/create_encrypted_ballot", request, encoding)
    checked(world, answer, "b", ["Bo"])
    text = answer["encrypted_ballot_with_nonce"].startswith("{")
    assert text is (encoding == "json")


@both
def test_row35_undervote(wire, world, encoding):
    answer = serve(wire, "/create_encrypted_ballot", {**world.ballot(), VOTE: []}, encoding)
    checked(world, answer, "b", [])


@both
@pytest.mark.parametrize("spaces", [" {}", "{}\n", "\t{} \r\n"])
def test_row43_white_space_around_a_key(wire, world, encoding, spaces):
    request = world.ballot()
    request[KEY] = spaces.format(request[KEY])
    checked(world, serve(wire, "/create_encrypted_ballot", request, encoding), "b", ["Ann"])


@both
def test_row49_more_choices_than_candidates(wire, world, encoding):
    request = {**world.ballot(), "max_choices": 99, VOTE: world.names}
    answer = serve(wire, "/create_encrypted_ballot", request, encoding)
    checked(world, answer, "b", world.names, limit=99)
    as_many = {**copy.deepcopy(request), "max_choices": len(world.names)}
    other = serve(wire, "/create_encrypted_ballot", as_many, encoding)
    hashes = [verify.artifact(a["encrypted_ballot"])["manifest_hash"] for a in (answer, other)]
    assert hashes[0] == hashes[1]


@both
@pytest.mark.parametrize("value", ["3", 3.0, "03"])
def test_counts_in_every_spelling(wire, world, encoding, value):
    answer = serve(wire, "/setup_guardians", {**world.setup(), GUARDIANS: value}, encoding)
    assert answer[GUARDIANS] == 3


@both
def test_key_as_an_integer_is_read_exactly(wire, world, encoding):
    """A JSON integer of any size; MessagePack has none so long."""
    request = world.ballot()
    if encoding == "json":
        request[KEY] = int(request[KEY])
    checked(world, serve(wire, "/create_encrypted_ballot", request, encoding), "b", ["Ann"])


# Manifest hashes of the Python service.
PARTIES_AND_HASHES = [
    (["P1", "P2"], ["Ann", "Bob", "Cho"], "51103C274E1FBE8AD8EC6EE3C6076D2A1B8969053716A8D4D4431B0F1F453244"),
    ([], ["Ann", "Bob"], "8BBE5F58067C8C3F8FF154FA3B7DEF33F6BA669181506EB52581B9583C90F552"),
]


@both
@pytest.mark.parametrize("parties, names, expected", PARTIES_AND_HASHES)
def test_any_number_of_parties(wire, world, encoding, parties, names, expected):
    """Scripts of the platform list four parties beside six candidates."""
    request = {**world.ballot(), PARTIES: parties, CANDIDATES: names}
    answer = serve(wire, "/create_encrypted_ballot", request, encoding)
    assert verify.artifact(answer["encrypted_ballot"])["manifest_hash"] == expected


@both
def test_a_party_of_null_has_an_empty_name(wire, world, encoding):
    hashes = []
    for party in (None, ""):
        request = {**world.ballot(), PARTIES: [party, "Q"]}
        answer = serve(wire, "/create_encrypted_ballot", request, encoding)
        hashes.append(verify.artifact(answer["encrypted_ballot"])["manifest_hash"])
    reference = verify.Election({**world.election.fields(), PARTIES: ["", "Q"]})
    assert hashes == [verify.to_hex(reference.manifest_hash)] * 2


@both
def test_more_parties_than_candidates(wire, world, encoding):
    request = {**world.ballot(), PARTIES: [f"P{i}" for i in range(9)]}
    answer = serve(wire, "/create_encrypted_ballot", request, encoding)
    reference = verify.Election({**world.election.fields(), PARTIES: request[PARTIES]})
    ballot = verify.artifact(answer["encrypted_ballot"])
    assert ballot["manifest_hash"] == verify.to_hex(reference.manifest_hash)


@both
def test_order_of_names_is_part_of_the_election(wire, world, encoding):
    """The manifest of whichever order came first was used for the other as well."""
    hashes = set()
    for names in (world.names, world.names[::-1], world.names):
        request = {**world.ballot(), CANDIDATES: names}
        answer = serve(wire, "/create_encrypted_ballot", request, encoding)
        ballot = verify.artifact(answer["encrypted_ballot"])
        reference = verify.Election({**world.election.fields(), CANDIDATES: names})
        assert ballot["manifest_hash"] == verify.to_hex(reference.manifest_hash)
        hashes.add(ballot["manifest_hash"])
    assert len(hashes) == 2


def test_many_clients_at_once_get_what_one_gets(lasting_service, world):
    """One in twenty requests failed when ten were in work: the table of those was kept by chance."""
    failures = []

    def vote(number):
        client = Client(lasting_service.url, "json" if number % 2 else "msgpack")
        try:
            for i in range(40):
                ballot_id = f"{number}-{i}"
                request = {**world.ballot(), "ballot_id": ballot_id}
                body = client.post("/create_encrypted_ballot", request).ok()
                assert verify.artifact(body["encrypted_ballot"])["object_id"] == ballot_id
        except Exception as failure:  # noqa: BLE001 - told to the test's own thread
            failures.append(failure)
        client.close()

    clients = [threading.Thread(target=vote, args=(number,)) for number in range(10)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert failures == []


@both
def test_a_name_in_another_normalisation(wire, world, encoding):
    """Still another name: nothing is composed or folded on the way, only in what the error says."""
    request = {**world.ballot(), CANDIDATES: ["Zo\u00eb", "zo\u00eb"], VOTE: "Zoe\u0308"}
    hint = "; looks like candidate 'Zo\u00eb', in another Unicode normalisation"
    refuse(
        wire, "/create_encrypted_ballot", request, encoding, "unknown_candidate", VOTE,
        unknown("Zoe\u0308") + hint,
    )  # fmt: skip
    serve(wire, "/create_encrypted_ballot", {**request, VOTE: "zo\u00eb"}, encoding)


@both
def test_hints_cost_little(wire, world, encoding):
    """Of many wrong entries only those that are shown are looked at closely."""
    names = [f"{i:04}" + "n" * 800 for i in range(1000)]
    entries = [{"ballot_id": str(i), VOTE: "nobody" * 100} for i in range(2000)]
    request = {**world.election.fields(), CANDIDATES: names, "ballots": entries}
    body = wire.send("/create_encrypted_ballot", request, encoding).refused(400, "unknown_candidate")
    assert len(body["errors"]) == 20
