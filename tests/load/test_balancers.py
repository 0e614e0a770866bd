"""Two services behind each of the balancers that deploy/ configures: one is killed, one restarted, under load. What the
balancer can send again it does: no client sees any of it.

The committed files run here as they are, except for addresses."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import processes
import pytest
import requests
import traffic
from client import Client
from service import ROOT

CLIENTS = 6
BALANCERS = {
    "haproxy": {
        "file": "haproxy.cfg",
        "addresses": {"bind :5000": "bind 127.0.0.1:{port}"},
        "command": ["haproxy", "-db", "-f", "{file}"],
    },
    "nginx": {
        "file": "nginx.conf",
        "addresses": {"listen 5000": "listen 127.0.0.1:{port}", "/tmp/nginx.pid": "{folder}/nginx.pid"},
        "command": ["nginx", "-p", "{folder}", "-c", "{file}", "-g", "daemon off;"],
    },
}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def written_config(balancer, values, places):
    """The committed file with addresses of this machine; each must have been there to be replaced."""
    with open(os.path.join(ROOT, "deploy", balancer["file"]), encoding="utf-8") as file:
        text = file.read()
    addresses = dict(balancer["addresses"])
    for i, place in enumerate(places):
        addresses[f"microservice-{i + 1}:5000"] = place
    for committed, ours in addresses.items():
        assert text.count(committed) == 1, committed
        text = text.replace(committed, ours.format(**values))
    with open(values["file"], "w", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def balancing(balancer, folder, values):
    """The balancer's URL, while it runs."""
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [part.format(**values) for part in balancer["command"]], stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": "/usr/sbin:" + os.environ["PATH"]},
        )
    url = f"http://127.0.0.1:{values['port']}"
    try:
        assert processes.wait_until(lambda: is_ready(url), 20) is not None, (folder / "log").read_text()
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(params=sorted(BALANCERS))
def balanced(request, tmp_path, start_service):
    """(url of the balancer, the services behind it, start(i) to start one again)."""
    balancer = BALANCERS[request.param]
    if shutil.which(request.param, path="/usr/sbin:" + os.environ["PATH"]) is None:
        pytest.skip(f"{request.param} is not installed (scripts/install-deps.sh --dev)")
    ports = [free_port(), free_port()]

    def start(i):
        return start_service(
            "--workers", "2", "--threads", "2", "--access-log", "--trusted-proxies", "127.0.0.1", port=ports[i]
        )

    services = [start(0), start(1)]
    values = {"port": free_port(), "folder": str(tmp_path), "file": str(tmp_path / balancer["file"])}
    written_config(balancer, values, [f"127.0.0.1:{port}" for port in ports])
    with balancing(balancer, tmp_path, values) as url:
        yield url, services, start


