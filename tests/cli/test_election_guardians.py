"""Elections whose guardians made their keys themselves: what the run waits for, takes and refuses, and that it never holds
a private key."""

import json
import os
import shutil
import signal
import subprocess

import pytest
from guardians import Guardians
from service import program

NAMES = ["--candidates=Ann,Bob"]
COUNTS = ["--guardians=3", "--quorum=2"]


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """Three guardians whose keys and backups are made; copied for each test."""
    root = tmp_path_factory.mktemp("guardians")
    return Guardians(root).begin(), root


@pytest.fixture
def guardians(before, tmp_path):
    made, root = before
    shutil.copytree(root, tmp_path / "copy")
    made = Guardians.__new__(Guardians)
    made.__dict__.update(before[0].__dict__)
    made.keys, made.folder = tmp_path / "copy" / "keys", tmp_path / "copy" / "guardians"
    return made


@pytest.fixture
def ballots(tmp_path):
    path = tmp_path / "ballots.csv"
    path.write_text("ballot_id,choice\nb-1,Ann\nb-2,Bob\nb-3,Ann\nb-4,\n")
    return path


@pytest.fixture
def hold(egserve, service, guardians, ballots, tmp_path):
    """hold(*flags): one run, which waits for nobody unless told to."""

    def run(*flags, wait=0, folder="out"):
        return egserve(
            "election", "run", f"--url={service.url}", f"--guardians-from={guardians.folder}", *COUNTS, *NAMES,
            f"--ballots={ballots}", f"--out={tmp_path / folder}", f"--record={tmp_path / 'record.zip'}", "--chunk=2",
            f"--wait={wait}", "--json", *flags,
        )  # fmt: skip

    return run


def set_up(egserve, folder, *flags):
    return egserve("election", "setup", f"--guardians-from={folder}", *COUNTS, *NAMES, "--wait=0", "--json", *flags)


def outcome(done, status=0):
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def awaited(done):
    body = outcome(done, 1)
    assert not body["ok"]
    return {entry["file"]: entry for entry in body["awaited"]}


def counts(done):
    body = outcome(done)
    return {c["name"]: c["votes"] for c in body["candidates"]}


# ---- setup


def test_setup_says_which_records_are_missing(egserve, guardians):
    (guardians.folder / "record-2.json").unlink()
    missing = awaited(set_up(egserve, guardians.folder))
    assert list(missing) == ["record-2.json"] and missing["record-2.json"]["fault"] is None
    assert not (guardians.folder / "election.json").exists()


def test_setup_writes_the_election_file(egserve, guardians):
    assert not outcome(set_up(egserve, guardians.folder))["was_there"]
    election = json.loads((guardians.folder / "election.json").read_text())
    assert list(election) == ["format", "manifest", "context", "guardians", "device"]
    assert election["format"] == "egserve election 1"
    assert [g["owner_id"] for g in election["guardians"]] == [guardians.id(i) for i in (1, 2, 3)]
    assert election["context"]["number_of_guardians"] == 3 and election["context"]["quorum"] == 2
    assert election["device"] == {"device_id": 1, "session_id": 1, "launch_code": 1, "location": "polling-place"}
    assert outcome(set_up(egserve, guardians.folder))["was_there"]


def test_setup_refuses_another_elections_file(egserve, guardians):
    outcome(set_up(egserve, guardians.folder))
    for flags, field in ((["--candidates=Ann,Eve"], "manifest"), (["--quorum=3"], "quorum"), (["--guardians=2"], "number")):
        done = egserve("election", "setup", f"--guardians-from={guardians.folder}", "--wait=0", "--json",
                       *[f for f in COUNTS + NAMES if f.split("=")[0] != flags[0].split("=")[0]], *flags)  # fmt: skip
        assert field in outcome(done, 1)["error"]


def damage(folder, name, change):
    path = folder / name
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


