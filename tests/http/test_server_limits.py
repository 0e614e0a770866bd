"""Limits of time, size and number: every request ends, with an answer that says why, and what it used goes back."""

import json
import select
import socket
import threading
import time

import pytest
import verify
from client import Client, Raw
from election import Election, election_at
from service import MASTER_KEY, Service, wait_until

SLOW = ("--kernel", "portable")


@pytest.fixture
def run():
    started = []

    def start(*args, env=None):
        service = Service(env=env, args=args)
        started.append(service)
        return service

    yield start
    for service in started:
        assert service.alive(), service.log()
        service.stop()
        assert service.process.returncode == 0, service.log()


@pytest.fixture(scope="module")
def hasty():
    """A service in which a request may take one second."""
    limits = ("--timeout", "1", "--keepalive", "1", "--max-setup-guardians", "100")
    service = Service(args=(*limits, "--workers", "1", "--threads", "1", *SLOW))
    yield service
    assert service.alive(), service.log()
    service.stop()


def post_head(path, length, *more):
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {length}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path, value):
    body = json.dumps(value).encode()
    return post_head(path, len(body)) + body


def drip(connection, text, pause=0.05):
    """Sends a byte now and then, until the service has answered or closed."""
    connection.socket.setblocking(False)
    sent = 0
    try:
        while sent < len(text):
            try:
                if connection.socket.recv(1, socket.MSG_PEEK) is not None:
                    break
            except BlockingIOError:
                pass
            connection.send(text[sent : sent + 1])
            sent += 1
            time.sleep(pause)  # the pace of a slow client
    except OSError:
        pass
    connection.socket.settimeout(20)
    return sent


# ---- time


def test_slow_head(hasty):
    with Raw(hasty.url) as slow:
        began = time.monotonic()
        drip(slow, b"GET /health HTTP/1.1\r\nX-Long: " + b"a" * 1000)
        slow.answer().refused(408)
        assert time.monotonic() - began < 5
        assert slow.closed()


def test_head_that_stops(hasty):
    """All of it in one packet, and then nothing: the first byte starts the clock even so."""
    with Raw(hasty.url) as stopped:
        stopped.send(b"GET /health HTTP/1.1\r\nX-Half: a")
        stopped.answer().refused(408)
        assert stopped.closed()


def test_slow_body(hasty):
    with Raw(hasty.url) as slow:
        began = time.monotonic()
        slow.send(post_head("/setup_guardians", 5000))
        drip(slow, b"{" + b" " * 4000)
        slow.answer().refused(408)
        assert time.monotonic() - began < 5
        assert slow.closed()
    wait_until(hasty.at_rest, what="memory back")


def test_silent_body(hasty):
    with Raw(hasty.url) as silent:
        silent.send(post_head("/setup_guardians", 5000) + b"{")
        silent.answer().refused(408)
        assert silent.closed()


def test_silent_connection(hasty):
    with Raw(hasty.url) as silent:
        assert silent.closed()