def is_ready(url):
    try:
        return requests.get(url + "/ready", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def kill_whole(service):
    """As a machine that goes: master and workers at once."""
    os.killpg(service.process.pid, signal.SIGKILL)
    service.process.wait(10)


def served(service):
    """Ballots that this service has encrypted; asked of itself."""
    client = Client(service.url)
    count = client.get("/health").ok()["ballot_publication_stats"]["cast_ballots_processed"]
    client.close()
    return count


def wait_for(crowd, count):
    aim = len(crowd.outcomes) + count
    assert processes.wait_until(lambda: len(crowd.outcomes) >= aim, 120) is not None, "nothing is served any more"


def wait_until_used(service, crowd):
    before = served(service)
    assert processes.wait_until(lambda: served(service) > before, 60) is not None, "it is left out for ever"
    wait_for(crowd, 5 * CLIENTS)


def test_one_killed_and_one_restarted_under_load(balanced, election, measured):
    url, (first, second), start = balanced
    body = traffic.single(election)

    def client(index, stop):
        kept = Client(url, timeout=120)
        while not stop.is_set():
            if index % 2:
                yield traffic.encrypt(url, body, timeout=120)
            else:
                yield traffic.timed(lambda: traffic.post(kept, "/create_encrypted_ballot", body))

    began = time.monotonic()
    with traffic.Crowd(CLIENTS, client) as crowd:
        wait_until_used(first, crowd)
        wait_until_used(second, crowd)
        kill_whole(first)
        wait_for(crowd, 10 * CLIENTS)
        first = start(0)
        wait_until_used(first, crowd)
        assert second.stop() == 0
        wait_for(crowd, 10 * CLIENTS)
        second = start(1)
        wait_until_used(second, crowd)
    failed = [o for o in crowd.outcomes if o.status != 200]
    measured(f"{len(crowd.outcomes)} requests in {time.monotonic() - began:.0f} s, {len(failed)} failed, "
             f"the slowest {max(o.seconds for o in crowd.outcomes):.1f} s")
    assert not failed, failed[:5]


def test_the_access_log_names_who_asked_the_balancer(balanced):
    """And not whom a client says that it is."""
    url, services, _ = balanced
    host, port = url.removeprefix("http://").split(":")
    lies = "X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n"
    with socket.create_connection((host, int(port)), timeout=20, source_address=("127.0.0.2", 0)) as client:
        client.sendall(f"GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lies}\r\n".encode())
        with client.makefile("rb") as answer:
            assert answer.readline().split()[1] == b"200"
            answer.read()

    def lines():
        said = [line for service in services for line in service.lines if '"path":"/openapi.json"' in line]
        return [json.loads(line)["peer"] for line in said]

    assert processes.wait_until(lines, 20) is not None, "no line"
    assert lines() == ["127.0.0.2"]


def test_a_chunk_and_its_tally_pass_through(balanced, election):
    """Large answers and large bodies stream through, whole and in order."""
    url = balanced[0]
    outcome = traffic.encrypt(url, traffic.chunk(election, 100, "b"))
    assert outcome.status == 200, outcome
    ballots = outcome.body["ballots"]
    assert [b["ballot_id"] for b in ballots] == [f"b-{i}" for i in range(100)]
    client = Client(url, timeout=120)
    answer = client.post(
        "/create_encrypted_tally",
        {**election.fields(), "encrypted_ballots": [b["encrypted_ballot_with_nonce"] for b in ballots]},
    )
    assert [b["object_id"] for b in answer.ok()["submitted_ballots"]] == [f"b-{i}" for i in range(100)]


@pytest.mark.parametrize("name", sorted(BALANCERS))
def test_sockets_in_the_file_system(name, tmp_path, start_service):
    """Both balancers reach the services by paths, and the log names who asked the balancer."""
    balancer = BALANCERS[name]
    if shutil.which(name, path="/usr/sbin:" + os.environ["PATH"]) is None:
        pytest.skip(f"{name} is not installed (scripts/install-deps.sh --dev)")
    arguments = ("--workers", "1", "--access-log", "--socket-mode", "666", "--trusted-proxies", "unix")
    with tempfile.TemporaryDirectory(prefix="eg") as folder:  # a path has at most 107 bytes
        os.chmod(folder, 0o755)
        paths = [os.path.join(folder, str(i)) for i in range(2)]
        services = [start_service("--bind", f"unix:{path}", *arguments) for path in paths]
        values = {"port": free_port(), "folder": str(tmp_path), "file": str(tmp_path / balancer["file"])}
        prefix = "unix@" if name == "haproxy" else "unix:"
        written_config(balancer, values, [prefix + path for path in paths])
        with balancing(balancer, tmp_path, values) as url:
            assert requests.get(url + "/openapi.json", timeout=20).status_code == 200

        def peers():
            said = [line for service in services for line in service.lines if '"path":"/openapi.json"' in line]
            return [json.loads(line)["peer"] for line in said]

        assert processes.wait_until(peers, 20) is not None, "no line"
        assert peers() == ["127.0.0.1"]
