"""egserve verify on published records of electionguard-python 1.4: good ones pass, in both forms; what is not as it should
be is found and named by file."""

import json
import os
import resource
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest
from made_record import made_record
from records import DATA, Copy, unpack
from service import is_sanitized, program

ELECTIONS = {"minimal": (3, 1, 0), "small_missing": (6, 1, 2), "full": (7, 1, 0)}


@pytest.fixture
def copy(egserve, tmp_path):
    return Copy(egserve, "small_missing", tmp_path / "record")


@pytest.mark.parametrize("form", ["zip", "folder"])
@pytest.mark.parametrize("name", ELECTIONS)
def test_recorded(egserve, tmp_path, name, form):
    record = DATA / f"{name}.zip" if form == "zip" else unpack(name, tmp_path / "record")
    done = egserve("verify", record, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["verified"] and found["faults"] == []
    assert (found["cast"], found["spoiled"], found["missing"]) == ELECTIONS[name]
    assert found["unchained"] == 0 and found["chained"] == found["ballots"]
    tally = json.loads(zipfile.ZipFile(DATA / f"{name}.zip").read("tally.json"))
    for contest in found["contests"]:
        stated = tally["contests"][contest["id"]]["selections"]
        assert {s["id"]: s["votes"] for s in contest["selections"]} == {i: s["tally"] for i, s in stated.items()}
    checked = {step["step"]: step["checked"] for step in found["steps"]}
    assert all(checked[step] > 0 for step in (0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16))
    assert (checked[9] > 0) == (checked[10] > 0) == (checked[13] > 0) == (checked[14] > 0) == (name == "small_missing")


def test_text(egserve):
    done = egserve("verify", DATA / "small_missing.zip")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[-1] == "verified: 7 ballots (6 cast, 1 spoiled), 5 guardians of whom 2 were missing, and the counts"
    assert "Nothing in a record vouches for:" in lines
    assert any(line.split() == ["9", "parts", "for", "missing", "guardians", "48", "parts"] for line in lines)


# ---- a voter ----

CODES = {"ballot-14-000": "counted", "ballot-14-003": "spoiled"}


@pytest.mark.parametrize("ballot", CODES)
def test_voter(copy, ballot):
    code = copy.load(f"submitted_ballots/submitted_ballot_{ballot}.json")["code"]
    shown = " ".join(code[i : i + 4] for i in range(0, 64, 4)).lower()
    for given in (code, shown):
        done = copy.verify("--ballot", ballot, "--code", given)
        assert (done.returncode, json.loads(done.stdout)["ballot"]["answer"]) == (0, CODES[ballot])
    other = copy.verify("--ballot", ballot, "--code", code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert (other.returncode, json.loads(other.stdout)["ballot"]["answer"]) == (1, "other code")
    unknown = copy.verify("--ballot", "ballot-14-999")
    assert (unknown.returncode, json.loads(unknown.stdout)["ballot"]["answer"]) == (1, "not found")


def test_code_needs_ballot(egserve):
    assert egserve("verify", DATA / "minimal.zip", "--code", "AB").returncode == 2


# ---- files that are missing, surplus or elsewhere ----

SUBMITTED, SPOILED = "submitted_ballots/submitted_ballot_{}.json", "spoiled_ballots/spoiled_ballot_{}.json"


def test_missing_files(copy):
    for file in copy.files():
        text = (copy.folder / file).read_bytes()
        (copy.folder / file).unlink()
        status, files, found = copy.verdict()
        assert status == 1, file
        if "/" not in file:
            assert file in files
        (copy.folder / file).write_bytes(text)
    assert copy.verdict()[0] == 0


@pytest.mark.parametrize(
    "file",
    ["notes.txt", "results.json", "guardians/guardian_6.json", "submitted_ballots/submitted_ballot_.json",
     "submitted_ballots/ballot.json", "spoiled_ballots/spoiled_ballot_ballot-14-000.json", "spoiled_ballots/spoiled_ballot_x.json",
     "encryption_devices/device_7.json", "private/keys.json", "tally.json.bak"],
)  # fmt: skip
def test_stray_file(copy, file):
    """Even one whose content is that of a good file."""
    models = {"guardians": "guardians/guardian_1.json", "spoiled_ballots": SPOILED.format("ballot-14-003"),
              "submitted_ballots": SUBMITTED.format("ballot-14-001")}  # fmt: skip
    content = copy.load(models.get(file.split("/")[0], "tally.json"))
    if file.startswith("encryption_devices"):
        content = {"device_id": 7, "session_id": 1, "launch_code": 1, "location": "x"}
    copy.store(file, content)
    status, files, found = copy.verdict()
    assert status == 1
    assert file in files, found["faults"]


def test_ballot_removed(copy):
    for number in range(7):
        file = copy.folder / SUBMITTED.format(f"ballot-14-00{number}")
        text = file.read_bytes()
        file.unlink()
        status, files, found = copy.verdict()
        assert status == 1
        named = SPOILED.format("ballot-14-003") if number == 3 else "encrypted_tally.json"
        assert named in files
        gap = [f for f in found["faults"] if "gap" in f["text"]]
        assert len(gap) == (number < 6), found["faults"]
        file.write_bytes(text)


def test_ballot_doubled(copy):
    """Under another id, with hashes and code made anew by whoever copies it: the pads tell."""
    ballot = copy.load(SUBMITTED.format("ballot-14-001"))
    ballot["object_id"] = "ballot-14-900"
    copy.store(SUBMITTED.format("ballot-14-900"), ballot)
    status, files, _ = copy.verdict()
    assert status == 1 and SUBMITTED.format("ballot-14-900") in files


def test_ballots_swapped(copy):
    one, other = SUBMITTED.format("ballot-14-001"), SUBMITTED.format("ballot-14-005")
    a, b = copy.load(one), copy.load(other)
    copy.store(one, b)
    copy.store(other, a)
    status, files, _ = copy.verdict()
    assert status == 1 and {one, other} <= set(files)


def test_ballot_moved_from_spoiled_to_cast(copy):
    file = SUBMITTED.format("ballot-14-003")
    copy.store(file, {**copy.load(file), "state": 1})
    status, files, _ = copy.verdict()
    assert status == 1 and file in files
    (copy.folder / SPOILED.format("ballot-14-003")).unlink()
    status, files, found = copy.verdict()
    assert status == 1 and "encrypted_tally.json" in files


def test_other_elections_file(copy, tmp_path):
    """A good file of another election in the place of this one's."""
    other = unpack("full", tmp_path / "other")
    for file in ["manifest.json", "context.json", "tally.json", "encrypted_tally.json", "guardians/guardian_1.json"]:
        text = (copy.folder / file).read_bytes()
        shutil.copy(other / file, copy.folder / file)
        status, files, _ = copy.verdict()
        # which of the guardians is none of this election's nothing tells: the context misses one
        named = "context.json" if file.startswith("guardians") else file
        assert status == 1 and named in files, file
        (copy.folder / file).write_bytes(text)


def test_faults_are_listed_and_counted(copy):
    tally = copy.load("tally.json")
    for contest in tally["contests"].values():
        for selection in contest["selections"].values():
            selection["tally"] += 1
    copy.store("tally.json", tally)
    status, files, found = copy.verdict()
    assert status == 1 and files == ["tally.json"] * 8 and found["fault_count"] == 8
    assert {fault["step"] for fault in found["faults"]} == {11}


def test_numbers_that_no_election_has(copy):
    """Everything else rests on them: they are named, and the record is judged as far as it can be."""
    good = copy.load("context.json")
    for change in [{"quorum": 6}, {"quorum": 0}, {"number_of_guardians": 2}, {"number_of_guardians": 101}]:
        copy.store("context.json", {**good, **change})
        status, files, _ = copy.verdict()
        assert status == 1 and "context.json" in files, change
        assert copy.egserve("report", copy.folder, "--out", copy.folder.parent / "page.html").returncode == 1


def test_mark_of_byte_order(copy):
    """Python's json refuses it."""
    for file in ["manifest.json", "tally.json", SUBMITTED.format("ballot-14-001")]:
        text = (copy.folder / file).read_bytes()
        (copy.folder / file).write_bytes(b"\xef\xbb\xbf" + text)
        status, files, _ = copy.verdict()
        assert status == 1 and file in files
        (copy.folder / file).write_bytes(text)


def test_unchained_ballots(egserve, tmp_path, service):
    """Encrypted in a chunk: each begins at the device, which the report says; one that another follows is a fork."""
    record = made_record(tmp_path / "record", service, 8, spoiled={"b-3"})
    done = egserve("verify", record)
    assert done.returncode == 0, done.stderr
    said = "8 ballots were encrypted one by one or in chunks: their codes do not chain, and a gap among them would not show."
    assert said in done.stdout.splitlines()
    found = json.loads(egserve("verify", record, "--json").stdout)
    assert (found["chained"], found["unchained"], found["cast"], found["spoiled"]) == (0, 8, 7, 1)
    (record / SPOILED.format("b-3")).unlink()
    (record / SUBMITTED.format("b-3")).unlink()
    assert egserve("verify", record).returncode == 0, "docs/record.md: nothing vouches for it"


MEASURE = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"""


def peak_bytes(record):
    """The most memory that verifying it took. Of a process begun by a small one: a peak outlives exec."""
    measured = [sys.executable, "-c", MEASURE, program(), "verify", record, "--quiet"]
    return int(subprocess.run(measured, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(is_sanitized(), reason="what was freed is kept for a while")
def test_memory_does_not_grow_with_the_ballots(tmp_path, service):
    """Of each ballot its code stays, not its 13 KB and their tree."""
    few, many = 500, 2000
    peaks = [peak_bytes(made_record(tmp_path / f"{n}", service, n)) for n in (few, many)]
    assert peaks[1] - peaks[0] < 8192 * (many - few), peaks
    assert max(peaks) < 100 << 20


# ---- what cannot be read ----


def limited(egserve, record):
    """Within a gigabyte of addresses, of which a sanitized program takes terabytes; the exit status, and what was said."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    if not is_sanitized():
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, before[1]))
    try:
        done = egserve("verify", record, "--json", timeout=60)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    return done.returncode, done.stderr


