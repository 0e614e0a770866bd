"""Combination requests built by hand that cost their sender next to nothing.

A tally without votes has only ones in it, so that every share is 1 and every proof takes no power: commitments of 1,
and a response that is the challenge times the secret. The missing guardians' polynomials vanish at the orders of all
available guardians but the last, whose recovery keys so are 1 as well, and short. What the service has to compute is
what it computes for any election of that size.
"""

from gmpy2 import powmod

import verify
from verify import E, G, P, Q, hash_elems, mpz, to_hex

SECRET, ONE = verify.USAGE_SECRET, "01"


def commitment(value):
    return powmod(G, value, P)


def schnorr(secret, key):
    """With the nonce 0."""
    challenge = hash_elems(E(key), E(1))
    return {
        "public_key": to_hex(key), "commitment": ONE, "challenge": to_hex(challenge),
        "response": to_hex(challenge * secret % Q), "usage": SECRET,
    }  # fmt: skip


def vanishing(orders, leading, size):
    """Coefficients of a polynomial, `size` of them, that is 0 at the orders."""
    coefficients = [mpz(leading)]
    for order in orders:
        shifted = [mpz(0), *coefficients]
        coefficients = [(s - order * c) % Q for s, c in zip(shifted, [*coefficients, mpz(0)])]
    return coefficients + [mpz(0)] * (size - len(coefficients))


class Built:
    """All who are there are needed: the quorum. The last guardians are missing."""

    def __init__(self, guardians, missing, candidates):
        self.there = guardians - missing
        names = [f"C{i}" for i in range(candidates)]
        self.polynomials = [[mpz(1000 + i)] + [mpz(0)] * (self.there - 1) for i in range(self.there)]
        roots = list(range(1, self.there))
        self.polynomials += [vanishing(roots, 5 + i, self.there) for i in range(missing)]
        self.commitments = [[commitment(c) for c in p] for p in self.polynomials]
        self.fields = {
            "party_names": names, "candidate_names": names,
            "joint_public_key": str(verify.product(c[0] for c in self.commitments)),
            "commitment_hash": str(verify.commitment_hash(self.commitments)),
            "number_of_guardians": guardians, "quorum": self.there,
        }  # fmt: skip
        self.election = verify.Election(self.fields)
        ones = [E(1)] * 5  # pad, data, both commitments, the share
        self.challenge = hash_elems(E(self.election.extended_hash), *ones)

    def record(self, i):
        pairs = list(zip(self.polynomials[i], self.commitments[i]))
        return {
            "owner_id": str(i + 1), "sequence_order": i + 1, "key": to_hex(pairs[0][1]),
            "coefficient_commitments": [to_hex(key) for _, key in pairs],
            "coefficient_proofs": [schnorr(secret, key) for secret, key in pairs],
        }  # fmt: skip

    def contest(self, **fields):
        return {"object_id": "contest-1", "description_hash": to_hex(self.election.contest_hash), **fields}

    def tally(self):
        selections = {
            name: {
                "object_id": name, "sequence_order": order,
                "description_hash": to_hex(self.election.description_hashes[name]),
                "ciphertext": {"pad": ONE, "data": ONE},
            }
            for name, order, _, _ in self.election.selections
        }  # fmt: skip
        return {
            "_encryption": self.election.context(), "cast_ballot_ids": [], "spoiled_ballot_ids": [],
            "contests": {"contest-1": self.contest(sequence_order=0, selections=selections)},
            "_internal_manifest": self.election.internal_manifest(), "_manifest": self.election.manifest(),
        }  # fmt: skip

    def proof(self, secret):
        response = to_hex(self.challenge * secret % Q)
        return {"pad": ONE, "data": ONE, "challenge": to_hex(self.challenge), "response": response, "usage": SECRET}

    def share(self, who, secret, key, **of_selection):
        selection = {**who, "share": ONE, "proof": self.proof(secret), **of_selection}
        selections = {name: {"object_id": name, **selection} for name in self.fields["candidate_names"]}
        contest = self.contest(**who, selections=selections)
        return {"object_id": "", **who, "public_key": to_hex(key), "contests": {"contest-1": contest}}

    def own(self, i):
        who = {"guardian_id": str(i + 1)}
        return self.share(who, self.polynomials[i][0], self.commitments[i][0], recovered_parts=None)

    def part(self, missing, by):
        who = {"guardian_id": str(by + 1), "missing_guardian_id": str(missing + 1)}
        value = sum(c * mpz(by + 1) ** j for j, c in enumerate(self.polynomials[missing])) % Q
        return self.share(who, value, self.commitments[by][0], recovery_key=to_hex(commitment(value)))

    def request(self):
        records = [self.record(i) for i in range(len(self.polynomials))]
        there = range(self.there)
        pairs = [(m, a) for m in range(self.there, len(self.polynomials)) for a in there]
        return {
            **self.fields,
            "ciphertext_tally": self.tally(), "submitted_ballots": [],
            "guardian_data": [
                {"id": r["owner_id"], "sequence_order": r["sequence_order"], "election_public_key": r} for r in records
            ],
            "available_guardian_ids": [str(i + 1) for i in there],
            "available_guardian_public_keys": [records[i] for i in there],
            "available_tally_shares": [self.own(i) for i in there],
            "available_ballot_shares": [{} for _ in there],
            "missing_guardian_ids": [str(m + 1) for m, _ in pairs],
            "compensating_guardian_ids": [str(a + 1) for _, a in pairs],
            "compensated_tally_shares": [self.part(m, a) for m, a in pairs],
            "compensated_ballot_shares": [{} for _ in pairs],
        }  # fmt: skip
