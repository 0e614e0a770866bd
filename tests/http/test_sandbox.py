"""Workers keep only what serving takes: each of their threads is under the filter, and a worker is asked to do all it does."""

import os

import pytest
from client import Client
from election import Election
from service import Service, wait_until


def threads(service):
    """The lines of /proc about each thread of each worker."""
    for worker in service.workers():
        for thread in os.listdir(f"/proc/{worker}/task"):
            with open(f"/proc/{worker}/task/{thread}/status", encoding="ascii") as status:
                yield dict(line.rstrip("\n").split(":\t", 1) for line in status)


def said(service):
    return wait_until(lambda: [line for line in service.lines if "workers' sandbox: " in line], what="the line")[0]


@pytest.fixture
def service():
    service = Service(args=("--workers", "2", "--threads", "2"))
    yield service
    assert service.stop() == 0


def test_every_thread_is_under_the_filter(service):
    if "sandbox: none" in said(service):
        pytest.skip("a sanitized build has none")
    seen = list(threads(service))
    assert len(seen) == 2 * 3
    for status in seen:
        assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1", status["Name"]


def test_memory_is_still_measured(service):
    """The one file that a worker reads was opened before."""
    wait_until(lambda: service.metric("memory_resident_bytes") > 2**20, what="a figure")


def test_a_successor_can_still_be_asked_for(service):
    service.stop()
    worn = Service(args=("--workers", "1", "--max-requests", "2", "--max-requests-jitter", "0"))
    try:
        client = Client(worn.url)
        for _ in range(3):
            Election(client).setup()
        client.close()
        wait_until(lambda: worn.restarts("max_requests") >= 1, what="a successor")
    finally:
        assert worn.stop() == 0


def test_it_can_be_left_off():
    service = Service(args=("--workers", "1", "--no-sandbox"))
    try:
        assert "sandbox: none" in said(service)
        assert {status["Seccomp"] for status in threads(service)} <= {"0"}
    finally:
        assert service.stop() == 0
