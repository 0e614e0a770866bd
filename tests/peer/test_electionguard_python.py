"""electionguard-python 1.4 beside the service: what it says of manifests, ballots and records must be what we say."""

import copy
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "manifests"
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tests" / "http")]

import library  # noqa: E402 - before what it makes importable
from client import JSON, Client  # noqa: E402
from electionguard.ballot import CiphertextBallot, PlaintextBallot, SubmittedBallot  # noqa: E402
from electionguard.byte_padding import TruncationError  # noqa: E402
from electionguard.constants import ElectionConstants  # noqa: E402
from electionguard.decrypt_with_secrets import decrypt_selection_with_secret  # noqa: E402
from electionguard.election import CiphertextElectionContext, make_ciphertext_election_context  # noqa: E402
from electionguard.election_polynomial import LagrangeCoefficientsRecord  # noqa: E402
from electionguard.encrypt import ContestData, EncryptionDevice, encrypt_ballot  # noqa: E402
from electionguard.group import ElementModP, ElementModQ  # noqa: E402
from electionguard.guardian import GuardianRecord  # noqa: E402
from electionguard.manifest import InternalManifest, Manifest  # noqa: E402
from electionguard.serialize import from_file, from_raw  # noqa: E402
from electionguard.tally import CiphertextTally, PlaintextTally, PublishedCiphertextTally  # noqa: E402
from service import Service, program  # noqa: E402

MANIFESTS, BALLOTS = int(os.environ.get("PEER_MANIFESTS", 1500)), int(os.environ.get("PEER_BALLOTS", 150))


def load(name, what):
    return json.loads((DATA / f"{name}.{what}.json").read_text())


assert library.CHECKOUT, "ELECTIONGUARD_PYTHON names no checkout"


@pytest.fixture(scope="module")
def client():
    service = Service(args=("--workers", "1"))
    client = Client(service.url, headers={"Accept": JSON + "; artifacts=texts"})
    yield client
    client.close()
    assert service.stop() == 0


# ---- manifests


def ways_below(value, way=()):
    yield way
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in entries:
        yield from ways_below(inner, (*way, step))


def at(value, way):
    for step in way:
        value = value[step]
    return value


VARIATIONS = ["n_of_m", "one_of_m", "approval", "cumulative", "plurality", "rcv", "unknown", "other"]


def change(manifest, rng):
    """One thing of it is another: removed, doubled, renamed, out of range, of another entry."""
    ways = [way for way in ways_below(manifest) if way]
    way = rng.choice(ways)
    parent, step = at(manifest, way[:-1]), way[-1]
    value = parent[step]
    if isinstance(parent, list):
        rng.choice([lambda: parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(value)), lambda: parent.pop(step)])()
    elif step == "vote_variation":
        parent[step] = rng.choice(VARIATIONS)
    elif isinstance(value, int):
        parent[step] = rng.choice([0, 1, 2, 3, 5, value + 1, max(value - 1, 0)])
    elif isinstance(value, str):
        parent[step] = rng.choice([value + "x", rng.choice([t for t in (at(manifest, w) for w in ways) if isinstance(t, str)])])
    elif isinstance(value, (list, dict)):
        parent[step] = rng.choice([None, type(value)()])


def their_verdict(manifest):
    """(valid, hash), or None where the library cannot take it."""
    try:
        read = from_raw(Manifest, json.dumps(manifest))
        return read.is_valid(), read.crypto_hash().to_hex()
    except Exception:  # noqa: BLE001 - of whatever kind
        return None


