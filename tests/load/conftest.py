"""Fixtures of the load tests: services with settings of their own, one election for all of them.

EGSERVE names the program (default build/egserve)."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, *(os.path.join(TESTS, folder) for folder in ("http", "cluster", "store", "support"))]

import pytest  # noqa: E402
from client import Client  # noqa: E402
from election import Election  # noqa: E402
from service import Service  # noqa: E402


@pytest.fixture
def start_service():
    """start_service(args, env=..., before=..., port=...): a service that is ended with the test."""
    started = []

    def start(*args, **more):
        service = Service(args=args, **more)
        started.append(service)
        return service

    yield start
    for service in started:
        service.stop()


@pytest.fixture(scope="session")
def election():
    """Four candidates, three guardians; set up by a service that is gone before the first test begins."""
    service = Service()
    client = Client(service.url)
    election = Election(client)
    election.setup()
    client.close()
    service.stop()
    return election


@pytest.fixture
def measured(request):
    """measured("what", value): a line of the report."""

    def tell(text):
        capture = request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print(f"    {request.node.name}: {text}", flush=True)

    return tell
