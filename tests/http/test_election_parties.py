"""Elections whose requests do not all list the same parties, or the same number of votes.

Platforms encrypt with one party for each candidate and count with the distinct ones; parties are in the manifest's
hash. What the ballots carry decides, as long as they agree and the candidates are the request's.
"""

import pytest
import verify
from client import Client
from election import Election, plain_count, votes_of

NAMES = ["Ann", "Bob", "Cho"]
VOTES = [("b-1", "Ann"), ("b-2", "Cho"), ("b-3", "Ann"), ("b-4", "Bob")]
SPOILED = [("s-1", "Bob")]


class Parties(Election):
    """Requests about ballots list some parties, all others the ones of `counting`; `votes` is the `max_choices` of
    these, or ... to leave it out."""

    def __init__(self, client, encrypting, counting, names=NAMES, votes=1):
        super().__init__(client, guardians=3, quorum=2, candidates=names)
        self.parties = self.encrypting = list(encrypting)
        self.counting, self.votes = list(counting), votes

    def count(self):
        self.parties = self.counting

    def fields(self):
        fields = super().fields()
        if self.parties is self.counting:
            fields.pop("max_choices", None)
            if self.votes is not ...:
                fields["max_choices"] = self.votes
        return fields


def whole(election, votes=VOTES, spoiled=SPOILED):
    """Its counts, guardian 2 missing, one ballot spoiled, all shares checked against the ballots' own manifest."""
    election.setup()
    cast = election.encrypt_chunk(votes)
    others = election.encrypt_chunk(spoiled)
    election.count()
    tally = election.tally(cast)
    submitted = tally["submitted_ballots"] + election.spoiled(others)
    assert election.open_tally(tally["ciphertext_tally"])["_encryption"]["manifest_hash"] == verify.to_hex(
        election.reference.manifest_hash
    )
    whole_tally = election.client.post(
        "/combine_encrypted_tallies", {**election.fields(), "ciphertext_tallies": [tally["ciphertext_tally"]]}
    ).ok()["ciphertext_tally"]
    assert whole_tally == tally["ciphertext_tally"]
    results = election.decrypt(whole_tally, submitted, ["1", "3"])
    guardians = results["verification"]["guardians"]
    assert [g["status"] for g in guardians] == ["available", "available", "missing (compensated)"]
    opened = results["results"]["spoiled_ballots"]
    assert [b["ballot_id"] for b in opened] == [ballot_id for ballot_id, _ in spoiled]
    assert [p["name"] for p in results["election"]["parties"]] == [p or "" for p in election.counting]
    return votes_of(results)


def expected(names=NAMES, votes=VOTES):
    return plain_count(names, [vote for _, vote in votes])


def test_two_candidates_of_one_party(client):
    """The ballots were made with P1, P1, P2; the rest of the election knows P1 and P2."""
    assert whole(Parties(client, ["P1", "P1", "P2"], ["P1", "P2"])) == expected()


def test_fewer_parties_than_candidates_throughout(client):
    names = ["Ann", "Bob", "Cho", "Dee", "Eve", "Fay"]
    parties = ["Red", "Green", "Blue", "Grey"]
    assert whole(Parties(client, parties, parties, names)) == expected(names)


def test_no_parties_throughout(client):
    assert whole(Parties(client, [], [None])) == expected()


@pytest.mark.parametrize("votes", [0, None, ..., "0"])
def test_a_number_of_votes_that_nobody_set(client, votes):
    """An integer that a backend leaves at its default of 0, one that it writes as null, one it does not write."""
    assert whole(Parties(client, ["P1", "P2", "P3"], ["P1", "P2", "P3"], votes=votes)) == expected()


def test_all_of_it_at_once(client):
    assert whole(Parties(client, ["P1", "P1", "P2"], ["P2", None], votes=0)) == expected()


def test_texts(texts_client):
    assert whole(Parties(texts_client, ["P1", "P1", "P2"], ["P1", "P2"], votes=...)) == expected()


def test_a_challenge_of_a_ballot_with_other_parties(client):
    election = Parties(client, ["P1", "P1", "P2"], ["P1", "P2"], votes=None)
    election.setup()
    ballot = election.encrypt("b", "Bob", "AUDITED")["encrypted_ballot_with_nonce"]
    election.count()
    request = {**election.fields(), "encrypted_ballot_with_nonce": ballot, "candidate_names_to_verify": ["Bob"]}
    answer = client.post("/benaloh_challenge", request).ok()
    assert answer["match"] is True and answer["verified_candidates"] == ["Bob"]


# ---- what must not pass --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(json_client):
    """An election, and ballots of it under two lists of parties."""
    election = Parties(json_client, ["P1", "P1", "P2"], ["P1", "P2"])
    election.setup()
    ballots = [b["encrypted_ballot_with_nonce"] for b in election.encrypt_chunk(VOTES)]
    election.parties = ["Q"]
    others = [b["encrypted_ballot_with_nonce"] for b in election.encrypt_chunk([("o-1", "Ann"), ("o-2", "Bob")])]
    election.count()
    return election, ballots, others


def tally_request(election, ballots, fields_last=False, **changes):
    fields = {**election.fields(), **changes}
    sent = {"encrypted_ballots": ballots}
    return {**sent, **fields} if fields_last else {**fields, **sent}


@pytest.mark.parametrize("fields_last", [False, True])
@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_ballots_that_disagree(service, made, encoding, fields_last):
    election, ballots, others = made
    client = Client(service.url, encoding)
    for mixed, index in ((ballots + others[:1], 4), (others[:1] + ballots, 1), (ballots[:1] + others, 1)):
        answer = client.post("/create_encrypted_tally", tally_request(election, mixed, fields_last))
        answer.refused(
            400, "wrong_election", f"encrypted_ballots[{index}].manifest_hash",
            "'manifest_hash' is not that of 'encrypted_ballots[0]'",
        )  # fmt: skip
    client.close()