def test_manifests_are_judged_alike(client):
    """Same verdict and same hash, of recorded manifests changed at random. Null for an optional list counts as absent with us."""
    rng = random.Random(20261126)
    good = bad = 0
    for i in range(MANIFESTS):
        manifest = copy.deepcopy(load(rng.choice(["minimal", "small", "full"]), "manifest"))
        for _ in range(rng.choice([1, 1, 2])):
            change(manifest, rng)
        theirs, ours = their_verdict(manifest), client.post("/validate_manifest", {"manifest": manifest})
        if theirs is None:
            continue
        valid, manifest_hash = theirs
        assert ours.status == 200 and ours.body["valid"] is valid, (i, ours.body)
        if valid:
            assert ours.body["manifest_hash"] == manifest_hash, i
        good, bad = good + valid, bad + (not valid)
    assert good > MANIFESTS / 4 and bad > MANIFESTS / 20


# ---- ballots


class World:
    """One guardian whose key is known, so that ballots can be opened."""

    def __init__(self, client, name):
        self.client, self.manifest = client, load(name, "manifest")
        made = client.post("/setup_guardians", {"manifest": self.manifest, "number_of_guardians": 1, "quorum": 1}).ok()
        self.fields = {"manifest": self.manifest, "number_of_guardians": 1, "quorum": 1,
                       **{n: made[n] for n in ("joint_public_key", "commitment_hash")}}  # fmt: skip
        self.secret = ElementModQ(int(json.loads(made["private_keys"][0])["private_key"]))
        self.key = ElementModP(int(made["joint_public_key"]))
        read = from_raw(Manifest, json.dumps(self.manifest))
        self.hash, self.internal = read.crypto_hash(), InternalManifest(read)
        self.context = make_ciphertext_election_context(
            1, 1, self.key, ElementModQ(int(made["commitment_hash"])), self.hash
        )
        self.base = self.context.crypto_extended_base_hash

    def theirs(self, plain):
        return encrypt_ballot(from_raw(PlaintextBallot, json.dumps(plain)), self.internal, self.context, ElementModQ(7))

    def ask(self, plain):
        return self.client.post("/create_encrypted_ballot", {**self.fields, "ballot": plain, "ballot_status": "AUDITED"})

    def opened(self, ballot):
        """{contest: (votes by selection, placeholders included, and the contest data)}"""
        found = {}
        for contest in ballot.contests:
            description = self.internal.contest_for(contest.object_id)
            known = {s.object_id: s for s in [*description.ballot_selections, *description.placeholder_selections]}
            votes = {
                s.object_id: decrypt_selection_with_secret(s, known[s.object_id], self.key, self.secret, self.base, True).vote
                for s in contest.ballot_selections
            }
            found[contest.object_id] = votes, ContestData.from_bytes(contest.extended_data.decrypt(self.secret, self.base))
        return found


def random_ballot(manifest, number, rng):
    """Contests left out, undervoted, overvoted and null, explicit zeros, write-ins."""
    style = rng.choice(manifest["ballot_styles"])
    contests = []
    for contest in manifest["contests"]:
        if contest["electoral_district_id"] not in style["geopolitical_unit_ids"] or rng.random() < 0.2:
            continue
        selections = contest["ballot_selections"]
        count = min(len(selections), rng.choice([0, 1, contest["number_elected"], contest["number_elected"] + 1, 99]))
        chosen = [
            {"object_id": s["object_id"], "vote": rng.choice([1, 1, 1, 0]), "write_in": rng.choice([None, None, "Zoë 雪", ""])}
            for s in rng.sample(selections, count)
        ]
        contests.append({"object_id": contest["object_id"], "ballot_selections": chosen})
    return {"object_id": f"b-{number}", "style_id": style["object_id"], "contests": contests}


