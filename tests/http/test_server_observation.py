"""What the service says of itself: health, readiness, metrics, log; who may call, from where, under which id."""

import datetime
import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path

import pytest
import requests
from client import MSGPACK, SECURITY_HEADERS, Client, Raw
from election import Election, election_at
from service import MASTER_KEY, ROOT, Service, program, wait_until

KEY = "a-key-that-nobody-guesses"
SAMPLE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$')


@pytest.fixture(scope="module")
def guarded():
    """A service with an access key and a list of origins."""
    env = {
        "ELECTIONGUARD_INTERNAL_API_KEY": KEY,
        "EGSERVE_CORS_ORIGINS": "https://one.example, https://two.example",
        "MASTER_KEY_PQ": MASTER_KEY,
    }
    service = Service(env=env, args=("--workers", "2", "--access-log"))
    yield service
    assert service.stop() == 0


def call(service, method, path, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, service.url + path, headers=named, timeout=20)


# ---- own paths


def test_health(service):
    body = Client(service.url).get("/health").ok()
    assert list(body)[:5] == [
        "status",
        "ballot_publication_stats",
        "active_requests",
        "stuck_requests",
        "thread_count",
    ]
    assert body["status"] == "healthy"
    assert list(body["ballot_publication_stats"]) == [
        "cast_ballots_processed",
        "cast_ballots_cached",
        "audited_ballots_cached",
        "nonces_stored",
        "audited_cache_max",
        "cast_storage",
    ]
    assert body["ballot_publication_stats"]["cast_storage"] == "stateless"
    assert body["stuck_requests"] == [] and body["thread_count"] >= 4


def test_health_tells_of_all_workers():
    service = Service(args=("--workers", "3", "--threads", "2"))
    election = Election(Client(service.url))
    election.setup()
    for i in range(9):
        Client(service.url).post("/create_encrypted_ballot", election.ballot_request(f"b-{i}", "Ann")).ok()
    election.encrypt("audited", "Ann", "AUDITED")
    waiting = Raw(service.url)
    waiting.send(
        b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nX-Request-Id: the-one\r\n"
        b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    wait_until(lambda: service.metric("requests_in_flight") == 1, what="its start")
    for _ in range(6):  # whichever worker answers
        body = Client(service.url).get("/health").ok()
        assert body["ballot_publication_stats"]["cast_ballots_processed"] == 9
        assert body["active_requests"] == 1
        assert body["thread_count"] == 6
        assert [r["request_id"] for r in body["requests"]] == ["the-one"]
        assert body["requests"][0]["endpoint"] == "/setup_guardians"
    waiting.__exit__()
    assert service.stop() == 0


def described_metrics():
    """{name: (type, labels)} of docs/metrics.md; what workers and coordinators answer is held against it by tests/cluster."""
    text = Path(ROOT, "docs/metrics.md").read_text()
    rows = re.findall(r"^\| `(egserve_(?!cluster_)\w+)` \| (\w+) \| (.*?) \|", text, re.M)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def test_every_metric_is_described(service):
    """In docs/metrics.md, by name, type and labels, and nothing else is."""
    Client(service.url).post("/setup_guardians", {}).refused(400)
    text = requests.get(service.url + "/metrics", timeout=20).text
    found = {name: (kind, set()) for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M)}
    for name, labels in re.findall(r"^(egserve_\w+)\{(.*)\} ", text, re.M):
        base = name if name in found else re.sub("_(bucket|sum|count)$", "", name)
        found[base][1].update(re.findall(r'(\w+)="', labels))
    assert found == described_metrics()


def test_faults_are_counted_from_zero(start_service):
    """A series that begins with 1 never rose, as alerts see it."""
    found = start_service(args=("--workers", "1")).metrics()
    endpoints = {re.search('endpoint="([^"]*)"', name).group(1) for name in found if "requests_total{" in name}
    assert {"/create_encrypted_ballot", "/health", "other"} <= endpoints
    for endpoint in endpoints:
        for status in (500, 503):
            assert found[f'egserve_requests_total{{endpoint="{endpoint}",status="{status}"}}'] == 0
    assert found["egserve_lost_requests_total"] == 0