@pytest.mark.parametrize("fields_last", [False, True])
@pytest.mark.parametrize(
    "names, place",
    [
        (["Ann", "Bob", "Dee"], 2),
        (["Ann", "Bob"], 2),
        (["Ann", "Cho", "Bob"], 1),
        (["Ann", "Bob", "Cho", "Dee"], 3),
    ],
)
def test_other_candidates(made, names, place, fields_last):
    election, ballots, _ = made
    request = tally_request(election, ballots, fields_last, candidate_names=names)
    answer = election.client.post("/create_encrypted_tally", request)
    field = f"encrypted_ballots[0].contests[0].ballot_selections[{place}]"
    answer.refused(400, "wrong_election", field, "'object_id' differs")
    tally = election.tally(ballots)["ciphertext_tally"]
    request = {**election.partial_request("1", tally, []), "candidate_names": names}
    election.client.post("/create_partial_decryption", request).refused(
        400, "wrong_election", "ciphertext_tally.contests.contest-1"
    )


def test_another_number_of_votes(made):
    election, ballots, _ = made
    request = tally_request(election, ballots, max_choices=2)
    answer = election.client.post("/create_encrypted_tally", request)
    answer.refused(400, "wrong_election", "encrypted_ballots[0].contests[0]", "number of votes differ")


def test_a_selection_renamed_by_hand(made):
    """With every hash made anew: the request's names still say what each selection is."""
    election, ballots, _ = made
    ballot = verify.artifact(ballots[0])
    contest = ballot["contests"][0]
    contest["ballot_selections"][0]["object_id"] = "Dee"
    verify.rehash(ballot)
    answer = election.client.post("/create_encrypted_tally", tally_request(election, [ballot]))
    answer.refused(400, "wrong_election", "encrypted_ballots[0].contests[0].ballot_selections[0]", "'object_id' differs")


@pytest.mark.parametrize("name, value", [("number_of_guardians", 4), ("quorum", 1), ("commitment_hash", "5")])
def test_what_is_no_decoration(made, name, value):
    election, ballots, _ = made
    request = tally_request(election, ballots, **{name: value})
    election.client.post("/create_encrypted_tally", request).refused(400, "wrong_election", "encrypted_ballots[0]")


def test_another_key(made, json_client):
    election, ballots, _ = made
    other = Election(json_client)
    other.setup()
    request = tally_request(election, ballots, joint_public_key=other.joint_public_key)
    election.client.post("/create_encrypted_tally", request).refused(400, "wrong_election", "encrypted_ballots[0]")


def test_a_hash_that_no_proof_was_made_for(made):
    """The hash decides about proofs: one that is made up fits none."""
    election, ballots, _ = made
    ballot = verify.artifact(ballots[0])
    ballot["manifest_hash"] = "11" * 32
    verify.rehash(ballot)
    answer = election.client.post("/create_encrypted_tally", tally_request(election, [ballot]))
    answer.refused(400, "wrong_election", "encrypted_ballots[0]", "no proof of this ballot holds")


def test_tallies_that_disagree(made):
    election, ballots, others = made
    tallies = [election.tally(list(b))["ciphertext_tally"] for b in (ballots, others)]
    request = {**election.fields(), "ciphertext_tallies": tallies}
    answer = election.client.post("/combine_encrypted_tallies", request)
    answer.refused(400, "wrong_election", "ciphertext_tallies[1]._encryption.manifest_hash", "'manifest_hash' differs")
    request = {**election.partial_request("1", None, []), "ciphertext_tallies": tallies}
    del request["ciphertext_tally"]
    answer = election.client.post("/create_partial_decryption", request)
    answer.refused(400, "wrong_election", "ciphertext_tallies[1]._encryption.manifest_hash", "'manifest_hash' differs")


def test_a_spoiled_ballot_that_disagrees_with_the_tally(made):
    election, ballots, others = made
    tally = election.tally(ballots)["ciphertext_tally"]
    spoiled = election.spoiled(others)
    answer = election.client.post("/create_partial_decryption", election.partial_request("1", tally, spoiled))
    answer.refused(
        400, "wrong_election", "submitted_ballots[0].manifest_hash", "'manifest_hash' is not that of 'ciphertext_tally'"
    )


def test_shares_made_under_another_hash(made):
    """A share's proofs are verified under the hash of the tally they are of."""
    election, ballots, others = made
    first, second = (election.tally(list(b))["ciphertext_tally"] for b in (ballots, others))
    own, compensated = election.shares(first, [], ["1", "2"])
    request = election.combine_request(second, [], own, compensated)
    answer = election.client.post("/combine_decryption_shares", request)
    answer.refused(400, "proof_invalid", "available_tally_shares[0]")


def test_strict_manifest(start_service, made):
    """The setting keeps the rule that every request names the ballots' own parties."""
    election, ballots, others = made
    service = start_service(args=["--strict-manifest", "--workers", "1"])
    client = Client(service.url)
    answer = client.post("/create_encrypted_tally", tally_request(election, ballots))
    answer.refused(
        400, "wrong_election", "encrypted_ballots[0].manifest_hash",
        "'manifest_hash' is not that of the request's parties, candidates and number of votes",
    )  # fmt: skip
    client.post("/create_encrypted_tally", tally_request(election, ballots, party_names=election.encrypting)).ok()
    tally = election.tally(ballots)["ciphertext_tally"]
    answer = client.post("/create_partial_decryption", election.partial_request("1", tally, []))
    answer.refused(400, "wrong_election", "ciphertext_tally._encryption.manifest_hash")
    client.close()
