"""Rows 70 to 96 of docs/api-contract.md 8: decryption shares, compensation and combination."""

import copy
import json

import pytest
import verify
from hostile import at, cases, changed, refuse, serve, without
from verify import P, Q

GUARDIANS = "number_of_guardians"
MISSING, TYPE, RANGE, ENCODING = "missing_field", "bad_type", "out_of_range", "bad_encoding"
OTHER, PROOF, GROUP = "wrong_election", "proof_invalid", "not_in_group"
TALLY, SUBMITTED, DATA = "ciphertext_tally", "submitted_ballots", "guardian_data"
SELECTION = ("contests", "contest-1", "selections", "Bo")
PAD_PATH = TALLY + ".contests.contest-1.selections.Bo.ciphertext.pad"


def required(*names):
    """A line of a table for each field that must not be missing."""
    return [(n, without(n), MISSING, n) for n in names]


def in_tally(path, value):
    def apply(world, request):
        at(request[TALLY], path, value)

    return apply


def leave_out(field, *path):
    def apply(world, request):
        value = request[field]
        for step in path[:-1]:
            value = value[step]
        del value[path[-1]]

    return apply


def keys_of_another(world, request):
    request["private_key"] = world.election.private_keys[1]


def pair_of_another(world, request):
    keys_of_another(world, request)
    request["public_key"] = world.election.public_keys[1]


def first_submitted(path, value):
    def apply(world, request):
        at(request[SUBMITTED][0], path, value)

    return apply


def spoiled(path=None, value=None):
    """A spoiled ballot in place of the first, with something changed in it."""

    def apply(world, request):
        ballot = request[SUBMITTED][0]
        ballot["state"] = 2
        ballot["object_id"] = "spoiled"
        if path is not None:
            at(ballot, path, value)
        verify.rehash(ballot)

    return apply


# A ballot that the tally counts must not be opened alone, nor be counted twice.
COUNTED = [
    (0, "counted and spoiled", first_submitted(("state",), 2), "duplicate", SUBMITTED + "[0].object_id"),
    (0, "cast and spoiled", in_tally(("spoiled_ballot_ids",), ["s", "b-2"]), "duplicate",
     TALLY + ".spoiled_ballot_ids[1]"),
    (0, "counted twice", in_tally(("cast_ballot_ids",), ["b-1", "b-2", "b-1"]), "duplicate",
     TALLY + ".cast_ballot_ids[2]"),
]  # fmt: skip

MISMATCH = "Guardian ID mismatch: expected {}, got {}"
BALLOT_PAD = ("contests", 0, "ballot_selections", 1, "ciphertext", "pad")
BALLOT_PAD_PATH = SUBMITTED + "[0].contests[0].ballot_selections[1].ciphertext.pad"

SHARED_FIELDS = ["party_names", "candidate_names", "joint_public_key", "commitment_hash", GUARDIANS, "quorum"]


