"""Requests inside requests: what a proxy and we could read in two ways is refused, on the bytes as they came, and what
stands behind it is never served. Each case goes through a bare socket: in one piece, byte by byte, and behind a good
request of the same packet. docs/api-contract.md 1.6."""

import json
import time

import pytest
from client import JSON, Raw
from hostile import Wire

INNER = b"GET /ballots HTTP/1.1\r\nHost: x\r\nX-Request-Id: inner\r\n\r\n"
GOOD = b"GET /ready HTTP/1.1\r\nHost: x\r\nX-Request-Id: good\r\n\r\n"
LINE = b"POST /setup_guardians HTTP/1.1"
HOST = b"Host: x"
TYPE = b"Content-Type: application/json"
CONTROLS = [*range(0x00, 0x09), *range(0x0B, 0x0D), *range(0x0E, 0x20), 0x7F]


def head(*lines, line=LINE, host=HOST):
    return b"\r\n".join([line, *([host] if host else []), TYPE, *lines]) + b"\r\n\r\n"


def chunked(body):
    return head(b"Transfer-Encoding: chunked") + body


# What hides a length from one reader and shows it to another.
HEADS = {
    "fold: chunked": head(b"Content-Length: 5", b"Transfer-Encoding:", b" chunked"),
    "fold: chunked, tab": head(b"Content-Length: 5", b"Transfer-Encoding:", b"\tchunked"),
    "fold: a shorter length": head(b"Content-Length: 60", b"Content-Length:", b" 0"),
    "fold: of another header": head(b"Content-Length: 5", b"X-A: b", b" Transfer-Encoding: chunked"),
    "fold: as the first line": LINE + b"\r\n Content-Length: 0\r\nHost: x\r\n\r\n",
    "fold: of nothing": LINE + b"\r\nHost: x\r\n \r\nContent-Length: 5\r\n\r\n",
    "fold: before the colon": head(b"Content-Length", b" : 5"),
    "colon first": head(b": a", b"Content-Length: 5"),
    "colon alone": head(b":", b"Content-Length: 5"),
    "no colon": head(b"Content-Length", b"X-A: b"),
    "no name, no value": head(b"Content-Length: 5", b"abc"),
    "space before the colon": head(b"Content-Length : 5"),
    "tab before the colon": head(b"Transfer-Encoding\t: chunked"),
    "space within the name": head(b"Transfer Encoding: chunked", b"Content-Length: 5"),
    "quoted name": head(b'"Content-Length": 5'),
    "name beyond ascii": head(b"Transf\x82r-Encoding: chunked", b"Content-Length: 5"),
    "backslash in a name": head(b"Content\\Length: 5"),
    "bracket in a name": head(b"(Content-Length): 5"),
    "nul behind a length": head(b"Content-Length: 16\0"),
    "nul and digits behind a length": head(b"Content-Length: 1\0006"),
    "nul before a line's end": LINE + b"\r\nHost: x\r\nContent-Length: 5\0\nX-A: b\r\n\r\n",
    "nul in a name": head(b"Content-Length\0: 5"),
    "length and chunked": head(b"Content-Length: 5", b"Transfer-Encoding: chunked"),
    "chunked and length": head(b"Transfer-Encoding: chunked", b"Content-Length: 5"),
    "length twice": head(b"Content-Length: 5", b"Content-Length: 5"),
    "two lengths": head(b"Content-Length: 0", b"Content-Length: 60"),
    "list of lengths": head(b"Content-Length: 5, 5"),
    "length, comma": head(b"Content-Length: 5,"),
    "length with zeros before": head(b"Content-Length: 010"),
    "length signed": head(b"Content-Length: +5"),
    "length negative": head(b"Content-Length: -5"),
    "length in hexadecimal": head(b"Content-Length: 0x5"),
    "length underscored": head(b"Content-Length: 1_0"),
    "length with a point": head(b"Content-Length: 5.0"),
    "length empty": head(b"Content-Length:"),
    "length, space": head(b"Content-Length: 5 "),
    "coding, tab": head(b"Transfer-Encoding: chunked\t"),
    "length in two words": head(b"Content-Length: 5 7"),
    "length in fullwidth digits": head("Content-Length: ５".encode()),
    "chunked twice": head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
    "chunked in a list twice": head(b"Transfer-Encoding: chunked, chunked"),
    "chunked, then another": head(b"Transfer-Encoding: chunked, identity"),
    "another, then chunked": head(b"Transfer-Encoding: gzip, chunked"),
    "chunked and identity": head(b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked"),
    "identity and a length": head(b"Transfer-Encoding: identity", b"Content-Length: 5"),
    "coding unknown": head(b"Transfer-Encoding: cow"),
    "coding empty": head(b"Transfer-Encoding:"),
    "coding empty, comma": head(b"Transfer-Encoding: ,chunked"),
    "coding quoted": head(b'Transfer-Encoding: "chunked"'),
    "coding between apostrophes": head(b"Transfer-Encoding: 'chunked'"),
    "coding shortened": head(b"Transfer-Encoding: chunk"),
    "coding doubled": head(b"Transfer-Encoding: chunkedchunked"),
    "coding with a parameter": head(b"Transfer-Encoding: chunked;q=1"),
    "coding beyond ascii": head(b"Transfer-Encoding: ch\x96nked"),
    "no-break space before the coding": head(b"Transfer-Encoding:\xa0chunked"),
    "coding in HTTP/1.0": head(b"Transfer-Encoding: chunked", line=b"POST /setup_guardians HTTP/1.0"),
    "no host": head(b"Content-Length: 5", host=None),
    "host twice": head(b"Host: x", b"Content-Length: 5"),
    "two hosts": head(b"Host: y", b"Content-Length: 5"),
    "host twice in HTTP/1.0": head(b"Host: y", line=b"GET /ready HTTP/1.0"),
    "two hosts in a line": head(host=b"Host: x, y"),
    "two words of host": head(host=b"Host: x y"),
    "host with a path": head(host=b"Host: x/ready"),
    "host with a user": head(host=b"Host: a@x"),
    "line ends with LF": LINE + b"\nHost: x\r\nContent-Length: 5\r\n\r\n",
    "header ends with LF": LINE + b"\r\nHost: x\nContent-Length: 5\r\n\r\n",
    "header ends with CR": LINE + b"\r\nHost: x\r\nX-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
    "header ends with CR CR LF": LINE + b"\r\nHost: x\r\nContent-Length: 5\r\r\n\r\n",
    "header ends with LF CR": LINE + b"\r\nHost: x\n\rContent-Length: 5\r\n\r\n",
    "head ends with LF": LINE + b"\r\nHost: x\r\nContent-Length: 5\r\n\n",
    "head ends with LF LF": LINE + b"\r\nHost: x\r\nContent-Length: 5\n\n",
    "head ends with CR alone": LINE + b"\r\nHost: x\r\nContent-Length: 5\r\n\rX: y\r\n\r\n",
    "everything ends with LF": LINE + b"\nHost: x\nContent-Length: 5\n\n",
    "two empty lines before": b"\r\n\r\n" + head(b"Content-Length: 5"),
    "LF before": b"\n" + head(b"Content-Length: 5"),
    "CR before": b"\r" + head(b"Content-Length: 5"),
    "space before": b" " + head(b"Content-Length: 5"),
    "nul before": b"\0" + head(b"Content-Length: 5"),
    "no version": head(line=b"GET /ready"),
    "no target": head(line=b"GET HTTP/1.1"),
    "empty target": head(line=b"GET  HTTP/1.1"),
    "target without a slash": head(line=b"GET ready HTTP/1.1"),
    "target that is a host": head(line=b"CONNECT x:80 HTTP/1.1"),
    "two spaces before the version": head(line=b"GET /ready  HTTP/1.1"),
    "two spaces before the target": head(line=b"GET  /ready HTTP/1.1"),
    "space behind the version": head(line=b"GET /ready HTTP/1.1 "),
    "space within the target": head(line=b"GET /ready /x HTTP/1.1"),
    "tab before the target": head(line=b"GET\t/ready HTTP/1.1"),
    "tab before the version": head(line=b"GET /ready\tHTTP/1.1"),
    "target with LF": head(line=b"GET /ready\nHTTP/1.1"),
    "target with a nul": head(line=b"GET /ready\0 HTTP/1.1"),
    "target with DEL": head(line=b"GET /ready\x7f HTTP/1.1"),
    "method that is no token": head(line=b'G=":<>(e),[T];?" /ready HTTP/1.1'),
    "method in quotes": head(line=b'"GET" /ready HTTP/1.1'),
    "version in small letters": head(line=b"GET /ready http/1.1"),
    "version without a point": head(line=b"GET /ready HTTP/11"),
    "version with two digits": head(line=b"GET /ready HTTP/1.10"),
    "version 1.2": head(line=b"GET /ready HTTP/1.2"),
    "version 01.1": head(line=b"GET /ready HTTP/01.1"),
    "version 0.9": head(line=b"GET /ready HTTP/0.9"),
    "version 2.0": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another protocol": head(line=b"GET /ready RTSP/1.0"),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}
for code in CONTROLS:
    byte = bytes([code])
    HEADS |= {
        f"control {code:02x} before a coding": head(b"Transfer-Encoding:" + byte + b"chunked"),
        f"control {code:02x} behind a coding": head(b"Transfer-Encoding: chunked" + byte),
        f"control {code:02x} before a name": head(byte + b"Transfer-Encoding: chunked", b"Content-Length: 5"),
        f"control {code:02x} behind a name": head(b"Transfer-Encoding" + byte + b": chunked", b"Content-Length: 5"),
        f"control {code:02x} in a value": head(b"X-A: b" + byte + b"c", b"Content-Length: 5"),
        f"control {code:02x} before CR LF": head(b"X-A: b" + byte, b"Content-Length: 5"),
        f"control {code:02x} in a target": head(line=b"GET /re" + byte + b"ady HTTP/1.1"),
    }

# Bodies in chunks. What is before the fault is taken in; the request is answered 400 and nothing behind it is read.
CHUNKS = {
    "size missing": chunked(b"\r\n{}\r\n0\r\n\r\n"),
    "size no number": chunked(b"xyz\r\n{}\r\n0\r\n\r\n"),
    "size signed": chunked(b"+2\r\n{}\r\n0\r\n\r\n"),
    "size negative": chunked(b"-2\r\n{}\r\n0\r\n\r\n"),
    "size with 0x": chunked(b"0x2\r\n{}\r\n0\r\n\r\n"),
    "size underscored": chunked(b"0_2\r\n{}\r\n0\r\n\r\n"),
    "size with space before": chunked(b" 2\r\n{}\r\n0\r\n\r\n"),
    "size with space behind": chunked(b"2 \r\n{}\r\n0\r\n\r\n"),
    "size with tab behind": chunked(b"2\t\r\n{}\r\n0\r\n\r\n"),
    "size with nul behind": chunked(b"2\0\r\n{}\r\n0\r\n\r\n"),
    "size with words behind": chunked(b"2 abc\r\n{}\r\n0\r\n\r\n"),
    "size beyond 64 bits": chunked(b"10000000000000002\r\n{}\r\n0\r\n\r\n"),
    "size ends with LF": chunked(b"2\n{}\r\n0\r\n\r\n"),
    "size ends with CR": chunked(b"2\r{}\r\n0\r\n\r\n"),
    "size ends with CR CR": chunked(b"2\r\r;{}\r\n0\r\n\r\n"),
    "extension empty": chunked(b"2;\r\n{}\r\n0\r\n\r\n"),
    "extension ends with LF": chunked(b"2;a=b\n{}\r\n0\r\n\r\n"),
    "extension with a nul": chunked(b"2;a=\0b\r\n{}\r\n0\r\n\r\n"),
    "extension with CR": chunked(b"2;a=\rb\r\n{}\r\n0\r\n\r\n"),
    "extension too long": chunked(b"2;" + b"a" * 300 + b"\r\n{}\r\n0\r\n\r\n"),
    "chunk longer than its size": chunked(b"1\r\n{}\r\n0\r\n\r\n"),
    "chunk shorter than its size": chunked(b"4\r\n{}\r\n0\r\n\r\n" + b" " * 8),
    "chunk ends with LF": chunked(b"2\r\n{}\n0\r\n\r\n"),
    "chunk ends with CR": chunked(b"2\r\n{}\r0\r\n\r\n"),
    "chunk ends with two bytes": chunked(b"2\r\n{}XX0\r\n\r\n"),
    "chunk without an end": chunked(b"2\r\n{}0\r\n\r\n"),
    "last chunk ends with LF": chunked(b"2\r\n{}\r\n0\n\n"),
    "trailer: a length": chunked(b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n"),
    "trailer: a coding": chunked(b"2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "trailer: a host": chunked(b"2\r\n{}\r\n0\r\nHost: y\r\n\r\n"),
    "trailer: no name": chunked(b"2\r\n{}\r\n0\r\n: y\r\n\r\n"),
    "trailer: a request line": chunked(b"2\r\n{}\r\n0\r\nGET /ballots HTTP/1.1\r\nHost: x\r\n\r\n"),
    "trailer: folded": chunked(b"2\r\n{}\r\n0\r\nX-A: b\r\n c\r\n\r\n"),
    "trailer: ends with LF": chunked(b"2\r\n{}\r\n0\r\nX-A: b\n\r\n"),
    "trailer: with a nul": chunked(b"2\r\n{}\r\n0\r\nX-A: \0\r\n\r\n"),
    "trailers: too many": chunked(b"2\r\n{}\r\n0\r\n" + b"X-A: b\r\n" * 2000 + b"\r\n"),
}

# What is odd and can be read in one way only. With the status, and how many answers come to it and GOOD behind it.
FINE = {
    "an empty line before": (b"\r\n" + head(b"Content-Length: 2") + b"{}", 400),
    "names in capitals": (head(b"CONTENT-LENGTH: 2") + b"{}", 400),
    "coding in capitals": (head(b"TRANSFER-ENCODING: CHUNKED") + b"2\r\n{}\r\n0\r\n\r\n", 400),
    "no space behind the colon": (head(b"Content-Length:2") + b"{}", 400),
    "much space before a value": (head(b"Content-Length: \t 2") + b"{}", 400),
    "space behind a value": (head(b"X-A: b \t ", b"Content-Length: 2") + b"{}", 400),
    "an underscore is another header": (head(b"Transfer_Encoding: chunked", b"Content-Length: 2") + b"{}", 400),
    "empty value": (head(b"X-A:", b"Content-Length: 2") + b"{}", 400),
    "value beyond ascii": (head(b"X-A: Zo\xc3\xab \xff", b"Content-Length: 2") + b"{}", 400),
    "every mark of a token": (head(b"!#$%&'*+-.^_`|~: a", b"Content-Length: 2") + b"{}", 400),
    "host empty": (head(b"Content-Length: 2", host=b"Host:") + b"{}", 400),
    "host with port": (head(b"Content-Length: 2", host=b"Host: [::1]:5000") + b"{}", 400),
    "size in capitals, zeros before": (chunked(b"00A\r\n{        }\r\n0000\r\n\r\n"), 400),
    "extensions": (chunked(b'1;a\r\n{\r\n1;b="c; d";e=f\r\n}\r\n0;g\r\n\r\n'), 400),
    "trailers": (chunked(b"2\r\n{}\r\n0\r\nX-A: b\r\nX-C: d\r\n\r\n"), 400),
    "body with a request in it": (head(b"Content-Length: %d" % len(INNER)) + INNER, 400),
    "chunk with a request in it": (chunked(b"%x\r\n" % len(INNER) + INNER + b"\r\n0\r\n\r\n"), 400),
    "body of a GET": (b"GET /ready HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(INNER), INNER), 200),
    "body of OPTIONS": (b"OPTIONS /ready HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200),
}

ONE_PIECE, BYTES, BEHIND = "in one piece", "byte by byte", "behind a good request"


def send(connection, data, way):
    if way == BYTES:
        try:
            for i in range(len(data)):
                connection.send(data[i : i + 1])
        except OSError:
            pass  # was refused before its end
    else:
        connection.send((GOOD if way == BEHIND else b"") + data)


def rest_of(connection):
    """Whatever else the service says until it closes."""
    try:
        return connection.file.read()
    except ConnectionError:
        return b""


def is_refused(service, data, way):
    with Raw(service.url) as connection:
        send(connection, data, way)
        if way == BEHIND:
            assert connection.answer().headers["X-Request-Id"] == "good"
        answer = connection.answer()
        answer.refused(400, code="bad_encoding")
        assert answer.media_type == JSON and answer.headers["Connection"] == "close"
        assert rest_of(connection) == b"", "what follows was taken for a request"


@pytest.mark.parametrize("way", [ONE_PIECE, BEHIND, BYTES])
@pytest.mark.parametrize("name", HEADS)
def test_head_that_can_be_read_in_two_ways(lasting_service, name, way):
    is_refused(lasting_service, HEADS[name] + b"0\r\n\r\n" + INNER, way)


@pytest.mark.parametrize("way", [ONE_PIECE, BEHIND, BYTES])
@pytest.mark.parametrize("name", CHUNKS)
def test_chunks_that_can_be_read_in_two_ways(lasting_service, name, way):
    is_refused(lasting_service, CHUNKS[name] + INNER, way)


@pytest.mark.parametrize("way", [ONE_PIECE, BEHIND, BYTES])
@pytest.mark.parametrize("name", FINE)
def test_what_is_odd_and_clear(lasting_service, name, way):
    data, status = FINE[name]
    with Raw(lasting_service.url) as connection:
        send(connection, data + GOOD, way)
        if way == BEHIND:
            assert connection.answer().headers["X-Request-Id"] == "good"
        assert connection.answer().status == status
        answer = connection.answer()
        assert answer.status == 200 and answer.headers["X-Request-Id"] == "good"


def test_nothing_is_read_behind_the_last_request(lasting_service):
    with Raw(lasting_service.url) as connection:
        connection.send(b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + INNER)
        assert connection.answer().status == 200
        assert rest_of(connection) == b""


def test_an_answer_under_way_is_not_broken_by_what_is_behind_it(lasting_service):
    """The fault is in the same packet as the end of a request that takes a while; its answer comes first, and whole."""
    body = json.dumps(
        {"number_of_guardians": 5, "quorum": 5, "party_names": ["P", "Q"], "candidate_names": ["Ann", "Bo"]}
    ).encode()
    with Raw(lasting_service.url) as connection:
        connection.send(head(b"Content-Length: %d" % len(body)) + body + HEADS["colon first"])
        connection.answer().ok()
        connection.answer().refused(400, code="bad_encoding")
        assert rest_of(connection) == b""


def test_a_client_that_sends_on_reads_its_refusal(lasting_service):
    """The answer is not lost to a reset, and the memory is not the service's."""
    with Raw(lasting_service.url) as connection:
        try:
            connection.send(HEADS["fold: chunked"])
            for _ in range(40):
                connection.send(b" " * 100_000)
        except OSError:
            pass
        connection.answer().refused(400)


def test_refusals_are_counted(lasting_service):
    name = 'requests_total{endpoint="other",status="400"}'
    before = lasting_service.metric(name)
    is_refused(lasting_service, HEADS["no host"], ONE_PIECE)
    assert lasting_service.metric(name) == before + 1


def test_the_service_is_as_before(lasting_service):
    wire = Wire(lasting_service.url)
    wire.check_usable()
    wire.close()
    end = time.monotonic() + 20
    while not lasting_service.at_rest():
        assert time.monotonic() < end, "memory back"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs/swagger-ui-bundle.js", "/ready"])
def test_head_tells_the_length_and_nothing_follows(lasting_service, path):
    """However much of the answer is computed when it begins: nothing is left in the connection for the next one.
    The answers are the same each time, as /health's is not: it lists what others ask."""
    with Raw(lasting_service.url) as raw:
        raw.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        length = len(raw.body(raw.head()[1]))
        for _ in range(40):
            raw.send(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            status, headers = raw.head()
            assert (status, headers.get("content-length")) == (200, str(length))
            assert "transfer-encoding" not in headers
