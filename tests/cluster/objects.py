"""Objects of the store as the cluster writes them, made and read by other code."""

import hashlib
import json
import os

import zstandard


def put(store, election, kind, chunk, lines):
    """Lines (texts without ends) as an object; its name and the digest of its lines."""
    text = "".join(line + "\n" for line in lines).encode()
    digest = hashlib.sha256(text).hexdigest()
    name = f"{election}/{kind}/{chunk}-{digest}"
    write(store, name, text)
    return name, digest


def put_election(store, fields):
    """The election's own object; its digest is its name."""
    text = (json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    digest = hashlib.sha256(text).hexdigest()
    write(store, f"elections/election-{digest}", text)
    return digest


def write(store, name, text):
    path = os.path.join(store, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(zstandard.ZstdCompressor().compress(text))


def lines(store, name, digest):
    with open(os.path.join(store, name), "rb") as file:
        text = zstandard.ZstdDecompressor().decompressobj().decompress(file.read())
    assert hashlib.sha256(text).hexdigest() == digest
    return text.decode().splitlines()
