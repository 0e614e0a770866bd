"""Who may call: the access key, what browsers are told (CORS), and the headers on every answer.
docs/api-contract.md 1.1, 1.2 and 1.4."""

import json

import pytest
from client import JSON, MSGPACK, SECURITY_HEADERS, Client, Raw
from service import MASTER_KEY

KEY = "a-key-between-services-0123456789"
HEADER = "X-ElectionGuard-Internal-Key"
BROWSER = ["/api/decrypt", "/generate_guardian_backup_shares"]
OTHERS = ["/setup_guardians", "/create_encrypted_ballot", "/api/encrypt", "/ballots", "/health", "/api/health"]
ALLOWED_HEADERS = "Content-Type, Authorization, Accept, X-ElectionGuard-Internal-Key, X-Request-Id"
EXEMPT = ["/health", "/api/health", "/ready", "/metrics", "/status", "/docs", "/docs/start.js", "/openapi.json", "/app"]


@pytest.fixture(scope="module")
def locked(start_service):
    return start_service(env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY, "MASTER_KEY_PQ": MASTER_KEY})


def raw_request(service, method, path, *headers, body=b""):
    """The answer to a request of which nothing is added but Host."""
    lines = [f"{method} {path} HTTP/1.1", "Host: test", *headers, "", ""]
    with Raw(service.url) as connection:
        connection.send("\r\n".join(lines).encode() + body)
        status, answered = connection.head()
        raw = b"" if method == "HEAD" else connection.body(answered)
    return status, answered, raw


def has_security_headers(headers):
    got = {name.lower(): value for name, value in headers.items()}
    for name, value in SECURITY_HEADERS.items():
        assert got.get(name.lower()) == value, name
    assert got["x-request-id"]
    assert "server" not in got


# ---- the access key


@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_without_the_key_nothing_is_answered(locked, encoding):
    client = Client(locked.url, encoding)
    for path in ("/setup_guardians", "/api/encrypt", "/api/decrypt", "/ballots", "/no/such/path", "/setup_guardians/"):
        answers = [client.post(path, {}), client.get(path), client.send("PUT", path, b"{}")]
        for answer in answers:
            body = answer.refused(401, "unauthorized", message="Invalid internal API key")
            assert body["error"] == "Unauthorized" and "field" not in body
            assert answer.media_type == (JSON if encoding == "json" or answer is answers[1] else MSGPACK)
    client.close()


@pytest.mark.parametrize(
    "given", ["", KEY[:-1], KEY + "x", KEY[:-1] + "x", "x" + KEY[1:], KEY.upper(), "x" * 5000, "\u00e9"]
)
def test_another_key_is_no_key(locked, given):
    status, headers, raw = raw_request(locked, "GET", "/ballots", f"{HEADER}: {given}")
    assert status == 401 and json.loads(raw)["code"] == "unauthorized"
    has_security_headers(headers)


def test_the_key_opens(locked):
    for name in (HEADER, HEADER.lower(), HEADER.upper()):
        assert raw_request(locked, "GET", "/ballots", f"{name}: {KEY}")[0] == 200
    client = Client(locked.url, headers={HEADER: KEY})
    client.post("/setup_guardians", {}).refused(400, "missing_field")
    client.post("/no/such/path", {}, **{HEADER: KEY}).refused(404)
    client.close()


@pytest.mark.parametrize("path", EXEMPT)
def test_public_text_needs_no_key(locked, path):
    for headers in ([], [f"{HEADER}: wrong"]):
        status, answered, _ = raw_request(locked, "GET", path, *headers)
        assert status == 200
        has_security_headers(answered)
        assert raw_request(locked, "HEAD", path, *headers)[0] == 200


@pytest.mark.parametrize("path", ["/health/", "/Health", "//health", "/health/x", "/metrics.json", "/api/health/../encrypt", "/docs/", "/docs/a/b", "/openapi.jso"])
def test_nothing_beside_these_is_exempt(locked, path):
    assert raw_request(locked, "GET", path)[0] == 401


@pytest.mark.parametrize("path", [*BROWSER, *OTHERS, "/no/such/path"])
def test_options_needs_no_key(locked, path):
    status, headers, _ = raw_request(locked, "OPTIONS", path)
    assert status == 200
    has_security_headers(headers)


@pytest.mark.parametrize("length", [10, 100_000_000_000])
def test_refused_before_the_body(locked, length):
    """The headers alone are sent, and the answer comes: no byte of the body was needed."""
    headers = [f"Content-Type: {JSON}", f"Content-Length: {length}", "Expect: 100-continue"]
    status, answered, raw = raw_request(locked, "POST", "/setup_guardians", *headers)
    assert status == 401 and json.loads(raw)["code"] == "unauthorized"
    has_security_headers(answered)


def test_without_a_setting_no_key_is_needed(start_service):
    open_service = start_service(env={"ELECTIONGUARD_INTERNAL_API_KEY": ""})
    assert raw_request(open_service, "GET", "/ballots")[0] == 200
    assert raw_request(open_service, "GET", "/ballots", f"{HEADER}: anything")[0] == 200


def test_the_key_is_not_logged(start_service):
    service = start_service(env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY}, args=["--access-log"])
    given = "another-key-that-was-sent"
    assert raw_request(service, "GET", "/ballots", f"{HEADER}: {KEY}")[0] == 200
    assert raw_request(service, "GET", "/ballots", f"{HEADER}: {given}")[0] == 401
    assert service.stop() == 0
    assert service.log().count("/ballots") == 2
    assert KEY not in service.log() and given not in service.log()


