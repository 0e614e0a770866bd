"""Records of any number of ballots, for tests: encrypted by the service, everything else by the formulas of
tests/http/verify.py."""

import json
import random
import zipfile

import verify
from client import Client
from general import GeneralElection, recorded_ballots, recorded_manifest
from records import DATA
from verify import E, G, P, Q, mpz, powmod, to_hex

CHUNK = 500

DEVICE = {"device_id": 1, "session_id": 1, "launch_code": 1, "location": "polling-place"}
USAGE = "Prove knowledge of secret value"


def dump(folder, name, value):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def guardian_record(data):
    public = verify.artifact(verify.artifact(data)["election_public_key"])
    return {
        "guardian_id": public["owner_id"],
        "sequence_order": public["sequence_order"],
        "election_public_key": public["key"],
        "election_commitments": public["coefficient_commitments"],
        "election_proofs": public["coefficient_proofs"],
    }


class MadeRecord:
    """The record of an election of tests/http/general.py in a folder: all guardians are there, every ballot is cast but
    those in `spoiled`."""

    def __init__(self, folder, election, constants, spoiled=()):
        self.folder, self.election, self.spoiled = folder, election, set(spoiled)
        answer = election.answer
        self.guardians = [guardian_record(d) for d in answer["guardian_data"]]
        self.secrets = [int(verify.artifact(k)["private_key"]) for k in answer["private_keys"]]
        self.sums = {}  # (contest, selection): product of pads, of data, and the descriptions
        self.nonce = random.Random(1)
        dump(folder, "manifest.json", election.manifest)
        dump(folder, "constants.json", constants)
        dump(folder, "encryption_devices/device_1.json", DEVICE)
        for guardian in self.guardians:
            dump(folder, f"guardians/guardian_{guardian['guardian_id']}.json", guardian)

    def add(self, ballots):
        """Encrypted as one chunk."""
        entries = [{"ballot": b, "ballot_status": "CAST"} for b in ballots]
        for answered in self.election.post({"ballots": entries}).ok()["ballots"]:
            ballot = json.loads(answered["encrypted_ballot"])
            is_spoiled = ballot["object_id"] in self.spoiled
            ballot["state"] = 2 if is_spoiled else 1
            dump(self.folder, f"submitted_ballots/submitted_ballot_{ballot['object_id']}.json", ballot)
            self.manifest_hash = ballot["manifest_hash"]
            if is_spoiled:
                dump(self.folder, f"spoiled_ballots/spoiled_ballot_{ballot['object_id']}.json", self.opened_ballot(ballot))
            else:
                self._count(ballot)

    def _count(self, ballot):
        for contest in ballot["contests"]:
            for s in contest["ballot_selections"]:
                if not s["is_placeholder_selection"]:
                    pad, data = verify.ciphertext(s)
                    entry = self.sums.setdefault((contest["object_id"], s["object_id"]), [mpz(1), mpz(1), contest, s])
                    entry[0], entry[1] = entry[0] * pad % P, entry[1] * data % P

    # ---- decryption

    def extended_hash(self):
        return self.election.base_hash(self.manifest_hash)

    def _share(self, i, object_id, pad, data):
        share = powmod(pad, self.secrets[i], P)
        u = mpz(self.nonce.getrandbits(255))
        a, b = powmod(G, u, P), powmod(pad, u, P)
        challenge = verify.hash_elems(*(E(x) for x in (self.extended_hash(), pad, data, a, b, share)))
        response = (u + challenge * self.secrets[i]) % Q
        proof = {"pad": to_hex(a), "data": to_hex(b), "challenge": to_hex(challenge), "response": to_hex(response), "usage": USAGE}
        return {
            "object_id": object_id, "guardian_id": self.guardians[i]["guardian_id"], "share": to_hex(share),
            "proof": proof, "recovered_parts": None,
        }  # fmt: skip

    def opened(self, object_id, pad, data):
        shares = [self._share(i, object_id, pad, data) for i in range(len(self.guardians))]
        value = data * verify.gmpy2.invert(verify.product(mpz(s["share"], 16) for s in shares), P) % P
        count, power = 0, mpz(1)
        while power != value:
            count, power = count + 1, power * G % P
        message = {"pad": to_hex(pad), "data": to_hex(data)}
        return {"object_id": object_id, "tally": count, "value": to_hex(value), "message": message, "shares": shares}

    def opened_ballot(self, ballot):
        self.manifest_hash = ballot["manifest_hash"]
        contests = {}
        for contest in ballot["contests"]:
            plain = [s for s in contest["ballot_selections"] if not s["is_placeholder_selection"]]
            opened = {s["object_id"]: self.opened(s["object_id"], *verify.ciphertext(s)) for s in plain}
            contests[contest["object_id"]] = {"object_id": contest["object_id"], "selections": opened}
        return {"object_id": ballot["object_id"], "contests": contests}

    # ---- what the whole election has one of

    def finish(self):
        encrypted, tally = {}, {}
        for (contest_id, object_id), (pad, data, contest, s) in self.sums.items():
            head = {k: contest[k] for k in ("object_id", "sequence_order", "description_hash")}
            into = encrypted.setdefault(contest_id, {**head, "selections": {}})["selections"]
            into[object_id] = {
                **{k: s[k] for k in ("object_id", "sequence_order", "description_hash")},
                "ciphertext": {"pad": to_hex(pad), "data": to_hex(data)},
            }
            opened = tally.setdefault(contest_id, {"object_id": contest_id, "selections": {}})["selections"]
            opened[object_id] = self.opened(object_id, pad, data)
        dump(self.folder, "encrypted_tally.json", {"object_id": "tally", "contests": encrypted})
        dump(self.folder, "tally.json", {"object_id": "tally", "contests": tally})
        self._finish_context()

    def _finish_context(self):
        election = self.election
        n = len(self.guardians)
        base = verify.hash_elems(E(P), E(Q), E(G), n, election.quorum, E(mpz(self.manifest_hash, 16)))
        context = {
            "number_of_guardians": n, "quorum": election.quorum, "elgamal_public_key": to_hex(election.key),
            "commitment_hash": to_hex(mpz(election.answer["commitment_hash"])), "manifest_hash": self.manifest_hash,
            "crypto_base_hash": to_hex(base), "crypto_extended_base_hash": to_hex(self.extended_hash()),
            "extended_data": None, "configuration": {"allow_overvotes": True, "max_votes": 1000000},
        }  # fmt: skip
        dump(self.folder, "context.json", context)
        orders = [g["sequence_order"] for g in self.guardians]
        ids = [g["guardian_id"] for g in self.guardians]
        coefficients = {i: to_hex(verify.lagrange(o, [x for x in orders if x != o])) for i, o in zip(ids, orders)}
        dump(self.folder, "coefficients.json", {"coefficients": coefficients})


def made_record(folder, service, count, name="minimal", spoiled=()):
    """Of ballots b-0 and on, in the folder: a record of a recorded manifest and its ballots again and again."""
    election = GeneralElection(Client(service.url), recorded_manifest(name), guardians=3, quorum=2)
    constants = json.loads(zipfile.ZipFile(DATA / "minimal.zip").read("constants.json"))
    record = MadeRecord(folder, election, constants, spoiled)
    plain = recorded_ballots(name)
    ballots = [{**plain[i % len(plain)], "object_id": f"b-{i}"} for i in range(count)]
    for first in range(0, count, CHUNK):
        record.add(ballots[first : first + CHUNK])
    record.finish()
    return folder
