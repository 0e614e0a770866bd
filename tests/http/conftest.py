"""Fixtures: one service for the session, clients in each encoding, one election that is set up once.

EGSERVE names the program (default build/egserve)."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pytest  # noqa: E402

pytest.register_assert_rewrite("client", "election", "hostile")

import browser as chromium  # noqa: E402
from client import Client  # noqa: E402
from election import Election  # noqa: E402
from hostile import Wire, World  # noqa: E402
from samples import Samples  # noqa: E402
from service import MASTER_KEY, Service  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: left out of the short run (make http-short)")


@pytest.fixture
def browser(tmp_path):
    with chromium.opened(tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def service():
    """The service that most tests share. It must still be alive at the end, and end cleanly."""
    service = Service(env={"MASTER_KEY_PQ": MASTER_KEY})
    yield service
    assert service.alive(), "the service died:\n" + service.log()[-4000:]
    assert service.stop() == 0, "the service did not end cleanly:\n" + service.log()[-4000:]


@pytest.fixture(scope="session")
def start_service():
    """Starts further services with settings of their own: start_service(env={...}, args=[...])."""
    started = []

    def start(env=None, args=(), cwd=None):
        service = Service(env=env, args=args, cwd=cwd)
        started.append(service)
        return service

    yield start
    for service in started:
        service.stop()


@pytest.fixture(scope="session")
def json_client(service):
    client = Client(service.url, "json")
    yield client
    client.close()


@pytest.fixture(scope="session")
def msgpack_client(service):
    client = Client(service.url, "msgpack")
    yield client
    client.close()


@pytest.fixture(scope="session")
def texts_client(service):
    client = Client(service.url, "json", texts=True)
    yield client
    client.close()


@pytest.fixture(scope="session", params=["json", "msgpack"])
def client(request, service):
    """Both encodings, artifacts as objects."""
    client = Client(service.url, request.param)
    yield client
    client.close()


@pytest.fixture(scope="session")
def shared_election(json_client):
    """Three guardians, quorum two, set up once; not to be changed."""
    election = Election(json_client)
    election.setup()
    return election


@pytest.fixture(scope="session")
def other_election(json_client):
    """Like the shared one, with other keys."""
    election = Election(json_client)
    election.setup()
    return election


@pytest.fixture(scope="session")
def world(shared_election, json_client):
    return World(shared_election, json_client)


@pytest.fixture(scope="session")
def lasting_service(start_service):
    """Its workers do not retire, so that a connection which ends was ended by a request."""
    return start_service(env={"MASTER_KEY_PQ": MASTER_KEY, "EGSERVE_MAX_REQUESTS": "0"})


@pytest.fixture(scope="module")
def wires(lasting_service):
    """The module's one connection; a test that failed on it leaves a new one to the next."""
    held = [Wire(lasting_service.url)]
    yield held
    held[0].close()


@pytest.fixture
def wire(wires, lasting_service, request):
    yield wires[0]
    failed = getattr(request.node, "failed", False)
    if failed:
        wires[0].close()
        wires[0] = Wire(lasting_service.url)


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    item.failed = getattr(item, "failed", False) or report.failed


@pytest.fixture(scope="session")
def samples():
    return Samples()