RECORD_FAULTS = [
    (lambda r: r["coefficient_proofs"][0].update(response="01"), "coefficient_proofs"),
    (lambda r: r.update(sequence_order=1), "sequence_order"),
    (lambda r: r.update(owner_id="guardian 1"), "owner_id"),
    (lambda r: r.update(owner_id="a/b"), "owner_id"),
    (lambda r: r.pop("key"), "key"),
    (lambda r: (r["coefficient_commitments"].pop(), r["coefficient_proofs"].pop()), ""),
]


@pytest.mark.parametrize("change, field", RECORD_FAULTS)
def test_setup_names_a_bad_record(egserve, guardians, change, field):
    damage(guardians.folder, "record-2.json", change)
    missing = awaited(set_up(egserve, guardians.folder))
    assert list(missing) == ["record-2.json"]
    assert missing["record-2.json"]["fault"].startswith("record-2.json")
    assert field in missing["record-2.json"]["fault"]


def test_files_that_are_something_else(egserve, hold, guardians):
    """Too long, of tiny values without end, a folder, a pipe: each is named, and none is waited for in vain."""
    record, share = guardians.folder / "record-1.json", guardians.folder / "share-1.json"
    whole = record.read_text()
    with open(record, "wb") as file:
        file.truncate(2 << 30)
    assert "longer than" in awaited(set_up(egserve, guardians.folder))["record-1.json"]["fault"]
    for make in (os.mkdir, os.mkfifo):
        record.unlink() if record.is_file() else record.rmdir()
        make(record)
        assert "must be a file" in awaited(set_up(egserve, guardians.folder))["record-1.json"]["fault"]
    record.unlink()
    record.write_text(whole)
    awaited(hold())
    share.write_text('{"guardian_id":[' + "1," * 15_000_000 + "1]}")
    assert "more memory" in awaited(hold())["share-1.json"]["fault"]
    share.unlink()
    guardians.share(1, 2, 3)
    assert counts(hold()) == {"Ann": 2, "Bob": 1}