@cases(
    [
        *((70, f"no {n}", *rest) for n, *rest in required("guardian_id", DATA, *SHARED_FIELDS)),
        *((71, f"no {n}", *rest) for n, *rest in required("private_key", "public_key", TALLY, SUBMITTED)),
        (72, "id of another", {"guardian_id": "2"}, RANGE, "guardian_id", MISMATCH.format(2, 1)),
        (72, "id unknown", {"guardian_id": "9"}, RANGE, "guardian_id", MISMATCH.format(9, 1)),
        (72, "id null", {"guardian_id": None}, TYPE, "guardian_id"),
        (72, "id empty", {"guardian_id": ""}, RANGE, "guardian_id"),
        (72, "id long", {"guardian_id": "g" * 1025}, RANGE, "guardian_id"),
        (74, "private key of another", keys_of_another, RANGE, "private_key"),
        (74, "both keys of another", pair_of_another, RANGE, "public_key"),
        (75, "0", {"private_key": {"private_key": "0"}}, RANGE, "private_key.private_key"),
        (75, "q", {"private_key": {"private_key": str(Q)}}, RANGE, "private_key.private_key"),
        (75, "word", {"private_key": {"private_key": "secret"}}, TYPE, "private_key.private_key"),
        (75, "bare word", {"private_key": "secret"}, ENCODING, "private_key"),
        (75, "empty map", {"private_key": {}}, MISSING, "private_key.private_key"),
        (75, "null", {"private_key": None}, TYPE, "private_key"),
        (75, "bare 0", {"private_key": "0"}, RANGE, "private_key"),
        (75, "bare q", {"private_key": str(Q)}, RANGE, "private_key"),
        (76, "public key 0", {"public_key": {"public_key": "0"}}, GROUP, "public_key.public_key"),
        (76, "public key 1", {"public_key": "1"}, RANGE, "private_key"),
        (76, "public key p", {"public_key": str(P)}, RANGE, "public_key"),
        (76, "public key null", {"public_key": None}, TYPE, "public_key"),
        (79, "number", {SUBMITTED: [1]}, TYPE, SUBMITTED + "[0]"),
        (79, "null", {SUBMITTED: None}, TYPE, SUBMITTED),
        (79, "null within", {SUBMITTED: [None]}, TYPE, SUBMITTED + "[0]"),
        (79, "state 77", first_submitted(("state",), 77), RANGE, SUBMITTED + "[0].state"),
        (79, "state a word", first_submitted(("state",), "CAST"), TYPE, SUBMITTED + "[0].state"),
        (79, "no state", leave_out(SUBMITTED, 0, "state"), MISSING, SUBMITTED + "[0].state"),
        (79, "id empty", first_submitted(("object_id",), ""), RANGE, SUBMITTED + "[0].object_id"),
        *COUNTED,
        (79, "spoiled, pad 02", spoiled(BALLOT_PAD, "02"), GROUP, BALLOT_PAD_PATH),
        (79, "spoiled, pad 00", spoiled(BALLOT_PAD, "00"), GROUP, BALLOT_PAD_PATH),
        (79, "spoiled, style", spoiled(("style_id",), "other"), OTHER, SUBMITTED + "[0].style_id"),
        (79, "spoiled, no contest", spoiled(("contests",), []), OTHER, SUBMITTED + "[0].contests"),
        (80, "foreign characters", {TALLY: "$$$"}, ENCODING, TALLY),
        (80, "empty map", {TALLY: {}}, MISSING, TALLY + "._encryption"),
        (80, "no _encryption", leave_out(TALLY, "_encryption"), MISSING, TALLY + "._encryption"),
        (80, "no contests", leave_out(TALLY, "contests"), MISSING, TALLY + ".contests"),
        (80, "no ids", leave_out(TALLY, "cast_ballot_ids"), MISSING, TALLY + ".cast_ballot_ids"),
        (80, "null", {TALLY: None}, TYPE, TALLY),
        (80, "list", {TALLY: []}, TYPE, TALLY),
        (80, "contests null", in_tally(("contests",), None), TYPE, TALLY + ".contests"),
        (81, "contests empty", in_tally(("contests",), {}), OTHER, TALLY + ".contests"),
        (81, "selections empty", in_tally(SELECTION[:-1], {}), OTHER, TALLY + ".contests.contest-1.selections.Ann"),
        (81, "selection missing", leave_out(TALLY, *SELECTION), OTHER, TALLY + ".contests.contest-1.selections.Bo"),
        (82, "pad 02", in_tally((*SELECTION, "ciphertext", "pad"), "02"), GROUP, PAD_PATH),
        (82, "pad 00", in_tally((*SELECTION, "ciphertext", "pad"), "00"), GROUP, PAD_PATH),
        (82, "pad p-1", in_tally((*SELECTION, "ciphertext", "pad"), verify.to_hex(P - 1)), GROUP, PAD_PATH),
        (82, "pad p", in_tally((*SELECTION, "ciphertext", "pad"), verify.to_hex(P)), RANGE, PAD_PATH),
        (82, "data 02", in_tally((*SELECTION, "ciphertext", "data"), "02"), GROUP, PAD_PATH[:-3] + "data"),
        (83, "commitment hash", {"commitment_hash": "7"}, OTHER, TALLY + "._encryption.commitment_hash"),
        (83, "quorum", {"quorum": 1}, OTHER, TALLY + "._encryption.quorum"),
        (83, "max_choices", {"max_choices": 2}, OTHER, TALLY + ".contests.contest-1"),
    ]
)  # fmt: skip
def test_create_partial_decryption(wire, world, encoding, change, expected):
    request = changed(world.partial(), change, world)
    refuse(wire, "/create_partial_decryption", request, encoding, *expected)


