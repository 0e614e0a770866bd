"""Clients of the service: JSON and MessagePack, artifacts as objects or as texts."""

import json
import socket

import msgpack
import requests

JSON = "application/json"
MSGPACK = "application/msgpack"
TIMEOUT_S = 180

# Every code of docs/api-contract.md 1.3, and those of answers that never reach an endpoint.
CODES = {
    "missing_field", "bad_type", "out_of_range", "unknown_candidate", "duplicate", "too_many_choices",
    "bad_encoding", "not_in_group", "wrong_election", "proof_invalid", "quorum", "too_large",
    "unauthorized", "tampered", "busy", "deadline", "unavailable", "internal",
}  # fmt: skip
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "1; mode=block",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cache-Control": "no-store",
}


def encode(value, encoding):
    if encoding == "json":
        return json.dumps(value, ensure_ascii=False).encode()
    return msgpack.packb(value)


def reject_repeated(pairs):
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), f"repeated key in an answer: {names}"
    return dict(pairs)


def decode(raw, media_type):
    if media_type == MSGPACK:
        return msgpack.unpackb(raw, object_pairs_hook=reject_repeated)
    assert media_type == JSON, f"media type {media_type}"
    return json.loads(raw.decode("utf-8"), object_pairs_hook=reject_repeated)


class Answer:
    """Status, decoded body and headers of one answer."""

    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = headers
        self.raw = raw
        self.media_type = headers.get("Content-Type")
        self.body = decode(raw, self.media_type) if raw else None

    def ok(self):
        assert self.status == 200, f"{self.status}: {self.raw[:400]!r}"
        for name, value in SECURITY_HEADERS.items():
            assert self.headers.get(name) == value, name
        assert self.headers.get("X-Request-Id")
        return self.body

    def is_shortest(self):
        """The body is written as docs/api-contract.md 2.5 says: re-encoding it gives the same bytes."""
        if self.media_type == MSGPACK:
            return msgpack.packb(self.body) == self.raw
        compact = json.dumps(self.body, separators=(",", ":"), ensure_ascii=False)
        return compact.encode() == self.raw

    def refused(self, status=400, code=None, field=None, message=None):
        """Asserts a complete error object; field: what the field's path must begin with."""
        assert self.status == status, f"{self.status} instead of {status}: {self.raw[:400]!r}"
        body = self.body
        names = [n for n in body if n in ("status", "message", "error", "code", "field", "request_id")]
        order = ["status", "message", "error", "code", "field", "request_id"]
        assert names == [n for n in order if n in body], f"order of {list(body)}"
        assert body["status"] == "error"
        assert isinstance(body["message"], str) and 0 < len(body["message"]) <= 300
        assert body["error"] == ("Unauthorized" if status == 401 else body["message"])
        assert body["request_id"] == self.headers["X-Request-Id"]
        for name, value in SECURITY_HEADERS.items():
            assert self.headers.get(name) == value, name
        if status in (400, 401, 403, 413, 500, 503):
            assert body["code"] in CODES, body["code"]
        else:
            assert isinstance(body["code"], str) and body["code"]
        if code is not None:
            codes = {code} if isinstance(code, str) else set(code)
            assert body["code"] in codes, f"code {body['code']}: {body['message']}"
        if field is not None:
            assert body.get("field", "").startswith(field), f"field {body.get('field')}: {body['message']}"
        if message is not None:
            assert message in body["message"], body["message"]
        return body


class Client:
    """One client; its connection is kept alive.

    encoding: json or msgpack. texts: speak as January's clients do (JSON texts, `Accept` exactly JSON).
    """

    def __init__(self, url, encoding="json", texts=False, headers=None, timeout=TIMEOUT_S):
        self.url = url
        self.encoding = encoding
        self.texts = texts
        self.timeout = timeout
        self.session = requests.Session()
        self.session.trust_env = False
        media_type = JSON if encoding == "json" else MSGPACK
        self.headers = {"Content-Type": media_type, "Accept": "*/*"}
        if texts:
            self.headers["Accept"] = JSON
        self.headers.update(headers or {})

    def close(self):
        self.session.close()

    def send(self, method, path, data=None, headers=None, params=None):
        """Any request; a header of None is left out."""
        if headers is None:
            headers = self.headers if data is not None else {"Accept": self.headers["Accept"]}
        reply = self.session.request(
            method, self.url + path, data=data, headers=headers, timeout=self.timeout, params=params
        )
        return Answer(reply.status_code, reply.headers, reply.content)

    def post(self, path, body, **headers):
        """headers: further ones, underscores for hyphens."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, encode(body, self.encoding), {**self.headers, **more})

    def get(self, path, **headers):
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("GET", path, headers={"Accept": self.headers["Accept"], **more})


class Raw:
    """A bare connection, for requests that no library would send. Answers are read one at a time.

    receive_buffer: bytes that the kernel takes before they are read, about; None: as many as it likes.
    """

    def __init__(self, url, timeout=20, receive_buffer=None):
        host, port = url.removeprefix("http://").rsplit(":", 1)
        address = (host.strip("[]"), int(port))
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def head(self):
        """Status and headers of the next answer (names in lower case)."""
        line = self.file.readline()
        assert line.startswith(b"HTTP/1.1 "), line
        status = int(line.split()[1])
        headers = {}
        while (line := self.file.readline().rstrip(b"\r\n")) != b"":
            name, value = line.decode("latin-1").split(":", 1)
            headers[name.strip().lower()] = value.strip()
        return status, headers

    def body(self, headers):
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.file.read(int(headers.get("content-length", "0")))
        parts = []
        while (size := int(self.file.readline().split(b";")[0], 16)) != 0:
            parts.append(self.file.read(size))
            self.file.readline()
        self.file.readline()
        return b"".join(parts)

    def answer(self):
        status, headers = self.head()
        raw = self.body(headers)
        return Answer(status, requests.structures.CaseInsensitiveDict(headers), raw)

    def closed(self):
        """True when the service has closed the connection."""
        try:
            return self.file.read(1) == b""
        except ConnectionError:
            return True
