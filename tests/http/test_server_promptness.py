"""An answer leaves when it is ready, not at the event loop's next look at the clock."""

import time

from client import Client

REQUESTS = 30


def seconds(send):
    started = time.perf_counter()
    for _ in range(REQUESTS):
        send().ok()
    return time.perf_counter() - started


def test_a_job_is_answered_as_promptly_as_what_needs_none(service):
    """A job passes through a compute thread; that must not cost more than a few times a request without one."""
    client = Client(service.url)
    client.get("/health").ok()
    ratios = []
    for _ in range(3):
        without_job = seconds(lambda: client.get("/health"))
        with_job = seconds(lambda: client.post("/decode_artifact_to_json", {"payload": {"a": 1}}))
        ratios.append(with_job / without_job)
    assert min(ratios) < 8, ratios
