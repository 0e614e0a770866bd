"""What others read with the library: published records, manifests and ballots."""

import json
import os
import subprocess
import zipfile

import pytest

KINDS = ["shared", "static"]


@pytest.fixture
def record(root):
    return os.path.join(root, "tests/data/records/small_missing.zip")


def verify(build, kind, record):
    program = os.path.join(build, "examples", f"verify_record-{kind}")
    done = subprocess.run([program, str(record)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def results(tally):
    return sorted(s["tally"] for contest in tally["contests"].values() for s in contest["selections"].values())


@pytest.mark.parametrize("kind", KINDS)
def test_verify_record(build, record, kind):
    status, said, faults = verify(build, kind, record)
    assert (status, faults) == (0, "")
    assert sorted(int(line.rsplit(" ", 1)[1]) for line in said.splitlines()) == results(json.loads(zipfile.ZipFile(record).read("tally.json")))


@pytest.mark.parametrize("kind", KINDS)
def test_verify_tampered_record(build, record, tmp_path, kind):
    with zipfile.ZipFile(record) as archive:
        archive.extractall(tmp_path)
    tally = json.loads((tmp_path / "tally.json").read_text())
    next(iter(next(iter(tally["contests"].values()))["selections"].values()))["tally"] += 1
    (tmp_path / "tally.json").write_text(json.dumps(tally))
    status, said, faults = verify(build, kind, tmp_path)
    assert (status, said) == (1, "")
    assert faults.splitlines()[0].startswith("tally.json: contests.") and faults.endswith("1 in all: the record does not hold\n")


def test_verify_no_record(build, tmp_path):
    (tmp_path / "record.zip").write_text("no zip")
    status, _, said = verify(build, "shared", tmp_path / "record.zip")
    assert status == 2 and "record.zip" in said
    status, _, said = verify(build, "shared", tmp_path / "absent")
    assert status == 2 and "absent" in said


# ---- objects ----


@pytest.fixture(scope="module")
def read_json(build, root, tmp_path_factory):
    """read_json(manifest, plain, encrypted): exit status and lines printed."""
    folder = tmp_path_factory.mktemp("read")
    program = folder / "read_json"
    source = os.path.join(root, "tests/library/read_json.c")
    libraries = [f"-L{build}", "-lelectionguard", f"-Wl,-rpath,{build}", *os.environ.get("SANFLAGS", "").split()]
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{build}/include"]
    subprocess.run(["gcc", *flags, source, "-o", program, *libraries], check=True)

    def run(*values):
        paths = [folder / f"{i}.json" for i in range(3)]
        for path, value in zip(paths, values):
            path.write_text(value if isinstance(value, str) else json.dumps(value))
        done = subprocess.run([program, *paths], capture_output=True, text=True)
        assert done.stderr == ""
        return done.returncode, done.stdout.splitlines()

    return run


@pytest.fixture
def objects(root, record):
    archive = zipfile.ZipFile(record)
    ballot = json.loads(archive.read("submitted_ballots/submitted_ballot_ballot-14-000.json"))
    with open(os.path.join(root, "tests/data/manifests/small.ballots.json")) as file:
        return json.loads(archive.read("manifest.json")), json.load(file)[0], ballot


def test_objects(read_json, objects):
    manifest, plain, ballot = objects
    status, said = read_json(*objects)
    assert (status, said[0]) == (0, ballot["manifest_hash"])
    assert said[1:] == [f"{plain['object_id']} {len(plain['contests'])}", "ballot-14-000 1"]


def test_bad_objects(read_json, objects):
    manifest, plain, ballot = objects
    doubled = {**manifest, "contests": [manifest["contests"][0]] * 2}
    assert read_json(doubled, plain, ballot) == (1, ["contests[1].object_id"])
    assert read_json("[]", plain, ballot)[0] == 1
    assert read_json(json.dumps(manifest) + "{}", plain, ballot)[0] == 1
    status, said = read_json(manifest, {**plain, "contests": 5}, ballot)
    assert (status, said[-1]) == (1, "contests")
    status, said = read_json(manifest, plain, {**ballot, "code": "x"})
    assert (status, said[-1]) == (1, "code")
