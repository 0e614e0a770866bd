"""A missing guardian is made up for by any quorum of the others: whole elections, in every form."""

import itertools

import pytest
import verify
from election import Election, votes_of

ANN, BO, CY, DEE = "Ann", "Bo", "Cy", "Dee"
CHOICES = [ANN, BO, ANN, CY]
AVAILABLE = ["1", "2", "4"]
MISSING = ["3", "5"]
PATH = "/combine_decryption_shares"


class Counted:
    """Five guardians of whom two suffice; two are missing, and everything that the others can send."""

    def __init__(self, client):
        self.election = Election(client, guardians=5, quorum=2)
        self.election.setup()
        ballots = [self.election.encrypt(f"b-{i}", choice) for i, choice in enumerate(CHOICES)]
        self.tally = self.election.tally(ballots)["ciphertext_tally"]
        audited = self.election.encrypt("audited", DEE, "AUDITED")
        self.spoiled = self.election.spoiled([audited["encrypted_ballot_with_nonce"]])
        self.own, self.other = self.election.shares(self.tally, self.spoiled, AVAILABLE)

    def request(self, pairs):
        return self.election.combine_request(
            self.tally, self.spoiled, self.own, {pair: self.other[pair] for pair in pairs}
        )

    def combine(self, pairs):
        answer = self.election.client.post(PATH, self.request(pairs)).ok()
        return verify.artifact(answer["results"])


@pytest.fixture(scope="module", params=["json_client", "msgpack_client", "texts_client"])
def counted(request):
    return Counted(request.getfixturevalue(request.param))


def pairs_of(sets):
    return [(missing, by) for missing, who in zip(MISSING, sets) for by in who]


ENOUGH = [who for size in (2, 3) for who in itertools.combinations(AVAILABLE, size)]


@pytest.mark.parametrize("sets", itertools.product(ENOUGH, ENOUGH), ids=str)
def test_any_quorum_compensates(counted, sets):
    results = counted.combine(pairs_of(sets))
    assert votes_of(results) == {ANN: 2, BO: 1, CY: 1, DEE: 0}
    (spoiled,) = results["results"]["spoiled_ballots"]
    assert {s["selection_id"]: s["vote"] for s in spoiled["selections"] if s["vote"] != "0"} == {DEE: "1"}
    statuses = {g["id"]: g["status"] for g in results["verification"]["guardians"]}
    assert [i for i, status in statuses.items() if status == "missing (compensated)"] == MISSING


@pytest.mark.parametrize("who", [(), ("1",), ("2",), ("4",)], ids=str)
def test_fewer_are_told_how_many_it_takes(counted, who):
    silent = next(i for i in AVAILABLE if i not in who)
    answer = counted.election.client.post(PATH, counted.request(pairs_of([("1", "2"), who])))
    assert answer.status == 400
    assert answer.body["code"] == "missing_field"
    assert answer.body["field"] == "compensated_tally_shares"
    text = f"Missing compensated shares for guardian 5. Need 2, have {len(who)}: none from guardian {silent}"
    assert answer.body["message"] == text


def test_a_share_beyond_the_quorum_is_verified_too(counted):
    """It would not be needed, but it is evidence against who sent it."""
    request = counted.request(pairs_of([AVAILABLE, AVAILABLE]))
    index = list(zip(request["missing_guardian_ids"], request["compensating_guardian_ids"])).index(("5", "4"))
    share = dict(verify.artifact(request["compensated_tally_shares"][index]))
    selections = share["contests"]["contest-1"]["selections"]
    selections[ANN]["share"] = selections[BO]["share"]
    request["compensated_tally_shares"][index] = (
        verify.json_text(share) if counted.election.client.texts else share
    )
    answer = counted.election.client.post(PATH, request)
    assert answer.status == 400
    assert answer.body["code"] == "proof_invalid"
    assert answer.body["message"].startswith("guardian 4: ")
