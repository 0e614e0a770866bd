"""Whole elections: what was voted is what comes out, and every artifact on the way stands up to the
independent formulas of verify.py."""

import json

import pytest
import verify
from client import Client
from election import Election, plain_count, votes_of


def entries(candidates, count):
    """(id, vote) with an uneven distribution, every candidate but the last voted for."""
    return [(f"ballot-{i}", candidates[(i * i) % 3]) for i in range(count)]


def check_encryption(election, entry, answer):
    """One ballot against its own nonce: every number in it follows from that and the votes."""
    ballot_id, votes = entry
    votes = [votes] if isinstance(votes, str) else votes
    ballot = verify.artifact(answer["encrypted_ballot_with_nonce"])
    nonce = verify.element(ballot["nonce"])
    expected = verify.encrypt_ballot(election.reference, ballot_id, votes, nonce, ballot["timestamp"])
    assert verify.json_text(ballot) == verify.json_text(expected)
    assert answer["encrypted_ballot"] == verify.json_text(verify.published(expected))
    assert answer["ballot_hash"] == expected["crypto_hash"]


def check_results(election, results, cast, spoiled, available):
    """The results' map, field by field."""
    missing = [i for i in election.guardian_ids if i not in available]
    assert list(results) == ["election", "results", "verification"]
    about = results["election"]
    assert about["number_of_guardians"] == election.guardians and about["quorum"] == election.quorum
    assert [c["name"] for c in about["candidates"]] == election.candidates
    assert about["type"] == "ElectionType.general"
    counted = results["results"]
    assert counted["total_valid_ballots"] == len(cast)
    assert counted["total_spoiled_ballots"] == len(spoiled)
    assert counted["total_ballots_cast"] == len(cast) + len(spoiled)
    assert votes_of(results) == plain_count(election.candidates, [v for _, v in cast])
    assert list(counted["candidates"]) == election.candidates
    guardians = results["verification"]["guardians"]
    assert [g["id"] for g in guardians] == list(available) + missing
    assert [g["status"] for g in guardians] == ["available"] * len(available) + [
        "missing (compensated)"
    ] * len(missing)
    for guardian in guardians:
        key = election.publics[int(guardian["id"]) - 1]
        assert guardian["public_key"] == verify.to_hex(key)
        assert guardian["sequence_order"] == guardian["id"]


@pytest.mark.parametrize("form", ["json", "msgpack", "texts"])
def test_32_ballots_5_guardians_two_missing(service, form):
    client = Client(service.url, "msgpack" if form == "msgpack" else "json", texts=form == "texts")
    election = Election(client, guardians=5, quorum=3)
    election.setup()
    voted = entries(election.candidates, 32)
    singles = [election.encrypt(*entry) for entry in voted[:4]]
    ballots = singles + election.encrypt_chunk(voted[4:])
    for i in (0, 4, 31):
        check_encryption(election, voted[i], ballots[i])
        verify.check_ballot(election.reference, verify.artifact(ballots[i]["encrypted_ballot"].strip()))
    answer = election.tally(ballots)
    assert list(answer) == ["status", "ciphertext_tally", "submitted_ballots"]
    opened = [verify.artifact(b["encrypted_ballot_with_nonce"]) for b in ballots]
    verify.check_tally(election.reference, election.open_tally(answer["ciphertext_tally"]), opened)
    assert [verify.artifact(b) for b in answer["submitted_ballots"]] == [verify.submitted(b) for b in opened]
    results = election.decrypt(answer["ciphertext_tally"], answer["submitted_ballots"], ["1", "3", "5"])
    check_results(election, results, voted, [], ["1", "3", "5"])
    ballots_seen = results["verification"]["ballots"]
    assert [b["ballot_id"] for b in ballots_seen] == [i for i, _ in voted]
    for seen, ballot in zip(ballots_seen, opened):
        assert seen["initial_hash"] == seen["decrypted_hash"] == ballot["crypto_hash"]
        assert (seen["status"], seen["verification"]) == ("cast", "success")
    client.close()


