"""Content codings: requests in gzip or zstd, answers in zstd for who asks for it. docs/api-contract.md 1."""

import gzip
import json

import exchanges
import pytest
import zstandard
from client import JSON, MSGPACK, Answer, Client, Raw, decode
from election import Election, election_at
from service import is_sanitized, wait_until

CODERS = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress}


def unpacked(raw):
    """Of a body of zstd frames, one after the other."""
    return zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True).read()


def ask(service, method, path, body=b"", **headers):
    """(status, headers, bytes as they came)."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with Raw(service.url) as raw:
        raw.send("\r\n".join([*lines, "", ""]).encode() + body)
        status, answered = raw.head()
        return status, answered, b"" if method == "HEAD" else raw.body(answered)


class Coded(Client):
    """Codes what it sends, and takes zstd alone. Counts what goes over the wire."""

    def __init__(self, url, encoding, coding):
        super().__init__(url, encoding)
        self.coding = coding
        self.sent = self.coded = 0

    def send(self, method, path, raw, headers):
        body = CODERS[self.coding](raw)
        self.sent, self.coded = self.sent + len(raw), self.coded + len(body)
        headers = {**headers, "Content-Encoding": self.coding, "Accept-Encoding": "zstd"}
        reply = self.session.request(method, self.url + path, data=body, headers=headers, timeout=self.timeout)
        assert reply.headers.get("Content-Encoding") == ("zstd" if reply.ok else None)
        content = unpacked(reply.content) if reply.ok else reply.content
        return Answer(reply.status_code, reply.headers, content)


@pytest.mark.parametrize("coding", CODERS)
@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_a_whole_election_in_coded_requests(service, encoding, coding):
    """Every endpoint reads what it was sent, single and in chunks, whole and streamed."""
    client = Coded(service.url, encoding, coding)
    client.texts = False
    exchanges.vote(client)
    assert client.coded < 0.75 * client.sent
    client.close()


@pytest.mark.parametrize("media", [JSON, MSGPACK])
def test_answers_are_the_same_in_zstd(service, media):
    """Of one that is sent whole and one that is streamed: frames, one for each part."""
    client = Client(service.url, "json")
    election = Election(client, guardians=2, quorum=2)
    election.setup()
    ballots = election.encrypt_chunk([(str(i), "Ann") for i in range(40)])
    for sent in (ballots, ballots[:1]):
        request = {**election.fields(), "encrypted_ballots": [b["encrypted_ballot"] for b in sent]}
        answers = [
            ask(service, "POST", "/create_encrypted_tally", json.dumps(request).encode(), Content_Type=JSON, Accept=media,
                Accept_Encoding=accepted)
            for accepted in ("identity", "gzip, zstd;q=0.5")
        ]  # fmt: skip
        (_, plain_headers, plain), (_, headers, coded) = answers
        assert [status for status, _, _ in answers] == [200, 200]
        assert "content-encoding" not in plain_headers
        assert (headers["content-encoding"], headers["vary"]) == ("zstd", "Accept-Encoding")
        assert decode(unpacked(coded), media) == decode(plain, media)
        assert len(coded) < 0.75 * len(plain)
    client.close()


def test_a_streamed_answer_is_many_frames(service):
    client = Client(service.url, "json")
    election = Election(client, guardians=2, quorum=2)
    election.setup()
    request = json.dumps(election.chunk_request(60)).encode()
    status, headers, raw = ask(service, "POST", "/create_encrypted_ballot", request, Content_Type=JSON, Accept_Encoding="zstd")
    assert status == 200 and headers["transfer-encoding"] == "chunked"
    assert json.loads(unpacked(raw))["count"] == 60
    assert len(raw) < 0.7 * len(unpacked(raw))
    client.close()


@pytest.mark.parametrize("accepted", ["", "gzip", "*", "zstd;q=0", "br, zstd;q=0.0"])
def test_nobody_gets_zstd_who_does_not_ask_for_it(service, accepted):
    status, headers, raw = ask(service, "GET", "/openapi.json", Accept_Encoding=accepted)
    assert status == 200 and "content-encoding" not in headers
    assert json.loads(raw)["openapi"]


def test_head_tells_the_length_of_the_coded_answer(service):
    _, _, raw = ask(service, "GET", "/openapi.json", Accept_Encoding="zstd")
    status, headers, _ = ask(service, "HEAD", "/openapi.json", Accept_Encoding="zstd")
    assert (status, headers["content-length"], headers["content-encoding"]) == (200, str(len(raw)), "zstd")


def test_what_holds_one_secret_is_not_packed(service):
    """/api/encrypt answers a browser with a secret beside what may be somebody else's choice: no length tells of it."""
    body = json.dumps({"electionGuardCredentials": {}}).encode()
    for path in ("/api/encrypt", "/api/decrypt"):
        _, headers, _ = ask(service, "POST", path, body, Content_Type=JSON, Accept_Encoding="zstd")
        assert "content-encoding" not in headers