def test_busy_threads_and_waiting_units(start_service):
    service = start_service(args=("--workers", "1", "--threads", "1", "--kernel", "portable"))
    election = election_at(service)
    wait_until(lambda: service.metric("threads_busy") == service.metric("units_waiting") == 0, what="rest")
    thread = threading.Thread(target=lambda: election.encrypt_chunk([(str(i), "Ann") for i in range(600)]))
    thread.start()
    wait_until(lambda: service.metric("threads_busy") == 1 and service.metric("units_waiting") > 1, what="work")
    thread.join(60)
    wait_until(lambda: service.metric("threads_busy") == service.metric("units_waiting") == 0, what="rest")


def test_metrics_are_well_formed_and_add_up(service):
    before = service.metrics()
    for _ in range(3):
        Client(service.url).post("/setup_guardians", {}).refused(400)
    name = 'egserve_requests_total{endpoint="/setup_guardians",status="400"}'
    wait_until(lambda: service.metrics().get(name, 0) == before.get(name, 0) + 3, what="the count")
    reply = requests.get(service.url + "/metrics", timeout=20)
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4"
    typed = {}
    for line in reply.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, metric, kind = line.split()
            assert metric not in typed, "each metric is described once"
            typed[metric] = kind
        elif not line.startswith("#"):
            assert SAMPLE.match(line), line
            metric = line.split("{")[0].split(" ")[0]
            base = re.sub("_(bucket|sum|count)$", "", metric)
            assert metric in typed or typed.get(base) == "histogram", line
    found = service.metrics()
    prefix = "egserve_request_duration_seconds"
    label = 'endpoint="/setup_guardians"'
    buckets = [v for n, v in found.items() if n.startswith(f"{prefix}_bucket{{{label}")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == found[f"{prefix}_count{{{label}}}"]
    assert found["egserve_memory_resident_bytes"] > 1_000_000
    assert any(n.startswith("egserve_kernel_info{kernel=") for n in found)


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/status"])
def test_own_paths_answer_head_and_nothing_else(service, path):
    got = call(service, "GET", path)
    head = call(service, "HEAD", path)
    assert got.status_code == head.status_code == 200
    assert head.content == b"" and int(head.headers["Content-Length"]) > 0
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    wrong = call(service, "DELETE", path)
    assert wrong.status_code == 405 and wrong.headers["Allow"] == "GET, HEAD, OPTIONS"


# ---- headers of every answer


def test_every_answer_carries_its_headers(service):
    for method, path, status in (
        ("GET", "/health", 200),
        ("GET", "/metrics", 200),
        ("OPTIONS", "/setup_guardians", 200),
        ("OPTIONS", "/nowhere", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/setup_guardians", 405),
        ("GET", "/ballots", 200),
    ):
        reply = call(service, method, path)
        assert reply.status_code == status, path
        for name, value in SECURITY_HEADERS.items():
            assert reply.headers[name] == value
        assert reply.headers["X-Request-Id"]
        assert ("Allow" in reply.headers) == (method == "OPTIONS" or status == 405)


@pytest.mark.parametrize("given", ["abc", "A-1_b.c:9", "x" * 64])
def test_request_id_is_taken(service, given):
    assert call(service, "GET", "/health", X_Request_Id=given).headers["X-Request-Id"] == given
    assert call(service, "GET", "/nowhere", X_Request_Id=given).json()["request_id"] == given


@pytest.mark.parametrize("given", ["x" * 65, "a b", 'a"b', "a\\b", "ä".encode().decode("latin-1"), "<a>"])
def test_request_id_is_made(service, given):
    made = call(service, "GET", "/health", X_Request_Id=given).headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", made)


# ---- access


@pytest.mark.parametrize("given", [None, "", "wrong", KEY + "x", KEY[:-1], KEY.upper()])
def test_key_is_asked_for(guarded, given):
    headers = {} if given is None else {"X-ElectionGuard-Internal-Key": given}
    for method, path in (("POST", "/setup_guardians"), ("GET", "/ballots"), ("GET", "/nowhere")):
        answer = Client(guarded.url).send(method, path, headers=headers)
        body = answer.refused(401, code="unauthorized")
        assert body["message"] == "Invalid internal API key"


def test_key_opens(guarded):
    headers = {"X-ElectionGuard-Internal-Key": KEY, "Content-Type": "application/json"}
    assert Client(guarded.url).send("POST", "/setup_guardians", data=b"{}", headers=headers).status == 400
    assert Client(guarded.url).send("GET", "/nowhere", headers=headers).status == 404


def test_no_key_is_needed_for(guarded):
    for method, path in (
        ("GET", "/health"),
        ("GET", "/api/health"),
        ("GET", "/ready"),
        ("GET", "/metrics"),
        ("OPTIONS", "/setup_guardians"),
        ("OPTIONS", "/api/decrypt"),
    ):
        assert call(guarded, method, path).status_code == 200, path


def test_401_does_not_wait_for_the_body(guarded):
    with Raw(guarded.url) as connection:
        connection.send(b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        connection.answer().refused(401)


def test_401_keeps_the_connection(guarded):
    with Raw(guarded.url) as connection:
        for _ in range(3):
            connection.send(b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
            connection.answer().refused(401)


def test_401_speaks_the_clients_encoding(guarded):
    answer = Client(guarded.url).send("GET", "/ballots", headers={"Accept": MSGPACK})
    answer.refused(401)
    assert answer.media_type == MSGPACK


# ---- browsers

BROWSER = ["/api/decrypt", "/generate_guardian_backup_shares"]
ALLOWED = "Content-Type, Authorization, Accept, X-ElectionGuard-Internal-Key, X-Request-Id"


@pytest.mark.parametrize("path", BROWSER)
def test_preflight(service, path):
    reply = call(service, "OPTIONS", path, Origin="https://any.example")
    assert reply.status_code == 200 and reply.json() == {"status": "ok"}
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    assert reply.headers["Access-Control-Allow-Headers"] == ALLOWED
    assert reply.headers["Access-Control-Max-Age"] == "600"
    assert reply.headers["Allow"] == "POST, OPTIONS"
    assert "Access-Control-Allow-Credentials" not in reply.headers


@pytest.mark.parametrize("path", BROWSER)
@pytest.mark.parametrize("origin", ["https://one.example", "https://two.example"])
def test_origins_of_a_list(guarded, path, origin):
    for method, status in (("OPTIONS", 200), ("POST", 401), ("GET", 401)):
        reply = call(guarded, method, path, Origin=origin)
        assert reply.status_code == status
        assert reply.headers["Access-Control-Allow-Origin"] == origin
        assert reply.headers["Vary"] == "Origin"
        assert ("Access-Control-Max-Age" in reply.headers) == (method == "OPTIONS")


@pytest.mark.parametrize("origin", ["https://three.example", "https://one.example.evil", "null", "https://one"])
def test_other_origins(guarded, origin):
    reply = call(guarded, "OPTIONS", BROWSER[0], Origin=origin)
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert reply.headers["Vary"] == "Origin"


def test_other_paths_are_not_for_browsers(service):
    for path in ("/setup_guardians", "/health", "/nowhere"):
        reply = call(service, "OPTIONS", path, Origin="https://any.example")
        assert not [name for name in reply.headers if name.startswith("Access-Control")]


# ---- log


def test_access_log_in_json():
    service = Service(args=("--workers", "1", "--access-log"))
    call(service, "GET", "/ballots/id-of-a-ballot?secret=1", X_Request_Id="mine")
    call(service, "GET", "/somewhere/private")
    with Raw(service.url) as connection:
        connection.send(b'A","x":"\x1b[0m /health HTTP/1.1\r\nHost: x\r\n\r\n')
        assert connection.answer().status == 400
    assert service.stop() == 0
    lines = [json.loads(line) for line in service.lines if line.startswith("{")]
    assert [line["path"] for line in lines] == ["/ballots/{id}", "other", "other"]
    assert lines[2]["method"] == "-" and "x" not in lines[2] and lines[2]["status"] == 400, "what is no method does not get there"
    assert lines[0]["request_id"] == "mine" and lines[0]["method"] == "GET" and lines[0]["peer"] == "127.0.0.1"
    assert lines[1]["status"] == 404 and lines[1]["bytes_out"] > 0 and lines[1]["ms"] >= 0
    assert "id-of-a-ballot" not in service.log() and "secret" not in service.log()


def test_access_log_like_gunicorns():
    service = Service(args=("--workers", "1", "--access-log", "--log-format", "gunicorn"))
    call(service, "GET", "/health", X_Request_Id="mine")
    assert service.stop() == 0
    assert re.search(
        r'^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET /health HTTP/1\.1" 200 \d+ "-" "-" '
        r"[0-9.]+ms mine$",
        service.log(),
        re.M,
    ), service.log()


@pytest.mark.parametrize(
    "trusted, headers, peer",
    [
        ("", ["X-Forwarded-For: 203.0.113.9"], "127.0.0.1"),
        ("10.0.0.0/8", ["X-Forwarded-For: 203.0.113.9"], "127.0.0.1"),
        ("127.0.0.0/8", ["X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1, 10.0.0.0/8", ["X-Forwarded-For: 198.51.100.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
        ("127.0.0.1", ["X-Forwarded-For: 198.51.100.1", "X-Other: 1", "x-forwarded-for: 2001:db8::7"], "2001:db8::7"),
        ("::ffff:127.0.0.1", ['Forwarded: for="[2001:db8::7]:4711";proto=https'], "2001:db8::7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["X-Forwarded-For: a\",\"peer\":\"x"], "127.0.0.1"),
        ("127.0.0.1", ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=198.51.100.1"], "127.0.0.1"),
    ],
)
def test_the_client_behind_a_trusted_proxy(trusted, headers, peer):
    arguments = ("--trusted-proxies", trusted) if trusted else ()
    service = Service(args=("--workers", "1", "--access-log", *arguments))
    with Raw(service.url) as connection:
        connection.send("\r\n".join(["GET /ready HTTP/1.1", "Host: x", *headers, "", ""]).encode())
        assert connection.answer().status == 200
        connection.send(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.answer().status == 200
    assert service.stop() == 0
    lines = [json.loads(line) for line in service.lines if line.startswith("{")]
    assert [line["peer"] for line in lines] == [peer, "127.0.0.1"], "each request has its own"


@pytest.mark.parametrize("trusted", ["localhost", "10.0.0.0/33", "10.0.0.1:80"])
def test_trusted_proxies_are_addresses(trusted):
    arguments = [program(), "serve", "--print-config", "--trusted-proxies", trusted]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and done.stdout == ""
    assert f"--trusted-proxies is '{trusted}': not addresses and networks" in done.stderr


@pytest.mark.parametrize("form", ["json", "gunicorn", None])
def test_stdout_is_json_alone_where_it_carries_json(form):
    """The line that scripts wait for then goes to stderr; it is printed once in any case."""
    arguments = ["--access-log", "--log-format", form] if form else []
    process = subprocess.Popen(
        [program(), "serve", "--bind", "127.0.0.1:0", "--workers", "1", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said, found = [], None
    while found is None:
        said.append((process.stderr if form == "json" else process.stdout).readline())
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", said[-1])
        assert said[-1], said
    assert requests.get(found.group(1) + "/ready", timeout=20).status_code == 200
    process.terminate()
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "listening on" not in out + err
    if form == "json":
        assert [json.loads(line)["path"] for line in out.splitlines()] == ["/ready"]
    else:
        assert ("/ready" in out) == (form == "gunicorn")


def test_a_log_that_nobody_reads_holds_nobody_up():
    """The pipe of stdout fills: answers go on, lines are dropped."""
    process = subprocess.Popen(
        [program(), "serve", "--bind", "127.0.0.1:0", "--workers", "1", "--max-requests", "0", "--access-log"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    url = None
    while url is None:  # beside a log in JSON, stderr carries that line
        line = process.stderr.readline().decode()
        url = line.split()[-1] if line.startswith("listening on ") else None
    session = requests.Session()
    for _ in range(3000):  # some 600 kB of lines, of which a pipe holds 64 and the service 256
        assert session.get(url + "/ready", timeout=20).status_code == 200
    process.terminate()
    os.read(process.stdout.fileno(), 1 << 20)
    process.stdout.close()
    assert process.wait(20) == 0


def test_no_secret_is_in_the_log(guarded):
    headers = {"X-ElectionGuard-Internal-Key": KEY, "Content-Type": "application/json"}
    client = Client(guarded.url, headers=headers)
    election = Election(client)
    election.setup()
    election.encrypt("secret-ballot", "Ann", "AUDITED")
    client.post("/create_encrypted_ballot", {**election.fields(), "ballot_id": "secret-ballot"}).refused(400)
    wait_until(lambda: guarded.log().count("/create_encrypted_ballot") >= 2, what="the lines")
    for secret in (KEY, MASTER_KEY, "secret-ballot", "Ann", str(election.secrets[0])):
        assert secret not in guarded.log()
    config = requests.get(guarded.url + "/metrics", timeout=20).text
    assert KEY not in config and MASTER_KEY not in config


# ---- the service's own log

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def test_each_line_has_its_time_and_its_level(tmp_path):
    """Also what a worker says, and what is wrong with settings that are read again."""
    settings = tmp_path / "egserve.conf"
    settings.write_text("workers = 1\n")
    service = Service(args=("--config", str(settings)))
    before = datetime.datetime.now(datetime.timezone.utc)
    os.kill(service.workers()[0], signal.SIGKILL)
    wait_until(lambda: "was ended by signal 9" in service.log(), what="the end of a worker")
    settings.write_text("workers = 0\n")
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "the old ones stay in force" in service.log(), what="the refusal")
    assert service.stop() == 0
    lines = [line for line in service.lines if not line.startswith("listening on http://")]
    levels = {}
    for line in lines:
        found = re.fullmatch(rf"({STAMP}) (info|warning|error) egserve\[\d+\]: (.+)", line)
        assert found, line
        said = datetime.datetime.fromisoformat(found.group(1).replace("Z", "+00:00"))
        assert abs((said - before).total_seconds()) < 120
        levels[found.group(3)] = found.group(2)

    def level(words):
        return next(found for text, found in levels.items() if words in text)

    assert level("was ended by signal 9") == "warning"
    assert level("workers is '0'") == "error"
    assert level("shutting down") == "info"


def test_the_log_begins_with_a_summary(start_service):
    service = start_service(
        args=("--workers", "2", "--threads", "3", "--max-memory", "64M"),
        env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY, "MASTER_KEY_PQ": MASTER_KEY},
    )
    line = wait_until(lambda: [line for line in service.lines if "memory bound" in line], what="the summary")[0]
    with open(os.path.join(ROOT, "VERSION"), encoding="ascii") as file:
        version = file.read().strip()
    kernel = next(name for name in service.metrics() if name.startswith("egserve_kernel_info")).split('"')[1]
    for part in (
        f"version {version} serves at {service.url}:", "workers 2, threads of each 3,", "memory bound 64 MiB,",
        f"kernel {kernel},", "access key set,", "master key set;", "workers' sandbox: ",
    ):  # fmt: skip
        assert part in line
    assert KEY not in service.log() and MASTER_KEY not in service.log()
    bare = start_service(args=("--dev",))
    line = wait_until(lambda: [line for line in bare.lines if "memory bound" in line], what="the summary")[0]
    assert "workers 1," in line and "access key not set, master key not set;" in line


@pytest.mark.parametrize(
    "bind, key, warned",
    [
        ("0.0.0.0:0", "", True),
        ("[::]:0", "", True),
        ("0.0.0.0:0", KEY, False),
        ("127.0.0.1:0", "", False),
        ("127.9.9.9:0", "", False),
        ("[::1]:0", "", False),
        ("[::ffff:127.0.0.1]:0", "", False),
    ],
)
def test_a_service_open_to_others_is_warned_of(start_service, bind, key, warned):
    if "::" in bind and not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("no IPv6 here")
    service = start_service(args=("--workers", "1", "--bind", bind), env={"ELECTIONGUARD_INTERNAL_API_KEY": key})
    wait_until(lambda: "memory bound" in service.log(), what="the summary")
    assert service.stop() == 0
    lines = [line for line in service.lines if "no access key is set" in line]
    assert len(lines) == warned and all(" warning egserve[" in line for line in lines)


def test_keys_that_everybody_can_read_are_warned_of(tmp_path):
    """The package's settings are a file for everybody, as it comes: no harm without a key in it."""
    settings = tmp_path / "egserve.conf"
    for text, mode, warned in (
        (f"workers = 1\nmaster_key = {MASTER_KEY}\n", 0o644, True),
        (f"workers = 1\ninternal_api_key = {KEY}\n", 0o640, False),
        ("workers = 1\nmaster_key =\n", 0o644, False),
    ):
        settings.write_text(text)
        settings.chmod(mode)
        service = Service(args=("--config", str(settings)))
        wait_until(lambda: "memory bound" in service.log(), what="the summary")
        assert service.stop() == 0
        lines = [line for line in service.lines if "every user of this machine can read the settings' file" in line]
        assert len(lines) == warned and all(" warning egserve[" in line for line in lines)
