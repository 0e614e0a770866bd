"""The credential format, written again from docs/api-contract.md 5 without a line of the service's code: AES-GCM,
scrypt, HKDF and HMAC by Python's cryptography package, ML-KEM-1024 by ml_kem.mjs (npm @noble/post-quantum)."""

import base64
import hmac
import json
import os
import subprocess

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from service import MASTER_KEY, ROOT

FIELDS = [
    "version", "algorithm", "salt", "pq_private_key", "pq_ciphertext", "nonce", "tag",
    "encrypted_password", "hmac_tag",
]  # fmt: skip
LENGTHS = {"salt": 32, "pq_private_key": 3168, "pq_ciphertext": 1568, "nonce": 12, "tag": 16, "hmac_tag": 32}
ALPHABET = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*")
MASTER = base64.b64decode(MASTER_KEY)


class NotAuthentic(Exception):
    pass


def ml_kem(operation, **values):
    request = {"operation": operation, **{name: value.hex() for name, value in values.items()}}
    script = os.path.join(ROOT, "tests", "http", "ml_kem.mjs")
    done = subprocess.run(
        ["node", script], input=json.dumps(request), capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 0, (
        "ml_kem.mjs failed; scripts/install-deps.sh --dev installs what it needs:\n" + done.stderr
    )
    return {name: bytes.fromhex(value) for name, value in json.loads(done.stdout).items()}


def b64(data):
    return base64.b64encode(data).decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def hkdf(secret, salt, info):
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def keys(password, salt, shared):
    """The key that seals the private key, and the key of the MAC."""
    stretched = Scrypt(salt=salt, length=32, n=65536, r=8, p=1).derive(password.encode())
    sealing = hkdf(stretched + shared, salt, b"ml-kem-1024-hybrid-enc-v1")
    return sealing, hkdf(sealing, salt, b"hmac-key-derivation-v1")


def mac(key, text):
    return hmac.new(key, text.encode(), "sha256").digest()


def wrap(credential):
    return b64(compact(credential).encode())


def unwrap(credentials):
    return json.loads(base64.b64decode(credentials, validate=True))


def seal_with_key(private_key, password, master=MASTER, **more):
    """encrypted_data, the credential map and the key of its MAC; more: further signed fields."""
    salt = os.urandom(32)
    pair = ml_kem("keygen", seed=os.urandom(64))
    capsule = ml_kem("encapsulate", public_key=pair["public_key"], message=os.urandom(32))
    sealing, mac_key = keys(password, salt, capsule["shared"])
    nonce, password_nonce = os.urandom(12), os.urandom(12)
    sealed = AESGCM(sealing).encrypt(nonce, private_key.encode(), None)
    box = AESGCM(master).encrypt(password_nonce, password.encode(), None)
    credential = {
        "version": "1.0",
        "algorithm": "ML-KEM-1024",
        "salt": b64(salt),
        "pq_private_key": b64(pair["private_key"]),
        "pq_ciphertext": b64(capsule["ciphertext"]),
        "nonce": b64(nonce),
        "tag": b64(sealed[-16:]),
        "encrypted_password": b64(password_nonce + box[-16:] + box[:-16]),
        **more,
    }
    return b64(sealed[:-16]), credential, mac_key


def seal(private_key, password, master=MASTER, **more):
    data, credential, mac_key = seal_with_key(private_key, password, master, **more)
    credential["hmac_tag"] = b64(mac(mac_key, compact(credential)))
    return {"encrypted_data": data, "credentials": wrap(credential)}


def opened(encrypted_data, credentials, master=MASTER):
    """(private key, password) of what a service made, every layer checked."""
    credential = unwrap(credentials)
    part = {name: base64.b64decode(value, validate=True) for name, value in list(credential.items())[2:]}
    box = part["encrypted_password"]
    try:
        password = AESGCM(master).decrypt(box[:12], box[28:] + box[12:28], None).decode()
    except Exception as reason:
        raise NotAuthentic("password") from reason
    shared = ml_kem("decapsulate", private_key=part["pq_private_key"], ciphertext=part["pq_ciphertext"])["shared"]
    sealing, mac_key = keys(password, part["salt"], shared)
    rest = {name: value for name, value in credential.items() if name != "hmac_tag"}
    if not hmac.compare_digest(mac(mac_key, compact(rest)), part["hmac_tag"]):
        raise NotAuthentic("mac")
    data = base64.b64decode(encrypted_data, validate=True)
    return AESGCM(sealing).decrypt(part["nonce"], data + part["tag"], None).decode(), password