both = pytest.mark.parametrize("encoding", ["json", "msgpack"])


def check_own(world, answer):
    share = verify.artifact(answer["tally_share"])
    e = world.election
    verify.check_share(e.reference, e.open_tally(world.counted), share, "1", e.publics[0])


def plain_number(world, request):
    request["guardian_id"] = 1


def bare_keys(world, request):
    request["private_key"] = str(world.election.secrets[0])
    request["public_key"] = str(world.election.publics[0])


def texts(world, request):
    """As January sends it."""
    for name in (DATA, "private_key", "public_key", "polynomial"):
        request[name] = json.dumps(request[name])
    tally = {k: json.dumps(v) for k, v in request[TALLY].items() if k.startswith("_")}
    contests = {i: json.dumps(c) for i, c in request[TALLY]["contests"].items()}
    request[TALLY] = json.dumps({**request[TALLY], **tally, "contests": contests})
    request[SUBMITTED] = [json.dumps(b) for b in request[SUBMITTED]]


def base64s(world, request):
    for name in (DATA, "private_key", "public_key", "polynomial", TALLY):
        request[name] = verify.transport(request[name])
    request[SUBMITTED] = [verify.transport(b) for b in request[SUBMITTED]]


@both
@pytest.mark.parametrize(
    "row, change", [(73, plain_number), (75, bare_keys), (77, texts), (78, base64s)], ids=lambda v: f"row{v}"
)
def test_odd_but_good(wire, world, encoding, row, change):
    request = changed(world.partial(), change, world)
    check_own(world, serve(wire, "/create_partial_decryption", request, encoding))


# ---- compensation


def no_backups(world, request):
    for name in ("available_guardian_data", "missing_guardian_data"):
        request[name]["backups"] = {}


def itself(world, request):
    request["missing_guardian_id"] = "1"
    request["missing_guardian_data"] = request["available_guardian_data"]


def other_private_key(world, request):
    request["available_private_key"] = world.election.private_keys[1]


def other_pair(world, request):
    other_private_key(world, request)
    request["available_public_key"] = world.election.public_keys[1]


def damaged_backup(part):
    def apply(world, request):
        backups = request["available_guardian_data"]["backups"]
        backup = verify.artifact(backups["3"])
        text = backup["encrypted_coordinate"][part]
        # its end: a zero byte in front would not be read at all
        backup["encrypted_coordinate"][part] = text[:-1] + ("0" if text[-1] != "0" else "1")
        backups["3"] = verify.transport(backup)

    return apply


def other_commitments(world, request):
    """The missing guardian's record with another's commitments: the backup does not fit them."""
    data = request["missing_guardian_data"]
    record = verify.artifact(data["election_public_key"])
    other = world.election.record("2")
    data["election_public_key"] = {
        **record,
        "coefficient_commitments": [record["key"], other["coefficient_commitments"][1]],
        "coefficient_proofs": [record["coefficient_proofs"][0], other["coefficient_proofs"][1]],
    }


def no_record(world, request):
    del request["missing_guardian_data"]["election_public_key"]


FAILED = "Failed to decrypt backup for missing guardian 3"
NONE_FOUND = "No usable backup found: none of guardian 3 for guardian 1"
BACKUP = "available_guardian_data.backups.3"
RECORD = "missing_guardian_data.election_public_key"


@cases(
    [
        *(
            (84, f"no {n}", *rest)
            for n, *rest in required(
                "available_guardian_id", "missing_guardian_id", "available_guardian_data", "missing_guardian_data",
                "available_private_key", "available_public_key", TALLY, SUBMITTED, *SHARED_FIELDS,
            )
        ),
        (84, "no record", no_record, MISSING, RECORD),
        (84, "data null", {"missing_guardian_data": None}, TYPE, "missing_guardian_data"),
        (84, "data a word", {"missing_guardian_data": "word"}, ENCODING, "missing_guardian_data"),
        (86, "no backups", no_backups, MISSING, "missing_guardian_data", NONE_FOUND),
        (86, "damaged pad", damaged_backup("pad"), GROUP, BACKUP + ".encrypted_coordinate.pad"),
        (86, "damaged data", damaged_backup("data"), PROOF, BACKUP, FAILED),
        (86, "damaged mac", damaged_backup("mac"), PROOF, BACKUP, FAILED),
        (86, "other commitments", other_commitments, PROOF, "missing_guardian_data.backups",
         "the backup of missing guardian 3 does not fit its commitments"),
        (87, "missing is available", itself, "duplicate", "missing_guardian_id",
         "a guardian cannot compensate for itself"),
        (88, "private key of another", other_private_key, RANGE, "available_private_key"),
        (88, "both keys of another", other_pair, RANGE, "available_public_key"),
        (88, "commitment hash", {"commitment_hash": "7"}, OTHER, TALLY + "._encryption.commitment_hash"),
        (88, "pad 02", in_tally((*SELECTION, "ciphertext", "pad"), "02"), GROUP, PAD_PATH),
        *COUNTED,
    ]
)  # fmt: skip
def test_create_compensated_decryption(wire, world, encoding, change, expected):
    request = changed(world.compensated(), change, world)
    refuse(wire, "/create_compensated_decryption", request, encoding, *expected)


