"""Drives an election through the service as clients do, in any of the forms they speak."""

import json

import verify
from client import Client
from verify import mpz

CANDIDATES = ["Ann", "Bo", "Cy", "Dee"]


def parties_for(candidates):
    return [f"Party of {name}" for name in candidates]


class Election:
    """One election. Everything is kept as the service answered it, and sent back as it came.

    client.texts: the texts form, with January's field names; else objects.
    """

    def __init__(self, client, guardians=3, quorum=2, candidates=CANDIDATES, max_choices=1):
        self.client = client
        self.candidates = list(candidates)
        self.parties = parties_for(candidates)
        self.max_choices = max_choices
        self.guardians = guardians
        self.quorum = quorum
        self.guardian_ids = [str(i + 1) for i in range(guardians)]

    # ---- set-up

    def setup(self):
        answer = self.client.post(
            "/setup_guardians",
            {
                "number_of_guardians": self.guardians,
                "quorum": self.quorum,
                "party_names": self.parties,
                "candidate_names": self.candidates,
            },
        ).ok()
        self.take_setup(answer)
        return answer

    def take_setup(self, answer):
        self.answer = answer
        self.joint_public_key = answer["joint_public_key"]
        self.commitment_hash = answer["commitment_hash"]
        self.data = answer["guardian_data"]
        self.private_keys = answer["private_keys"]
        self.public_keys = answer["public_keys"]
        self.polynomials = answer["polynomials"]
        self.opened = [self._opened(d) for d in self.data]
        self.secrets = [int(verify.artifact(k)["private_key"]) for k in self.private_keys]
        self.publics = [mpz(verify.artifact(k)["public_key"]) for k in self.public_keys]
        self.reference = self.make_reference()

    def make_reference(self):
        """What the formulas in verify.py know of the election."""
        return verify.Election(self.fields())

    @staticmethod
    def _opened(data):
        data = dict(verify.artifact(data))
        data["election_public_key"] = verify.artifact(data["election_public_key"])
        data["backups"] = {i: verify.artifact(b) for i, b in data["backups"].items()}
        return data

    def record(self, guardian_id):
        return self.opened[int(guardian_id) - 1]["election_public_key"]

    def commitments(self, guardian_id):
        return [verify.element(c) for c in self.record(guardian_id)["coefficient_commitments"]]

    def use_ceremony_layout(self):
        """Rewrites `backups` from what each guardian received to what it made."""
        made = {i: {} for i in self.guardian_ids}
        texts = [verify.artifact(d) for d in self.data]
        for receiver in texts:
            for owner, backup in receiver["backups"].items():
                made[owner][receiver["id"]] = backup
        changed = [{**d, "backups": made[d["id"]]} for d in texts]
        self.data = [verify.json_text(d) for d in changed] if self.client.texts else changed
        self.opened = [self._opened(d) for d in self.data]

    # ---- requests

    def fields(self):
        fields = {
            "party_names": self.parties,
            "candidate_names": self.candidates,
            "joint_public_key": self.joint_public_key,
            "commitment_hash": self.commitment_hash,
            "number_of_guardians": self.guardians,
            "quorum": self.quorum,
        }
        if not self.client.texts:
            fields["max_choices"] = self.max_choices
        return fields

    def choice(self, votes):
        """The field that carries a ballot's votes."""
        if self.client.texts and isinstance(votes, str):
            return {"candidate_name": votes}
        return {"candidate_names_to_vote": votes}

    def ballot_request(self, ballot_id, votes, status=None):
        request = {**self.fields(), **self.choice(votes), "ballot_id": ballot_id}
        return {**request, "ballot_status": status} if status else request

    def chunk_request(self, count, prefix="b"):
        """A chunk of `count` ballots, PREFIX-0 and on, for each candidate in turn."""
        votes = [[self.candidates[i % len(self.candidates)]] for i in range(count)]
        ballots = [{"ballot_id": f"{prefix}-{i}", **self.choice(vote)} for i, vote in enumerate(votes)]
        return {**self.fields(), "ballots": ballots}

    def encrypt(self, ballot_id, votes, status=None):
        return self.client.post("/create_encrypted_ballot", self.ballot_request(ballot_id, votes, status)).ok()

    def encrypt_chunk(self, entries):
        """entries: (ballot id, votes) or (ballot id, votes, status)."""
        ballots = []
        for ballot_id, votes, *status in entries:
            entry = {"ballot_id": ballot_id, **self.choice(votes)}
            ballots.append({**entry, "ballot_status": status[0]} if status else entry)
        answer = self.client.post("/create_encrypted_ballot", {**self.fields(), "ballots": ballots}).ok()
        assert list(answer) == ["status", "count", "ballots"]
        assert answer["count"] == len(answer["ballots"]) == len(ballots)
        return answer["ballots"]

    def tally(self, ballots, **options):
        """ballots: answers of encrypt, or what `encrypted_ballots` may hold."""
        sent = [b["encrypted_ballot_with_nonce"] if "encrypted_ballot_with_nonce" in b else b for b in ballots]
        request = {**self.fields(), "encrypted_ballots": sent, **options}
        return self.client.post("/create_encrypted_tally", request).ok()

    def spoiled(self, ballots):
        """Ballots as submitted, marked as spoiled by the client."""
        return [self._with_state(b, 2) for b in self.tally(ballots)["submitted_ballots"]]

    def _with_state(self, ballot, state):
        changed = {**verify.artifact(ballot), "state": state}
        return verify.json_text(changed) if self.client.texts else changed

    def partial_request(self, guardian_id, tally, submitted):
        i = int(guardian_id) - 1
        return {
            **self.fields(),
            "guardian_id": guardian_id,
            "guardian_data": self.data[i],
            "private_key": self.private_keys[i],
            "public_key": self.public_keys[i],
            "polynomial": self.polynomials[i],
            "ciphertext_tally": tally,
            "submitted_ballots": submitted,
        }

    def partial(self, guardian_id, tally, submitted):
        request = self.partial_request(guardian_id, tally, submitted)
        return self.client.post("/create_partial_decryption", request).ok()

    def compensated_request(self, available, missing, tally, submitted):
        a, m = int(available) - 1, int(missing) - 1

        # January sends maps with texts inside here, objects clients maps as they are.
        def opened(value):
            return json.loads(value) if self.client.texts and isinstance(value, str) else value

        return {
            **self.fields(),
            "available_guardian_id": available,
            "missing_guardian_id": missing,
            "available_guardian_data": opened(self.data[a]),
            "missing_guardian_data": opened(self.data[m]),
            "available_private_key": opened(self.private_keys[a]),
            "available_public_key": opened(self.public_keys[a]),
            "available_polynomial": opened(self.polynomials[a]),
            "ciphertext_tally": opened(tally),
            "submitted_ballots": submitted,
        }

    def compensated(self, available, missing, tally, submitted):
        request = self.compensated_request(available, missing, tally, submitted)
        return self.client.post("/create_compensated_decryption", request).ok()

    def combine_request(self, tally, submitted, shares, compensated):
        """shares: {guardian id: answer}; compensated: {(missing, available): answer}."""
        return {
            **self.fields(),
            "ciphertext_tally": tally,
            "submitted_ballots": submitted,
            "guardian_data": self.data,
            "available_guardian_ids": list(shares),
            "available_guardian_public_keys": [s["guardian_public_key"] for s in shares.values()],
            "available_tally_shares": [s["tally_share"] for s in shares.values()],
            "available_ballot_shares": [s["ballot_shares"] for s in shares.values()],
            "missing_guardian_ids": [missing for missing, _ in compensated],
            "compensating_guardian_ids": [available for _, available in compensated],
            "compensated_tally_shares": [s["compensated_tally_share"] for s in compensated.values()],
            "compensated_ballot_shares": [s["compensated_ballot_shares"] for s in compensated.values()],
        }

    def combine(self, tally, submitted, shares, compensated):
        request = self.combine_request(tally, submitted, shares, compensated)
        answer = self.client.post("/combine_decryption_shares", request).ok()
        assert list(answer) == ["status", "results"]
        assert isinstance(answer["results"], str) is self.client.texts
        return verify.artifact(answer["results"])

    # ---- all of the decryption

    def shares(self, tally, submitted, available):
        missing = [i for i in self.guardian_ids if i not in available]
        own = {i: self.partial(i, tally, submitted) for i in available}
        other = {(m, a): self.compensated(a, m, tally, submitted) for m in missing for a in available}
        return own, other

    def decrypt(self, tally, submitted, available):
        own, other = self.shares(tally, submitted, available)
        self.check_shares(tally, submitted, own, other)
        return self.combine(tally, submitted, own, other)

    def check_shares(self, tally, submitted, own, other):
        """Every share of the tally and of each spoiled ballot, by the independent formulas."""
        opened = self.open_tally(tally)
        spoiled = [b for b in map(verify.artifact, submitted) if b["state"] == 2]
        for i, answer in own.items():
            assert list(answer) == ["status", "guardian_public_key", "tally_share", "ballot_shares"]
            key = self.publics[int(i) - 1]
            assert verify.artifact(answer["guardian_public_key"]) == self.record(i)
            verify.check_share(self.reference, opened, verify.artifact(answer["tally_share"]), i, key)
            ballots = verify.artifact(answer["ballot_shares"])
            assert list(ballots) == [b["object_id"] for b in spoiled]
            for ballot in spoiled:
                share = verify.artifact(ballots[ballot["object_id"]])
                verify.check_share(self.reference, ballot, share, i, key)
        for (missing, available), answer in other.items():
            assert list(answer) == ["status", "compensated_tally_share", "compensated_ballot_shares"]
            recovery = verify.recovery_key(self.commitments(missing), int(available))
            ballots = verify.artifact(answer["compensated_ballot_shares"])
            assert list(ballots) == [b["object_id"] for b in spoiled]
            for target, share in [(opened, answer["compensated_tally_share"])] + [
                (b, ballots[b["object_id"]]) for b in spoiled
            ]:
                verify.check_compensated(
                    self.reference, target, verify.artifact(share), available,
                    self.publics[int(available) - 1], missing, recovery,
                )  # fmt: skip

    @staticmethod
    def open_tally(tally):
        """A tally without the texts in it."""
        tally = dict(verify.artifact(tally))
        for name in ("_encryption", "_internal_manifest", "_manifest"):
            if isinstance(tally[name], str):
                tally[name] = json.loads(tally[name])
        tally["contests"] = {i: verify.artifact(c) for i, c in tally["contests"].items()}
        return tally


def votes_of(results):
    return {name: int(entry["votes"]) for name, entry in results["results"]["candidates"].items()}


def plain_count(candidates, choices):
    """choices: for each ballot one name or a list of names."""
    counts = dict.fromkeys(candidates, 0)
    for choice in choices:
        for name in [choice] if isinstance(choice, str) else choice:
            counts[name] += 1
    return counts


def election_at(service):
    """An election that this service has set up, by a client of its own."""
    election = Election(Client(service.url))
    election.setup()
    return election
