"""A ballot that was copied is not counted: whoever copies a vote would learn it from the difference.

No proof names the ballot it is in, so a copy under another id, with its hashes made anew, passes them all; so does one
whose selections stand in another order.
"""

import copy

import pytest
import verify
from client import Client
from election import Election

LIST = "encrypted_ballots"
PAD = "{}[{}].contests[0].ballot_selections[{}].ciphertext.pad"


@pytest.fixture(scope="module")
def made(json_client):
    """An election and 40 of its ballots; the last one chose nobody."""
    election = Election(json_client, candidates=["Ann", "Bo"], guardians=1, quorum=1)
    election.setup()
    votes = [(f"b-{i}", ["Ann", "Bo"][i % 2]) for i in range(39)] + [("b-39", [])]
    answers = election.encrypt_chunk(votes)
    return election, [verify.artifact(a["encrypted_ballot_with_nonce"]) for a in answers]


def renamed(ballot, ballot_id="copy"):
    ballot = copy.deepcopy(ballot)
    ballot["object_id"] = ballot_id
    return verify.rehash(ballot) or ballot


def parts(ballot, i):
    selection = ballot["contests"][0]["ballot_selections"][i]
    return {name: selection[name] for name in ("ciphertext", "proof", "nonce")}


def move(ballot, places):
    """The selections' ciphertexts and proofs in another order: all proofs hold, a null vote becomes a vote."""
    ballot = copy.deepcopy(ballot)
    old = [parts(ballot, i) for i in range(3)]
    for i, place in enumerate(places):
        ballot["contests"][0]["ballot_selections"][i].update(old[place])
    verify.rehash(ballot)
    return ballot


@pytest.fixture(params=["json", "msgpack"])
def tally(request, service, made):
    client = Client(service.url, request.param)

    def post(ballots, fields_last=False, **options):
        fields, sent = made[0].fields(), {LIST: ballots, **options}
        return client.post("/create_encrypted_tally", {**sent, **fields} if fields_last else {**fields, **sent})

    yield post
    client.close()


def test_the_copies_would_pass(made, tally):
    """Alone each of them is a good ballot: nothing but the pads tells."""
    _, ballots = made
    tally([renamed(ballots[0])], verify_ballots=True).ok()
    tally([move(ballots[39], [2, 1, 0])], verify_ballots=True).ok()


@pytest.mark.parametrize("fields_last", [False, True])
@pytest.mark.parametrize("verified", [False, True])
@pytest.mark.parametrize("of, at", [(0, 40), (39, 0), (17, 3), (20, 30)])
def test_a_copy_under_another_id(made, tally, of, at, verified, fields_last):
    """Wherever both stand; the later one is named, and the earlier one in the sentence."""
    _, ballots = made
    sent = ballots[:at] + [renamed(ballots[of])] + ballots[at:]
    first, second = sorted((at, of if of < at else of + 1))
    answer = tally(sent, fields_last, verify_ballots=verified)
    answer.refused(
        400, "duplicate", PAD.format(LIST, second, 0),
        f"'encrypted_ballots[{first}]' holds this pad too: one of the two is a copy",
    )  # fmt: skip


@pytest.mark.parametrize("places", [[1, 0, 2], [2, 0, 1], [0, 2, 1]])
def test_a_copy_in_another_order(made, tally, places):
    _, ballots = made
    moved = renamed(move(ballots[39], places))
    tally([*ballots, moved]).refused(400, "duplicate", PAD.format(LIST, 40, 0), "'encrypted_ballots[39]'")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_selection_alone(made, tally, place):
    """Also a placeholder's; that such a ballot has no proof of its sum does not matter."""
    _, ballots = made
    mixed = copy.deepcopy(ballots[1])
    mixed["contests"][0]["ballot_selections"][place].update(parts(ballots[0], place))
    verify.rehash(mixed)
    tally([ballots[0], ballots[2], mixed], verify_ballots=False).refused(
        400, "duplicate", PAD.format(LIST, 2, place), "'encrypted_ballots[0]' holds this pad too"
    )


def test_within_one_ballot(made, tally):
    _, ballots = made
    twice = copy.deepcopy(ballots[0])
    twice["contests"][0]["ballot_selections"][2].update(parts(ballots[0], 1))
    verify.rehash(twice)
    tally([twice], verify_ballots=False).refused(400, "duplicate", PAD.format(LIST, 0, 2), "holds this pad twice")


def test_the_first_of_several(made, tally):
    _, ballots = made
    sent = [ballots[5], ballots[6], renamed(ballots[6], "x"), renamed(ballots[5], "y"), renamed(ballots[6], "z")]
    tally(sent).refused(400, "duplicate", PAD.format(LIST, 2, 0), "'encrypted_ballots[1]'")


def test_ids_come_first(made, tally):
    """The same ballot twice is told by its id."""
    _, ballots = made
    tally([ballots[0], ballots[0]]).refused(400, "duplicate", LIST + "[1].object_id")


# ---- tallies


def combine(election, tallies, encoding_client):
    return encoding_client.post("/combine_encrypted_tallies", {**election.fields(), "ciphertext_tallies": tallies})


def test_a_copied_chunk(made, client):
    """A product says little of its ballots; equal products are equal ballots."""
    election, ballots = made
    one = election.tally(ballots[:5])["ciphertext_tally"]
    other = election.tally(ballots[5:9])["ciphertext_tally"]
    again = election.tally([renamed(b, f"copy-{i}") for i, b in enumerate(ballots[:5])])["ciphertext_tally"]
    combine(election, [one, other], client).ok()
    combine(election, [one, other, again], client).refused(
        400, "duplicate", "ciphertext_tallies[2]", "'ciphertext_tallies[0]' holds one of its pads too"
    )


def test_tallies_of_nobody(made, client):
    """Pads of 1, which say nothing, are no copies."""
    election, ballots = made
    empty = election.tally(ballots[:1])["ciphertext_tally"]
    for i, contest in enumerate([*empty["contests"].values()]):
        for selection in contest["selections"].values():
            selection["ciphertext"] = {"pad": "01", "data": "01"}
    empty["cast_ballot_ids"] = []
    combine(election, [empty, empty], client).ok()
