"""ElectionGuard's formulas in Python, written from docs/crypto.md alone.

It shares no code with the service, so that an answer which passes here is right for a reason of its own.
Nothing in this file is constant-time or fast. Section numbers in comments are those of docs/crypto.md.
"""

import base64
import hashlib
import hmac
import json

import gmpy2
import msgpack
from gmpy2 import mpz, powmod


class Invalid(AssertionError):
    """A formula does not hold."""


def need(condition, what):
    if not condition:
        raise Invalid(what)


# ---- 1 Numbers ------------------------------------------------------------------------------------------------

Q = mpz(2) ** 256 - 189


def _prime():
    """p from its definition: 256 ones, floor(2^3584 * gamma) + delta, 256 ones."""
    with gmpy2.local_context(gmpy2.get_context(), precision=3800):
        gamma = mpz(gmpy2.floor(gmpy2.const_euler() * mpz(2) ** 3584))
    delta = mpz("439294808804231274926900580397189504974648848968881487631310538630010859174858006409")
    ones = mpz(2) ** 256 - 1
    return ones * mpz(2) ** 3840 + (gamma + delta) * mpz(2) ** 256 + ones


P = _prime()
R = (P - 1) // Q
G = powmod(2, R, P)
need((P - 1) % Q == 0 and gmpy2.is_prime(P, 10) and powmod(G, Q, P) == 1, "constants")


class E(int):
    """An element, hashed and written as hexadecimal; a bare int is hashed in decimal."""


def product(factors):
    result = mpz(1)
    for factor in factors:
        result = result * factor % P
    return result


def is_residue(x):
    return 0 < x < P and powmod(x, Q, P) == 1


def is_q(x):
    return 0 <= x < Q


# ---- 2 Hex and JSON -------------------------------------------------------------------------------------------


def to_hex(x):
    text = "%X" % int(x)
    return text if len(text) % 2 == 0 else "0" + text


def hex_bytes(x):
    return bytes.fromhex(to_hex(x))


def element(text):
    """An element as it must be written: canonical, or Invalid."""
    need(isinstance(text, str) and text != "", f"element is {type(text).__name__}")
    value = mpz(text, 16)
    need(to_hex(value) == text, f"not canonical hexadecimal: {text[:20]}")
    return value


def json_text(value):
    return json.dumps(value)


def pack(value):
    return msgpack.packb(value)


def transport(value):
    return base64.b64encode(pack(value)).decode()


def artifact(value):
    """The map behind any of the forms of api-contract 2.4."""
    if not isinstance(value, str):
        return value
    if value.lstrip()[:1] in ("{", "["):
        return json.loads(value)
    return msgpack.unpackb(base64.b64decode(value, validate=True))


# ---- 3 hash_elems ---------------------------------------------------------------------------------------------


def _render(x):
    if isinstance(x, E):
        return to_hex(x)
    if x is None or x == []:
        return "null"
    if isinstance(x, str):
        return x
    if isinstance(x, (list, tuple)):
        return to_hex(hash_elems(*x))
    need(isinstance(x, int), f"cannot hash {type(x).__name__}")
    return str(x)


def hash_elems(*args):
    text = "|" + "".join(_render(x) + "|" for x in args)
    return E(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % int(Q))


# ---- 4 Nonces, 5 HMAC -----------------------------------------------------------------------------------------


def nonce_item(seed, headers, index):
    base = hash_elems(E(seed), *headers) if headers else E(seed)
    return hash_elems(base, index)


def hmac_part(key, message, length=0, start=0):
    if length:
        message = start.to_bytes(4, "little") + message + length.to_bytes(4, "little")
    return hmac.new(key, message, hashlib.sha256).digest()


# ---- 6, 7 ElGamal ---------------------------------------------------------------------------------------------


def encrypt(vote, nonce, key):
    return powmod(G, nonce, P), powmod(G, vote, P) * powmod(key, nonce, P) % P


