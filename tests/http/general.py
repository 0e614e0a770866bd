"""Elections from a manifest: recorded ones of electionguard-python, their ballots, and opening what the service
encrypted by its nonces, by the formulas of verify.py."""

import copy
import json
from pathlib import Path

import verify
from verify import E, P, mpz

DATA = Path(__file__).resolve().parent.parent / "data" / "manifests"
RECORDED = ["minimal", "small", "full", "hamilton"]


def load(name, what):
    return json.loads((DATA / f"{name}.{what}.json").read_text())


def recorded_manifest(name):
    return load(name, "manifest")


def recorded_ballots(name):
    return load(name, "ballots")


class GeneralElection:
    """One election from a manifest. form: how the manifest is sent."""

    def __init__(self, client, manifest, guardians=2, quorum=2, form="map"):
        self.client = client
        self.manifest = manifest
        self.guardians = guardians
        self.quorum = quorum
        forms = {"map": lambda m: m, "text": json.dumps, "base64": verify.transport}
        self.sent = forms[form](manifest)
        counts = {"number_of_guardians": guardians, "quorum": quorum, "manifest": self.sent}
        self.answer = client.post("/setup_guardians", counts).ok()
        self.key = mpz(self.answer["joint_public_key"])

    def fields(self):
        return {
            "manifest": self.sent,
            "joint_public_key": self.answer["joint_public_key"],
            "commitment_hash": self.answer["commitment_hash"],
            "number_of_guardians": self.guardians,
            "quorum": self.quorum,
        }

    def post(self, body, path="/create_encrypted_ballot"):
        return self.client.post(path, {**self.fields(), **body})

    def encrypt(self, ballot, status="AUDITED"):
        return self.post({"ballot": ballot, "ballot_status": status}).ok()

    def contests_of(self, style_id):
        style = next(s for s in self.manifest["ballot_styles"] if s["object_id"] == style_id)
        return [
            c for c in self.manifest["contests"] if c["electoral_district_id"] in style["geopolitical_unit_ids"]
        ]

    def base_hash(self, manifest_hash):
        base = verify.hash_elems(
            E(P), E(verify.Q), E(verify.G), self.guardians, self.quorum, E(mpz(manifest_hash, 16))
        )
        return verify.hash_elems(base, E(mpz(self.answer["commitment_hash"])))

    def open(self, ballot):
        """{contest id: ({selection id: vote}, contest data)} of a ballot with nonces; checks every proof."""
        extended = self.base_hash(ballot["manifest_hash"])
        wanted = self.contests_of(ballot["style_id"])
        assert [c["object_id"] for c in ballot["contests"]] == [c["object_id"] for c in wanted]
        return {c["object_id"]: self._open_contest(c, d, extended) for c, d in zip(ballot["contests"], wanted)}

    def _open_contest(self, contest, description, extended):
        limit = description["number_elected"]
        selections = contest["ballot_selections"]
        described = [s["object_id"] for s in description["ballot_selections"]]
        assert [s["object_id"] for s in selections[: len(described)]] == described
        assert len(selections) == len(described) + limit
        votes, pads, datas = {}, [], []
        for s in selections:
            pad, data = verify.ciphertext(s)
            nonce = mpz(s["nonce"], 16)
            assert pad == verify.powmod(verify.G, nonce, P)
            plain = data * verify.gmpy2.invert(verify.powmod(self.key, nonce, P), P) % P
            votes[s["object_id"]] = {1: 0, verify.G: 1}[plain]
            verify.check_disjunctive(s["proof"], pad, data, self.key, extended)
            pads.append(pad)
            datas.append(data)
        verify.check_constant(
            contest["proof"], verify.product(pads), verify.product(datas), limit, self.key, extended
        )
        assert sum(votes.values()) == limit
        return {i: votes[i] for i in described}, self._contest_data(contest, extended)

    def _contest_data(self, contest, extended):
        xi = verify.nonce_item(mpz(contest["nonce"], 16), ["constant-extended-data"], 0)
        sealed = contest["extended_data"]
        assert verify.element(sealed["pad"]) == verify.powmod(verify.G, xi, P)
        return json.loads(verify.hashed_open(sealed, verify.powmod(self.key, xi, P), extended))


def expected(manifest, ballot):
    """What electionguard-python makes of a plain ballot: {contest id: (votes, contest data)}."""
    style = next(s for s in manifest["ballot_styles"] if s["object_id"] == ballot["style_id"])
    given = {c["object_id"]: c["ballot_selections"] for c in ballot["contests"]}
    result = {}
    for c in manifest["contests"]:
        if c["electoral_district_id"] not in style["geopolitical_unit_ids"]:
            continue
        plain = given.get(c["object_id"], [])
        chosen = [s["object_id"] for s in plain if s["vote"] > 0]
        write_ins = {s["object_id"]: s["write_in"] for s in plain if s.get("write_in") is not None}
        error = None
        if len(chosen) < c["number_elected"]:
            error = "undervote" if chosen else "nullvote"
        if len(chosen) > c["number_elected"]:
            error = "overvote"
        ids = [s["object_id"] for s in c["ballot_selections"]]
        votes = {i: int(i in chosen and error != "overvote") for i in ids}
        data = {
            "error": error,
            "error_data": chosen if error == "overvote" else None,
            "write_ins": write_ins or None,
        }
        result[c["object_id"]] = (votes, data)
    return result


def changed(ballot, change):
    """A deep copy after change(copy)."""
    ballot = copy.deepcopy(ballot)
    change(ballot)
    return ballot
