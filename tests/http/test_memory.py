"""Nothing secret stays in a worker's memory: ballots are encrypted and shares computed with numbers that the test
knows, then all memory of the worker is searched for them."""

import os
import socket

import pytest
import verify
from client import Client, encode
from election import Election
from service import wait_until
from verify import E, element, hash_elems, nonce_item

CANDIDATES = ["Quintessa", "Zephyrine", "Xanthippe"]
PIECE = 65536
LIMB = 8  # bytes: so small a piece of a number is looked for
TEXT = 24  # characters of a number as text


def memory_of(pid):
    """What it can read and write, one area behind the other, without long zeros."""
    pieces, empty = [], bytes(PIECE)
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            area, rights, *_ = line.split()
            begin, end = (int(x, 16) for x in area.split("-"))
            for at in range(begin, end, PIECE) if rights.startswith("rw") else ():
                try:
                    piece = os.pread(memory.fileno(), min(PIECE, end - at), at)
                except OSError:  # given back meanwhile
                    break
                if piece != empty[: len(piece)]:
                    pieces.append(piece)
    return b"".join(pieces)


def spellings(number, size=32):
    """Pieces of it in each form that a layer may hold."""
    for order in ("little", "big"):
        binary = int(number).to_bytes(size, order)
        yield from (binary[i : i + LIMB] for i in range(0, size, max(LIMB, size // 8)))
    for text in (str(number), verify.to_hex(number), verify.to_hex(number).lower()):
        yield text[-TEXT:].encode()


def found(service, secrets):
    """Names of those that a worker holds."""
    (pid,) = service.workers()
    memory = memory_of(pid)
    return sorted({name for name, pieces in secrets.items() if any(piece in memory for piece in pieces)})


def nothing_left(service, secrets):
    """The answer may arrive a moment before its request is freed."""
    left = []

    def none():
        left[:] = found(service, secrets)
        return not left

    try:
        wait_until(none)
    except AssertionError:
        raise AssertionError(f"still in memory: {left}") from None


def secrets_of_ballot(ballot, key):
    """What encrypted it, from the nonces that an audited ballot brings."""
    contest = ballot["contests"][0]
    nonce = element(contest["nonce"])
    xi = nonce_item(nonce, ["constant-extended-data"], 0)
    known = {
        "ballot nonce": spellings(element(ballot["nonce"])),
        "contest nonce": spellings(nonce),
        "nonce of the contest data": spellings(xi),
        "key of the contest data": spellings(verify.powmod(key, xi, verify.P), 512),
    }
    for selection in contest["ballot_selections"]:
        name = selection["object_id"]
        base = hash_elems(E(element(selection["description_hash"])), E(nonce))
        seed = hash_elems(base, 0)
        known[f"nonce of {name}"] = spellings(element(selection["nonce"]))
        known[f"seed of the proof of {name}"] = spellings(seed)
        known[f"number of the proof of {name}"] = spellings(nonce_item(seed, ["disjoint-chaum-pedersen-proof"], 2))
    return {name: set(pieces) for name, pieces in known.items()}


def secrets_of_guardians(election, available, missing):
    known = {}
    opened = [verify.artifact(verify.artifact(p)["polynomial"]) for p in election.polynomials]
    for i, polynomial in enumerate(opened):
        for j, coefficient in enumerate(polynomial["coefficients"]):
            known[f"coefficient {j} of guardian {i + 1}"] = spellings(element(coefficient["value"]))
    coordinate = verify.coordinate(opened[missing - 1], available)
    known["coordinate"] = spellings(coordinate)
    backup = election.opened[available - 1]["backups"][str(missing)]
    pad = element(backup["encrypted_coordinate"]["pad"])
    shared = verify.powmod(pad, election.secrets[available - 1], verify.P)
    known["key of the backup"] = spellings(shared, 512)
    return {name: set(pieces) for name, pieces in known.items()}


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_nothing_secret_stays_in_memory(start_service, encoding):
    service = start_service(args=["--workers", "1", "--threads", "2"])
    try:
        memory_of(service.workers()[0])
    except PermissionError:
        pytest.skip("only root reads the memory of a worker")
    client = Client(service.url, encoding)
    e = Election(client, guardians=3, quorum=2, candidates=CANDIDATES)
    e.setup()
    guardians = secrets_of_guardians(e, available=1, missing=3)
    nothing_left(service, guardians)

    answer = e.encrypt("b-1", CANDIDATES[:1], "AUDITED")
    ballot = verify.artifact(answer["encrypted_ballot_with_nonce"])
    nothing_left(service, secrets_of_ballot(ballot, verify.product(e.publics)))

    tally = e.tally(e.encrypt_chunk([("b-2", CANDIDATES[1:2]), ("b-3", CANDIDATES[2:])]))
    counted, submitted = tally["ciphertext_tally"], tally["submitted_ballots"]
    e.partial("1", counted, submitted)
    nothing_left(service, guardians)
    e.compensated("1", "3", counted, submitted)
    nothing_left(service, guardians)

    # what is there is found: a body that is not whole yet
    host, port = service.url.removeprefix("http://").split(":")
    body = encode({"private_key": str(e.secrets[0]), "stored_public_key": "1"}, encoding)
    with socket.create_connection((host, int(port))) as waiting:
        head = f"POST /verify_guardian_key HTTP/1.1\r\nHost: x\r\nContent-Type: application/{encoding}\r\n"
        waiting.sendall(f"{head}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)
        wait_until(lambda: found(service, guardians) == ["coefficient 0 of guardian 1"], what="finding a key in use")
    nothing_left(service, guardians)
    client.close()
