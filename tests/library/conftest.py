"""The library as others use it. BUILD names the folder that it was built in (default build)."""

import os

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def build():
    return os.environ.get("BUILD", os.path.join(ROOT, "build"))
