"""Fixtures of the commands' tests. EGSERVE names the program (default build/egserve)."""

import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "http"))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import browser as chromium  # noqa: E402
import records  # noqa: E402
from service import Service, program  # noqa: E402

TIMEOUT_S = 120


@pytest.fixture(scope="session")
def egserve():
    """egserve(*arguments): runs the program to its end; stdout and stderr are text."""

    def run(*arguments, env=None, cwd=None, timeout=TIMEOUT_S):
        return subprocess.run(
            [program(), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=cwd,
            env={**os.environ, **(env or {})},
        )

    return run


@pytest.fixture
def browser(tmp_path):
    with chromium.opened(tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def service():
    service = Service()
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def own_record(egserve, service, tmp_path_factory):
    """What `election run` publishes of an election from names."""
    return records.hold(egserve, service, tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="session")
def own_general_record(egserve, service, tmp_path_factory):
    """The same of an election from a manifest, with a spoiled ballot and a guardian who is missing."""
    folder = tmp_path_factory.mktemp("general")
    manifests = records.DATA.parent / "manifests"
    done = egserve(
        "election", "run", f"--url={service.url}", f"--manifest={manifests / 'minimal.manifest.json'}",
        f"--ballots={manifests / 'minimal.ballots.json'}", f"--out={folder / 'out'}", f"--record={folder / 'record.zip'}",
        "--missing=1", "--spoil=ballot-25-001",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "record.zip"
