"""The key ceremony in rounds: five guardians, each for itself, as separate parties would; then one that cheats in its
proof of knowledge and one that cheats in a backup. Both must be named, and nobody else."""

import json

import pytest
import verify
from client import Client
from election import Election, plain_count, votes_of
from verify import mpz

GUARDIANS, QUORUM = 5, 3
IDS = ["alpha", "beta", "gamma", "delta", "epsilon"]
FORMS = {"json": {}, "msgpack": {}, "texts": {"texts": True}}


class Ceremony:
    """The rounds. Everything is handed on as it came; `opened` holds it decoded, by guardian id."""

    def __init__(self, client):
        self.client = client
        self.counts = {"number_of_guardians": GUARDIANS, "quorum": QUORUM}
        self.names = {"party_names": ["P", "Q", "R"], "candidate_names": ["Ann", "Bo", "Cy"]}
        self.credentials = {}
        self.shares = {}

    def order(self, guardian):
        return IDS.index(guardian) + 1

    def round_one(self):
        for guardian in IDS:
            request = {**self.counts, "guardian_id": guardian, "sequence_order": self.order(guardian)}
            self.credentials[guardian] = self.client.post("/generate_guardian_credentials", request).ok()

    def round_two(self):
        for sender in IDS:
            self.shares[sender] = self.client.post("/generate_guardian_backup_shares", self.shares_request(sender)).ok()

    def shares_request(self, sender):
        own = self.credentials[sender]
        return {
            **self.counts,
            "sender_guardian_id": sender,
            "sender_sequence_order": self.order(sender),
            "sender_private_key": own["private_key"],
            "sender_public_key": own["public_key"],
            "sender_polynomial": own["polynomial"],
            "recipients": [
                {"guardian_id": i, "sequence_order": self.order(i), "public_key": self.public_key(i)}
                for i in IDS
                if i != sender
            ],
        }

    def check_backup(self, sender, receiver, **changes):
        """Round three, one of its checks: the answer."""
        request = {
            **self.counts,
            "guardian_id": receiver,
            "sequence_order": self.order(receiver),
            "private_key": self.credentials[receiver]["private_key"],
            "backup": verify.artifact(self.shares[sender]["guardian_data"])["backups"][receiver],
            "sender_election_public_key": self.record(sender),
            **changes,
        }
        return self.client.post("/verify_guardian_backup", request).ok()

    def combine(self, records=None):
        request = {**self.names, **self.counts, "public_keys": [self.public_key(i) for i in IDS]}
        if records is not None:
            request["election_public_keys"] = records
        return self.client.post("/combine_guardian_public_keys", request)

    # ---- what the parties hold

    def record(self, guardian):
        return verify.artifact(self.credentials[guardian]["guardian_data"])["election_public_key"]

    def records(self):
        return [self.record(i) for i in IDS]

    def public_key(self, guardian):
        return verify.artifact(self.credentials[guardian]["public_key"])["public_key"]

    def secret(self, guardian):
        return int(verify.artifact(self.credentials[guardian]["private_key"])["private_key"])

    def commitments(self, guardian):
        return [verify.element(c) for c in verify.artifact(self.record(guardian))["coefficient_commitments"]]


@pytest.fixture(scope="module", params=FORMS)
def ceremony(request, service):
    client = Client(service.url, "msgpack" if request.param == "msgpack" else "json", **FORMS[request.param])
    ceremony = Ceremony(client)
    ceremony.round_one()
    ceremony.round_two()
    yield ceremony
    client.close()


# ---- everybody honest


def test_credentials_by_the_formulas(ceremony):
    for guardian, made in ceremony.credentials.items():
        assert list(made) == ["status", "private_key", "public_key", "polynomial", "guardian_data"]
        data = verify.artifact(made["guardian_data"])
        assert list(data) == ["id", "sequence_order", "election_public_key", "backups"]
        assert (data["id"], data["sequence_order"], data["backups"]) == (guardian, ceremony.order(guardian), {})
        record = verify.artifact(data["election_public_key"])
        verify.check_public_record(record, QUORUM)
        assert (record["owner_id"], record["sequence_order"]) == (guardian, ceremony.order(guardian))
        polynomial = verify.artifact(verify.artifact(made["polynomial"])["polynomial"])
        verify.check_polynomial(polynomial, ceremony.secret(guardian), QUORUM)
        assert verify.element(record["key"]) == mpz(ceremony.public_key(guardian))
    assert len({ceremony.public_key(i) for i in IDS}) == GUARDIANS


