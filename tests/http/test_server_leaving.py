"""Clients that go away within a request take nothing of the service with them."""

import time

import pytest
from client import JSON, Raw

LONG_S = 30  # bounds the wait for what happens at once
HEAD = f"POST /create_encrypted_tally HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n".encode()


def wait_for(condition):
    end = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b'Content-Length: 100000\r\n\r\n{"a":"',
        HEAD + b'Content-Length: 100000\r\n\r\n{"a":"' + b"x" * 60000,
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":',
        HEAD,
        b"POST /cre",
    ],
    ids=["body begun", "long body begun", "chunk begun", "headers begun", "line begun"],
)
def test_left_behind_requests_end(start_service, sent):
    """The last bytes and the end arrive together, before the service has seen any of it."""
    service = start_service(env={"EGSERVE_WORKERS": "1"})
    for _ in range(20):
        with Raw(service.url) as raw:
            raw.send(sent)

    def counted():
        with Raw(service.url) as raw:
            raw.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            return raw.answer().body["active_requests"]

    wait_for(lambda: counted() <= 1)
    service.process.terminate()
    wait_for(lambda: not service.alive())
    assert service.process.returncode == 0 and "cut off" not in service.log()