def test_idle_connection(hasty):
    with Raw(hasty.url) as idle:
        idle.send(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.answer().status == 200
        assert idle.closed()


def test_work_that_takes_too_long(hasty):
    """A long chunk has begun its answer: that ends without an end. What waits behind it is told."""
    election = election_at(hasty)
    late = hasty.metric("deadlines_total")
    with Raw(hasty.url) as connection:
        connection.send(post("/create_encrypted_ballot", election.chunk_request(3000)))
        with pytest.raises((AssertionError, ValueError, OSError)):
            connection.answer().ok()
    assert hasty.metric("deadlines_total") == late + 1
    wait_until(hasty.at_rest, what="memory back")
    units = hasty.metric("units_total")
    assert election.encrypt("after", "Ann")["status"] == "success"
    assert hasty.metric("units_total") - units < 10


def test_work_before_the_first_byte_that_takes_too_long(hasty):
    """Four requests whose answers are whole or nothing, on one thread: those that wait too long are told."""
    request = {
        "number_of_guardians": 100,
        "quorum": 100,
        "party_names": ["P", "Q"],
        "candidate_names": ["Ann", "Bo"],
    }
    answers = []

    def ask():
        answers.append(Client(hasty.url).post("/setup_guardians", request))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    late = [answer for answer in answers if answer.status != 200]
    assert late, "the request is not long enough for this test"
    for answer in late:
        answer.refused(503, code="deadline")
        assert answer.headers["Retry-After"]
    wait_until(hasty.at_rest, what="memory back")


def test_client_that_does_not_read(run):
    service = run("--timeout", "2", "--workers", "1")
    election = election_at(service)
    host, port = service.url.removeprefix("http://").split(":")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((host, int(port)))
        deaf.sendall(post("/create_encrypted_ballot", election.chunk_request(3000)))
        wait_until(lambda: service.metric("requests_in_flight") == 1, what="the start")
        wait_until(service.at_rest, what="the end")
    assert service.metric("deadlines_total") == 1


def test_deaf_clients_that_leave_take_their_connections_along(run):
    """Also while an older connection stays."""
    service = run("--workers", "1")
    election = election_at(service)
    host, port = service.url.removeprefix("http://").split(":")
    with Raw(service.url) as older:
        older.send(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
        assert older.answer().status == 200
        deaf = [socket.create_connection((host, int(port)), timeout=20) for _ in range(5)]
        for connection in deaf:
            connection.sendall(post("/create_encrypted_ballot", election.chunk_request(600)))
        for connection in deaf:
            assert connection.recv(1)
            connection.close()
        # the older one, the election's and the one that asks
        wait_until(lambda: service.metric("connections") <= 3, what="their end")


def test_client_that_leaves(run):
    service = run("--workers", "1", "--threads", "1", *SLOW)
    election = election_at(service)
    with Raw(service.url) as fickle:
        fickle.send(post("/create_encrypted_ballot", election.chunk_request(3000)))
        wait_until(lambda: service.metric("units_total") > 10, what="the start")
    wait_until(service.at_rest, what="the end")
    wait_until(lambda: service.metric("clients_left_total") == 1, what="the count")
    units = service.metric("units_total")
    assert election.encrypt("after", "Ann")["status"] == "success"
    assert service.metric("units_total") - units < 10


def test_client_that_leaves_before_its_answer_begins(run):
    """The connection is suspended then: its end is noticed all the same."""
    service = run("--workers", "1", "--threads", "1", "--max-setup-guardians", "100", *SLOW)
    request = {
        "number_of_guardians": 100,
        "quorum": 100,
        "party_names": ["P", "Q"],
        "candidate_names": ["Ann", "Bo"],
    }
    with Raw(service.url) as fickle:
        fickle.send(post("/setup_guardians", request))
        wait_until(lambda: service.metric("requests_in_flight") == 1, what="the start")
    wait_until(service.at_rest, what="the end")
    assert service.metric('requests_total{endpoint="/setup_guardians",status="499"}') == 1


BEGUN = [
    b"",
    b"G",
    b"GET /health HTTP/1.1\r\nHost: x\r\n",
    post_head("/create_encrypted_tally", 2000) + b'{"encrypted_ballots":[',
]


@pytest.mark.parametrize("said", BEGUN)
def test_client_that_leaves_in_mid_request_leaves_nothing(run, said):
    """Its end may come together with its first bytes."""
    service = run("--workers", "1")
    for _ in range(50):
        with Raw(service.url) as leaving:
            leaving.send(said)
    with Client(service.url).session as session:
        url = service.url + "/metrics"
        wait_until(lambda: "\negserve_connections 1\n" in session.get(url).text, what="the connections closed")
    assert service.at_rest()


def test_silent_clients_hold_nobody_up(run):
    service = run("--workers", "2")
    election = election_at(service)
    silent = []
    for i in range(100):
        connection = Raw(service.url)
        if i % 2:
            connection.send(post_head("/create_encrypted_ballot", 1000) + b'{"ballot_id"')
        silent.append(connection)
    for i in range(10):
        assert election.encrypt(f"b-{i}", "Ann")["status"] == "success"
    for connection in silent:
        connection.__exit__()
    wait_until(service.at_rest, what="memory back")


# ---- number


def test_more_connections_than_there_may_be(run):
    service = run("--workers", "2", "--worker-connections", "4")
    held = [Raw(service.url) for _ in range(8)]
    for connection in held:
        connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.answer().status == 200
    for _ in range(5):
        with Raw(service.url) as late:
            late.send(post("/setup_guardians", {}))
            answer = late.answer()
            answer.refused(503, code="busy")
            assert answer.headers["Retry-After"] and answer.headers["Connection"] == "close"
            assert late.closed()
    for connection in held:
        connection.__exit__()
    wait_until(lambda: service.metric("connections") <= 1, what="their end")
    assert Client(service.url).post("/setup_guardians", {}).status == 400


def test_more_jobs_than_there_may_be(run):
    service = run("--workers", "1", "--max-jobs", "2")
    waiting = []
    for _ in range(2):
        connection = Raw(service.url)
        connection.send(post_head("/setup_guardians", 2) + b"{")
        waiting.append(connection)
    wait_until(lambda: service.metric("requests_in_flight") == 2, what="their start")
    assert Client(service.url).get("/ready").status == 503
    for encoding in ("json", "msgpack"):
        answer = Client(service.url, encoding).post("/setup_guardians", {})
        answer.refused(503, code="busy")
        assert answer.headers["Retry-After"]
        assert answer.media_type == f"application/{encoding}"
    for connection in waiting:
        connection.send(b"}")
        connection.answer().refused(400)
        connection.__exit__()
    assert Client(service.url).get("/ready").status == 200
    assert service.metric("refused_total") == 2


def is_readable(connection):
    return bool(select.select([connection.socket], [], [], 0)[0])


def test_more_memory_than_there_may_be(run):
    """Bodies that wait for their end hold memory, until one is refused: at its headers, or on the way."""
    service = run("--workers", "2", "--max-memory", "32M")
    election = election_at(service)
    ballots = ", ".join(f'{{"ballot_id": "b-{i}", "candidate_names_to_vote": ["Ann"]}}' for i in range(30000))
    begun = json.dumps(election.fields())[:-1].encode() + b', "ballots": [' + ballots.encode()
    held = []
    refused = None
    while refused is None:
        assert len(held) < 40, "nothing was refused"
        before = service.metric("memory_in_flight_bytes")
        connection = Raw(service.url)
        held.append(connection)
        connection.send(post_head("/create_encrypted_ballot", 2 * len(begun)) + begun)
        wait_until(lambda: is_readable(connection) or service.metric("memory_in_flight_bytes") > before + 500_000)
        refused = next((c for c in held if is_readable(c)), None)
    answer = refused.answer()
    answer.refused(503, code="busy")
    assert answer.headers["Retry-After"]
    assert service.metric("memory_in_flight_bytes") <= 32 << 20
    for connection in held:
        connection.__exit__()
    wait_until(service.at_rest, what="memory back")
    assert election.encrypt("after", "Ann")["status"] == "success"


def setup_request(guardians, quorum=None):
    names = ["Ann", "Bo"]
    counts = {"number_of_guardians": guardians, "quorum": guardians if quorum is None else quorum}
    return {**counts, "party_names": names, "candidate_names": names}


def test_guardians_of_one_setup(run):
    service = run("--workers", "1")
    client = Client(service.url)
    answer = client.post("/setup_guardians", setup_request(25, 2)).ok()
    assert len(answer["guardian_data"]) == len(answer["polynomials"]) == 25
    refused = client.post("/setup_guardians", setup_request(26, 2))
    refused.refused(400, "out_of_range", "number_of_guardians")
    assert "at most 25" in refused.body["message"] and "max_setup_guardians" in refused.body["message"]
    client.close()
    service = run("--workers", "1", "--max-setup-guardians", "3")
    client = Client(service.url)
    client.post("/setup_guardians", setup_request(3)).ok()
    client.post("/setup_guardians", setup_request(4)).refused(400, "out_of_range", "number_of_guardians")
    client.close()


@pytest.mark.parametrize("guardians", [20, 40, 60, 80, 100])
def test_no_answer_begins_that_cannot_end(run, guardians):
    """Refused for its size, or answered whole: of 32 MB some of these take too much."""
    service = run("--workers", "1", "--max-memory", "32M", "--max-setup-guardians", "100")
    client = Client(service.url)
    answer = client.post("/setup_guardians", setup_request(guardians))
    if answer.status == 200:
        assert len(answer.ok()["guardian_data"]) == len(answer.body["polynomials"]) == guardians
    else:
        answer.refused(413, "too_large")
    assert answer.status == (200 if guardians <= 20 else 413 if guardians >= 80 else answer.status)
    client.close()
    wait_until(service.at_rest, what="memory back")


@pytest.fixture(scope="module")
def large(service):
    """By number of candidates: an election, two ballots of it, their tally and a spoiled ballot. Made where there is room."""
    made = {}

    def make(candidates):
        if candidates not in made:
            election = Election(Client(service.url), 1, 1, [f"C{i}" for i in range(candidates)])
            election.setup()
            ballots = [election.encrypt(f"b-{i}", f"C{i}")["encrypted_ballot"] for i in range(2)]
            tally = election.tally(ballots[:1])["ciphertext_tally"]
            made[candidates] = (election, ballots, tally, election.spoiled(ballots[1:]))
        return made[candidates]

    return make


def large_request(path, large, candidates):
    election, ballots, tally, spoiled = large(candidates)
    if path == "/create_encrypted_ballot":
        return election.chunk_request(8)
    if path == "/create_encrypted_tally":
        return {**election.fields(), "encrypted_ballots": ballots}
    return election.partial_request("1", tally, spoiled)


def assert_whole(path, answer, candidates):
    """The answer has everything that was asked for."""
    if path == "/create_partial_decryption":
        ballots = verify.artifact(answer["ballot_shares"])
        for share, selections in [(answer["tally_share"], candidates), (ballots["b-1"], candidates + 1)]:
            assert len(verify.artifact(share)["contests"]["contest-1"]["selections"]) == selections
        return
    if path == "/create_encrypted_ballot":
        assert [b["ballot_id"] for b in answer["ballots"]] == [f"b-{i}" for i in range(8)]
        ballots = [b["encrypted_ballot"] for b in answer["ballots"]]
    else:
        ballots = answer["submitted_ballots"]
        assert len(ballots) == 2
    for ballot in map(verify.artifact, ballots):
        assert len(ballot["contests"][0]["ballot_selections"]) == candidates + 1


@pytest.mark.parametrize("path", ["/create_encrypted_ballot", "/create_encrypted_tally", "/create_partial_decryption"])
def test_no_large_answer_begins_that_cannot_end(run, large, path):
    """The same of ballots, from few candidates to as many as there may be: never a 200 that is broken off."""
    statuses = []
    for candidates in (10, 50, 100, 150, 250, 400, 600, 999):
        service = run("--workers", "1", "--max-memory", "32M")
        client = Client(service.url)
        answer = client.post(path, large_request(path, large, candidates))
        statuses.append(answer.status)
        if answer.status == 200:
            assert_whole(path, answer.ok(), candidates)
        elif answer.status == 503:  # beside the tables of its election's key
            answer.refused(503, "busy")
        else:
            answer.refused(413, "too_large")
        client.close()
        wait_until(service.at_rest, what="memory back")
    assert statuses[0] == 200 and statuses[-1] == 413


def test_what_never_fits_is_too_large(run):
    """scrypt takes 64 MB: however long one waits, they are not there."""
    service = run("--workers", "1", "--max-memory", "32M", env={"MASTER_KEY_PQ": MASTER_KEY})
    client = Client(service.url)
    client.post("/api/encrypt", {"private_key": "k", "password": "x" * 32}).refused(413, "too_large")
    client.close()


def test_slow_heads_count_as_memory(run):
    service = run("--workers", "1", "--max-memory", "32M", "--max-header", "1M")
    held = [Raw(service.url) for _ in range(40)]
    for connection in held:
        connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 1000)
    wait_until(lambda: sum(map(is_readable, held)) > 10, what="refusals")
    for connection in held:
        if is_readable(connection):
            connection.answer().refused(503, code="busy")
        connection.__exit__()
    wait_until(service.at_rest, what="memory back")


# ---- size


@pytest.mark.parametrize("path", ["/setup_guardians", "/create_encrypted_tally"])
def test_announced_body_that_is_too_large(service, path):
    with Raw(service.url) as connection:
        connection.send(post_head(path, 99999999999999))
        connection.answer().refused(413, code="too_large")
        assert connection.closed()


def test_announced_body_beyond_any_number(service):
    with Raw(service.url) as connection:
        connection.send(post_head("/setup_guardians", "9" * 40))
        connection.answer().refused(413, code="too_large")


def test_chunked_body_that_grows_too_large(run):
    service = run("--workers", "1", "--max-body", "1M")
    with Raw(service.url) as connection:
        connection.send(
            b"POST /create_encrypted_tally HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        try:
            for _ in range(64):
                connection.send(b"10000\r\n" + b" " * 65536 + b"\r\n")
        except OSError:
            pass
        connection.answer().refused(413, code="too_large")
        assert connection.closed()
    wait_until(service.at_rest, what="memory back")


def test_head_that_is_too_large(service):
    for fields in (b"X-Long: " + b"a" * 100_000, b"\r\n".join(b"X-%d: a" % i for i in range(20_000))):
        with Raw(service.url) as connection:
            connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n\r\n")
            connection.answer().refused(431)
            assert connection.closed()


def test_line_that_is_too_long(service):
    with Raw(service.url) as connection:
        connection.send(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.answer().refused(431)


def test_head_limit_is_a_setting(run):
    service = run("--workers", "1", "--max-header", "8K")
    with Raw(service.url) as connection:
        connection.send(b"GET /ballots HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 9000 + b"\r\n\r\n")
        connection.answer().refused(431)
    with Raw(service.url) as connection:
        connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 7000 + b"\r\n\r\n")
        assert connection.answer().status == 200


LARGE = 1024 * 1024 + 1
OWN = ["/health", "/ready", "/metrics", "/status"]


@pytest.mark.parametrize("form", ["announced", "chunked"])
@pytest.mark.parametrize(
    "method, path, status",
    [
        *[("GET", path, 413) for path in OWN],
        *[("HEAD", path, 413) for path in OWN],
        *[("POST", path, 405) for path in OWN],
        *[("PUT", path, 405) for path in OWN],
        *[("OPTIONS", path, 413) for path in (*OWN, "/setup_guardians", "/create_encrypted_tally", "/nowhere", "/docs")],
        *[("GET", path, 413) for path in ("/ballots", "/docs", "/openapi.json", "/api/health")],
        ("GET", "/nowhere", 404),
        ("DELETE", "/setup_guardians", 405),
    ],
)
def test_large_body_that_no_path_needs(service, method, path, status, form):
    """Judged at the header where the length is told; the answer can be read while the client sends on."""
    with Raw(service.url) as connection:
        length = "Transfer-Encoding: chunked" if form == "chunked" else f"Content-Length: {LARGE + 2_000_000}"
        connection.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n".encode())
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n" if form == "chunked" else b" " * 0x10000
        try:
            for _ in range(LARGE // 0x10000 + 10):
                connection.send(piece)
        except OSError:
            pass
        got, headers = connection.head()
        assert got == status
        if method != "HEAD" or form == "chunked":
            assert json.loads(connection.body(headers))["code"]
        assert connection.closed()


@pytest.mark.parametrize("method, path", [("GET", "/health"), ("OPTIONS", "/setup_guardians"), ("HEAD", "/ready")])
def test_small_body_that_no_path_needs(service, method, path):
    """Is read and ignored; the connection is as before."""
    with Raw(service.url) as connection:
        for body in (b"x" * 1000, b"y" * 1_000_000):
            connection.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            status, headers = connection.head()
            assert status == 200
            if method != "HEAD":
                connection.body(headers)


# ---- framing


@pytest.mark.parametrize("length", ["abc", "-1", "1 2", "0x10", "+5", "1.5", ""])
def test_bad_content_length(service, length):
    with Raw(service.url) as connection:
        connection.send(post_head("/setup_guardians", length))
        connection.answer().refused(400)


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Content-Length: 5"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked, chunked"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Transfer-Encoding:", "Content-Length: 5"],
        ["Transfer-Encoding:"],
        ["Content-Length: 5", "Transfer-Encoding : chunked"],
        ["Content-Length : 5"],
        ["Content-Length: 5", "X: y\rTransfer-Encoding: chunked"],
        ["Content-Length: 5", "X\x01: y"],
        ["Content-Length: 5", "Host: y"],
    ],
)
def test_body_whose_end_is_a_matter_of_opinion(service, lines):
    head = ["POST /setup_guardians HTTP/1.1", "Host: x", "Content-Type: application/json", *lines]
    with Raw(service.url) as connection:
        connection.send(("\r\n".join(head) + "\r\n\r\n").encode() + b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.answer().refused(400)
        assert connection.closed(), "what follows must not be taken for a request"


@pytest.mark.parametrize(
    "target, status",
    [
        ("http://x/health", 200),
        ("HTTPS://x:5000/health?a=b", 200),
        ("http://x", 404),
        ("http://x/nowhere", 404),
        ("http://x/setup_guardians", 405),
        ("http:/health", 404),
    ],
)
def test_target_that_is_a_whole_uri(service, target, status):
    with Raw(service.url) as connection:
        connection.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.answer().status == status


def test_no_length_at_all(service):
    with Raw(service.url) as connection:
        connection.send(b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n")
        connection.answer().refused(411)
        assert connection.closed(), "a body may follow all the same"


@pytest.mark.parametrize("size", ["xyz", "-1", "fffffffffffffffff"])
def test_bad_chunk(service, size):
    with Raw(service.url) as connection:
        connection.send(
            b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + size.encode() + b"\r\n{}\r\n0\r\n\r\n"
        )
        assert connection.answer().status in (400, 413)


@pytest.mark.parametrize("line", [b"GARBAGE", b"GET /health HTTP/9.9", b"GET", b"\x16\x03\x01\x02\x00"])
def test_no_request(service, line):
    with Raw(service.url) as connection:
        connection.send(line + b"\r\n\r\n")
        try:
            answer = connection.answer()
        except AssertionError:
            return  # closed without a word is fine for what is no HTTP
        answer.refused(400)


@pytest.mark.parametrize("method", [b'A","x":"B', b"A\x1b[31m", b"A\x01"])
def test_method_that_is_none(service, method):
    with Raw(service.url) as connection:
        connection.send(method + b" /health HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.answer().refused(400, code="bad_encoding")
        assert connection.closed()


def test_expect_continue(service):
    with Raw(service.url) as connection:
        connection.send(post_head("/setup_guardians", 2, "Expect: 100-continue"))
        assert connection.file.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert connection.file.readline() == b"\r\n"
        connection.send(b"{}")
        connection.answer().refused(400, code="missing_field")


def test_expect_continue_of_a_body_that_is_refused(service):
    with Raw(service.url) as connection:
        connection.send(post_head("/nowhere", 1000, "Expect: 100-continue"))
        connection.answer().refused(404)


@pytest.mark.parametrize(
    "case",
    [
        (405, "PUT", "/setup_guardians"),
        (405, "POST", "/health"),
        (405, "DELETE", "/docs"),
        (404, "POST", "/nowhere"),
        (413, "POST", "/setup_guardians", "Content-Type: application/json", "Content-Length: 99999999999"),
        (413, "GET", "/health", "Content-Length: 99999999999"),
        (413, "OPTIONS", "/setup_guardians", "Content-Length: 99999999999"),
        (415, "POST", "/setup_guardians", "Content-Type: text/plain"),
        (415, "POST", "/api/encrypt", "Content-Type: application/json; charset=utf-16"),
        (415, "POST", "/setup_guardians"),
        (415, "POST", "/create_encrypted_tally", "Content-Type: application/json", "Content-Encoding: br"),
        (400, "POST", "/setup_guardians", "Content-Type: application/json", "Transfer-Encoding: gzip"),
    ],
)
def test_no_hundred_before_a_refusal(service, case):
    """What can be told from the head is told before the client sends its body."""
    status, method, path, *more = case
    more = more if any("Length" in line or "Transfer" in line for line in more) else [*more, "Content-Length: 100"]
    head = [f"{method} {path} HTTP/1.1", "Host: x", "Expect: 100-continue", *more]
    with Raw(service.url) as connection:
        connection.send(("\r\n".join(head) + "\r\n\r\n").encode())
        connection.answer().refused(status)


def test_pipelined_requests_are_answered_in_order(service):
    requests = [post("/nowhere", {"a": 1}), post("/setup_guardians", {}), b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"]
    with Raw(service.url) as connection:
        connection.send(b"".join(requests) * 3)
        for _ in range(3):
            connection.answer().refused(404)
            connection.answer().refused(400)
            assert connection.answer().body["status"] == "healthy"


@pytest.mark.parametrize(
    "request_bytes, status",
    [
        (post("/setup_guardians", {}), 400),
        (post("/nowhere", {"a": 1}), 404),
        (b"PUT /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 405),
        (b"GET /setup_guardians HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\n{}", 415),
        (post_head("/setup_guardians", 2, "Content-Encoding: br") + b"{}", 415),
        (post("/setup_guardians", {"number_of_guardians": "x" * 100_000}), 400),
        (b"GET /health%00 HTTP/1.1\r\nHost: x\r\n\r\n", 404),
    ],
)
def test_connection_is_usable_after_an_error(service, request_bytes, status):
    with Raw(service.url) as connection:
        for _ in range(3):
            connection.send(request_bytes)
            connection.answer().refused(status)
        connection.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.answer().status == 200


def test_large_refused_body_does_not_lose_the_answer(service):
    """The answer leaves at once, and is not lost to a reset while the client still sends."""
    with Raw(service.url) as connection:
        connection.send(post_head("/nowhere", 30_000_000))
        try:
            for _ in range(30):
                connection.send(b" " * 1_000_000)
        except OSError:
            pass
        connection.answer().refused(404)
