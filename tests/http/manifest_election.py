"""An election from a manifest through the service, by the steps of an election from names; recorded ones of
electionguard-python with what came out of them."""

import json

import verify
from election import Election
from general import load, recorded_ballots

MANIFEST_OF = {"small_missing": "small"}  # the same one


def recorded(name):
    """(manifest, ballots in clear, outcome) of a recorded election."""
    return load(MANIFEST_OF.get(name, name), "manifest"), recorded_ballots(name), load(name, "counts")


class ManifestElection(Election):
    """form: how the manifest is sent."""

    def __init__(self, client, manifest, form="map", **counts):
        super().__init__(client, **counts)
        forms = {"map": lambda m: m, "text": json.dumps, "base64": verify.transport}
        self.manifest = manifest
        self.sent = forms[form](manifest)

    def setup(self):
        counts = {"number_of_guardians": self.guardians, "quorum": self.quorum}
        answer = self.client.post("/setup_guardians", {**counts, "manifest": self.sent}).ok()
        for name in ("private_keys", "public_keys", "polynomials"):
            setattr(self, name, answer[name])
        self.data = answer["guardian_data"]
        self.joint_public_key, self.commitment_hash = answer["joint_public_key"], answer["commitment_hash"]

    def fields(self):
        return {
            "manifest": self.sent,
            "joint_public_key": self.joint_public_key,
            "commitment_hash": self.commitment_hash,
            "number_of_guardians": self.guardians,
            "quorum": self.quorum,
        }

    def encrypt_plain(self, ballots):
        """Answers of one chunk of PlaintextBallots."""
        return self.client.post("/create_encrypted_ballot", {**self.fields(), "ballots": ballots}).ok()["ballots"]

    def check_shares(self, tally, submitted, own, other):
        """The formulas in verify.py are about elections from names; combining verifies every proof."""

    def contest_ids(self, style_id):
        style = next(s for s in self.manifest["ballot_styles"] if s["object_id"] == style_id)
        units = style["geopolitical_unit_ids"]
        return [c["object_id"] for c in self.manifest["contests"] if c["electoral_district_id"] in units]


def counts_of(contests):
    """{contest: {selection: votes}} of `contests` in results."""
    counts = {c["id"]: {s["id"]: int(s["votes"]) for s in c["selections"]} for c in contests}
    assert len(counts) == len(contests)
    assert [len(c["selections"]) for c in contests] == [len(selections) for selections in counts.values()]
    return counts
