"""Tampering with published records, electionguard-python's and our own: for each kind of file and each kind of field one changed copy, which must be refused
naming that file, unless docs/record.md lists the field among those that nothing vouches for.

RECORD_TAMPERING=FILE  writes what was tried with the recorded one, as a table, there
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
    ("submitted_ballots/*", r"contests\.\*\.extended_data", "null|exchanged"),
]


HEX = re.compile("([0-9A-F]{2}){8,}")


def sort_of(value):
    """What kind of field it is, for the table."""
    if isinstance(value, str):
        return "hex" if HEX.fullmatch(value) else "text"
    names = {bool: "boolean", int: "integer", list: "list", dict: "object"}
    return "null" if value is None else names[type(value)]


def other_digit(text, place):
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def changes_of_object(value):
    made = {"a member more": {**value, "extra": None}, "null": None}
    if value:
        last = list(value)[-1]
        made["a member less"] = {k: v for k, v in value.items() if k != last}
        made["a member renamed"] = {(k + "x" if k == last else k): v for k, v in value.items()}
    alike = [(a, b) for a, b in zip(value, list(value)[1:]) if value[a] != value[b] and sort_of(value[a]) == sort_of(value[b])]
    if alike:
        a, b = alike[0]
        made["two members exchanged"] = {**value, a: value[b], b: value[a]}
    return made


def changes(value):
    """Names of changes, and what the value becomes."""
    sort = sort_of(value)
    if sort == "boolean":
        return {"flipped": not value, "null": None}
    if sort == "null":
        return {"filled in": "01"}
    if sort == "integer":
        less = {"one less": value - 1} if value > 0 else {}
        return {"one more": value + 1, "as text": str(value), "as a real number": float(value), **less}
    if sort == "hex":
        return {
            "the last digit": other_digit(value, len(value) - 1),
            "the first digit": other_digit(value, 0),
            "leading zeros": "00" + value,
            "null": None,
        }
    if sort == "text":
        return {"another text": value + "x", "null": None}
    if sort == "object":
        return changes_of_object(value)
    made = {"null": None, "one more": value + value[-1:] if value else [None]}
    if value:
        made["last one gone"] = value[:-1]
    if len(value) > 1:
        made["order"] = [value[1], value[0], *value[2:]]
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


@pytest.fixture(params=["recorded", "own_record", "own_general_record"])
def copies(request, egserve, tmp_path):
    record = "small_missing" if request.param == "recorded" else request.getfixturevalue(request.param)
    free = queue.Queue()
    free.is_recorded = request.param == "recorded"
    for i in range(WORKERS):
        free.put(Copy(egserve, record, tmp_path / f"copy-{i}"))
    return free


Try = collections.namedtuple("Try", "kind pattern sort change status named")


def attempt(copies, kind, pattern, file, path):
    """Each change of one place: its name, whether it is refused, and whether naming the file."""
    copy = copies.get()
    good = copy.load(file)
    value = at(good, path)
    made = []
    for name, new in changes(value).items():
        copy.store(file, replaced(good, path, new))
        status, files, _ = copy.verdict()
        made.append(Try(kind, pattern, sort_of(value), name, status, status == 1 and file in files))
    copy.store(file, good)
    copies.put(copy)
    return made


SORTS = ["hex", "integer", "text", "boolean", "null", "list", "object"]


def write_table(tried):
    """Kind of file by kind of field: changes refused, and after a plus those let pass."""
    refused = collections.Counter((t.kind, t.sort) for t in tried if t.status == 1)
    passed = collections.Counter((t.kind, t.sort) for t in tried if t.status == 0)

    def cell(kind, sort):
        r, p = refused[kind, sort], passed[kind, sort]
        return f"{r} + {p}" if p else str(r) if r else ""

    with open(os.environ["RECORD_TAMPERING"], "w") as out:
        out.write(f"| kind of file | fields | {' | '.join(SORTS)} |\n|{'---|' * (len(SORTS) + 2)}\n")
        for kind in sorted({t.kind for t in tried}):
            fields = len({t.pattern for t in tried if t.kind == kind})
            out.write(f"| `{kind}` | {fields} | {' | '.join(cell(kind, sort) for sort in SORTS)} |\n")


def test_every_kind_of_field(copies):
    first = copies.get()
    copies.put(first)
    todo = places(first)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        tried = [one for made in pool.map(lambda place: attempt(copies, *place), todo) for one in made]
    assert len(tried) > 500
    if "RECORD_TAMPERING" in os.environ and copies.is_recorded:
        write_table(tried)
    wrong = [t for t in tried if not t.named and not (t.status == 0 and is_uncovered(t.kind, t.pattern, t.change))]
    assert wrong == []