@pytest.mark.parametrize("name, share", [("full", 1), ("small", 1), ("hamilton", 40)])
def test_ballots_hold_the_same(client, name, share):
    """What is encrypted of a ballot in clear, by the library and by us, opens to the same; the library accepts our proofs."""
    world, rng = World(client, name), random.Random(20261126)
    for number in range(max(3, BALLOTS // share)):
        plain = random_ballot(world.manifest, number, rng)
        answer = world.ask(plain)
        try:
            theirs = world.theirs(plain)
        except TruncationError:  # more write-ins than a contest has room for
            answer.refused(400, "out_of_range")
            continue
        ours = from_raw(CiphertextBallot, answer.ok()["encrypted_ballot_with_nonce"])
        if number < 10:
            assert ours.is_valid_encryption(world.hash, world.key, world.base)
        assert world.opened(ours) == world.opened(theirs), plain


# ---- records


class Record:
    """A record by the library's classes, which check every field's type."""

    def __init__(self, folder):
        def one(kind, name):
            return from_file(kind, folder / f"{name}.json")

        def all_of(kind, name):
            return [from_file(kind, path) for path in sorted((folder / name).glob("*.json"))]

        self.manifest = one(Manifest, "manifest")
        self.context = one(CiphertextElectionContext, "context")
        self.constants = one(ElectionConstants, "constants")
        self.coefficients = one(LagrangeCoefficientsRecord, "coefficients")
        self.encrypted, self.tally = one(PublishedCiphertextTally, "encrypted_tally"), one(PlaintextTally, "tally")
        self.devices = all_of(EncryptionDevice, "encryption_devices")
        self.guardians = all_of(GuardianRecord, "guardians")
        self.ballots, self.spoiled = all_of(SubmittedBallot, "submitted_ballots"), all_of(PlaintextTally, "spoiled_ballots")

    def shares(self):
        for tally in [self.tally, *self.spoiled]:
            for contest in tally.contests.values():
                for selection in contest.selections.values():
                    for share in selection.shares:
                        yield selection, share


def published(folder, election, plain, extra):
    service = Service(args=("--workers", "1"))
    ballots = folder / "ballots.json"
    ballots.write_text(json.dumps(plain))
    command = [program(), "election", "run", "--url", service.url, "--ballots", ballots, "--out", folder / "out", "--quiet",
               "--manifest", DATA / f"{election}.manifest.json", "--record", folder / "record.zip", *extra]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert service.stop() == 0
    unpacked = folder / "unpacked"
    with zipfile.ZipFile(folder / "record.zip") as packed:
        packed.extractall(unpacked)
    return unpacked


@pytest.mark.parametrize("election, missing", [("minimal", 0), ("small", 1), ("full", 2), ("hamilton", 1)])
def test_records_are_read_and_verified(tmp_path, election, missing):
    plain = load(election, "ballots")
    extra = ["--guardians", 5, "--quorum", 3, "--missing", missing, "--spoil", plain[1]["object_id"]]
    record = Record(published(tmp_path, election, plain, extra))
    base = record.context.crypto_extended_base_hash
    assert record.manifest.is_valid() and record.manifest.crypto_hash() == record.context.manifest_hash
    assert (len(record.ballots), len(record.spoiled), len(record.guardians)) == (len(plain), 1, 5)
    assert all(proof.is_valid() for g in record.guardians for proof in g.election_proofs)
    for ballot in record.ballots[:12]:
        assert ballot.is_valid_encryption(record.context.manifest_hash, record.context.elgamal_public_key, base)
    tally = CiphertextTally("again", InternalManifest(record.manifest), record.context)
    for ballot in record.ballots:
        assert tally.append(ballot, True)
    for name, contest in tally.contests.items():
        for selection_id, selection in contest.selections.items():
            assert selection.ciphertext == record.encrypted.contests[name].selections[selection_id].ciphertext
    keys = {g.guardian_id: g.election_public_key for g in record.guardians}
    checked = recovered = 0
    for selection, share in record.shares():
        if share.proof is not None:
            assert share.proof.is_valid(selection.message, keys[share.guardian_id], share.share, base)
            checked += 1
        for part in (share.recovered_parts or {}).values():
            assert part.proof.is_valid(selection.message, part.recovery_key, part.share, base)
            recovered += 1
    assert checked > 0 and (recovered > 0) == (missing > 0)