def test_backups_by_the_formulas(ceremony):
    for sender, made in ceremony.shares.items():
        assert list(made) == ["status", "guardian_data", "backup_count"] and made["backup_count"] == GUARDIANS - 1
        data = verify.artifact(made["guardian_data"])
        assert verify.artifact(data["election_public_key"]) == verify.artifact(ceremony.record(sender))
        assert list(data["backups"]) == [i for i in IDS if i != sender]
        for receiver, backup in data["backups"].items():
            opened = verify.artifact(backup)
            assert (opened["owner_id"], opened["designated_id"]) == (sender, receiver)
            assert opened["designated_sequence_order"] == ceremony.order(receiver)
            verify.open_backup(opened, ceremony.secret(receiver), ceremony.commitments(sender))


def test_every_backup_is_accepted_by_its_receiver(ceremony):
    for sender in IDS:
        for receiver in IDS:
            if receiver == sender:
                continue
            answer = ceremony.check_backup(sender, receiver)
            assert answer == {
                "status": "success",
                "verified": True,
                "message": f"The backup from guardian {sender} fits its commitments.",
                "owner_id": sender,
                "designated_id": receiver,
                "verifier_id": receiver,
            }


def test_the_joint_key_is_the_product(ceremony):
    plain, checked = ceremony.combine().ok(), ceremony.combine(ceremony.records()).ok()
    assert plain == checked
    assert list(plain) == [
        "status", "joint_public_key", "commitment_hash", "manifest", "number_of_guardians", "quorum",
    ]  # fmt: skip
    keys = [mpz(ceremony.public_key(i)) for i in IDS]
    assert mpz(plain["joint_public_key"]) == verify.product(keys)
    assert mpz(plain["commitment_hash"]) == verify.commitment_hash([[k] for k in keys])
    assert verify.artifact(plain["manifest"])["contests"][0]["votes_allowed"] == 1


def test_an_election_with_these_keys(ceremony):
    """Ballots, tally, two guardians missing, result: with what the rounds gave and nothing else."""
    joint = ceremony.combine(ceremony.records()).ok()
    election = Election(ceremony.client, GUARDIANS, QUORUM, ceremony.names["candidate_names"])
    election.parties = ceremony.names["party_names"]
    election.guardian_ids = IDS
    election.joint_public_key, election.commitment_hash = joint["joint_public_key"], joint["commitment_hash"]
    available, missing = ["alpha", "gamma", "epsilon"], ["beta", "delta"]
    choices = ["Ann", "Bo", "Ann", "Cy", "Ann"]
    ballots = [election.encrypt(f"b-{i}", choice) for i, choice in enumerate(choices)]
    tally = election.tally(ballots)
    sent, submitted = tally["ciphertext_tally"], tally["submitted_ballots"]
    own, other = {}, {}
    for guardian in available:
        request = request_of(ceremony, election, guardian, "", sent, submitted)
        own[guardian] = ceremony.client.post("/create_partial_decryption", {**request, "guardian_id": guardian}).ok()
        for absent in missing:
            request = {
                **request_of(ceremony, election, guardian, "available_", sent, submitted),
                "available_guardian_id": guardian,
                "missing_guardian_id": absent,
                "missing_guardian_data": ceremony.shares[absent]["guardian_data"],
            }
            other[absent, guardian] = ceremony.client.post("/create_compensated_decryption", request).ok()
    election.data = [ceremony.shares[i]["guardian_data"] for i in IDS]
    results = election.combine(sent, submitted, own, other)
    assert votes_of(results) == plain_count(election.candidates, choices)
    seen = [(g["id"], g["status"]) for g in results["verification"]["guardians"]]
    assert seen == [(i, "available") for i in available] + [(i, "missing (compensated)") for i in missing]


def request_of(ceremony, election, guardian, prefix, tally, submitted):
    own = ceremony.credentials[guardian]
    return {
        **election.fields(),
        f"{prefix}guardian_data": ceremony.shares[guardian]["guardian_data"],
        f"{prefix}private_key": own["private_key"],
        f"{prefix}public_key": own["public_key"],
        f"{prefix}polynomial": own["polynomial"],
        "ciphertext_tally": tally,
        "submitted_ballots": submitted,
    }


# ---- one cheats in its proof


def names_only(body, culprit):
    """The message names the culprit and no other guardian."""
    assert culprit in body["message"], body["message"]
    assert not [i for i in IDS if i != culprit and i in body["message"]], body["message"]


def forged(record, part):
    """A record whose second proof does not hold."""
    record = json.loads(json.dumps(verify.artifact(record)))
    proof = record["coefficient_proofs"][1]
    if part == "exchanged":
        record["coefficient_proofs"].reverse()
    elif part == "commitment of another":
        record["coefficient_commitments"][1] = record["coefficient_commitments"][2]
    else:
        proof[part] = verify.to_hex(verify.element(proof[part]) ^ 1)
    return record


@pytest.mark.parametrize(
    "part", ["response", "challenge", "commitment", "public_key", "exchanged", "commitment of another"]
)
@pytest.mark.parametrize("culprit", ["beta", "epsilon"])
def test_a_false_proof_names_its_guardian(ceremony, culprit, part):
    records = ceremony.records()
    i = IDS.index(culprit)
    records[i] = forged(records[i], part)
    body = ceremony.combine(records).refused(400, {"proof_invalid", "not_in_group"}, f"election_public_keys[{i}]")
    names_only(body, culprit)