@both
def test_row85_data_straight_from_setup(wire, world, encoding):
    e = world.election
    answer = serve(wire, "/create_compensated_decryption", world.compensated(), encoding)
    share = verify.artifact(answer["compensated_tally_share"])
    recovery = verify.recovery_key(e.commitments("3"), 1)
    verify.check_compensated(e.reference, e.open_tally(world.counted), share, "1", e.publics[0], "3", recovery)


# ---- combination

OWN = ["available_guardian_public_keys", "available_tally_shares", "available_ballot_shares"]
PAIRS = ["compensating_guardian_ids", "compensated_tally_shares", "compensated_ballot_shares"]
IDS = "available_guardian_ids"
INSUFFICIENT = "Insufficient guardians available. Need {}, have {}"


def shorter(name):
    def apply(world, request):
        request[name].pop()

    return apply


def longer(name):
    def apply(world, request):
        request[name].append(copy.deepcopy(request[name][0]))

    return apply


def only_first(world, request):
    for name in (IDS, *OWN):
        request[name] = request[name][:1]


def nobody(world, request):
    for name in (IDS, *OWN):
        request[name] = []


def ids(*values):
    return {IDS: list(values)}


def without_pair(world, request):
    for name in ("missing_guardian_ids", *PAIRS):
        request[name].pop()


def without_pairs(world, request):
    for name in ("missing_guardian_ids", *PAIRS):
        request[name] = []


def share_of(field, index, value):
    def apply(world, request):
        request[field][index] = value

    return apply


def exchanged(field):
    def apply(world, request):
        request[field].reverse()

    return apply


def forged(field, index, name, value):
    """One number within a share."""

    def apply(world, request):
        share = verify.artifact(request[field][index])
        at(share, ("contests", "contest-1", "selections", "Ann", *name), value)
        request[field][index] = share

    return apply


def two_guardians(world, request):
    request[DATA].pop()


def same_guardian(world, request):
    request[DATA][1] = request[DATA][0]


def other_record(world, request):
    """A guardian's record with a key of its own making."""
    other = world.guardians[0]["guardian_data"]["election_public_key"]
    request[DATA][0]["election_public_key"] = other


def forged_proof(world, request):
    record = verify.artifact(request[DATA][2]["election_public_key"])
    record["coefficient_proofs"][1]["response"] = "05"
    request[DATA][2]["election_public_key"] = record


def inflated(world, request):
    """More votes than ballots: a number beyond those cast is not searched for."""
    at(request[TALLY], ("cast_ballot_ids",), [])


def missing_share(world, request):
    share = verify.artifact(request["available_tally_shares"][1])
    del share["contests"]["contest-1"]["selections"]["Bo"]
    request["available_tally_shares"][1] = share


PARTS = "compensated_tally_shares"
ANN = "{}[1].contests.contest-1.selections.Ann.proof"
FORGED = "guardian 2: the proof of the share does not hold"


