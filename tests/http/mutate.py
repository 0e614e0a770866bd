"""Changes requests at random: fields dropped, doubled, exchanged, of another type; numbers at the edges; artifacts
opened, changed and closed again in another form; bytes flipped, cut and spliced."""

import json

import msgpack
import verify

# Small counts, and those around every limit. None between 6 and 100: a hundred guardians are a lawful request and
# take their time.
NUMBERS = [
    -(2**63), -(2**31), -129, -128, -33, -32, -1, 0, 1, 2, 3, 4, 5, 101, 127, 128, 255, 256, 1000, 1001, 65535, 65536,
    2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 2, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**20, 10**40,
]  # fmt: skip
FLOATS = [0.0, -0.0, 1.0, 2.0, 0.5, 1e300, -1e300, 1e15, 5e-324]
TEXTS = [
    "", " ", "0", "1", "2", "-1", "+1", "00", "0x10", "1.5", "1e3", "true", "null", "{}", "[]", "{", "[1", '{"a":1}', "=", "====",
    "AA==", "wA==", "gA==", "kA==", "gqFhAQ==", "3f////8=", "\0", "\x7f", "é", "\U0001f600", "\ufeff", "\u2028", "%s%n", "../..",
    "CAST", "AUDITED", "SPOILED", "ballot_nonce", "contest-1_nonce", "contest-1-3-placeholder", "contest-1",
]  # fmt: skip
GROUP = [0, 1, 2, verify.P - 1, verify.P, verify.P + 1, verify.Q - 1, verify.Q, verify.Q + 1, verify.G, 2**4096 - 1, 2**4096]
EDGES = [str(x) for x in GROUP] + [verify.to_hex(x) for x in GROUP]


def nested(rng):
    value = rng.choice([1, None, "x"])
    for _ in range(rng.choice([3, 30, 62, 63, 64, 65, 66, 200])):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def texts_in_texts(rng):
    value = "{}"
    for _ in range(rng.randrange(1, 12)):
        value = json.dumps([value]) if rng.random() < 0.5 else verify.transport([value])
    return value


def any_value(rng):
    kind = rng.randrange(13)
    if kind == 0:
        return None
    if kind == 1:
        return rng.random() < 0.5
    if kind in (2, 3):
        return rng.choice(NUMBERS)
    if kind == 4:
        return rng.choice(FLOATS)
    if kind in (5, 6):
        return rng.choice(TEXTS)
    if kind == 7:
        return rng.choice(EDGES)
    if kind == 8:
        return []
    if kind == 9:
        return {}
    if kind == 10:
        return rng.choice(["a", "7", "é", "\\", '"']) * rng.choice([63, 64, 65, 1023, 1024, 1025, 1300, 1301, 30000])
    if kind == 11:
        return nested(rng)
    return texts_in_texts(rng)


def changed_text(rng, text):
    kind = rng.randrange(6)
    i = rng.randrange(len(text) + 1)
    if kind == 0:
        return text[:i]
    if kind == 1:
        return text[:i] + rng.choice(TEXTS) + text[i:]
    if kind == 2:
        return text[:i] + rng.choice("0123456789abcdefABCDEFxyz _-=+/") + text[i + 1 :]
    if kind == 3:
        return text.lower() if rng.random() < 0.5 else text.upper()
    if kind == 4:
        return "0" * rng.choice([1, 2, 8]) + text
    return text + text


