"""Elections whose ballots were encrypted elsewhere: a service that takes nothing secret, guardians who keep their keys to
themselves, and a run that sees nothing which is not published."""

import copy
import json
import os

import pytest
import verify
from client import Client
from guardians import Guardians
from service import Service

NAMES = ["--candidates=Ann,Bob"]
COUNTS = ["--guardians=3", "--quorum=2"]
VOTES = [["Ann"], ["Bob"], ["Ann"], [], ["Ann"], ["Bob"], ["Bob"]]
SPOILED = 6


@pytest.fixture(scope="module")
def public():
    service = Service(args=("--public-only", "on"))
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="module")
def made(egserve, service, tmp_path_factory):
    """Guardians, their election, and ballots of it as voters' devices publish them, the last one spoiled."""
    root = tmp_path_factory.mktemp("encrypted")
    guardians = Guardians(root).begin()
    done = egserve("election", "setup", f"--guardians-from={guardians.folder}", *COUNTS, *NAMES)
    assert done.returncode == 0, done.stderr
    context = json.loads((guardians.folder / "election.json").read_text())["context"]
    fields = {
        "party_names": ["independent", "independent"], "candidate_names": ["Ann", "Bob"], "max_choices": 1,
        "joint_public_key": str(int(context["elgamal_public_key"], 16)), "number_of_guardians": 3, "quorum": 2,
        "commitment_hash": str(int(context["commitment_hash"], 16)),
    }  # fmt: skip
    entries = [{"ballot_id": f"b-{i}", "candidate_names_to_vote": vote} for i, vote in enumerate(VOTES)]
    answer = Client(service.url).post("/create_encrypted_ballot", {**fields, "ballots": entries}).ok()
    with_nonces = [verify.artifact(b["encrypted_ballot_with_nonce"]) for b in answer["ballots"]]
    states = [2 if i == SPOILED else 1 for i in range(len(VOTES))]
    return guardians, [verify.submitted(b, state) for b, state in zip(with_nonces, states)], with_nonces


@pytest.fixture
def guardians(made):
    """Their folder, without what another test has put there."""
    for path in [*made[0].folder.glob("share-*"), *made[0].folder.glob("tally.zip")]:
        path.unlink()
    return made[0]


@pytest.fixture
def hold(egserve, public, guardians, tmp_path):
    def run(path, *flags, folder="out"):
        return egserve(
            "election", "run", f"--url={public.url}", f"--guardians-from={guardians.folder}", *COUNTS, *NAMES,
            f"--encrypted={path}", f"--out={tmp_path / folder}", f"--record={tmp_path / 'record.zip'}", "--chunk=3",
            "--wait=0", *flags,
        )  # fmt: skip

    return run


def write_lines(path, ballots):
    path.write_text("".join(json.dumps(b) + "\n" for b in ballots))
    return path


def write_folder(path, ballots):
    path.mkdir()
    for i, ballot in enumerate(ballots):
        (path / f"{i + 1}.json").write_text(json.dumps(ballot, indent=1))
    return path


@pytest.mark.parametrize("write", [write_lines, write_folder])
def test_a_whole_election(hold, made, guardians, egserve, public, tmp_path, write):
    path = write(tmp_path / "ballots", made[1])
    done = hold(path, "--json")
    assert [a["file"] for a in json.loads(done.stdout)["awaited"]] == [f"share-{i}.json" for i in (1, 2, 3)]
    guardians.share(1, 3)
    assert hold(path).returncode == 1
    guardians.compensate(2, 1, 3)
    done = hold(path)
    assert done.returncode == 0, done.stderr
    assert "plain count" not in done.stdout
    again = json.loads(hold(path, "--json").stdout)
    assert again["candidates"] == [{"name": "Ann", "votes": 3}, {"name": "Bob", "votes": 2}]
    assert again["ballots"] == 7 and again["spoiled"] == 1
    checked = egserve("verify", tmp_path / "record.zip", "--json")
    record = json.loads(checked.stdout)
    assert record["verified"] and (record["cast"], record["spoiled"], record["missing"]) == (6, 1, 1)
    for i, ballot in enumerate(made[1]):
        answer = egserve("verify", tmp_path / "record.zip", f"--ballot=b-{i}", f"--code={ballot['code']}", "--json")
        assert json.loads(answer.stdout)["ballot"]["answer"] == ("spoiled" if i == SPOILED else "counted")


def test_nothing_secret_goes_to_the_service(hold, made, guardians, public, tmp_path):
    """A run asks for nothing that --public-only withholds, and its folder holds no nonce."""
    before = public.log()
    hold(write_lines(tmp_path / "ballots", made[1]))
    guardians.share(1, 2, 3)
    assert hold(tmp_path / "ballots").returncode == 0
    assert "unavailable" not in public.log()[len(before) :]
    nonces = [b["nonce"].encode() for b in made[2]]
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or not any(n in path.read_bytes() for n in nonces), path


# ---- judged before anything is sent


def spoil_none(ballots):
    return [{**b, "state": 1} for b in ballots]


