"""egserve verify: a good record passes, and whatever is changed in it is found and named."""

import json
import shutil

import pytest
import verify as formulas

ROWS = ["ballot_id,c", "b-1,Ann", "b-2,Bob", "b-3,Ann", "b-4,Eve", "b-5,"]


@pytest.fixture(scope="session")
def record(egserve, service, tmp_path_factory):
    """5 ballots in chunks of 3; 3 guardians, the last one missing."""
    folder = tmp_path_factory.mktemp("record")
    (folder / "b.csv").write_text("\n".join(ROWS) + "\n")
    done = egserve(
        "election", "run", f"--url={service.url}", f"--ballots={folder / 'b.csv'}", f"--out={folder / 'out'}",
        "--candidates=Ann,Bob,Eve", "--guardians=3", "--quorum=2", "--missing=1", "--chunk=3",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture
def copy(record, tmp_path):
    """The record as it would be published: without its private folder."""
    shutil.copytree(record, tmp_path / "copy", ignore=shutil.ignore_patterns("private"))
    return tmp_path / "copy"


def test_good(egserve, copy):
    done = egserve("verify", copy)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split() for line in lines[:3]] == [["Ann", "2"], ["Bob", "1"], ["Eve", "1"]]
    assert lines[3] == "verified: 5 ballots, 3 guardians of whom 1 was missing, and the result"


class Change:
    """One edit of a JSON file: `edit` gets what it holds. In a file of lines, of line `line`."""

    def __init__(self, file, edit, words, line=None):
        self.file, self.edit, self.words, self.line = file, edit, words, line

    def apply(self, folder):
        path = folder / self.file
        if self.line is None:
            value = json.loads(path.read_text())
            path.write_text(json.dumps(self.edit(value) or value))
            return
        lines = path.read_text().splitlines()
        value = json.loads(lines[self.line])
        lines[self.line] = json.dumps(self.edit(value) or value)
        path.write_text("\n".join(lines) + "\n")


def bump(element):
    """Another element of the same width."""
    return element[:-1] + ("0" if element[-1] != "0" else "1")


def at(*steps):
    """An edit that changes the element at the end of the steps."""

    def edit(value):
        for step in steps[:-1]:
            value = value[step]
        value[steps[-1]] = bump(value[steps[-1]])

    return edit


def setting(*steps, to):
    def edit(value):
        for step in steps[:-1]:
            value = value[step]
        value[steps[-1]] = to

    return edit


def exchange(*steps):
    """Exchanges the ciphertexts of the first two candidates; the hashes that follow are left as they were."""

    def edit(value):
        for step in steps:
            value = value[step]
        a, b = list(value.values())[:2] if isinstance(value, dict) else value[:2]
        a["ciphertext"], b["ciphertext"] = b["ciphertext"], a["ciphertext"]

    return edit


def swap_guardians(value):
    value["guardians"].reverse()


B1, B2 = "ballots/000001.jsonl", "ballots/000002.jsonl"
SELECTION = ("contests", 0, "ballot_selections", 1)
SHARE = ("contests", "contest-1", "selections", "Bob")