def opened(text):
    """The object within an artifact, or None."""
    if len(text) < 20:
        return None
    try:
        value = verify.artifact(text)
    except (ValueError, msgpack.UnpackException, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None


def closed(rng, value):
    form = rng.randrange(4)
    if form == 0:
        return value
    try:
        return json.dumps(value) if form == 1 else verify.transport(value)
    except (OverflowError, ValueError):
        return value


class Mutator:
    """donors: requests whose parts may turn up in others."""

    def __init__(self, rng, donors):
        self.rng = rng
        self.donors = donors

    def part(self):
        """Something from some request."""
        value = self.rng.choice(self.donors)
        while isinstance(value, (dict, list)) and value and self.rng.random() < 0.7:
            value = self.rng.choice(list(value.values()) if isinstance(value, dict) else value)
        return value

    def value(self, value):
        """A changed copy; what is not changed is shared."""
        rng = self.rng
        if isinstance(value, dict) and value:
            return self.map(value) if rng.random() < 0.15 else self.child(value, rng.choice(list(value)))
        if isinstance(value, list) and value:
            return self.list(value) if rng.random() < 0.2 else self.child(value, rng.randrange(len(value)))
        return self.scalar(value)

    def child(self, container, key):
        copy = dict(container) if isinstance(container, dict) else list(container)
        copy[key] = self.value(copy[key])
        return copy

    def map(self, value):
        rng = self.rng
        copy = dict(value)
        name = rng.choice(list(copy))
        kind = rng.randrange(6)
        if kind <= 1:
            del copy[name]
        elif kind == 2:
            copy[name + rng.choice(["", "x", "_", "\0"])] = any_value(rng)
        elif kind == 3:
            copy[rng.choice(["", "a", "id", "nonce", "ballots", "ciphertext_tallies", "x" * 2000])] = any_value(rng)
        elif kind == 4:
            other = rng.choice(list(copy))
            copy[name], copy[other] = copy[other], copy[name]
        else:
            copy = dict(rng.sample(list(copy.items()), len(copy)))
        return copy

    def list(self, value):
        rng = self.rng
        copy = list(value)
        i = rng.randrange(len(copy))
        kind = rng.randrange(6)
        if kind == 0:
            del copy[i]
        elif kind == 1:
            copy.insert(i, copy[i])
        elif kind == 2:
            copy.append(any_value(rng))
        elif kind == 3:
            rng.shuffle(copy)
        elif kind == 4:
            copy = copy[:1] * rng.choice([2, 5, 101, 1001]) if len(str(copy[:1])) < 2000 else copy * 2
        else:
            copy[i] = self.part()
        return copy

    def scalar(self, value):
        rng = self.rng
        if isinstance(value, str):
            inner = opened(value) if rng.random() < 0.8 else None
            if inner is not None:
                return closed(rng, self.value(inner))
            if value and rng.random() < 0.5:
                return changed_text(rng, value)
        if rng.random() < 0.2:
            return self.part()
        if isinstance(value, int) and rng.random() < 0.5:
            return rng.choice(NUMBERS)
        return any_value(rng)

    # ---- bytes

    def pack(self, value):
        """MessagePack, now and then with text as bin, or in longer forms than needed."""
        raw = msgpack.packb(value)
        if self.rng.random() < 0.1:
            raw = msgpack.packb(msgpack.unpackb(raw, raw=True, strict_map_key=False), use_bin_type=True)
        return raw

    def encode(self, value):
        """(encoding, bytes); what MessagePack cannot hold goes as JSON."""
        rng = self.rng
        if rng.random() < 0.5:
            try:
                return "msgpack", self.pack(value)
            except (OverflowError, ValueError):
                pass
        indent = 1 if rng.random() < 0.02 else None
        text = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=indent)
        return "json", text.encode("utf-8", "surrogatepass")

    def bytes(self, raw):
        rng = self.rng
        raw = bytearray(raw)
        for _ in range(rng.choice([1, 1, 1, 2, 5])):
            i = rng.randrange(len(raw) + 1)
            n = rng.choice([1, 1, 2, 4, 16, 200])
            kind = rng.randrange(8)
            if kind <= 1 and i < len(raw):
                raw[i] ^= 1 << rng.randrange(8)
            elif kind == 2:
                del raw[i:]
            elif kind == 3:
                del raw[i : i + n]
            elif kind == 4:
                raw[i:i] = raw[max(0, i - n) : i]
            elif kind == 5:
                raw[i:i] = bytes(rng.randrange(256) for _ in range(min(n, 16)))
            elif kind == 6:
                raw[i:i] = rng.choice(
                    [b"\xdd\xff\xff\xff\xff", b"\xdf\x7f\xff\xff\xff", b"\xdb\xff\xff\xff\xf0", b"\xc6\0\1\0\0", b"\xc7\5\1",
                     b"\xc1", b"\xd8\0", b"[" * 100, b'{"a":' * 70, b"\\ud800", b"\xed\xa0\x80", b"\xff\xfe", b"\0"]
                )  # fmt: skip
            else:
                part = self.encode(self.part())[1]
                raw[i : i + n] = part[:5000]
        return bytes(raw)