def test_no_record(egserve, tmp_path):
    (tmp_path / "text").write_text("no zip\n")
    os.mkfifo(tmp_path / "fifo")
    for record in ["absent", "text", "fifo"]:
        status, said = limited(egserve, tmp_path / record)
        assert status == 2 and record in said
    assert limited(egserve, "/dev/zero")[0] == 2
    (tmp_path / "empty").mkdir()
    assert limited(egserve, tmp_path / "empty")[0] == 1


def test_links_and_large_files(copy):
    secret = copy.folder.parent / "secret.json"
    secret.write_text("{}")
    for make, name in [
        (lambda p: p.symlink_to(secret), "spoiled_ballots/spoiled_ballot_l.json"),
        (lambda p: p.symlink_to(copy.folder / "guardians"), "more"),
        (lambda p: os.mkfifo(p), "pipe"),
        (lambda p: (p.touch(), os.truncate(p, 2 << 30)), "large.json"),
    ]:
        made = copy.folder / name
        make(made)
        status, said = limited(copy.egserve, copy.folder)
        assert status == 2 and name in said, said
        made.unlink()
    (copy.folder / "a" / "b").mkdir(parents=True)
    assert limited(copy.egserve, copy.folder)[0] == 2


@pytest.mark.parametrize("what", ["zeros", "lists", "members"])
@pytest.mark.parametrize("file", ["manifest.json", "tally.json", SUBMITTED.format("ballot-14-001")])
def test_many_values(copy, file, what):
    """Forty times as large in memory as in the file, which is named."""
    many = {"zeros": b"[" + b"0," * 12_000_000 + b"0]", "lists": b"[" + b"[]," * 8_000_000 + b"[]]",
            "members": b"{" + b",".join(b'"%x":0' % i for i in range(2_000_000)) + b"}"}  # fmt: skip
    (copy.folder / file).write_bytes(many[what])
    status, said = limited(copy.egserve, copy.folder)
    assert status == 1, said
    assert f"{file}: it holds more values than a file of a record can have" in said