def test_half_a_record_is_not_taken(egserve, guardians):
    path = guardians.folder / "record-3.json"
    whole = path.read_text()
    path.write_text(whole[: len(whole) // 2])
    assert list(awaited(set_up(egserve, guardians.folder))) == ["record-3.json"]
    path.write_text(whole)
    outcome(set_up(egserve, guardians.folder))


def test_setup_waits_until_the_last_record_is_whole(guardians):
    """What is there first is half a record; a run that waits takes the whole one."""
    path = guardians.folder / "record-3.json"
    whole = path.read_text()
    path.write_text(whole[:1000])
    waiting = subprocess.Popen(
        [program(), "election", "setup", f"--guardians-from={guardians.folder}", *COUNTS, *NAMES, "--wait=60"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while "record-3.json" not in waiting.stderr.readline():
        assert waiting.poll() is None
    path.write_text(whole)
    out, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 0 and "is written" in out


# ---- the run


class Waiting:
    """A run that waits, until it says that it does."""

    def __init__(self, service, guardians, ballots, out, *flags):
        self.process = subprocess.Popen(
            [program(), "election", "run", f"--url={service.url}", f"--guardians-from={guardians.folder}", *COUNTS, *NAMES,
             f"--ballots={ballots}", f"--out={out}", "--chunk=2", "--wait=120", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.until("share-1.json is awaited")

    def until(self, words):
        for line in self.process.stderr:
            if words in line:
                return
        raise AssertionError(f"it ended without saying '{words}'")


def test_a_run_that_waits_takes_shares_as_they_come(service, guardians, ballots, tmp_path):
    """Half of one first, which is said once it stays so, and what is left of a guardian who does not come."""
    waiting = Waiting(service, guardians, ballots, tmp_path / "out", f"--missing-guardian={guardians.id(2)}")
    guardians.share(1)
    whole = (guardians.folder / "share-1.json").read_bytes()
    (guardians.folder / "share-1.json").unlink()
    guardians.share(3)
    (guardians.folder / "share-1.json").write_bytes(whole[:5000])
    waiting.until("a better one is waited for")
    (guardians.folder / "share-1.json").write_bytes(whole)
    guardians.compensate(2, 1, 3)
    out, err = waiting.process.communicate(timeout=120)
    assert waiting.process.returncode == 0, err
    assert "the result is the plain count" in out


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_while_it_waited_goes_on(hold, service, guardians, ballots, tmp_path, how):
    """Ballots are encrypted at random: those that were kept are those that are counted."""
    waiting = Waiting(service, guardians, ballots, tmp_path / "out")
    waiting.process.send_signal(how)
    waiting.process.communicate(timeout=60)
    assert waiting.process.returncode == -how
    kept = {path: path.read_bytes() for path in (tmp_path / "out/private/ballots").iterdir()}
    assert kept
    guardians.share(1, 2, 3)
    assert counts(hold()) == {"Ann": 2, "Bob": 1}
    assert {path: path.read_bytes() for path in kept} == kept


def test_an_election_with_all_guardians(hold, guardians, egserve, tmp_path):
    first = awaited(hold())
    assert list(first) == ["share-1.json", "share-2.json", "share-3.json"]
    guardians.share(1, 2, 3)
    assert counts(hold()) == {"Ann": 2, "Bob": 1}
    assert egserve("verify", tmp_path / "record.zip").returncode == 0
    assert counts(hold()) == {"Ann": 2, "Bob": 1}  # again, from what is kept


def test_no_private_key_is_kept_or_asked_for(hold, guardians, tmp_path):
    awaited(hold())
    guardians.share(1, 2)
    awaited(hold())
    guardians.compensate(3, 1, 2)
    outcome(hold())
    names = {path.name for path in (tmp_path / "out").rglob("*")}
    assert "setup.json" not in names
    for path in [*(tmp_path / "out").rglob("*"), *guardians.folder.rglob("*.json")]:
        if path.is_file():
            text = path.read_bytes()
            for secret in (b"private_key", b"polynomial", b'"coordinate"', b'"value"'):
                tally = path.parent.name == "record" or path.name.endswith("tally.json")
                assert secret not in text or (secret == b'"value"' and (tally or "spoiled" in str(path))), (path, secret)


def test_whoever_is_missing_is_told_and_made_up_for(hold, guardians, egserve, tmp_path):
    awaited(hold("--spoil=b-2"))
    guardians.share(1, 3)
    lines = awaited(hold("--spoil=b-2"))
    assert list(lines) == ["share-2.json", "share-2-by-1.json", "share-2-by-3.json"]
    assert "guardian 2" in lines["share-2.json"]["what"] and "instead of share-2.json" in lines["share-2-by-1.json"]["what"]
    guardians.compensate(2, 1)
    assert list(awaited(hold("--spoil=b-2"))) == ["share-2.json", "share-2-by-3.json"]
    guardians.compensate(2, 3)
    assert counts(hold("--spoil=b-2")) == {"Ann": 2, "Bob": 0}
    done = egserve("verify", tmp_path / "record.zip")
    assert done.returncode == 0 and "1 was missing" in done.stdout
    # it is settled: a share that comes later changes nothing
    guardians.share(2)
    assert counts(hold("--spoil=b-2")) == {"Ann": 2, "Bob": 0}


def test_a_guardian_who_is_said_to_be_missing_is_not_waited_for(hold, guardians):
    awaited(hold())
    guardians.share(1, 2, 3)
    guardians.compensate(3, 1)
    lines = awaited(hold(f"--missing-guardian={guardians.id(3)}"))
    assert list(lines) == ["share-3-by-2.json"]
    guardians.compensate(3, 2)
    assert counts(hold(f"--missing-guardian={guardians.id(3)}", wait=60)) == {"Ann": 2, "Bob": 1}


def test_guardians_who_are_nobody_or_too_many(hold, guardians):
    assert "no guardian has the id 'x'" in outcome(hold("--missing-guardian=x"), 1)["error"]
    both = [f"--missing-guardian={guardians.id(i)}" for i in (1, 2)]
    assert "--quorum" in outcome(hold(*both), 1)["error"]


SHARE_FAULTS = [
    (lambda s: s.update(guardian_id="guardian 1"), "guardian_id"),
    (lambda s: s.update(sequence_order=1), "sequence_order"),
    (lambda s: s["tally_share"]["contests"]["contest-1"]["selections"]["Bob"]["proof"].update(response="01"), "Bob"),
    (lambda s: s["ballot_shares"].clear(), "ballot_shares.b-4"),
    (lambda s: s["ballot_shares"].update({"b-1": s["ballot_shares"]["b-4"]}), "ballot_shares"),
    (lambda s: s["ballot_shares"]["b-4"]["contests"].clear(), "ballot_shares.b-4"),
    (lambda s: s.pop("tally_share"), "tally_share"),
]


@pytest.mark.parametrize("change, field", SHARE_FAULTS)
def test_a_bad_share_is_named_and_a_good_one_taken_in_its_place(hold, guardians, change, field):
    awaited(hold("--spoil=b-4"))
    guardians.share(1, 2, 3)
    good = (guardians.folder / "share-2.json").read_text()
    damage(guardians.folder, "share-2.json", change)
    lines = awaited(hold("--spoil=b-4"))
    assert lines["share-2.json"]["fault"].startswith("share-2.json") and field in lines["share-2.json"]["fault"]
    (guardians.folder / "share-2.json").write_text(good[:-40])
    assert "share-2.json" in awaited(hold("--spoil=b-4"))
    (guardians.folder / "share-2.json").write_text(good)
    assert counts(hold("--spoil=b-4")) == {"Ann": 2, "Bob": 1}


def test_another_guardians_share_under_ones_name(hold, guardians):
    awaited(hold())
    guardians.share(1, 3)
    shutil.copy(guardians.folder / "share-1.json", guardians.folder / "share-2.json")
    assert "guardian_id" in awaited(hold())["share-2.json"]["fault"]


def test_shares_of_another_elections_tally(hold, guardians, ballots, tmp_path):
    awaited(hold(folder="other"))
    guardians.share(1)
    os.rename(guardians.folder / "share-1.json", tmp_path / "share-1.json")
    ballots.write_text("ballot_id,choice\nc-1,Bob\n")
    awaited(hold())  # puts its own tally there
    shutil.copy(tmp_path / "share-1.json", guardians.folder / "share-1.json")
    assert "proof" in awaited(hold())["share-1.json"]["fault"]


def test_the_tally_that_guardians_see_is_the_runs_own(hold, guardians):
    awaited(hold())
    tally = guardians.folder / "tally.zip"
    whole = tally.read_bytes()
    tally.write_bytes(whole[:-100])
    awaited(hold())
    assert tally.read_bytes() == whole
    tally.unlink()
    awaited(hold())
    assert tally.read_bytes() == whole


def test_other_guardians_in_the_middle(hold, guardians, tmp_path):
    """Ballots were encrypted for the first ones."""
    awaited(hold())
    (tmp_path / "second").mkdir()
    other = Guardians(tmp_path / "second").begin()
    for order in other.orders:
        shutil.copy(other.folder / f"record-{order}.json", guardians.folder)
    (guardians.folder / "election.json").unlink()
    body = outcome(hold(), 1)
    assert "record-1.json" in body["error"] and not body["awaited"]


def test_flags_that_do_not_go_together(hold, egserve, ballots, tmp_path):
    assert "--missing-guardian" in hold("--missing=1").stderr
    done = egserve("election", "run", "--url=http://127.0.0.1:1", f"--ballots={ballots}", f"--out={tmp_path / 'o'}", *NAMES,
                   "--missing-guardian=1")  # fmt: skip
    assert done.returncode == 2 and "--guardians-from" in done.stderr