# ---- CORS


def has_cors(headers, origin="*"):
    got = {name.lower(): value for name, value in headers.items()}
    assert got.get("access-control-allow-origin") == origin
    assert got.get("access-control-allow-methods") == "POST, OPTIONS"
    assert got.get("access-control-allow-headers") == ALLOWED_HEADERS
    assert "access-control-allow-credentials" not in got


def has_no_cors(headers):
    assert not [name for name in headers if name.lower().startswith("access-control-")]


def preflight(service, path, origin="https://vote.example"):
    return raw_request(
        service, "OPTIONS", path, f"Origin: {origin}", "Access-Control-Request-Method: POST",
        f"Access-Control-Request-Headers: content-type, {HEADER.lower()}",
    )  # fmt: skip


@pytest.mark.parametrize("path", BROWSER)
def test_preflight(locked, path):
    status, headers, raw = preflight(locked, path)
    assert status == 200 and json.loads(raw) == {"status": "ok"}
    assert headers["content-type"] == JSON
    assert headers["access-control-max-age"] == "600"
    assert headers["allow"] == "POST, OPTIONS"
    has_cors(headers)
    has_security_headers(headers)


@pytest.mark.parametrize("path", OTHERS)
def test_no_cors_elsewhere(service, path):
    status, headers, _ = preflight(service, path)
    assert status == 200 and "OPTIONS" in headers["allow"]
    has_no_cors(headers)
    for method in ("GET", "POST"):
        has_no_cors(raw_request(service, method, path, "Origin: https://vote.example", "Content-Length: 0")[1])


@pytest.mark.parametrize("encoding", ["json", "msgpack"])
@pytest.mark.parametrize("path", BROWSER)
def test_every_answer_of_a_browser_endpoint_has_cors(service, locked, start_service, samples, path, encoding):
    client = Client(service.url, encoding)
    endpoint = path.strip("/").replace("/", "_")
    good = samples.request(endpoint)
    answers = [
        (200, client.post(path, good)),
        (400, client.post(path, {})),
        (405, client.get(path)),
        (405, client.send("PUT", path, b"{}")),
        (415, client.send("POST", path, b"{}", {"Content-Type": "text/plain"})),
        (415, client.send("POST", path, b"{}", {**client.headers, "Content-Encoding": "br"})),
        (413, client.send("POST", path, b" " * ((16 << 20) + 1), client.headers)),
    ]
    if path == "/api/decrypt":
        answers.append((403, client.post(path, {**good, "encrypted_data": "AAAA"})))
        bare = Client(start_service().url, encoding)
        answers.append((503, bare.post(path, good)))
        bare.close()
    other = Client(locked.url, encoding)
    answers.append((401, other.post(path, good)))
    for client_of in (client, other):
        client_of.close()
    for status, answer in answers:
        assert answer.status == status, answer.raw[:200]
        has_cors(answer.headers)
        has_security_headers(answer.headers)


def test_one_origin_is_allowed(start_service):
    service = start_service(env={"EGSERVE_CORS_ORIGINS": "https://vote.example"})
    for path in BROWSER:
        status, headers, _ = preflight(service, path)
        assert status == 200 and "Origin" in headers["vary"]
        has_cors(headers, "https://vote.example")
        _, headers, _ = raw_request(service, "POST", path, "Origin: https://vote.example", "Content-Length: 0")
        has_cors(headers, "https://vote.example")


def test_origins_of_a_list_are_echoed(start_service):
    service = start_service(env={"EGSERVE_CORS_ORIGINS": "https://a.example, https://b.example"})
    for path in BROWSER:
        for origin in ("https://a.example", "https://b.example"):
            _, headers, _ = preflight(service, path, origin)
            has_cors(headers, origin)
            assert "Origin" in headers["vary"]
        for origin in ("https://c.example", "https://a.example.evil", "null"):
            _, headers, _ = preflight(service, path, origin)
            assert "access-control-allow-origin" not in headers
            assert "Origin" in headers["vary"]


# ---- headers on every answer


def test_security_headers_on_every_answer(service):
    long = "x" * 300
    for status, method, path, *headers in (
        (200, "GET", "/health"),
        (200, "HEAD", "/health"),
        (200, "GET", "/ready"),
        (200, "GET", "/metrics"),
        (200, "GET", "/openapi.json"),
        (200, "OPTIONS", "/setup_guardians"),
        (400, "POST", "/setup_guardians", f"Content-Type: {JSON}", "Content-Length: 0"),
        (404, "GET", "/nowhere"),
        (404, "GET", f"/{long}"),
        (404, "GET", "/ballots/b-1"),
        (405, "DELETE", "/setup_guardians"),
        (413, "POST", "/setup_guardians", f"Content-Type: {JSON}", "Content-Length: 99999999999999"),
        (415, "POST", "/setup_guardians", "Content-Type: text/plain", "Content-Length: 0"),
    ):
        answered, got, _ = raw_request(service, method, path, *headers)
        assert answered == status, (method, path)
        has_security_headers(got)


def test_a_method_that_is_not_allowed_names_those_that_are(service):
    for path, allowed in (("/setup_guardians", "POST, OPTIONS"), ("/ballots", "GET, HEAD, OPTIONS")):
        status, headers, _ = raw_request(service, "DELETE", path)
        assert status == 405 and headers["allow"] == allowed
        assert raw_request(service, "OPTIONS", path)[1]["allow"] == allowed
