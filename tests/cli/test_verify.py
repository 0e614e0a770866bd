"""egserve verify on what egserve election run publishes: a good record passes, and whatever is changed in it is found and
named. Single fields, one of each kind: test_record_tampering.py."""

import json
import shutil
import zipfile

import pytest
import verify as formulas
from records import Copy, at, hold, unpack


@pytest.fixture
def copy(egserve, own_record, tmp_path):
    return Copy(egserve, own_record, tmp_path / "record")


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_good(egserve, own_record, tmp_path, form):
    done = egserve("verify", own_record if form == "zip" else unpack(own_record, tmp_path / "record"))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    begin = lines.index("County Executive (5 ballots)") + 1
    assert [line.split() for line in lines[begin : begin + 3]] == [["Ann", "2"], ["Bob", "1"], ["Eve", "1"]]
    assert lines[-1] == "verified: 5 ballots (5 cast, 0 spoiled), 3 guardians of whom 1 was missing, and the counts"
    assert any(line.startswith("5 ballots were encrypted one by one or in chunks") for line in lines)


def test_voter(copy):
    code = copy.load(BALLOT.format(2))["code"]
    done = copy.verify("--ballot", "b-2", "--code", code)
    assert (done.returncode, json.loads(done.stdout)["ballot"]["answer"]) == (0, "counted")


BALLOT = "submitted_ballots/submitted_ballot_b-{}.json"
SELECTION = ("contests", 0, "ballot_selections", 1)
OPENED = ("contests", "contest-1", "selections", "Bob")


def digit(*path):
    """Another element of the same width at the path."""

    def edit(value):
        place = at(value, path[:-1])
        element = place[path[-1]]
        place[path[-1]] = element[:-1] + ("0" if element[-1] != "0" else "1")

    return edit


def setting(*path, to):
    def edit(value):
        at(value, path[:-1])[path[-1]] = to

    return edit


def exchange(*path):
    """Exchanges the ciphertexts of the first two candidates; the hashes that follow are left as they were."""

    def edit(value):
        inner = at(value, path)
        a, b = list(inner.values())[:2] if isinstance(inner, dict) else inner[:2]
        a["ciphertext"], b["ciphertext"] = b["ciphertext"], a["ciphertext"]

    return edit


def swap_candidates(value):
    """The first candidate's name in the place of the second's: what is hashed are the selections."""
    a, b = value["contests"][0]["ballot_selections"][:2]
    a["object_id"], b["object_id"] = b["object_id"], a["object_id"]


def swap_counts(value):
    selections = value["contests"]["contest-1"]["selections"]
    selections["Ann"]["tally"], selections["Bob"]["tally"] = selections["Bob"]["tally"], selections["Ann"]["tally"]


CHANGES = [
    ("context.json", setting("quorum", to=1), "guardians/guardian_1.json"),
    ("context.json", setting("quorum", to=4), "context.json"),
    ("context.json", setting("number_of_guardians", to=2), "context.json"),
    ("context.json", digit("elgamal_public_key"), "context.json"),
    ("context.json", digit("commitment_hash"), "context.json"),
    ("context.json", setting("quorum", to=0), "context.json"),
    ("manifest.json", setting("contests", 0, "vote_variation", to="plurality"), "context.json"),
    ("manifest.json", setting("contests", 0, "number_elected", to=2), "manifest.json"),
    ("manifest.json", swap_candidates, "context.json"),
    ("manifest.json", setting("contests", 0, "ballot_selections", 0, "object_id", to="Bob"), "manifest.json"),
    ("guardians/guardian_2.json", digit("election_proofs", 1, "response"), "guardians/guardian_2.json"),
    ("guardians/guardian_3.json", digit("election_commitments", 1), "guardians/guardian_3.json"),
    (BALLOT.format(3), digit(*SELECTION, "proof", "proof_zero_response"), BALLOT.format(3)),
    (BALLOT.format(1), digit(*SELECTION, "ciphertext", "pad"), BALLOT.format(1)),
    (BALLOT.format(5), digit("contests", 0, "proof", "response"), BALLOT.format(5)),
    (BALLOT.format(4), exchange("contests", 0, "ballot_selections"), BALLOT.format(4)),
    (BALLOT.format(2), setting("object_id", to="b-9"), BALLOT.format(2)),
    (BALLOT.format(2), setting("nonce", to="1F"), BALLOT.format(2)),
    (BALLOT.format(2), setting("contests", to=[]), BALLOT.format(2)),
    ("encrypted_tally.json", digit(*OPENED, "ciphertext", "pad"), "encrypted_tally.json"),
    ("encrypted_tally.json", exchange("contests", "contest-1", "selections"), "encrypted_tally.json"),
    ("tally.json", digit(*OPENED, "shares", 0, "proof", "response"), "tally.json"),
    ("tally.json", digit(*OPENED, "shares", 1, "share"), "tally.json"),
    ("tally.json", setting(*OPENED, "shares", 1, "guardian_id", to="1"), "tally.json"),
    ("tally.json", digit(*OPENED, "shares", 2, "recovered_parts", "2", "proof", "challenge"), "tally.json"),
    ("tally.json", digit(*OPENED, "shares", 2, "recovered_parts", "1", "recovery_key"), "tally.json"),
    ("tally.json", lambda value: at(value, OPENED)["shares"][2]["recovered_parts"].pop("1"), "tally.json"),
    ("tally.json", setting(*OPENED, "tally", to=2), "tally.json"),
    ("tally.json", setting(*OPENED, "tally", to=-1), "tally.json"),
    ("tally.json", swap_counts, "tally.json"),
    ("coefficients.json", digit("coefficients", "1"), "coefficients.json"),
]  # fmt: skip