@pytest.mark.parametrize(
    "change",
    [
        Change("election.json", setting("format", to=2), "election.json.format"),
        Change("election.json", setting("quorum", to=1), "coefficient_commitments"),
        Change("election.json", setting("quorum", to=4), "election.json.quorum"),
        Change("election.json", setting("missing_guardians", to=2), "election.json.missing_guardians"),
        Change("election.json", setting("max_choices", to=2), f"{B1}[0].manifest_hash"),
        Change("election.json", setting("candidate_names", to=["Ann", "Eve", "Bob"]), f"{B1}[0]"),
        Change("election.json", setting("candidate_names", to=["Ann", "Ann", "Eve"]), "candidate_names: "),
        Change("election.json", setting("ballots", to=4), B2),
        Change("election.json", setting("ballots", to=10**9), "election.json.ballots"),
        Change("election.json", setting("chunk_ballots", to=2), B1),
        Change("guardians.json", at("guardians", 1, "coefficient_proofs", 1, "response"), "guardians.json.guardians[1]"),
        Change("guardians.json", at("guardians", 2, "coefficient_commitments", 1), "guardians.json.guardians[2]"),
        Change("guardians.json", swap_guardians, "guardians[0].sequence_order"),
        Change("guardians.json", at("joint_public_key"), "guardians.json.joint_public_key"),
        Change("guardians.json", at("commitment_hash"), "guardians.json.commitment_hash"),
        Change(B1, at(*SELECTION, "proof", "proof_zero_response"), f"{B1}[2].contests[0]", 2),
        Change(B1, at(*SELECTION, "ciphertext", "pad"), f"{B1}[0].contests[0]", 0),
        Change(B2, at("contests", 0, "proof", "response"), f"{B2}[1].contests[0]", 1),
        Change(B2, exchange("contests", 0, "ballot_selections"), f"{B2}[0].contests[0]", 0),
        Change(B1, at("crypto_hash"), f"{B1}[1].crypto_hash", 1),
        Change(B1, setting("object_id", to="b-9"), f"{B1}[1]", 1),
        Change(B1, setting("nonce", to="1F"), f"{B1}[1]: a cast ballot must not show its nonces", 1),
        Change(B1, setting("contests", to=[]), f"{B1}[1].contests", 1),
        Change("tally.json", at("contests", "contest-1", "selections", "Bob", "ciphertext", "pad"), "tally.json"),
        Change("tally.json", exchange("contests", "contest-1", "selections"), "tally.json.Ann: it is not the product"),
        Change("tally.json", at("_encryption", "commitment_hash"), "tally.json._encryption.commitment_hash"),
        Change("tally.json", setting("cast_ballot_ids", to=["b-1"]), "tally.json.cast_ballot_ids"),
        Change("tally.json", setting("spoiled_ballot_ids", to=["b-1"]), "tally.json.cast_ballot_ids"),
        Change("shares/guardian-1.json", at(*SHARE, "proof", "response"), "guardian-1.json.contests"),
        Change("shares/guardian-2.json", at(*SHARE, "share"), "guardian-2.json.contests"),
        Change("shares/guardian-2.json", setting("guardian_id", to="1"), "shares/guardian-2.json"),
        Change("shares/guardian-3-by-2.json", at(*SHARE, "proof", "challenge"), "guardian-3-by-2.json.contests"),
        Change("shares/guardian-3-by-1.json", at(*SHARE, "recovery_key"), "guardian-3-by-1.json"),
        Change("results.json", setting("results", "candidates", "Eve", "votes", to="2"), "results.json.Eve"),
        Change("results.json", setting("results", "candidates", "Eve", "votes", to="-1"), "'votes' must be a number"),
    ],
    ids=lambda change: f"{change.file}-{change.words}",
)
def test_changed(egserve, copy, change):
    change.apply(copy)
    done = egserve("verify", copy)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("egserve verify: ")
    assert change.words in done.stderr.splitlines()[-1]


def rewrite(file, change):
    def apply(folder):
        lines = (folder / file).read_text().splitlines()
        (folder / file).write_text("".join(line + "\n" for line in change(lines)))

    return apply


def remove(file):
    return lambda folder: (folder / file).unlink()


def swap_shares(folder):
    one, two = folder / "shares/guardian-1.json", folder / "shares/guardian-2.json"
    texts = one.read_text(), two.read_text()
    one.write_text(texts[1])
    two.write_text(texts[0])


def endless(folder):
    (folder / "tally.json").unlink()
    (folder / "tally.json").symlink_to("/dev/zero")


def renamed(line, ballot_id):
    """A copy of a ballot under another id, every hash made anew: all its proofs hold."""
    ballot = json.loads(line)
    ballot["object_id"] = ballot_id
    formulas.rehash(ballot)
    return json.dumps(ballot)


def copy_to_second_chunk(folder):
    second = (folder / B1).read_text().splitlines()[1]
    rewrite(B2, lambda lines: [lines[0], renamed(second, "b-5")])(folder)


