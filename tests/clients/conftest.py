"""A service for the example clients. EGSERVE names the program, CLIENT_C the client in C."""

import os
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "http"))
sys.path.insert(0, os.path.join(ROOT, "clients", "python"))

from service import Service  # noqa: E402

KEY = "the key of this service"


@pytest.fixture(scope="session")
def service():
    """It asks for an access key."""
    service = Service(env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY})
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def key():
    return KEY