def test_set_up_guardians(client):
    """The answer of /setup_guardians: keys, proofs, polynomials and backups belong together."""
    election = Election(client, guardians=3, quorum=2)
    answer = election.setup()
    assert list(answer) == [
        "status", "joint_public_key", "commitment_hash", "guardian_data", "private_keys", "public_keys",
        "polynomials", "number_of_guardians", "quorum",
    ]  # fmt: skip
    records = [data["election_public_key"] for data in election.opened]
    commitments = [verify.check_public_record(record, 2) for record in records]
    assert int(answer["joint_public_key"]) == verify.product(election.publics)
    assert int(answer["commitment_hash"]) == verify.commitment_hash(commitments)
    for i, data in enumerate(election.opened):
        assert list(data) == ["id", "sequence_order", "election_public_key", "backups"]
        assert (data["id"], data["sequence_order"]) == (str(i + 1), i + 1)
        assert records[i]["owner_id"] == data["id"] and records[i]["sequence_order"] == i + 1
        assert verify.powmod(verify.G, election.secrets[i], verify.P) == election.publics[i]
        assert commitments[i][0] == election.publics[i]
        polynomial = verify.artifact(election.polynomials[i]["polynomial"])
        verify.check_polynomial(polynomial, election.secrets[i], 2)
        assert list(data["backups"]) == [g for g in election.guardian_ids if g != data["id"]]
        for owner, backup in data["backups"].items():
            assert (backup["owner_id"], backup["designated_id"]) == (owner, data["id"])
            assert backup["designated_sequence_order"] == i + 1
            opened = verify.open_backup(backup, election.secrets[i], commitments[int(owner) - 1])
            other = verify.artifact(election.polynomials[int(owner) - 1]["polynomial"])
            assert opened == verify.coordinate(other, i + 1)


def test_set_up_in_texts(texts_client):
    """What January's clients read with a JSON parser must be texts, all the way down."""
    election = Election(texts_client, guardians=2, quorum=1)
    answer = election.setup()
    assert verify.artifact(answer["manifest"]) == election.reference.manifest()
    for name in ("guardian_data", "private_keys", "public_keys", "polynomials"):
        assert all(isinstance(entry, str) for entry in answer[name]), name
    data = verify.artifact(answer["guardian_data"][0])
    assert data["election_public_key"].startswith("{") and data["backups"]["2"].startswith("{")
    assert verify.artifact(answer["polynomials"][0])["polynomial"].startswith("{")


@pytest.mark.parametrize("form", ["json", "msgpack", "texts"])
@pytest.mark.parametrize("layout", ["as set up", "as the ceremony"])
def test_spoiled_ballots_are_opened(service, form, layout):
    """A ballot that the client marks as spoiled is decrypted on its own and counted nowhere."""
    client = Client(service.url, "msgpack" if form == "msgpack" else "json", texts=form == "texts")
    election = Election(client, guardians=3, quorum=2)
    election.setup()
    if layout == "as the ceremony":
        election.use_ceremony_layout()
    voted = entries(election.candidates, 3)
    spoiled_votes = [("spoiled-1", "Bo"), ("spoiled-2", "Dee")]
    ballots = election.encrypt_chunk(voted + spoiled_votes)
    cast = election.tally(ballots[:3])
    spoiled = election.spoiled(ballots[3:])
    submitted = cast["submitted_ballots"] + spoiled
    results = election.decrypt(cast["ciphertext_tally"], submitted, ["3", "1"])
    check_results(election, results, voted, spoiled_votes, ["3", "1"])
    opened = results["results"]["spoiled_ballots"]
    assert [b["ballot_id"] for b in opened] == ["spoiled-1", "spoiled-2"]
    for entry, (_, vote), ballot in zip(opened, spoiled_votes, map(verify.artifact, spoiled)):
        assert list(entry) == ["ballot_id", "initial_hash", "decrypted_hash", "status", "selections"]
        assert entry["initial_hash"] == ballot["crypto_hash"] and entry["status"] == "spoiled"
        assert len(entry["decrypted_hash"]) == 64 and entry["decrypted_hash"].islower()
        votes = {s["selection_id"]: s["vote"] for s in entry["selections"]}
        assert votes == {name: "1" if name == vote else "0" for name in election.candidates}
        assert {s["contest_id"] for s in entry["selections"]} == {"contest-1"}
    seen = {b["ballot_id"]: b for b in results["verification"]["ballots"]}
    assert seen["spoiled-1"]["status"] == "spoiled" and seen["ballot-0"]["status"] == "cast"
    client.close()


def test_a_tally_of_more_ballots_than_a_request_may_hold(client):
    """The chunks of a large election are tallied one by one; their product is decrypted like any other."""
    election = Election(client, guardians=2, quorum=2)
    election.setup()
    ballots = election.encrypt_chunk([("a", "Ann"), ("b", "Bo")])
    tallies = [election.tally([ballot])["ciphertext_tally"] for ballot in ballots]
    for i, tally in enumerate(tallies):  # 59,999 ballots each that chose nobody
        tally["cast_ballot_ids"] += [f"{i}-{k}" for k in range(59_999)]
    request = {**election.fields(), "ciphertext_tallies": tallies}
    whole = client.post("/combine_encrypted_tallies", request).ok()["ciphertext_tally"]
    assert len(whole["cast_ballot_ids"]) == 120_000
    results = election.decrypt(whole, [], ["1", "2"])
    assert results["results"]["total_valid_ballots"] == 120_000
    assert votes_of(results) == {"Ann": 1, "Bo": 1, "Cy": 0, "Dee": 0}