@pytest.mark.parametrize(
    "change, words",
    [
        (rewrite(B1, lambda lines: lines[:2]), f"{B1}: it must hold a line for each ballot"),
        (rewrite(B2, lambda lines: lines + lines[:1]), f"{B2}: it holds too many lines"),
        (rewrite(B1, lambda lines: [lines[0], lines[0], lines[2]]), f"{B1}[1].contests[0].ballot_selections[0].ciphertext.pad"),
        (rewrite(B2, lambda lines: [lines[0], renamed((lines[0]), "b-5")]), f"ballot 0 of '{B2}' holds this pad too"),
        (copy_to_second_chunk, f"ballot 1 of '{B1}' holds this pad too"),
        (rewrite(B1, lambda lines: [lines[1], lines[0], lines[2]]), "cast_ballot_ids"),
        (rewrite(B2, lambda lines: ["[" * 100000, lines[1]]), f"{B2}[0]"),
        (rewrite(B2, lambda lines: [lines[0][:-1], lines[1]]), f"{B2}[0]"),
        (rewrite("tally.json", lambda _: ["[]"]), "tally.json"),
        (remove("shares/guardian-3-by-1.json"), "shares/guardian-3-by-1.json: Missing compensated shares for guardian 3. Need 2, have 1"),
        (remove("guardians.json"), "guardians.json: the file is not there"),
        (remove("election.json"), "election.json: the file is not there"),
        (swap_shares, "shares/guardian-1.json"),
        (endless, "tally.json: it must be a file"),
    ],
)
def test_broken(egserve, copy, change, words):
    change(copy)
    done = egserve("verify", copy)
    assert done.returncode == 1 and done.stdout == ""
    assert words in done.stderr.splitlines()[-1]


def test_ballot_of_another_election(egserve, service, copy, tmp_path):
    """A valid ballot that belongs elsewhere, in place of the one with its id."""
    (tmp_path / "b.csv").write_text("ballot_id,c\nb-1,Eve\n")
    other = tmp_path / "other"
    done = egserve(
        "election", "run", f"--url={service.url}", f"--ballots={tmp_path / 'b.csv'}", f"--out={other}",
        "--candidates=Ann,Bob,Eve",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    foreign = (other / B1).read_text().splitlines()[0]
    rewrite(B1, lambda lines: [foreign, *lines[1:]])(copy)
    done = egserve("verify", copy)
    assert done.returncode == 1 and f"{B1}[0].contests[0]" in done.stderr


@pytest.fixture(scope="module")
def roomy(egserve, service, tmp_path_factory):
    """Four guardians of whom two suffice; the last one missing, so that three compensated."""
    folder = tmp_path_factory.mktemp("roomy")
    (folder / "b.csv").write_text("\n".join(ROWS) + "\n")
    done = egserve(
        "election", "run", f"--url={service.url}", f"--ballots={folder / 'b.csv'}", f"--out={folder / 'out'}",
        "--candidates=Ann,Bob,Eve", "--guardians=4", "--quorum=2", "--missing=1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.mark.parametrize("absent", [(), (1,), (2,), (3,)])
def test_any_quorum_compensates(egserve, roomy, tmp_path, absent):
    copy = tmp_path / "copy"
    shutil.copytree(roomy, copy)
    for i in absent:
        (copy / f"shares/guardian-4-by-{i}.json").unlink()
    done = egserve("verify", copy)
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()[:3]] == [["Ann", "2"], ["Bob", "1"], ["Eve", "1"]]


def test_fewer_than_a_quorum_compensate(egserve, roomy, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(roomy, copy)
    for i in (1, 3):
        (copy / f"shares/guardian-4-by-{i}.json").unlink()
    done = egserve("verify", copy)
    assert done.returncode == 1
    assert "guardian-4-by-1.json: Missing compensated shares for guardian 4. Need 2, have 1" in done.stderr


def test_usage(egserve, tmp_path):
    assert egserve("verify").returncode == 2
    assert egserve("verify", "a", "b").returncode == 2
    done = egserve("verify", tmp_path / "nowhere")
    assert done.returncode == 2 and "nowhere: No such file or directory" in done.stderr