def test_a_record_of_too_few_coefficients_names_its_guardian(ceremony):
    records = ceremony.records()
    short = json.loads(json.dumps(verify.artifact(records[2])))
    short["coefficient_commitments"].pop()
    short["coefficient_proofs"].pop()
    records[2] = short
    names_only(ceremony.combine(records).refused(400, "quorum", "election_public_keys[2]"), "gamma")


def test_each_record_is_of_another_guardian(ceremony):
    """Two records under one id or order would let one guardian speak for another."""
    for name, value in (("owner_id", "alpha"), ("sequence_order", 1)):
        records = ceremony.records()
        records[3] = {**verify.artifact(records[3]), name: value}
        ceremony.combine(records).refused(400, "duplicate", f"election_public_keys[3].{name}")
    records = ceremony.records()
    records[3] = {**verify.artifact(records[3]), "sequence_order": GUARDIANS + 1}
    ceremony.combine(records).refused(400, "out_of_range", "election_public_keys[3].sequence_order")


# ---- another cheats in a backup


def refused_backup(ceremony, sender, receiver, backup):
    answer = ceremony.check_backup(sender, receiver, backup=backup)
    assert answer["status"] == "success" and answer["verified"] is False
    assert (answer["owner_id"], answer["designated_id"], answer["verifier_id"]) == (sender, receiver, receiver)
    names_only(answer, sender)
    return answer["message"]


def test_a_false_backup_names_its_sender(ceremony):
    """The backup opens, its MAC is right, and its value is not the polynomial's."""
    sender, receiver = "delta", "alpha"
    made = verify.artifact(verify.artifact(ceremony.shares[sender]["guardian_data"])["backups"][receiver])
    value = verify.open_backup(made, ceremony.secret(receiver), ceremony.commitments(sender))
    key = mpz(ceremony.public_key(receiver))
    for false in (value + 1, value - 1, 0):
        backup = verify.backup_of_coordinate(sender, false, receiver, ceremony.order(receiver), key)
        message = refused_backup(ceremony, sender, receiver, backup)
        assert "does not fit the sender's commitments" in message
    true = verify.backup_of_coordinate(sender, value, receiver, ceremony.order(receiver), key)
    assert ceremony.check_backup(sender, receiver, backup=true)["verified"] is True


def test_a_damaged_backup_names_its_sender(ceremony):
    sender, receiver = "delta", "alpha"
    made = verify.artifact(verify.artifact(ceremony.shares[sender]["guardian_data"])["backups"][receiver])
    for name in ("data", "mac"):
        coordinate = dict(made["encrypted_coordinate"])
        # as long as it was: whether leading zero bytes are written is not what is wrong with it
        coordinate[name] = f"{int(coordinate[name], 16) ^ 1:X}".zfill(len(coordinate[name]))
        refused_backup(ceremony, sender, receiver, {**made, "encrypted_coordinate": coordinate})


def test_a_backup_for_another_cannot_be_opened(ceremony):
    """Sent to alpha with alpha's name on it, but encrypted to beta."""
    other = verify.artifact(verify.artifact(ceremony.shares["delta"]["guardian_data"])["backups"]["beta"])
    relabelled = {**other, "designated_id": "alpha", "designated_sequence_order": 1}
    refused_backup(ceremony, "delta", "alpha", relabelled)


def test_a_false_backup_is_found_when_it_is_used_as_well(ceremony):
    """Nobody looked in the rounds: the compensation finds it, and names the guardian whose backup it is."""
    joint = ceremony.combine().ok()
    election = Election(ceremony.client, GUARDIANS, QUORUM, ceremony.names["candidate_names"])
    election.parties = ceremony.names["party_names"]
    election.joint_public_key, election.commitment_hash = joint["joint_public_key"], joint["commitment_hash"]
    tally = election.tally([election.encrypt("b-1", "Ann")])
    false = verify.backup_of_coordinate("delta", 7, "alpha", 1, mpz(ceremony.public_key("alpha")))
    data = verify.artifact(ceremony.shares["delta"]["guardian_data"])
    data = {**data, "backups": {**data["backups"], "alpha": false}}
    request = {
        **request_of(
            ceremony, election, "alpha", "available_", tally["ciphertext_tally"], tally["submitted_ballots"]
        ),
        "available_guardian_id": "alpha",
        "missing_guardian_id": "delta",
        "missing_guardian_data": verify.json_text(data) if ceremony.client.texts else data,
    }  # fmt: skip
    body = ceremony.client.post("/create_compensated_decryption", request).refused(400, "proof_invalid")
    names_only(body, "delta")
