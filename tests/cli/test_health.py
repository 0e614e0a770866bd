"""egserve health: its exit status is what container runtimes go by."""

import http.server
import os
import socket
import subprocess
import threading

import pytest
from service import Service, program


@pytest.fixture
def answering():
    """answering(status): the URL of a service that answers every request with it."""
    servers = []

    def start(status):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_service_that_is_well(egserve, service):
    for arguments, path in (([], "/health"), (["--ready"], "/ready")):
        done = egserve("health", *arguments, service.url)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{path} answered 200\n", "")


def test_a_service_that_is_full(egserve, answering):
    done = egserve("health", "--ready", answering(503))
    assert (done.returncode, done.stdout) == (1, "/ready answered 503\n")


def test_nobody_there(egserve):
    done = egserve("health", "http://127.0.0.1:1")
    assert done.returncode == 1 and done.stdout == ""
    assert "cannot be reached" in done.stderr


def test_a_silent_service(egserve):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = egserve("health", "--timeout", "1", f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert done.returncode == 1 and "did not answer in time" in done.stderr


@pytest.mark.parametrize("url", ["127.0.0.1:5000", "ftp://127.0.0.1"])
def test_no_url(egserve, url):
    done = egserve("health", url)
    assert done.returncode == 1 and "must begin with http" in done.stderr


def test_the_service_does_not_carry_what_only_clients_need():
    """libcurl and all behind it are loaded by the commands that ask a service; one that serves has no such thing."""
    needed = subprocess.run(["objdump", "-p", program()], capture_output=True, text=True, check=True).stdout
    assert "libcrypto" in needed and "curl" not in needed
    service = Service(args=("--workers", "1"))
    try:
        for pid in (service.process.pid, *service.workers()):
            with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
                assert "curl" not in maps.read()
    finally:
        service.stop()


def test_without_libcurl_it_says_what_to_install(tmp_path):
    (tmp_path / "libcurl.so.4").write_bytes(b"no library")
    done = subprocess.run(
        [program(), "health", "http://127.0.0.1:1"], capture_output=True, text=True,
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
    )
    assert done.returncode == 1 and "libcurl4" in done.stderr
