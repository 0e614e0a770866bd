"""Help, version, and what is refused before anything is done."""

import os
import re
import subprocess

import pytest
from service import program

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMANDS = ["bench", "demo", "election", "election run", "health", "verify", "version"]


def test_version(egserve):
    with open(os.path.join(ROOT, "VERSION")) as file:
        expected = f"egserve {file.read().strip()}\n"
    for arguments in (["version"], ["--version"]):
        done = egserve(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


def test_help_lists_the_commands(egserve):
    done = egserve("--help")
    assert done.returncode == 0 and done.stderr == ""
    for name in [*(c for c in COMMANDS if " " not in c), "serve"]:
        assert re.search(rf"^  {name} ", done.stdout, re.M), name


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(egserve, command):
    done = egserve(*command.split(), "--help")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith(f"usage: egserve {command}")


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "a command is needed"),
        (["vote"], "unknown command 'vote'"),
        (["--vote"], "unknown command '--vote'"),
        (["version", "x"], "unexpected argument 'x'"),
        (["demo", "--ballot", "3"], "unknown flag '--ballot'"),
        (["demo", "--ballots"], "'--ballots' needs a value"),
        (["demo", "--ballots", "0"], "'--ballots' must be from 1 to 10000"),
        (["demo", "--ballots=-1"], "'--ballots' must be from 1"),
        (["demo", "--ballots", "3x"], "'--ballots' must be from 1"),
        (["demo", "--seed", "18446744073709551616"], "'--seed' must be from 0"),
        (["demo", "--seed", "1", "--seed", "2"], "'--seed' is given twice"),
        (["demo", "--log=yes"], "'--log' takes no value"),
        (["demo", "--guardians", "2", "--quorum", "3"], "'--quorum' must be at most '--guardians'"),
        (["demo", "--missing", "3"], "'--missing' must leave as many guardians"),
    ],
)
def test_refused(egserve, arguments, words):
    done = egserve(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert words in done.stderr and "--help" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["version"],
        ["--version"],
        ["serve", "--print-config"],
        ["serve", "--example-config"],
        ["serve", "--help"],
        *([*command.split(), "--help"] for command in COMMANDS),
    ],
    ids=" ".join,
)
def test_output_that_cannot_be_written(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run([program(), *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and "output cannot be written" in done.stderr
