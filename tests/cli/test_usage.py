"""Help, version, and what is refused before anything is done."""

import os
import re
import subprocess

import pytest
from service import program

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMANDS = ["bench", "demo", "election", "election run", "election setup", "election status", "health", "verify", "version"]


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
        (["demo", "--log=maybe"], "'--log' is on or off"),
        (["demo", "--ballot", "3"], "did you mean --ballots?"),
        (["demo", "--guardian=3"], "did you mean --guardians?"),
        (["monitro"], "did you mean monitor?"),
        (["help", "verfiy"], "did you mean verify?"),
        (["serv"], "did you mean serve?"),
        (["demo", "--guardians", "2", "--quorum", "3"], "'--quorum' must be at most '--guardians'"),
        (["demo", "--missing", "3"], "'--missing' must leave as many guardians"),
    ],
)
def test_refused(egserve, arguments, words):
    done = egserve(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert words in done.stderr and "--help" in done.stderr


@pytest.mark.parametrize("command", [*COMMANDS, "serve", "monitor"])
def test_every_way_to_ask_for_help(egserve, command):
    words = command.split()
    asked = [[*words, "--help"], [*words, "-h"], ["help", *words]]
    answers = [egserve(*arguments) for arguments in asked]
    assert {(done.returncode, done.stderr) for done in answers} == {(0, "")}
    assert len({done.stdout for done in answers}) == 1 and answers[0].stdout.startswith("usage: egserve")
    assert egserve("help").stdout == egserve("-h").stdout == egserve("--help").stdout


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


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--config", "/etc"], "'/etc': it is a directory"),
        (["--config=/dev/zero"], "'/dev/zero': it is not a regular file"),
        (["--config", "/nowhere/x.conf"], "'/nowhere/x.conf': No such file"),
        (["--config="], "--config needs the name of a file"),
        (["--kernel", "foo"], "portable"),
        (["--timeuot", "5"], "did you mean --timeout?"),
        (["--timeout", "5x"], "seconds from 1 to 86400"),
        (["--access-log", "maybe"], "unknown argument maybe"),
    ],
)
def test_settings_that_are_refused(egserve, arguments, words):
    done = egserve("serve", *arguments, "--print-config")
    assert done.returncode == 2 and done.stdout == "" and words in done.stderr


def test_no_file_of_settings(egserve, tmp_path):
    """The null device is how to say so; the usual places are not looked at then."""
    (tmp_path / "egserve.conf").write_text("nonsense\n")
    assert egserve("serve", "--print-config", cwd=tmp_path).returncode == 2
    assert egserve("serve", "--config", "/dev/null", "--print-config", cwd=tmp_path).returncode == 0


def test_a_directory_in_place_of_the_file_of_settings(egserve, tmp_path):
    (tmp_path / "egserve.conf").mkdir()
    done = egserve("serve", "--print-config", cwd=tmp_path)
    assert done.returncode == 2 and "'egserve.conf': it is a directory" in done.stderr


@pytest.mark.parametrize("length", [150, 198, 199, 200, 201, 250, 5000])
@pytest.mark.parametrize("end", ["", "\n", "\n; end\n"])
def test_no_line_of_settings_is_cut(egserve, tmp_path, length, end):
    """All of it counts, or none, and the line is named."""
    origins = ("https://a.example, " * 500)[: length - len("cors_origins = ") - 1] + "x"
    (tmp_path / "egserve.conf").write_text(f"threads = 2\ncors_origins = {origins}{end}")
    done = egserve("serve", "--print-config", cwd=tmp_path)
    if done.returncode == 0:
        assert f"cors_origins = {origins} " in done.stdout and length <= 199
    else:
        assert done.returncode == 2 and "egserve.conf, line 2: it is longer" in done.stderr and length > 190
        assert done.stdout == ""


@pytest.mark.parametrize("more", ["    https://b.example\n", "cors_origins = https://b.example\n"])
def test_no_setting_counts_in_part(egserve, tmp_path, more):
    (tmp_path / "egserve.conf").write_text("cors_origins = https://a.example,\n" + more)
    done = egserve("serve", "--print-config", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert "'cors_origins' is given twice, or in several lines" in done.stderr


def test_dev_null_is_no_file(egserve, tmp_path):
    """So that the one lying about is not read."""
    (tmp_path / "egserve.conf").write_text("threads = 9\n")
    done = egserve("serve", "--config", "/dev/null", "--print-config", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "") and "threads = 4 " in done.stdout


@pytest.mark.parametrize("flags", [["--verify-ballots", "off"], ["--verify-ballots=off"]])
def test_switches_and_units(egserve, flags):
    shown = egserve("serve", *flags, "--access-log", "--timeout", "5m", "--max-body=2KiB", "--print-config").stdout
    assert "verify_ballots = off" in shown and "access_log = on" in shown and "timeout = 5m" in shown