def test_chunk_tallies_are_decrypted_once(client):
    """Twenty chunks, each tallied alone; guardians, two of whom are missing, see the sum and no chunk's own result."""
    election = Election(client, guardians=5, quorum=3)
    election.setup()
    plain, tallies = dict.fromkeys(election.candidates, 0), []
    for chunk in range(20):
        votes = [election.candidates[(chunk * i + i) % len(election.candidates)] for i in range(3)]
        ballots = election.encrypt_chunk([(f"c{chunk}-{i}", vote) for i, vote in enumerate(votes)])
        tallies.append(election.tally(ballots, include_submitted_ballots=False)["ciphertext_tally"])
        for vote in votes:
            plain[vote] += 1
    request = {**election.fields(), "ciphertext_tallies": tallies}
    whole = client.post("/combine_encrypted_tallies", request).ok()["ciphertext_tally"]
    results = election.decrypt(whole, [], ["1", "3", "4"])
    assert votes_of(results) == plain and sum(plain.values()) == 60
    assert results["results"]["total_valid_ballots"] == 60
    states = {guardian["id"]: guardian["status"] for guardian in results["verification"]["guardians"]}
    assert [i for i, state in states.items() if state == "missing (compensated)"] == ["2", "5"]


@pytest.mark.parametrize("limit", [2, 4])
def test_n_of_m_and_undervotes(client, limit):
    """Ballots with every number of choices up to the limit, none included."""
    election = Election(client, guardians=2, quorum=2, max_choices=limit)
    election.setup()
    names = election.candidates
    voted = [(f"b{i}", names[i:][:limit]) for i in range(len(names))] + [("empty", [])]
    ballots = election.encrypt_chunk(voted)
    for entry, answer in zip(voted, ballots):
        check_encryption(election, entry, answer)
    tally = election.tally(ballots)
    results = election.decrypt(tally["ciphertext_tally"], tally["submitted_ballots"], ["1", "2"])
    check_results(election, results, voted, [], ["1", "2"])


def test_more_choices_than_candidates_counts_as_all(json_client):
    """`max_choices` 99 of 3 is 3, in the manifest and in what is allowed."""
    election = Election(json_client, guardians=1, quorum=1, candidates=["A", "B", "C"], max_choices=99)
    election.setup()
    answer = election.encrypt("all", ["A", "B", "C"])
    check_encryption(election, ("all", ["A", "B", "C"]), answer)
    assert election.reference.limit == 3


@pytest.mark.parametrize("available", [["1", "2", "3"], ["2", "3"], ["3", "1"]])
def test_any_quorum_decrypts(shared_election, available):
    voted = entries(shared_election.candidates, 2)
    tally = shared_election.tally(shared_election.encrypt_chunk(voted))
    results = shared_election.decrypt(tally["ciphertext_tally"], tally["submitted_ballots"], available)
    check_results(shared_election, results, voted, [], available)


def test_one_guardian(client):
    election = Election(client, guardians=1, quorum=1)
    election.setup()
    voted = entries(election.candidates, 1)
    tally = election.tally([election.encrypt(*voted[0])])
    results = election.decrypt(tally["ciphertext_tally"], tally["submitted_ballots"], ["1"])
    check_results(election, results, voted, [], ["1"])


def test_quorum_of_all_minus_four(json_client):
    """Many missing: one guardian of five is enough when the quorum is one."""
    election = Election(json_client, guardians=5, quorum=1)
    election.setup()
    voted = entries(election.candidates, 2)
    tally = election.tally(election.encrypt_chunk(voted))
    results = election.decrypt(tally["ciphertext_tally"], tally["submitted_ballots"], ["4"])
    check_results(election, results, voted, [], ["4"])


def test_percentages(shared_election):
    """Votes of cast, in per cent, to two decimals, as the shortest text."""
    names = shared_election.candidates
    voted = [(str(i), name) for i, name in enumerate([names[0]] * 2 + [names[1]])]
    tally = shared_election.tally(shared_election.encrypt_chunk(voted))
    results = shared_election.decrypt(tally["ciphertext_tally"], tally["submitted_ballots"], ["1", "2"])
    shown = [c["percentage"] for c in results["results"]["candidates"].values()]
    assert shown == ["66.67", "33.33", "0.0", "0.0"]


