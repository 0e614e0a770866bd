"""An election from a manifest through the service, by the steps of an election from names; recorded ones of
electionguard-python with what came out of them."""

import json
from types import SimpleNamespace

import verify
from election import Election
from general import load, recorded_ballots
from verify import mpz

MANIFEST_OF = {"small_missing": "small"}  # the same one


def recorded(name):
    """(manifest, ballots in clear, outcome) of a recorded election."""
    return load(MANIFEST_OF.get(name, name), "manifest"), recorded_ballots(name), load(name, "counts")


class ManifestElection(Election):
    """form: how the manifest is sent. by_formulas: every share is checked in Python too, which takes seconds."""

    def __init__(self, client, manifest, form="map", by_formulas=False, **counts):
        super().__init__(client, **counts)
        self.by_formulas = by_formulas
        forms = {"map": lambda m: m, "text": json.dumps, "base64": verify.transport}
        self.manifest = manifest
        self.sent = forms[form](manifest)

    def setup(self):
        counts = {"number_of_guardians": self.guardians, "quorum": self.quorum}
        self.take_setup(self.client.post("/setup_guardians", {**counts, "manifest": self.sent}).ok())

    def make_reference(self):
        return None

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
        if self.by_formulas:
            context = self.open_tally(tally)["_encryption"]
            self.reference = SimpleNamespace(extended_hash=mpz(context["crypto_extended_base_hash"], 16))
            super().check_shares(tally, submitted, own, other)

    def contest_ids(self, style_id):
        style = next(s for s in self.manifest["ballot_styles"] if s["object_id"] == style_id)
        units = style["geopolitical_unit_ids"]
        return [c["object_id"] for c in self.manifest["contests"] if c["electoral_district_id"] in units]


class RecordedElection:
    """A recorded election at the service, up to its tally, which is put together from two chunks."""

    def __init__(self, client, name, form="map", by_formulas=False):
        manifest, self.plain, self.outcome = recorded(name)
        self.election = ManifestElection(
            client, manifest, form, by_formulas,
            guardians=self.outcome["number_of_guardians"], quorum=self.outcome["quorum"],
        )  # fmt: skip
        self.election.setup()
        answers = self.election.encrypt_plain(self.plain)
        spoiled = [b["object_id"] in self.outcome["spoiled"] for b in self.plain]
        self.cast_plain = [b for b, away in zip(self.plain, spoiled) if not away]
        cast = [a for a, away in zip(answers, spoiled) if not away]
        # by style: the chunks have other contests than each other where the ballots allow it
        order = sorted(range(len(cast)), key=lambda i: self.cast_plain[i]["style_id"])
        chunks = [[cast[i] for i in order[: len(order) // 2]], [cast[i] for i in order[len(order) // 2 :]]]
        tallies = [self.election.tally(chunk) for chunk in chunks]
        self.chunks = [t["ciphertext_tally"] for t in tallies]
        self.cast = [b for t in tallies for b in t["submitted_ballots"]]
        self.spoiled = self.election.spoiled([a for a, away in zip(answers, spoiled) if away])
        whole = {**self.election.fields(), "ciphertext_tallies": self.chunks}
        self.tally = client.post("/combine_encrypted_tallies", whole).ok()["ciphertext_tally"]

    @property
    def submitted(self):
        return self.cast + self.spoiled

    @property
    def available(self):
        """The last ones, as few as may be."""
        return self.election.guardian_ids[-self.election.quorum :]

    def results(self):
        return self.election.decrypt(self.tally, self.submitted, self.available)

    def combination(self, submitted=None):
        """The request that leads to the results."""
        submitted = self.submitted if submitted is None else submitted
        own, other = self.election.shares(self.tally, submitted, self.available)
        return self.election.combine_request(self.tally, submitted, own, other)

    def combine(self, request):
        return self.election.client.post("/combine_decryption_shares", request)

    def ballots_with(self, contest_id):
        return sum(contest_id in self.election.contest_ids(b["style_id"]) for b in self.cast_plain)


def counts_of(contests):
    """{contest: {selection: votes}} of `contests` in results."""
    counts = {c["id"]: {s["id"]: int(s["votes"]) for s in c["selections"]} for c in contests}
    assert len(counts) == len(contests)
    assert [len(c["selections"]) for c in contests] == [len(selections) for selections in counts.values()]
    return counts