def test_size_of_each_class(copy):
    (copy.folder / "context.json").write_bytes(b" " * (2 << 20) + (copy.folder / "context.json").read_bytes())
    status, said = limited(copy.egserve, copy.folder)
    assert status == 1 and "context.json: it is larger than 1 MiB" in said


def entry(name, data, size, crc=0, attributes=0o100644, method=8):
    """Local part and central record, as functions of the offset, of a file whose size is declared, not true."""
    name = name.encode()
    common = struct.pack("<HHHHHIIIHH", 20, 0x800, method, 0, 0x21, crc, len(data), size, len(name), 0)
    local = b"PK\3\4" + common + name + data

    def central(offset):
        return b"PK\1\2" + struct.pack("<H", 0x0314) + common + struct.pack("<HHHII", 0, 0, 0, attributes << 16, offset) + name

    return local, central


def build(path, entries):
    with open(path, "wb") as out:
        records = []
        for local, central in entries:
            records.append(central(out.tell()))
            out.write(local)
        start = out.tell()
        out.write(b"".join(records))
        out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(records), len(records), out.tell() - start, start, 0))


def bomb(total):
    """A deflate stream of so many zeros, made in no time: one flushed megabyte again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return block * (total >> 20) + end


HOSTILE = {
    "bomb": lambda: [entry("tally.json", bomb(10 << 30), 1024)],
    "honest bomb": lambda: [entry("tally.json", bomb(200 << 20), 200 << 20)],
    "huge": lambda: [entry("tally.json", b"x", 3 << 30)],
    "upwards": lambda: [entry("../tally.json", b"{}", 2, method=0)],
    "inner upwards": lambda: [entry("guardians/../../tally.json", b"{}", 2, method=0)],
    "absolute": lambda: [entry("/etc/tally.json", b"{}", 2, method=0)],
    "backslash": lambda: [entry("..\\tally.json", b"{}", 2, method=0)],
    "doubled": lambda: [entry("tally.json", b"{}", 2, method=0), entry("tally.json", b"{ }", 3, method=0)],
    "link": lambda: [entry("tally.json", b"/etc/passwd", 11, attributes=stat.S_IFLNK | 0o777, method=0)],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zip(egserve, tmp_path, name):
    record = tmp_path / "in" / "record.zip"
    record.parent.mkdir()
    build(record, HOSTILE[name]())
    status, said = limited(egserve, record)
    assert status == 2, said
    assert "tally.json" in said
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["in", "record.zip"]


@pytest.mark.parametrize("form", ["holes alone", "a record behind them", "a record before them"])
def test_two_gigabytes(egserve, tmp_path, form):
    """Of which the disk holds next to nothing."""
    good, record = (DATA / "minimal.zip").read_bytes(), tmp_path / "record.zip"
    with open(record, "wb") as out:
        if form == "a record before them":
            out.write(good)
        out.truncate(2 << 30)
        if form == "a record behind them":
            out.seek(2 << 30)
            out.write(good)
    status, said = limited(egserve, record)
    assert status == 2 and "zip file" in said, said


def test_shared_bytes(egserve, tmp_path):
    """Many entries of the same bytes unpack to more than any archive of its size may."""
    local, central = entry("tally.json", bomb(1 << 20), 1 << 17)
    record = tmp_path / "record.zip"
    with open(record, "wb") as out:
        out.write(local)
        records = [entry(f"guardians/guardian_{i}.json", local[40:], 1 << 17)[1](0) for i in range(300)]
        out.write(b"".join(records))
        size = sum(map(len, records))
        out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 300, 300, size, len(local), 0))
    assert limited(egserve, record)[0] == 2


def test_damaged_zip(egserve, tmp_path):
    """A byte changed anywhere, or an end cut off."""
    good = (DATA / "minimal.zip").read_bytes()
    record = tmp_path / "record.zip"
    for i in range(0, 40):
        place = (len(good) - 1) * i // 39
        record.write_bytes(good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :])
        status, _ = limited(egserve, record)
        assert status in (0, 1, 2) and (status > 0 or same_content(record)), place
        record.write_bytes(good[:place])
        assert limited(egserve, record)[0] == 2


def same_content(record):
    """Dates and attributes of a zip file are no part of the record."""
    good, changed = zipfile.ZipFile(DATA / "minimal.zip"), zipfile.ZipFile(record)
    names = good.namelist()
    return changed.namelist() == names and all(changed.read(n) == good.read(n) for n in names)


def test_other_zips(egserve, tmp_path):
    """Stored instead of packed, and with folders' entries or without."""
    folder = unpack("minimal", tmp_path / "record")
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        record = tmp_path / "record.zip"
        with zipfile.ZipFile(record, "w", method) as out:
            for file in sorted(folder.rglob("*.json"), reverse=True):
                out.write(file, file.relative_to(folder))
        assert egserve("verify", record, "--quiet").returncode == 0