@pytest.mark.parametrize("file, edit, named", CHANGES, ids=[f"{file}-{i}" for i, (file, *_) in enumerate(CHANGES)])
def test_changed(copy, file, edit, named):
    value = copy.load(file)
    edit(value)
    copy.store(file, value)
    status, files, found = copy.verdict()
    assert status == 1 and named in files, found["faults"]


def swap(one, other):
    def change(copy):
        a, b = copy.load(one), copy.load(other)
        copy.store(one, b)
        copy.store(other, a)

    return change


def under_another_id(from_id, to_id):
    """A copy of a ballot under another id, every hash made anew: all its proofs hold."""

    def change(copy):
        ballot = copy.load(BALLOT.format(from_id))
        ballot["object_id"] = f"b-{to_id}"
        formulas.rehash(ballot)
        copy.store(BALLOT.format(to_id), ballot)

    return change


def text(file, content):
    return lambda copy: (copy.folder / file).write_text(content)


def cut(file):
    return lambda copy: (copy.folder / file).write_bytes((copy.folder / file).read_bytes()[:-1])


@pytest.mark.parametrize(
    "change, named",
    [
        (under_another_id(4, 5), BALLOT.format(5)),
        (under_another_id(2, 5), BALLOT.format(5)),
        (under_another_id(2, 6), BALLOT.format(6)),
        (swap(BALLOT.format(1), BALLOT.format(2)), BALLOT.format(1)),
        (swap("guardians/guardian_1.json", "guardians/guardian_2.json"), "guardians/guardian_1.json"),
        (swap("tally.json", "encrypted_tally.json"), "tally.json"),
        (text(BALLOT.format(4), "[" * 100000), BALLOT.format(4)),
        (text("tally.json", "[]"), "tally.json"),
        (cut(BALLOT.format(4)), BALLOT.format(4)),
        (cut("manifest.json"), "manifest.json"),
    ],
)
def test_broken(copy, change, named):
    change(copy)
    status, files, found = copy.verdict()
    assert status > 0 and named in files, found["faults"]


def test_missing_and_surplus_files(copy):
    for file in copy.files():
        (copy.folder / file).rename(copy.folder.parent / "kept")
        status, files, _ = copy.verdict()
        assert status > 0, file
        (copy.folder.parent / "kept").rename(copy.folder / file)
    assert copy.verdict()[0] == 0
    for file in ("results.json", "private/setup.json", "shares/guardian-1.json", BALLOT.format(9)):
        copy.store(file, {})
        status, files, _ = copy.verdict()
        assert status == 1 and file in files
        (copy.folder / file).unlink()


def test_ballot_of_another_election(egserve, service, copy, tmp_path):
    """A valid ballot that belongs elsewhere, in place of the one with its id."""
    folder = tmp_path / "other"
    folder.mkdir()
    other = hold(egserve, service, folder, rows=["ballot_id,c", "b-1,Eve"])
    foreign = json.loads(zipfile.ZipFile(other).read(BALLOT.format(1)))
    copy.store(BALLOT.format(1), foreign)
    status, files, _ = copy.verdict()
    assert status == 1 and BALLOT.format(1) in files


def test_folder_with_the_keys(egserve, service, tmp_path):
    """The whole folder of a run is no record: the keys in it would be published."""
    hold(egserve, service, tmp_path)
    done = egserve("verify", tmp_path / "out")
    assert done.returncode != 0
    shutil.rmtree(tmp_path / "out/private")
    assert egserve("verify", tmp_path / "out/record", "--quiet").returncode == 0


def test_usage(egserve, tmp_path):
    assert egserve("verify").returncode == 2
    assert egserve("verify", "a", "b").returncode == 2
    done = egserve("verify", tmp_path / "nowhere")
    assert done.returncode == 2 and "nowhere: No such file or directory" in done.stderr
