"""Where things are, and what the program says of itself. EGSERVE names the program (default build/egserve)."""

import os
import re
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "http")]

from service import program  # noqa: E402


def text_of(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", newline="") as file:
        return file.read()


class Setting:
    """One row of `egserve serve --help`."""

    def __init__(self, name, facts):
        self.flag = name if name.startswith("--") else None
        self.names = re.findall(r"\b(?:EGSERVE|GUNICORN|ELECTIONGUARD|MASTER|EG)_[A-Z_]+", facts)
        found = re.search(r"; default ([^;\n]+)", facts.splitlines()[1])
        self.default = found.group(1).strip() if found else None  # None: computed, or not given


@pytest.fixture(scope="session")
def settings():
    text = subprocess.run([program(), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    blocks = re.findall(r"^  (\S+).*\n((?:      .*\n){2,})", text, re.M)
    found = [Setting(name, facts) for name, facts in blocks]
    assert len(found) > 10
    return found


@pytest.fixture(scope="session")
def environment_names(settings):
    return {name for setting in settings for name in setting.names}


@pytest.fixture(scope="session")
def default_of(settings):
    return lambda flag: next(s.default for s in settings if s.flag == flag)
