"""Fixtures of the page's tests: the page as a file on a disk, in a browser in which no host exists. EGSERVE names the
program (default build/egserve), EGSERVE_PAGE the page (default build/egserve.html)."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
for folder in (HERE, HERE.parent / "http", HERE.parent / "cli", HERE.parent / "support"):
    sys.path.insert(0, str(folder))

import browser as chromium  # noqa: E402
from election_files import Election  # noqa: E402
from page import Page  # noqa: E402
from service import Service  # noqa: E402

PAGE = pathlib.Path(os.environ.get("EGSERVE_PAGE", ROOT / "build" / "egserve.html")).resolve()


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    with chromium.opened(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def page(driver, tmp_path):
    """The page, just opened; afterwards it must have asked for nothing and broken no rule of its own."""
    opened = Page(driver, PAGE.as_uri(), tmp_path)
    yield opened
    opened.check_quiet()
    opened.leave()


@pytest.fixture(scope="session")
def service():
    service = Service()
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def election(service, tmp_path_factory):
    """Three guardians with keys of their own, two suffice: their files, and election.json."""
    return Election(tmp_path_factory.mktemp("election"), service)
