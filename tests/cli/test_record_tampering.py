"""Tampering with a published record: for each kind of file and each kind of field one changed copy, which must be refused
naming that file, unless docs/record.md lists the field among those that nothing vouches for.

RECORD_TAMPERING=FILE  writes what was tried, as a table, there
"""

import collections
import concurrent.futures
import json
import os
import queue
import random
import re

import pytest
from records import Copy, at, kind_of, pattern_of, walk

WORKERS = 3
SEED = 20261126

# what docs/record.md lists: kind of file, pattern of the path, which changes
UNCOVERED = [
    ("manifest.json", r"candidates\b.*", "."),
    ("context.json", r"(extended_data|configuration\..*)", "."),
    ("submitted_ballots/*", r"contests\.\*\.extended_data\.(pad|data|mac)", "digit"),
    ("submitted_ballots/*", r"contests\.\*\.extended_data", "null"),
]


def changes(value):
    """Names of changes, and what the value becomes."""
    if isinstance(value, bool):
        return {"flipped": not value}
    if value is None:
        return {"filled in": "01"}
    if isinstance(value, int):
        return {"one more": value + 1, "as text": str(value)}
    if isinstance(value, str) and re.fullmatch("([0-9A-F]{2}){8,}", value):
        return {
            "a digit": value[:-1] + ("0" if value[-1] != "0" else "1"),
            "leading zeros": "00" + value,
        }
    if isinstance(value, str):
        return {"another text": value + "x"}
    if isinstance(value, list):
        made = {"null": None, "one more": value + value[-1:] if value else [None]}
        if value:
            made["last one gone"] = value[:-1]
        if len(value) > 1:
            made["order"] = [value[1], value[0], *value[2:]]
        return made
    made = {"a member more": {**value, "extra": None}, "null": None}
    if value:
        last = list(value)[-1]
        made["a member less"] = {k: v for k, v in value.items() if k != last}
        made["a member renamed"] = {(k + "x" if k == last else k): v for k, v in value.items()}
    return made


def is_uncovered(kind, pattern, change):
    return any(k == kind and re.fullmatch(p, pattern) and re.search(c, change) for k, p, c in UNCOVERED)


def places(copy):
    """One place of each kind of file, pattern and type, chosen at random."""
    found = collections.defaultdict(list)
    for file in copy.files():
        value = copy.load(file)
        for path, inner in walk(value):
            found[kind_of(file), pattern_of(value, path), type(inner).__name__].append((file, path))
    chooser = random.Random(SEED)
    return [(kind, pattern, *chooser.choice(options)) for (kind, pattern, _), options in sorted(found.items())]


def replaced(value, path, new):
    value = json.loads(json.dumps(value))
    if not path:
        return new
    at(value, path[:-1])[path[-1]] = new
    return value


@pytest.fixture
def copies(egserve, tmp_path):
    free = queue.Queue()
    for i in range(WORKERS):
        free.put(Copy(egserve, "small_missing", tmp_path / f"copy-{i}"))
    return free


def attempt(copies, kind, pattern, file, path):
    """Each change of one place: its name, whether it is refused, and whether naming the file."""
    copy = copies.get()
    good = copy.load(file)
    made = []
    for name, new in changes(at(good, path)).items():
        copy.store(file, replaced(good, path, new))
        status, files, _ = copy.verdict()
        made.append((kind, pattern, name, status, status == 1 and file in files))
    copy.store(file, good)
    copies.put(copy)
    return made


def write_table(tried):
    counts = collections.defaultdict(lambda: [0, 0, 0])
    for kind, pattern, change, status, _ in tried:
        counts[kind][0] += 1
        counts[kind][1] += status == 1
        counts[kind][2] += status == 0
    with open(os.environ["RECORD_TAMPERING"], "w") as out:
        out.write("| kind of file | kinds of field | changes | refused, naming the file | let pass, as listed |\n|---|---|---|---|---|\n")
        for kind, (changed, refused, passed) in sorted(counts.items()):
            fields = len({pattern for k, pattern, *_ in tried if k == kind})
            out.write(f"| `{kind}` | {fields} | {changed} | {refused} | {passed} |\n")


def test_every_kind_of_field(copies):
    first = copies.get()
    copies.put(first)
    todo = places(first)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        tried = [one for made in pool.map(lambda place: attempt(copies, *place), todo) for one in made]
    assert len(tried) > 400
    if "RECORD_TAMPERING" in os.environ:
        write_table(tried)
    wrong = [
        (kind, pattern, change, status, named)
        for kind, pattern, change, status, named in tried
        if not named and not (status == 0 and is_uncovered(kind, pattern, change))
    ]
    assert wrong == []