def _hex_of_bytes(data):
    return to_hex(int.from_bytes(data, "big"))


def pad_message(message):
    fill = 510 - len(message)
    need(fill >= 0, "message of more than 510 bytes")
    return fill.to_bytes(2, "big") + message + bytes(fill)


def _hashed_parts(pad, shared, seed, length):
    session = hex_bytes(hash_elems(E(pad), E(shared)))
    bits = 8 * length
    seed_bytes = hex_bytes(seed)
    mac_key = hmac_part(session, seed_bytes, bits, 0)
    stream = b"".join(hmac_part(session, seed_bytes, bits, i + 1) for i in range(length // 32))
    return mac_key, stream


def hashed_encrypt(message, nonce, key, seed):
    pad, shared = powmod(G, nonce, P), powmod(key, nonce, P)
    mac_key, stream = _hashed_parts(pad, shared, seed, len(message))
    data = bytes(a ^ b for a, b in zip(message, stream))
    mac = hmac_part(mac_key, hex_bytes(pad) + data)
    return {"pad": to_hex(pad), "data": _hex_of_bytes(data), "mac": _hex_of_bytes(mac)}


def hashed_decrypt(ciphertext, secret, seed):
    return hashed_open(ciphertext, powmod(element(ciphertext["pad"]), secret, P), seed)


def hashed_open(ciphertext, shared, seed):
    pad = element(ciphertext["pad"])
    data = bytes.fromhex(ciphertext["data"]).rjust(512, b"\0")
    mac_key, stream = _hashed_parts(pad, shared, seed, len(data))
    need(_hex_of_bytes(hmac_part(mac_key, hex_bytes(pad) + data)) == ciphertext["mac"], "mac")
    padded = bytes(a ^ b for a, b in zip(data, stream))
    fill = int.from_bytes(padded[:2], "big")
    need(fill <= 510 and not any(padded[512 - fill :]), "padding")
    return padded[2 : 512 - fill]


# ---- 8 Proofs -------------------------------------------------------------------------------------------------

USAGE_SECRET = "Prove knowledge of secret value"
USAGE_BIT = "Prove selection's value (0 or 1)"
USAGE_LIMIT = "Prove value within selection's limit"


def check_schnorr(proof, key):
    need(list(proof) == ["public_key", "commitment", "challenge", "response", "usage"], "Schnorr fields")
    k, h, c, v = (element(proof[f]) for f in ("public_key", "commitment", "challenge", "response"))
    need(k == key and is_residue(k), "Schnorr key")
    need(h < P and is_q(v), "Schnorr ranges")
    need(c == hash_elems(E(k), E(h)), "Schnorr challenge")
    need(powmod(G, v, P) == h * powmod(k, c, P) % P, "Schnorr equation")
    need(proof["usage"] == USAGE_SECRET, "Schnorr usage")


def make_disjunctive(pad, data, vote, nonce, key, seed, base_hash):
    x0, x1, x2 = (nonce_item(seed, ["disjoint-chaum-pedersen-proof"], i) for i in range(3))
    if vote == 0:
        c1, v, u = x0, x1, x2
        a0, b0 = powmod(G, u, P), powmod(key, u, P)
        a1, b1 = powmod(G, v, P), powmod(key, v, P) * powmod(G, c1, P) % P
        c = hash_elems(E(base_hash), E(pad), E(data), E(a0), E(b0), E(a1), E(b1))
        c0 = (c - c1) % Q
        v0, v1 = (u + c0 * nonce) % Q, (v + c1 * nonce) % Q
    else:
        w, v, u = x0, x1, x2
        a0, b0 = powmod(G, v, P), powmod(key, v, P) * powmod(G, w, P) % P
        a1, b1 = powmod(G, u, P), powmod(key, u, P)
        c = hash_elems(E(base_hash), E(pad), E(data), E(a0), E(b0), E(a1), E(b1))
        c0, c1 = (Q - w) % Q, (c + w) % Q
        v0, v1 = (v + c0 * nonce) % Q, (u + c1 * nonce) % Q
    numbers = (a0, b0, a1, b1, c0, c1, c, v0, v1)
    return dict(zip(DISJUNCTIVE_FIELDS, [to_hex(x) for x in numbers] + [USAGE_BIT]))


DISJUNCTIVE_FIELDS = [
    "proof_zero_pad", "proof_zero_data", "proof_one_pad", "proof_one_data",
    "proof_zero_challenge", "proof_one_challenge", "challenge",
    "proof_zero_response", "proof_one_response", "usage",
]  # fmt: skip


def check_disjunctive(proof, pad, data, key, base_hash):
    need(list(proof) == DISJUNCTIVE_FIELDS, "disjunctive fields")
    a0, b0, a1, b1, c0, c1, c, v0, v1 = (element(proof[f]) for f in DISJUNCTIVE_FIELDS[:-1])
    need(all(is_residue(x) for x in (pad, data, a0, b0, a1, b1)), "disjunctive residues")
    need(all(is_q(x) for x in (c0, c1, v0, v1)), "disjunctive ranges")
    need(c == hash_elems(*(E(x) for x in (base_hash, pad, data, a0, b0, a1, b1))), "disjunctive challenge")
    need((c0 + c1) % Q == c, "disjunctive challenges' sum")
    need(powmod(G, v0, P) == a0 * powmod(pad, c0, P) % P, "disjunctive zero, pad")
    need(powmod(G, v1, P) == a1 * powmod(pad, c1, P) % P, "disjunctive one, pad")
    need(powmod(key, v0, P) == b0 * powmod(data, c0, P) % P, "disjunctive zero, data")
    need(powmod(G, c1, P) * powmod(key, v1, P) % P == b1 * powmod(data, c1, P) % P, "disjunctive one, data")
    need(proof["usage"] == USAGE_BIT, "disjunctive usage")


def make_constant(pad, data, constant, nonce, key, seed, base_hash):
    u = nonce_item(seed, ["constant-chaum-pedersen-proof"], 0)
    a, b = powmod(G, u, P), powmod(key, u, P)
    c = hash_elems(*(E(x) for x in (base_hash, pad, data, a, b)))
    v = (u + c * nonce) % Q
    return {
        "pad": to_hex(a), "data": to_hex(b), "challenge": to_hex(c), "response": to_hex(v),
        "constant": constant, "usage": USAGE_LIMIT,
    }  # fmt: skip


def check_constant(proof, pad, data, limit, key, base_hash):
    need(list(proof) == ["pad", "data", "challenge", "response", "constant", "usage"], "constant fields")
    a, b, c, v = (element(proof[f]) for f in ("pad", "data", "challenge", "response"))
    need(all(is_residue(x) for x in (pad, data, a, b)), "constant residues")
    need(is_q(c) and is_q(v) and proof["constant"] == limit, "constant ranges")
    need(c == hash_elems(*(E(x) for x in (base_hash, pad, data, a, b))), "constant challenge")
    need(powmod(G, v, P) == a * powmod(pad, c, P) % P, "constant pad")
    need(powmod(G, c * limit, P) * powmod(key, v, P) % P == b * powmod(data, c, P) % P, "constant data")
    need(proof["usage"] == USAGE_LIMIT, "constant usage")



def check_generic(proof, pad, data, key, share, base_hash):
    need(list(proof) == ["pad", "data", "challenge", "response", "usage"], "generic fields")
    a, b, c, v = (element(proof[f]) for f in ("pad", "data", "challenge", "response"))
    need(all(is_residue(x) for x in (pad, data, key, share, a, b)), "generic residues")
    need(is_q(c) and is_q(v), "generic ranges")
    need(c == hash_elems(*(E(x) for x in (base_hash, pad, data, a, b, share))), "generic challenge")
    need(powmod(G, v, P) == a * powmod(key, c, P) % P, "generic key")
    need(powmod(pad, v, P) == b * powmod(share, c, P) % P, "generic share")
    need(proof["usage"] == USAGE_SECRET, "generic usage")


# ---- 9, 10 Guardians ------------------------------------------------------------------------------------------


def check_public_record(record, quorum):
    """An ElectionPublicKey with all its proofs."""
    need(
        list(record)
        == ["owner_id", "sequence_order", "key", "coefficient_commitments", "coefficient_proofs"],
        "record's fields",
    )
    commitments = [element(c) for c in record["coefficient_commitments"]]
    need(len(commitments) == quorum == len(record["coefficient_proofs"]), "number of commitments")
    need(commitments[0] == element(record["key"]), "first commitment")
    for commitment, proof in zip(commitments, record["coefficient_proofs"]):
        check_schnorr(proof, commitment)
    return commitments


def check_polynomial(polynomial, secret, quorum):
    need(len(polynomial["coefficients"]) == quorum, "number of coefficients")
    for coefficient in polynomial["coefficients"]:
        need(list(coefficient) == ["value", "commitment", "proof"], "coefficient's fields")
        commitment = element(coefficient["commitment"])
        need(powmod(G, element(coefficient["value"]), P) == commitment, "coefficient's commitment")
        check_schnorr(coefficient["proof"], commitment)
    need(element(polynomial["coefficients"][0]["value"]) == secret, "first coefficient")


def coordinate(polynomial, order):
    values = [element(c["value"]) for c in polynomial["coefficients"]]
    return sum(v * mpz(order) ** i for i, v in enumerate(values)) % Q


def recovery_key(commitments, order):
    return product(powmod(c, mpz(order) ** j % Q, P) for j, c in enumerate(commitments))



def backup_of_coordinate(owner, value, receiver, receiver_order, receiver_key, nonce=12345):
    message = pad_message(json_text({"coordinate": to_hex(value)}).encode())
    seed = hash_elems(receiver, receiver_order)
    return {
        "owner_id": owner,
        "designated_id": receiver,
        "designated_sequence_order": receiver_order,
        "encrypted_coordinate": hashed_encrypt(message, nonce, receiver_key, seed),
    }


def open_backup(backup, secret, commitments):
    """The coordinate in it, after checking it against the owner's commitments."""
    need(
        list(backup)
        == ["owner_id", "designated_id", "designated_sequence_order", "encrypted_coordinate"],
        "backup's fields",
    )
    order = backup["designated_sequence_order"]
    seed = hash_elems(backup["designated_id"], order)
    text = hashed_decrypt(backup["encrypted_coordinate"], secret, seed).decode()
    value = element(json.loads(text)["coordinate"])
    need(text == json_text({"coordinate": to_hex(value)}), "coordinate's text")
    need(powmod(G, value, P) == recovery_key(commitments, order), "coordinate")
    return value


def commitment_hash(all_commitments):
    """Of the library and of /setup_guardians: over every commitment of every guardian."""
    return hash_elems([E(c) for commitments in all_commitments for c in commitments])


def lagrange(order, others):
    numerator, denominator = mpz(1), mpz(1)
    for other in others:
        numerator = numerator * other % Q
        denominator = denominator * (other - order) % Q
    return numerator * gmpy2.invert(denominator, Q) % Q


# ---- 11, 12, 13 Election --------------------------------------------------------------------------------------

DEVICE_HASH = hash_elems(1, 1, 1, "polling-place")
DATE = "2025-01-01T00:00:00"


class Election:
    """Manifest and context of one election of the service."""

    def __init__(self, fields):
        """fields: the election fields of a request (decimal numbers)."""
        self.names = list(fields["candidate_names"])
        self.parties = list(fields["party_names"])
        wanted = int(fields.get("max_choices", 1))
        self.limit = max(1, min(wanted, len(self.names)))
        self.guardians = int(fields["number_of_guardians"])
        self.quorum = int(fields["quorum"])
        self.key = mpz(fields["joint_public_key"])
        self.commitment_hash = mpz(fields["commitment_hash"])
        self._describe()
        self.base_hash = hash_elems(E(P), E(Q), E(G), self.guardians, self.quorum, self.manifest_hash)
        self.extended_hash = hash_elems(self.base_hash, E(self.commitment_hash))

    def _describe(self):
        count = len(self.names)
        self.selections = [(n, i, n, False) for i, n in enumerate(self.names)]
        self.placeholders = [
            (f"contest-1-{i}-placeholder", i, f"contest-1-{i}-candidate", True)
            for i in range(count, count + self.limit)
        ]
        self.description_hashes = {
            object_id: hash_elems(object_id, order, candidate)
            for object_id, order, candidate, _ in self.selections + self.placeholders
        }
        self.variation = "n_of_m" if self.limit > 1 else "one_of_m"
        self.contest_hash = hash_elems(
            "contest-1", 0, "county-1", self.variation, None, None, "County Executive",
            self.limit, self.limit, [self.description_hashes[n] for n in self.names],
        )  # fmt: skip
        unit = hash_elems("county-1", "County 1", "county", None)
        style = hash_elems("ballot-style-1", ["county-1"], None, None)
        parties = [
            hash_elems(f"party-{i}", name, name, None, None) for i, name in enumerate(self.parties, 1)
        ]
        date = DATE + "Z"
        self.manifest_hash = hash_elems(
            "election-1", "general", date, date, "Test Election", None, [unit], parties,
            [self.contest_hash], [style],
        )  # fmt: skip

    # the JSON shapes

    def _contest(self):
        def described(selections):
            return [
                {"object_id": i, "sequence_order": o, "candidate_id": c} for i, o, c, _ in selections
            ]

        contest = {
            "object_id": "contest-1",
            "sequence_order": 0,
            "electoral_district_id": "county-1",
            "vote_variation": self.variation,
            "number_elected": self.limit,
            "votes_allowed": self.limit,
            "name": "County Executive",
            "ballot_selections": described(self.selections),
            "ballot_title": None,
            "ballot_subtitle": None,
        }
        return contest, described(self.placeholders)

    UNITS = [{"object_id": "county-1", "name": "County 1", "type": "county", "contact_information": None}]
    STYLES = [
        {
            "object_id": "ballot-style-1",
            "geopolitical_unit_ids": ["county-1"],
            "party_ids": None,
            "image_uri": None,
        }
    ]

    def manifest(self):
        contest, _ = self._contest()
        return {
            "election_scope_id": "election-1",
            "spec_version": "1.0",
            "type": "general",
            "start_date": DATE,
            "end_date": DATE,
            "geopolitical_units": self.UNITS,
            "parties": [
                {
                    "object_id": f"party-{i}",
                    "name": name,
                    "abbreviation": name,
                    "color": None,
                    "logo_uri": None,
                }
                for i, name in enumerate(self.parties, 1)
            ],
            "candidates": [
                {
                    "object_id": f"candidate-{i}",
                    "name": name,
                    "party_id": f"party-{i}",
                    "image_uri": None,
                    "is_write_in": None,
                }
                for i, name in enumerate(self.names, 1)
            ],
            "contests": [contest],
            "ballot_styles": self.STYLES,
            "name": "Test Election",
            "contact_information": None,
        }

    def internal_manifest(self):
        contest, placeholders = self._contest()
        return {
            "geopolitical_units": self.UNITS,
            "contests": [{**contest, "placeholder_selections": placeholders}],
            "ballot_styles": self.STYLES,
            "manifest_hash": to_hex(self.manifest_hash),
        }

    def context(self):
        return {
            "number_of_guardians": self.guardians,
            "quorum": self.quorum,
            "elgamal_public_key": to_hex(self.key),
            "commitment_hash": to_hex(self.commitment_hash),
            "manifest_hash": to_hex(self.manifest_hash),
            "crypto_base_hash": to_hex(self.base_hash),
            "crypto_extended_base_hash": to_hex(self.extended_hash),
            "extended_data": None,
            "configuration": {"allow_overvotes": True, "max_votes": 1000000},
        }


# ---- 14 Ballot encryption -------------------------------------------------------------------------------------


def selection_hash(object_id, description_hash, pad, data):
    return hash_elems(object_id, E(description_hash), hash_elems(E(pad), E(data)))


def encrypt_ballot(election, ballot_id, votes, nonce, timestamp, code_seed=DEVICE_HASH, limit_proof=None):
    """The CiphertextBallot, nonces included, that follows from the ballot's nonce.

    votes: the names voted for. limit_proof: another constant than the limit, to forge with.
    """
    key, base_hash, limit = election.key, election.extended_hash, election.limit
    ballot_seed = hash_elems(election.manifest_hash, ballot_id, E(nonce))
    contest_nonce = nonce_item(election.contest_hash, [ballot_seed], 0)
    chosen = [name in votes for name in election.names]
    fill = [i < limit - sum(chosen) for i in range(limit)]
    selections, hashes, total = [], [], mpz(0)
    sum_pad, sum_data = mpz(1), mpz(1)
    for (object_id, order, _, placeholder), vote in zip(
        election.selections + election.placeholders, chosen + fill
    ):
        description = election.description_hashes[object_id]
        own = nonce_item(description, [contest_nonce], order)
        pad, data = encrypt(int(vote), own, key)
        total, sum_pad, sum_data = (total + own) % Q, sum_pad * pad % P, sum_data * data % P
        crypto_hash = selection_hash(object_id, description, pad, data)
        hashes.append(crypto_hash)
        seed = nonce_item(description, [contest_nonce], 0)
        selections.append(
            {
                "object_id": object_id,
                "sequence_order": order,
                "description_hash": to_hex(description),
                "ciphertext": {"pad": to_hex(pad), "data": to_hex(data)},
                "crypto_hash": to_hex(crypto_hash),
                "is_placeholder_selection": placeholder,
                "nonce": to_hex(own),
                "proof": make_disjunctive(pad, data, int(vote), own, key, seed, base_hash),
            }
        )
    error = "nullvote" if sum(chosen) < 1 else "undervote" if sum(chosen) < limit else None
    extended = hashed_encrypt(
        pad_message(json_text({"error": error, "error_data": None, "write_ins": None}).encode()),
        nonce_item(contest_nonce, ["constant-extended-data"], 0),
        key,
        base_hash,
    )
    contest_hash = hash_elems("contest-1", election.contest_hash, *hashes)
    constant_seed = nonce_item(election.contest_hash, [ballot_seed], 0)
    constant = limit if limit_proof is None else limit_proof
    crypto_hash = hash_elems(ballot_id, election.manifest_hash, contest_hash)
    return {
        "object_id": ballot_id,
        "style_id": "ballot-style-1",
        "manifest_hash": to_hex(election.manifest_hash),
        "code_seed": to_hex(code_seed),
        "contests": [
            {
                "object_id": "contest-1",
                "sequence_order": 0,
                "description_hash": to_hex(election.contest_hash),
                "ballot_selections": selections,
                "ciphertext_accumulation": {"pad": to_hex(sum_pad), "data": to_hex(sum_data)},
                "crypto_hash": to_hex(contest_hash),
                "nonce": to_hex(contest_nonce),
                "proof": make_constant(sum_pad, sum_data, constant, total, key, constant_seed, base_hash),
                "extended_data": extended,
            }
        ],
        "code": to_hex(hash_elems(E(code_seed), timestamp, crypto_hash)),
        "timestamp": timestamp,
        "crypto_hash": to_hex(crypto_hash),
        "nonce": to_hex(nonce),
    }


def published(ballot):
    """A copy without nonces, fields in the same order."""

    def without(selection):
        return {**selection, "nonce": None}

    contests = [
        {**c, "nonce": None, "ballot_selections": [without(s) for s in c["ballot_selections"]]}
        for c in ballot["contests"]
    ]
    return {**ballot, "contests": contests, "nonce": None}


def submitted(ballot, state=1):
    return {**published(ballot), "state": state}


def rehash(ballot):
    """Recomputes every hash of a ballot whose ciphertexts or ids were changed, in place."""
    contest_hashes = []
    for contest in ballot["contests"]:
        hashes = []
        for s in contest["ballot_selections"]:
            c = s["ciphertext"]
            own = selection_hash(
                s["object_id"], mpz(s["description_hash"], 16), mpz(c["pad"], 16), mpz(c["data"], 16)
            )
            s["crypto_hash"] = to_hex(own)
            hashes.append(own)
        own = hash_elems(contest["object_id"], E(mpz(contest["description_hash"], 16)), *hashes)
        contest["crypto_hash"] = to_hex(own)
        contest_hashes.append(own)
    own = hash_elems(ballot["object_id"], E(mpz(ballot["manifest_hash"], 16)), *contest_hashes)
    ballot["crypto_hash"] = to_hex(own)
    ballot["code"] = to_hex(hash_elems(E(mpz(ballot["code_seed"], 16)), ballot["timestamp"], own))
    return ballot


# ---- 15 Verification of a ballot ------------------------------------------------------------------------------


def check_ballot(election, ballot):
    """Everything that can be said of a ballot without its nonces."""
    need(ballot["style_id"] == "ballot-style-1", "style")
    need(ballot["manifest_hash"] == to_hex(election.manifest_hash), "manifest hash")
    need(len(ballot["contests"]) == 1, "number of contests")
    contest = ballot["contests"][0]
    need(contest["description_hash"] == to_hex(election.contest_hash), "contest's description")
    described = election.selections + election.placeholders
    need(len(contest["ballot_selections"]) == len(described), "number of selections")
    hashes, sum_pad, sum_data = [], mpz(1), mpz(1)
    for (object_id, order, _, placeholder), s in zip(described, contest["ballot_selections"]):
        need(s["object_id"] == object_id and s["sequence_order"] == order, "selection's place")
        need(s["is_placeholder_selection"] is placeholder, "placeholder")
        description = election.description_hashes[object_id]
        need(s["description_hash"] == to_hex(description), "selection's description")
        pad, data = element(s["ciphertext"]["pad"]), element(s["ciphertext"]["data"])
        own = selection_hash(object_id, description, pad, data)
        need(s["crypto_hash"] == to_hex(own), "selection's hash")
        hashes.append(own)
        sum_pad, sum_data = sum_pad * pad % P, sum_data * data % P
        check_disjunctive(s["proof"], pad, data, election.key, election.extended_hash)
    need(
        contest["ciphertext_accumulation"] == {"pad": to_hex(sum_pad), "data": to_hex(sum_data)},
        "accumulation",
    )
    check_constant(contest["proof"], sum_pad, sum_data, election.limit, election.key, election.extended_hash)
    own = hash_elems("contest-1", election.contest_hash, *hashes)
    need(contest["crypto_hash"] == to_hex(own), "contest's hash")
    own = hash_elems(ballot["object_id"], election.manifest_hash, own)
    need(ballot["crypto_hash"] == to_hex(own), "ballot's hash")
    need(
        ballot["code"] == to_hex(hash_elems(E(mpz(ballot["code_seed"], 16)), ballot["timestamp"], own)),
        "tracking code",
    )


# ---- 16 Tally and shares --------------------------------------------------------------------------------------


def ciphertext(selection):
    c = selection["ciphertext"]
    return element(c["pad"]), element(c["data"])


def tally_products(election, ballots):
    """name -> (pad, data) over the ballots."""
    sums = {name: (mpz(1), mpz(1)) for name in election.names}
    for ballot in ballots:
        for s in ballot["contests"][0]["ballot_selections"]:
            if s["object_id"] in sums:
                a, b = sums[s["object_id"]]
                pad, data = ciphertext(s)
                sums[s["object_id"]] = (a * pad % P, b * data % P)
    return sums


def check_tally(election, tally, ballots):
    """The service's tally of these cast ballots, in this order."""
    expected = {
        "_encryption": election.context(),
        "cast_ballot_ids": [b["object_id"] for b in ballots],
        "spoiled_ballot_ids": [],
        "contests": {
            "contest-1": {
                "object_id": "contest-1",
                "sequence_order": 0,
                "description_hash": to_hex(election.contest_hash),
                "selections": {
                    name: {
                        "object_id": name,
                        "sequence_order": election.names.index(name),
                        "description_hash": to_hex(election.description_hashes[name]),
                        "ciphertext": {"pad": to_hex(pad), "data": to_hex(data)},
                    }
                    for name, (pad, data) in tally_products(election, ballots).items()
                },
            }
        },
        "_internal_manifest": election.internal_manifest(),
        "_manifest": None,
    }
    need(json_text(tally) == json_text(expected), "tally differs")


def target_contests(target):
    """Of a tally or of a ballot: contest id -> (description hash, {name: (pad, data)})."""
    contests = target["contests"]
    if isinstance(contests, list):
        contests = {
            c["object_id"]: {**c, "selections": {s["object_id"]: s for s in c["ballot_selections"]}} for c in contests
        }
    return {
        i: (c["description_hash"], {name: ciphertext(s) for name, s in c["selections"].items()})
        for i, c in contests.items()
    }


def share_selections(target, share, fields):
    """(selection of the share, pad, data) of all that is decrypted; the share has exactly that, in its order."""
    wanted = target_contests(target)
    need(list(share["contests"]) == list(wanted), "share's contests")
    for contest_id, (description_hash, selections) in wanted.items():
        contest = share["contests"][contest_id]
        need(list(contest) == fields and contest["object_id"] == contest_id, "contest's fields")
        need(contest["description_hash"] == description_hash, "contest's description")
        need(list(contest["selections"]) == list(selections), "share's selections")
        for name, (pad, data) in selections.items():
            need(contest["selections"][name]["object_id"] == name, "selection's name")
            yield contest["selections"][name], pad, data


def check_share(election, target, share, guardian_id, key):
    """A guardian's own share of a tally or of a spoiled ballot."""
    need(list(share) == ["object_id", "guardian_id", "public_key", "contests"], "share's fields")
    need(share["object_id"] == target.get("object_id", ""), "share's object")
    need(share["guardian_id"] == guardian_id and share["public_key"] == to_hex(key), "share's guardian")
    fields = ["object_id", "guardian_id", "description_hash", "selections"]
    for s, pad, data in share_selections(target, share, fields):
        need(list(s) == ["object_id", "guardian_id", "share", "proof", "recovered_parts"], "fields")
        need(s["recovered_parts"] is None and s["guardian_id"] == guardian_id, "own share")
        check_generic(s["proof"], pad, data, key, element(s["share"]), election.extended_hash)


def check_compensated(election, target, share, available, available_key, missing, recovery):
    """An available guardian's share for a missing one; recovery: the key it must verify under."""
    need(
        list(share) == ["object_id", "guardian_id", "missing_guardian_id", "public_key", "contests"],
        "share's fields",
    )
    need(share["object_id"] == target.get("object_id", ""), "share's object")
    need((share["guardian_id"], share["missing_guardian_id"]) == (available, missing), "guardians")
    need(share["public_key"] == to_hex(available_key), "share's key")
    fields = ["object_id", "guardian_id", "missing_guardian_id", "description_hash", "selections"]
    for s, pad, data in share_selections(target, share, fields):
        need(
            list(s) == ["object_id", "guardian_id", "missing_guardian_id", "share", "recovery_key", "proof"],
            "fields",
        )
        need(element(s["recovery_key"]) == recovery, "recovery key")
        check_generic(s["proof"], pad, data, recovery, element(s["share"]), election.extended_hash)