@cases(
    [
        *((89, f"no {n}", *rest) for n, *rest in required(IDS, "missing_guardian_ids", *OWN, *PAIRS, DATA)),
        *((89, f"{n} too short", shorter(n), RANGE, n) for n in (*OWN, *PAIRS)),
        (89, "ids too short", shorter(IDS), RANGE, OWN[0]),
        (89, "missing ids too short", shorter("missing_guardian_ids"), RANGE, PAIRS[0]),
        (89, "null", {OWN[1]: None}, TYPE, OWN[1]),
        (89, "map", {OWN[1]: {"1": 1}}, TYPE, OWN[1]),
        *((90, f"{n} too long", longer(n), RANGE, n) for n in (*OWN, *PAIRS)),
        (91, "one of quorum two", only_first, "quorum", IDS, INSUFFICIENT.format(2, 1)),
        (91, "nobody", nobody, "quorum", IDS, INSUFFICIENT.format(2, 0)),
        (91, "one id twice", ids("1", "1"), "duplicate", IDS + "[1]"),
        (91, "unknown id", ids("1", "9"), RANGE, IDS + "[1]"),
        (91, "id null", ids("1", None), TYPE, IDS + "[1]"),
        (92, "quorum 1", {"quorum": 1}, OTHER, TALLY + "._encryption.quorum"),
        (92, "quorum 3", {"quorum": 3}, OTHER, TALLY + "._encryption.quorum"),
        (93, "a compensation left out", without_pair, MISSING, PARTS,
         "Missing compensated shares for guardian 3. Need 2, have 1: none from guardian 2"),
        (93, "all left out", without_pairs, MISSING, PARTS,
         "Missing compensated shares for guardian 3. Need 2, have 0: none from guardian 1"),
        (94, "share null", share_of(OWN[1], 1, None), TYPE, OWN[1] + "[1]"),
        (94, "share a number", share_of(OWN[1], 1, 5), TYPE, OWN[1] + "[1]"),
        (94, "share garbage", share_of(OWN[1], 1, "$$$"), ENCODING, OWN[1] + "[1]"),
        (94, "share empty", share_of(OWN[1], 1, {}), MISSING, OWN[1] + "[1].object_id"),
        (94, "compensated null", share_of(PARTS, 0, None), TYPE, PARTS + "[0]"),
        (94, "compensated garbage", share_of(PARTS, 0, "$$$"), ENCODING, PARTS + "[0]"),
        (94, "ballot shares null", share_of(OWN[2], 0, None), TYPE, OWN[2] + "[0]"),
        (94, "key null", share_of(OWN[0], 0, None), TYPE, OWN[0] + "[0]"),
        (94, "shares exchanged", exchanged(OWN[1]), OTHER, OWN[1] + "[0]"),
        (94, "parts exchanged", exchanged(PARTS), OTHER, PARTS + "[0]"),
        (94, "selection missing", missing_share, OTHER, OWN[1] + "[1].contests.contest-1"),
        (94, "forged response", forged(OWN[1], 1, ("proof", "response"), "05"), PROOF, ANN.format(OWN[1]), FORGED),
        (94, "forged share", forged(OWN[1], 1, ("share",), "01"), PROOF, ANN.format(OWN[1]), FORGED),
        (94, "forged share 02", forged(OWN[1], 1, ("share",), "02"), PROOF, ANN.format(OWN[1]), FORGED),
        (94, "forged part", forged(PARTS, 1, ("share",), "01"), PROOF, ANN.format(PARTS), FORGED),
        (94, "forged recovery key", forged(PARTS, 1, ("recovery_key",), "01"), PROOF,
         ANN.format(PARTS).replace("proof", "recovery_key")),
        (95, "none", {DATA: []}, RANGE, DATA),
        (95, "null", {DATA: None}, TYPE, DATA),
        (95, "two of three", two_guardians, RANGE, DATA),
        (95, "one twice", same_guardian, "duplicate", DATA + "[1].id"),
        (95, "key of another", other_record, OTHER, DATA, "the guardians' keys do not make up 'joint_public_key'"),
        (95, "forged proof", forged_proof, PROOF, DATA + "[2].election_public_key.coefficient_proofs[1]",
         "guardian 3: the Schnorr proof does not hold"),
        (96, "seven guardians", {GUARDIANS: 7}, OTHER, TALLY + "._encryption.number_of_guardians"),
        (0, "more votes than ballots", inflated, PROOF, TALLY + ".contests.contest-1.selections.Ann",
         "the shares do not decrypt the selection to a count that is possible"),
        *COUNTED,
    ]
)  # fmt: skip
def test_combine_decryption_shares(wire, world, encoding, change, expected):
    request = changed(world.combination(), change, world)
    refuse(wire, "/combine_decryption_shares", request, encoding, *expected)