def renamed(ballot, ballot_id):
    ballot = {**copy.deepcopy(ballot), "object_id": ballot_id}
    verify.rehash(ballot)
    return ballot


def with_selection_nonce(made, i):
    ballot = copy.deepcopy(made[1][i])
    ballot["contests"][0]["ballot_selections"][1]["nonce"] = "01"
    return ballot


FAULTS = [
    (lambda m: {**m[1][1], "nonce": "01"}, "nonce"),
    (lambda m: with_selection_nonce(m, 1), "contests[0].ballot_selections[1].nonce"),
    (lambda m: {**m[1][1], "state": 999}, "state"),
    (lambda m: {k: v for k, v in m[1][1].items() if k != "state"}, "state"),
    (lambda m: {**m[1][1], "object_id": "b-0"}, "an earlier ballot has the same id"),
    (lambda m: {**m[1][1], "object_id": "a/b"}, "object_id"),
    (lambda m: {**m[1][1], "manifest_hash": "AB"}, "manifest_hash"),
    (lambda m: renamed(m[1][0], "copy"), "a copy"),
    (lambda m: {**m[1][1], "contests": 7}, "contests"),
    (lambda m: [1], ""),
]


@pytest.mark.parametrize("write", [write_lines, write_folder])
@pytest.mark.parametrize("change, reason", FAULTS)
def test_bad_ballots_are_named_and_nothing_is_sent(hold, made, tmp_path, change, reason, write):
    ballots = [made[1][0], change(made), made[1][2]]
    path = write(tmp_path / "ballots", ballots)
    done = hold(path)
    assert done.returncode == 1
    place = "ballots:2: " if write is write_lines else "ballots/2.json: "
    line = next(line for line in done.stderr.splitlines() if place in line)
    assert reason in line, line
    assert "nothing was sent" in done.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize("text, reason", [
    ("{", "ballots:1: "), ("\n\n{}\n", "ballots:3: "), ("a long line", "longer than 4 MiB"), ("", "must be cast"),
])  # fmt: skip
def test_files_that_are_something_else(hold, tmp_path, text, reason):
    (tmp_path / "ballots").write_text("x" * (5 << 20) if text == "a long line" else text)
    done = hold(tmp_path / "ballots")
    assert done.returncode == 1 and reason in done.stderr


def test_a_folder_with_something_else_in_it(hold, made, tmp_path):
    path = write_folder(tmp_path / "ballots", made[1][:2])
    (path / "notes.txt").write_text("x")
    done = hold(path)
    assert done.returncode == 1 and "notes.txt" in done.stderr and "NAME.json" in done.stderr


def test_all_spoiled(hold, made, tmp_path):
    done = hold(write_lines(tmp_path / "ballots", [{**b, "state": 2} for b in made[1]]))
    assert done.returncode == 1 and "must be cast" in done.stderr


# ---- verified at the service


def test_a_false_proof_is_named(hold, made, tmp_path):
    bad = copy.deepcopy(made[1][4])
    proof = bad["contests"][0]["ballot_selections"][0]["proof"]
    proof["proof_one_response"] = verify.to_hex((verify.element(proof["proof_one_response"]) + 1) % verify.Q)
    ballots = [*made[1][:4], bad, *made[1][5:]]
    done = hold(write_lines(tmp_path / "ballots", ballots))
    assert done.returncode == 1
    assert "the ballot in line 5 is not good" in done.stderr and "b-4" in done.stderr
    assert not list((tmp_path / "out" / "private" / "ballots").glob("000002*"))


def test_other_ballots_in_the_middle(hold, made, tmp_path):
    write_lines(tmp_path / "ballots", made[1])
    hold(tmp_path / "ballots")
    write_lines(tmp_path / "ballots", spoil_none(made[1]))
    done = hold(tmp_path / "ballots")
    assert done.returncode == 1 and "other ballots" in done.stderr


def test_lines_of_other_systems(hold, made, tmp_path):
    """CR LF, empty lines, and no line's end at the end."""
    text = "\r\n\r\n".join(json.dumps(b) for b in made[1])
    (tmp_path / "ballots").write_text(text)
    done = hold(tmp_path / "ballots", "--json")
    assert json.loads(done.stdout)["ballots"] == 7 and json.loads(done.stdout)["awaited"]


@pytest.mark.parametrize("flags, word", [
    (["--ballots=x"], "--ballots"), (["--spoil=b-1"], "spoiled"), (["--broker=amqp://x", "--store=/x"], "--broker"),
])  # fmt: skip
def test_flags_that_do_not_go_together(hold, tmp_path, flags, word):
    done = hold(tmp_path / "ballots", *flags)
    assert done.returncode == 2 and word in done.stderr


def test_encrypted_ballots_need_guardians_of_their_own(egserve, public, tmp_path):
    done = egserve("election", "run", f"--url={public.url}", *NAMES, "--encrypted=x", f"--out={tmp_path / 'o'}")
    assert done.returncode == 2 and "--guardians-from" in done.stderr and not os.listdir(tmp_path)
