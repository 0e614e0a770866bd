"""What commands print: a failed write is a failure, names stand in full, one of a thing is not several."""

import re
import subprocess
import unicodedata

import pytest
from service import program
from test_election_run import arguments


def to_full(*words):
    """The command's end with its output on a full device."""
    with open("/dev/full", "w") as full:
        return subprocess.run([program(), *map(str, words)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)


@pytest.mark.parametrize(
    "words",
    [
        ["version"], ["--version"], ["--help"], ["demo", "--help"], ["election", "run", "--help"],
        ["demo", "--ballots", "2", "--guardians", "1", "--quorum", "1", "--missing", "0"],
        ["bench", "--seconds", "1", "--threads", "1"], ["serve", "--print-config"], ["keygen"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_failed_write_is_a_failure(words):
    done = to_full(*words)
    assert done.returncode == 1
    assert "the output cannot be written" in done.stderr


@pytest.mark.parametrize("words", [["health"], ["health", "--ready"], ["monitor", "--once"], ["monitor"]], ids=" ".join)
def test_a_failed_write_about_a_service(service, words):
    done = to_full(*words, service.url)
    assert done.returncode == 1 and "the output cannot be written" in done.stderr


NAMES = [
    "Ann",
    "José",
    "Jose\u0301 the second",
    "李四",
    "Measure A: shall the county build a new bridge? YES",
    "Measure A: shall the county build a new bridge? NO",
    "Eve\u009b2J\u202e",  # an escape sequence's beginning, and "from here right to left"
]
SHOWN = [*NAMES[:-1], "Eve?2J?"]


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@pytest.fixture(scope="module")
def run(egserve, service, tmp_path_factory):
    """An election with such names: (folder, what the run printed)."""
    folder = tmp_path_factory.mktemp("names")
    names = ",".join(f'"{name}"' for name in NAMES)
    ballots = folder / "ballots.csv"
    ballots.write_text("ballot_id,choice\n" + f'b-1,"{NAMES[4]}"\nb-2,"{NAMES[4]}"\nb-3,{NAMES[1]}\n')
    out = folder / "out"
    done = egserve(*arguments(service.url, ballots, out, candidates=names, **{"max-choices": 1}))
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def check_table(text, numbers):
    """Every name in full, and every number in the same column, whatever stands before it."""
    lines = text.splitlines()
    for name in SHOWN:
        assert any(line.startswith(name + " ") or line == name for line in lines), name
    rows = [line for line in lines if re.search(r" \d+$", line)]
    assert len(rows) == len(NAMES) and len({columns(row) for row in rows}) == 1
    assert [row.split()[-numbers:] for row in rows] == [[n] * numbers for n in "0100200"]
    assert all(columns(line) <= 80 for line in lines)


def test_names_stand_in_full(egserve, run):
    folder, printed = run
    check_table(printed.split("the result")[0], 2)
    done = egserve("verify", folder / "record")
    assert done.returncode == 0
    failed = to_full("verify", folder / "record")
    assert failed.returncode == 1 and "the output cannot be written" in failed.stderr


def test_one_of_a_thing(egserve):
    done = egserve("demo", "--ballots", 1, "--guardians", 1, "--quorum", 1, "--missing", 0, "--candidates", 1)
    assert re.search(r": 1 ballot, 1 guardian, quorum 1, 0 missing$", done.stdout, re.M)
    done = egserve("bench", "--seconds", 1, "--threads", 1, "--candidates", 1)
    assert done.stdout.startswith("encryption of ballots with 1 candidate, 1 s each\n")