def test_refusals_are_not_coded(service):
    status, headers, raw = ask(service, "POST", "/setup_guardians", b"{}", Content_Type=JSON, Accept_Encoding="zstd")
    assert status == 400 and "content-encoding" not in headers and json.loads(raw)["code"] == "missing_field"


GOOD = json.dumps({"number_of_guardians": 2, "quorum": 2}).encode()
ZSTD, GZIP = CODERS["zstd"](GOOD), CODERS["gzip"](GOOD)
BAD = {
    "cut zstd": ("zstd", ZSTD[:-1], "the coded body ends early"),
    "cut gzip": ("gzip", GZIP[:-1], "the coded body ends early"),
    "no zstd": ("zstd", GOOD, "the body is not zstd, or damaged"),
    "no gzip": ("gzip", GOOD, "the body is not gzip, or damaged"),
    "one for the other": ("gzip", ZSTD, "the body is not gzip, or damaged"),
    "a wrong checksum": ("gzip", GZIP[:-8] + bytes(8), "the body is not gzip, or damaged"),
    "more behind it": ("zstd", ZSTD + b"{}", "the body is not zstd, or damaged"),
    "nothing": ("zstd", b"", "the coded body ends early"),
}


def large_window():
    """A frame of unknown length whose window is 128 MiB."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    coder = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return coder.compress(GOOD) + coder.flush()


BAD["a large window"] = ("zstd", large_window(), "the body's zstd frame needs a window above 8 MiB (RFC 9659)")


@pytest.mark.parametrize("name", BAD)
def test_bodies_that_do_not_decode(service, name):
    coding, body, message = BAD[name]
    status, _, raw = ask(service, "POST", "/setup_guardians", body, Content_Type=JSON, Content_Encoding=coding)
    answer = json.loads(raw)
    assert (status, answer["code"], answer["error"]) == (400, "bad_encoding", message)


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, zstd", "zstd, zstd", "compress", "aws-chunked"])
def test_other_codings_are_refused_and_the_known_ones_named(service, coding):
    status, headers, raw = ask(service, "POST", "/setup_guardians", GOOD, Content_Type=JSON, Content_Encoding=coding)
    assert (status, json.loads(raw)["code"]) == (415, "unsupported_media_type")
    assert headers["accept-encoding"] == "zstd, gzip"


def bomb(coding, megabytes):
    """White space, of which a JSON text may hold any amount."""
    if coding == "gzip":
        return gzip.compress(b" " * (1024 * 1024)) * megabytes
    coder = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return b"".join(coder.compress(b" " * (1024 * 1024)) for _ in range(megabytes)) + coder.flush()


def peak_bytes(service):
    """The most that its one worker had resident at once, since it began."""
    with open(f"/proc/{service.workers()[0]}/status") as file:
        return 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))


@pytest.mark.parametrize("coding", CODERS)
def test_a_bomb_is_refused_at_the_limit(start_service, coding):
    """Half a gigabyte in a few bytes: 413 after what the limit lets pass, and not for a moment the
    memory that this would take."""
    service = start_service(args=("--workers", "1", "--threads", "1", "--max-body", "64mb"))
    body = bomb(coding, 512)
    assert len(body) < 1024 * 1024
    election_at(service)
    before = peak_bytes(service)
    status, _, raw = ask(service, "POST", "/create_encrypted_ballot", body, Content_Type=JSON, Content_Encoding=coding)
    answer = json.loads(raw)
    assert (status, answer["code"]) == (413, "too_large")
    assert answer["error"] == "the body must not be larger than 67108864 bytes when it is decoded"
    assert is_sanitized() or peak_bytes(service) < before + 48 * 1024 * 1024  # the limit is 64
    wait_until(service.at_rest, what="memory back")


def test_a_browser_reads_frames_one_after_the_other(service, browser):
    """Chromium asks for zstd where it may, and a page gets the whole text of a document that is sent in parts."""
    browser.get(service.url + "/docs")
    script = """
        const done = arguments[0];
        fetch('/openapi.json').then(async a => done([a.headers.get('content-encoding'), await a.text()]))
            .catch(e => done(['failed', String(e)]))"""
    coding, text = browser.execute_async_script(script)
    assert coding in ("zstd", None)
    assert text.encode() == ask(service, "GET", "/openapi.json")[2]