def test_without_submitted_ballots(shared_election):
    """`include_submitted_ballots` false; the totals then come from the tally."""
    voted = entries(shared_election.candidates, 3)
    answer = shared_election.tally(shared_election.encrypt_chunk(voted), include_submitted_ballots=False)
    assert answer["submitted_ballots"] == []
    results = shared_election.decrypt(answer["ciphertext_tally"], [], ["1", "2"])
    check_results(shared_election, results, voted, [], ["1", "2"])
    assert results["verification"]["ballots"] == []


@pytest.mark.parametrize("form", ["list", "text"])
def test_counts_are_those_of_guardian_data_when_left_out(client, form):
    election = Election(client, guardians=2, quorum=2)
    election.setup()
    tally = election.tally([election.encrypt("a", "Ann")], include_submitted_ballots=False)["ciphertext_tally"]
    own, other = election.shares(tally, [], ["1", "2"])
    request = election.combine_request(tally, [], own, other)
    del request["number_of_guardians"], request["quorum"]
    if form == "text":
        request["guardian_data"] = json.dumps(request["guardian_data"])
    answer = client.post("/combine_decryption_shares", request).ok()
    assert votes_of(verify.artifact(answer["results"])) == {"Ann": 1, "Bo": 0, "Cy": 0, "Dee": 0}


def test_decimal_fields_and_ids_in_every_accepted_form(shared_election):
    """Big decimals as strings or integers, counts as digits, ids as integers."""
    voted = entries(shared_election.candidates, 1)
    tally = shared_election.tally([shared_election.encrypt(*voted[0])])
    request = shared_election.partial_request("1", tally["ciphertext_tally"], tally["submitted_ballots"])
    request.update(
        guardian_id=1,
        joint_public_key=int(request["joint_public_key"]),
        commitment_hash=" " + request["commitment_hash"] + "\n",
        number_of_guardians="3",
        quorum=2.0,
        private_key=shared_election.secrets[0],
        public_key=str(shared_election.publics[0]),
    )
    del request["polynomial"], request["max_choices"]
    answer = shared_election.client.post("/create_partial_decryption", request).ok()
    share = verify.artifact(answer["tally_share"])
    opened = shared_election.open_tally(tally["ciphertext_tally"])
    verify.check_share(shared_election.reference, opened, share, "1", shared_election.publics[0])


@pytest.mark.parametrize("known", ["record", "polynomial", "nothing"])
def test_guardian_public_key_is_the_real_record(shared_election, known):
    """The July backend may send `guardian_data` of id and order alone."""
    voted = entries(shared_election.candidates, 1)
    tally = shared_election.tally([shared_election.encrypt(*voted[0])])
    request = shared_election.partial_request("2", tally["ciphertext_tally"], tally["submitted_ballots"])
    if known != "record":
        request["guardian_data"] = {"id": "2", "sequence_order": 2}
    if known == "nothing":
        del request["polynomial"]
    record = verify.artifact(
        shared_election.client.post("/create_partial_decryption", request).ok()["guardian_public_key"]
    )
    expected = shared_election.record("2")
    if known == "record":
        assert record == expected
    elif known == "polynomial":
        verify.check_public_record(record, 2)
        assert record["coefficient_commitments"] == expected["coefficient_commitments"]
    else:
        verify.check_public_record(record, 1)
        assert record["key"] == expected["key"]
    assert (record["owner_id"], record["sequence_order"]) == ("2", 2)


def test_shares_of_cast_ballots_are_ignored(client):
    """January's service makes a share of every ballot; a combination here takes them and looks at none but spoiled ones."""
    election = Election(client, guardians=2, quorum=2)
    election.setup()
    tally = election.tally([election.encrypt("cast", "Ann")])
    own, other = election.shares(tally["ciphertext_tally"], tally["submitted_ballots"], ["1", "2"])
    assert [verify.artifact(share["ballot_shares"]) for share in own.values()] == [{}, {}]
    request = election.combine_request(tally["ciphertext_tally"], tally["submitted_ballots"], own, other)
    request["available_ballot_shares"] = [{"cast": share["tally_share"]} for share in own.values()]
    answer = client.post("/combine_decryption_shares", request).ok()
    assert votes_of(verify.artifact(answer["results"])) == {"Ann": 1, "Bo": 0, "Cy": 0, "Dee": 0}
