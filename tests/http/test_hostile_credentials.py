"""Rows 114 to 116 of docs/api-contract.md 8: credentials that are none, and credentials that were tampered with."""

import base64
import json

import pytest
from client import Client
from hostile import cases, changed, check_error, refuse, serve, without

ENCRYPT, DECRYPT = "/api/encrypt", "/api/decrypt"
MISSING, TYPE, RANGE = "missing_field", "bad_type", "out_of_range"
KEY_FORMAT = "Invalid private key format or size"
PASSWORD_FORMAT = "Invalid password format. Minimum length is 32 characters."
FAILED = "Decryption failed"
TAMPERED = "Authentication failed - credentials tampered"
SECRET = "a private key that nobody may see again"
LONG = "p" * 40
both = pytest.mark.parametrize("encoding", ["json", "msgpack"])


@cases(
    [
        (114, "empty map", without("private_key", "password"), MISSING, None, "No data provided"),
        (114, "no key", without("private_key"), MISSING, "private_key", "Missing required field: private_key"),
        (114, "number", {"private_key": 5}, TYPE, "private_key", KEY_FORMAT),
        (114, "null", {"private_key": None}, TYPE, "private_key", KEY_FORMAT),
        (114, "map", {"private_key": {"k": 1}}, TYPE, "private_key", KEY_FORMAT),
        (114, "100001 characters", {"private_key": "k" * 100_001}, RANGE, "private_key", KEY_FORMAT),
        (114, "100001 wide characters", {"private_key": "é" * 100_001}, RANGE, "private_key", KEY_FORMAT),
        (114, "short password", {"password": "p" * 31}, RANGE, "password", PASSWORD_FORMAT),
        (114, "empty password", {"password": ""}, RANGE, "password", PASSWORD_FORMAT),
        (114, "long password", {"password": "p" * 1025}, RANGE, "password"),
        (114, "password a number", {"password": 5}, TYPE, "password", PASSWORD_FORMAT),
        (115, "empty key", {"private_key": ""}, RANGE, "private_key", KEY_FORMAT),
    ]
)
def test_encrypt(wire, encoding, change, expected):
    request = changed({"private_key": SECRET, "password": LONG}, change)
    refuse(wire, ENCRYPT, request, encoding, *expected)


@both
@pytest.mark.parametrize("key", ["k", "é" * 100_000], ids=["one character", "100000 wide characters"])
def test_row114_the_limits_themselves_are_served(wire, encoding, key):
    sealed = serve(wire, ENCRYPT, {"private_key": key, "password": "é" * 32}, encoding)
    opened = serve(wire, DECRYPT, {n: sealed[n] for n in ("encrypted_data", "credentials")}, encoding)
    assert opened == {"status": "success", "private_key": key}


@pytest.fixture(scope="module")
def sealed(lasting_service):
    client = Client(lasting_service.url)
    body = client.post(ENCRYPT, {"private_key": SECRET, "password": LONG}).ok()
    client.close()
    return {name: body[name] for name in ("encrypted_data", "credentials")}


def credentials(change):
    """The map within, changed; a change may return another value instead."""

    def apply(_, request):
        opened = json.loads(base64.b64decode(request["credentials"]))
        other = change(opened)
        text = json.dumps(opened if other is None else other, separators=(",", ":"))
        request["credentials"] = base64.b64encode(text.encode()).decode()

    return apply


def removed(name):
    def change(opened):
        del opened[name]

    return credentials(change)


def replaced(name, value):
    return credentials(lambda opened: opened.update({name: value}))


def flipped(name):
    """One bit of what a field holds."""

    def change(opened):
        raw = bytearray(base64.b64decode(opened[name]))
        raw[len(raw) // 2] ^= 1
        opened[name] = base64.b64encode(bytes(raw)).decode()

    return credentials(change)


def data_flipped(_, request):
    raw = bytearray(base64.b64decode(request["encrypted_data"]))
    raw[0] ^= 1
    request["encrypted_data"] = base64.b64encode(bytes(raw)).decode()


def reordered(opened):
    return dict(reversed(opened.items()))


PARTS = ["salt", "pq_private_key", "pq_ciphertext", "nonce", "tag", "encrypted_password", "hmac_tag"]


@cases(
    [
        (116, "no data", without("encrypted_data"), MISSING, "encrypted_data", "Missing required field: encrypted_data"),
        (116, "no credentials", without("credentials"), MISSING, "credentials", "Missing required field: credentials"),
        (116, "garbage", {"credentials": "$$$"}, "bad_encoding", "credentials", FAILED),
        (116, "no JSON", {"credentials": "AAAA"}, "bad_encoding", "credentials", FAILED),
        (116, "data garbage", {"encrypted_data": "$$$"}, "bad_encoding", "encrypted_data", FAILED),
        (116, "version", replaced("version", "2.0"), None, "credentials.version", "Unsupported credential version"),
        (116, "no version", removed("version"), None, "credentials.version", "Unsupported credential version"),
        (116, "no mac", removed("hmac_tag"), None, "credentials.hmac_tag", "Missing HMAC tag in credentials"),
        *((116, f"{n} short", replaced(n, "AAAA"), None, f"credentials.{n}", FAILED) for n in PARTS),
        *((116, f"{n} no base64", replaced(n, "$$$"), None, f"credentials.{n}", FAILED) for n in PARTS),
    ]
)  # fmt: skip
def test_decrypt_malformed(wire, sealed, encoding, change, expected):
    refuse(wire, DECRYPT, changed(sealed, change), encoding, *expected)


@both
@pytest.mark.parametrize(
    "change",
    [
        *(pytest.param(flipped(n), id=f"row116-{n}") for n in PARTS),
        pytest.param(data_flipped, id="row116-encrypted_data"),
        pytest.param(credentials(reordered), id="row116-order"),
        pytest.param(replaced("added", 1), id="row116-added field"),
        pytest.param(replaced("algorithm", "ML-KEM-768"), id="row116-algorithm"),
    ],
)
def test_decrypt_tampered_has_one_answer(wire, sealed, encoding, change):
    """Which layer failed is not told."""
    answer = wire.send(DECRYPT, changed(sealed, change), encoding)
    body = check_error(answer, 403, "tampered", None, TAMPERED)
    assert SECRET.encode() not in answer.raw and LONG not in str(body)
    wire.check_usable()
