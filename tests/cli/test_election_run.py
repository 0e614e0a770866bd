"""egserve election run: the plain count, whatever interrupts it, and no request made twice."""

import fcntl
import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import urllib.request
import zipfile

import pytest
from proxy import Proxy
from service import ROOT, Service, program

CANDIDATES = 'Ann,"Bob, the elder",Eve'
NAMES = ["Ann", "Bob, the elder", "Eve"]
KEY = "key of this service"
SETUP = "/setup_guardians"
ENCRYPT = "/create_encrypted_ballot"
TALLY = "/create_encrypted_tally"
SUM = "/combine_encrypted_tallies"
SHARE = "/create_partial_decryption"
COMPENSATE = "/create_compensated_decryption"
COMBINE = "/combine_decryption_shares"
# 5 ballots in chunks of 2, 3 guardians of whom one is missing
REQUESTS = [SETUP] + [ENCRYPT, TALLY] * 3 + [SUM] + [SHARE] * 2 + [COMPENSATE] * 2 + [COMBINE]


@pytest.fixture
def proxy(service):
    proxy = Proxy(service.url)
    yield proxy
    proxy.close()


@pytest.fixture
def ballots(tmp_path):
    path = tmp_path / "ballots.csv"
    rows = ["ballot_id,first,second", "b-1,Ann", 'b-2,"Bob, the elder",Ann', "b-3,,Ann", "b-4,,", "b-5,Eve,"]
    path.write_text("\r\n".join(rows) + "\r\n")
    return path


PLAIN = {"Ann": 3, "Bob, the elder": 1, "Eve": 1}


def arguments(url, file, folder, **changed):
    flags = {
        "url": url, "ballots": file, "out": folder, "candidates": CANDIDATES, "guardians": 3, "quorum": 2,
        "missing": 1, "max-choices": 2, "chunk": 2,
    }  # fmt: skip
    flags.update(changed)
    return ["election", "run", *(f"--{name}={value}" for name, value in flags.items())]


def counts(text):
    lines = text.splitlines()
    assert lines[0].split() == ["candidate", "decrypted", "plain", "count"]
    found = {}
    for line in lines[1 : 1 + len(NAMES)]:
        name, decrypted, plain = line[:32].rstrip(), *line[32:].split()
        found[name] = (int(decrypted), int(plain))
    return found


def check_done(done):
    assert done.returncode == 0, done.stderr
    assert counts(done.stdout) == {name: (n, n) for name, n in PLAIN.items()}


def files(folder):
    return {os.path.relpath(os.path.join(at, f), folder) for at, _, fs in os.walk(folder) for f in fs}


def published_counts(out):
    contests = json.loads((out / "record/tally.json").read_text())["contests"]
    return {name: entry["tally"] for name, entry in contests["contest-1"]["selections"].items()}


def published_ballots(out):
    prefix = len("submitted_ballot_")
    return sorted(path.stem[prefix:] for path in (out / "record/submitted_ballots").iterdir())


def test_whole(egserve, proxy, ballots, tmp_path):
    out = tmp_path / "out"
    check_done(egserve(*arguments(proxy.url, ballots, out)))
    assert proxy.paths() == REQUESTS
    assert files(out / "private") == {
        "election.json", "tally.json", "results.json", "setup.json", "input.sha256", "lock",
        *(f"ballots/00000{i}.jsonl" for i in (1, 2, 3)), *(f"tallies/00000{i}.json" for i in (1, 2, 3)),
        "shares/guardian-1.json", "shares/guardian-2.json", "shares/guardian-3-by-1.json", "shares/guardian-3-by-2.json",
    }  # fmt: skip
    assert files(out / "record") == {
        "manifest.json", "context.json", "constants.json", "coefficients.json", "encrypted_tally.json", "tally.json",
        "encryption_devices/device_1.json", *(f"guardians/guardian_{i}.json" for i in (1, 2, 3)),
        *(f"submitted_ballots/submitted_ballot_b-{i}.json" for i in (1, 2, 3, 4, 5)),
    }  # fmt: skip
    assert {path.name for path in out.iterdir()} == {"private", "record"}
    assert published_counts(out) == PLAIN
    # once done, nothing is asked again
    check_done(egserve(*arguments(proxy.url, ballots, out)))
    assert len(proxy.answered) == len(REQUESTS)


def test_secrets_stay_in_the_private_folder(egserve, service, ballots, tmp_path):
    out = tmp_path / "out"
    check_done(egserve(*arguments(service.url, ballots, out)))
    assert stat.S_IMODE((out / "private").stat().st_mode) == 0o700
    for name in files(out / "private"):
        assert stat.S_IMODE((out / "private" / name).stat().st_mode) == 0o600, name
    setup = json.loads((out / "private/setup.json").read_text())
    keys = [json.loads(text)["private_key"] for text in setup["private_keys"]]
    secrets = keys + [f"{int(key):X}" for key in keys]
    assert len(keys) == 3
    for name in files(out / "record"):
        text = (out / "record" / name).read_text()
        assert not [s for s in secrets if s in text], name
        if name.startswith("submitted_ballots/"):
            ballot = json.loads(text)
            assert ballot["nonce"] is None
            for contest in ballot["contests"]:
                assert contest["nonce"] is None
                assert all(s["nonce"] is None for s in contest["ballot_selections"])


@pytest.mark.parametrize("cut", [False, True], ids=["as a request arrives", "in the middle of an answer"])
def test_interrupted_at_every_request(egserve, proxy, ballots, tmp_path, cut):
    """Killed at each request in turn: every run gets one step further and repeats none."""
    out = tmp_path / "out"
    proxy.cut = cut
    for step in range(len(REQUESTS)):
        proxy.allow = 1 if step > 0 else 0
        proxy.victim = subprocess.Popen(
            [program(), *arguments(proxy.url, ballots, out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        stdout, _ = proxy.victim.communicate(timeout=60)
        assert proxy.victim.returncode == -9 and stdout == b""
        assert proxy.paths() == REQUESTS[:step]
    proxy.allow = None
    check_done(egserve(*arguments(proxy.url, ballots, out)))
    assert proxy.paths() == REQUESTS
    assert len(set(proxy.answered)) == len(REQUESTS), "a request was repeated"
    assert not [name for name in files(out) if name.endswith(".new")]


def test_left_over_unfinished_file(egserve, service, ballots, tmp_path):
    """What a kill in the middle of writing leaves is no obstacle and not taken for the file."""
    out = tmp_path / "out"
    (out / "private").mkdir(parents=True)
    (out / "private/setup.json.new").write_text("{")
    check_done(egserve(*arguments(service.url, ballots, out)))
    left = out / "record.new/guardians"
    left.mkdir(parents=True)
    (left / "guardian_9.json").write_text("{")
    (out / "record.new/tally.json").write_text("{")
    shutil.rmtree(out / "record")
    check_done(egserve(*arguments(service.url, ballots, out)))
    assert {path.name for path in out.iterdir()} == {"private", "record"}
    assert egserve("verify", out / "record", "--quiet").returncode == 0
    assert stat.S_IMODE((out / "private/setup.json").stat().st_mode) == 0o600


AS_SPREADSHEETS_DO = {
    "lines of spaces": ("ballot_id,a,b\n   \nb-1,Ann\n  \nb-2,Eve\n \t \n,,\n", "utf-8"),
    "semicolons": ("sep=;\r\nBallot ID;First;Second;;\r\nb-1;Ann;;;\r\nb-2;Eve;;;\r\n;;;;\r\n", "utf-8-sig"),
    "Unicode text": ("Ballot ID\tFirst\tSecond\r\nb-1\tAnn\t\r\nb-2\tEve\t\r\n", "utf-16"),
}


@pytest.mark.parametrize("text, encoding", AS_SPREADSHEETS_DO.values(), ids=AS_SPREADSHEETS_DO)
def test_files_as_spreadsheets_write_them(egserve, service, tmp_path, text, encoding):
    """Two ballots, whatever else stands in the file."""
    ballots, out = tmp_path / "ballots.csv", tmp_path / "out"
    ballots.write_bytes(text.encode(encoding))
    done = egserve(*arguments(service.url, ballots, out))
    assert done.returncode == 0, done.stderr
    assert counts(done.stdout) == {"Ann": (1, 1), "Bob, the elder": (0, 0), "Eve": (1, 1)}
    assert published_ballots(out) == ["b-1", "b-2"]


def test_many_chunks(egserve, proxy, tmp_path):
    """More chunks than one request combines: sums of sums."""
    ballots = tmp_path / "many.csv"
    ballots.write_text("ballot_id,choice\n" + "".join(f"b{i},{'AB'[i % 3 == 0]}\n" for i in range(66)))
    out = tmp_path / "out"
    done = egserve(
        *arguments(
            proxy.url, ballots, out, candidates="A,B", chunk=1, guardians=1, quorum=1, missing=0,
            **{"max-choices": 1},
        )
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert proxy.paths().count(SUM) == 3  # of 64 chunks, of the other two, of both sums
    assert len(published_ballots(out)) == 66
    assert egserve("verify", out / "record", "--quiet").returncode == 0
    assert "A                                          44           44" in done.stdout


@pytest.mark.parametrize(
    "change", [{"quorum": 1}, {"candidates": "Ann,Eve"}, {"chunk": 3}, {"max-choices": 3}, {"missing": 0}]
)
def test_another_election_in_the_folder(egserve, proxy, ballots, tmp_path, change):
    out = tmp_path / "out"
    check_done(egserve(*arguments(proxy.url, ballots, out)))
    if "candidates" in change:
        ballots.write_text("ballot_id,c\nb-1,Ann\n")
    done = egserve(*arguments(proxy.url, ballots, out, **change))
    assert done.returncode == 1 and "election.json" in done.stderr
    assert len(proxy.answered) == len(REQUESTS)


def test_other_ballots_in_the_folder(egserve, proxy, ballots, tmp_path):
    out = tmp_path / "out"
    check_done(egserve(*arguments(proxy.url, ballots, out)))
    ballots.write_text(ballots.read_text().replace("b-1,Ann", "b-1,Eve"))
    done = egserve(*arguments(proxy.url, ballots, out))
    assert done.returncode == 1 and "other ballots" in done.stderr
    assert len(proxy.answered) == len(REQUESTS)


def test_two_runs_at_once(egserve, proxy, ballots, tmp_path):
    out = tmp_path / "out"
    (out / "private").mkdir(parents=True)
    with open(out / "private/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = egserve(*arguments(proxy.url, ballots, out))
    assert done.returncode == 1 and "another run is at work" in done.stderr
    assert proxy.answered == []


@pytest.mark.parametrize(
    "row, line, words",
    [
        ("b-6,Nobody", 7, "field 2: it names no candidate"),
        ("b-6,Ann,Ann", 7, "field 3: it names a candidate for the second time"),
        ("b-1,Ann", 7, "field 1: an earlier line has this ballot id"),
        (",Ann", 7, "field 1: a ballot id is needed"),
        ("b-6,Ann,Eve,Ann", 7, "it has more fields than the header"),
        ('b-6,"Ann', 7, "field 2: a quote is not closed"),
        ('b-6,"Ann"x', 7, "field 2: a closing quote must be followed"),
        ('b-6,A"nn', 7, "field 2: a quote may only stand around"),
        ("b-6,\x1b[2J", 7, "it holds a control character"),
        ("b-6\x00,Ann", 7, "it holds a control character"),
        ("x" * 1025, 7, "field 1: it is longer than 1024 bytes"),
        ("x" * 234, 7, "field 1: an id that a file is named for must have 1 to 233 bytes"),
        ("precinct/1", 7, "field 1: an id that a file is named for must not hold '/'"),
        ("..\\1", 7, "field 1: an id that a file is named for must not hold '/'"),
        ("\nb-6,ann", 8, "field 2: it names no candidate of this election; looks like candidate 'Ann', in other case"),
        ("b-6,Ann\u00a0", 7, "field 2: it names no candidate of this election; looks like candidate 'Ann', with a trailing no-break space"),
    ],
)
def test_bad_line(egserve, proxy, ballots, tmp_path, row, line, words):
    with open(ballots, "a", newline="") as file:
        file.write(row + "\nb-7,Ann\n")
    done = egserve(*arguments(proxy.url, ballots, tmp_path / "out"))
    assert done.returncode == 1 and done.stdout == ""
    assert f"{ballots}:{line}: {words}" in done.stderr
    assert "1 fault in" in done.stderr and proxy.answered == []
    assert not (tmp_path / "out").exists()


def test_bad_lines_are_all_counted_and_no_value_is_shown(egserve, proxy, ballots, tmp_path):
    ballots.write_bytes(b"ballot_id,c\nid-1,secret\n" + b"b\xff,Ann\n" * 30)
    done = egserve(*arguments(proxy.url, ballots, tmp_path / "out"))
    assert done.returncode == 1
    assert "31 faults in" in done.stderr and "secret" not in done.stderr
    assert done.stderr.count("it is not UTF-8") == 19
    assert proxy.answered == []


@pytest.mark.parametrize("text", ["", "b-1,Ann\n", "id,choice\nb-1,Ann\n", "ballot_id,choice\n", "\ufeff"])
def test_no_ballots(egserve, proxy, tmp_path, text):
    path = tmp_path / "b.csv"
    path.write_text(text)
    done = egserve(*arguments(proxy.url, path, tmp_path / "out"))
    assert done.returncode == 1 and f"{path}:1:" in done.stderr
    assert proxy.answered == []


def lie(path, status, body):
    if path != COMBINE:
        return None
    answer = json.loads(body)
    votes = answer["results"]["results"]["candidates"]
    votes["Ann"], votes["Eve"] = votes["Eve"], votes["Ann"]
    return status, json.dumps(answer).encode()


def test_results_are_held_against_the_shares(egserve, proxy, ballots, tmp_path):
    proxy.change = lie
    done = egserve(*arguments(proxy.url, ballots, tmp_path / "out"))
    assert done.returncode == 1 and done.stdout == ""
    assert "the service's results are not what the guardians' shares decrypt to" in done.stderr
    assert not (tmp_path / "out/record").exists()


class OtherVote:
    """A service that encrypts a ballot for somebody else than was asked for; everything behind follows from that."""

    def __init__(self, service):
        self.service = service

    def __call__(self, path, status, body):
        answer = json.loads(body)
        if path == SETUP:
            self.keys = {name: answer[name] for name in ("joint_public_key", "commitment_hash")}
        if path != ENCRYPT or answer["ballots"][0]["ballot_id"] != "b-1":
            return None
        request = {
            **self.keys, "number_of_guardians": 3, "quorum": 2, "max_choices": 2, "candidate_names": NAMES,
            "party_names": ["independent"] * 3, "ballot_id": "b-1", "candidate_names_to_vote": ["Eve"],
        }  # fmt: skip
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(self.service.url + ENCRYPT, json.dumps(request).encode(), headers)
        with urllib.request.urlopen(asked) as other:
            answer["ballots"][0] = json.load(other)
        return status, json.dumps(answer).encode()


def test_a_wrong_result_is_seen(egserve, service, proxy, ballots, tmp_path):
    proxy.change = OtherVote(service)
    done = egserve(*arguments(proxy.url, ballots, tmp_path / "out"))
    assert done.returncode == 1
    assert "the result is NOT the plain count" in done.stdout
    assert counts(done.stdout.replace("  differs", ""))["Ann"] == (2, 3)


def answer_with(where, status, body):
    return lambda path, *_: (status, body) if path == where else None


def other_ballots(path, status, body):
    if path != ENCRYPT:
        return None
    answer = json.loads(body)
    answer["ballots"].reverse()
    return status, json.dumps(answer).encode()


def edit(where, change):
    """An answer of the service, changed in one place."""

    def changed(path, status, body):
        if path != where:
            return None
        answer = json.loads(body)
        change(answer)
        return status, json.dumps(answer).encode()

    return changed


@pytest.mark.parametrize(
    "change, words",
    [
        (edit(ENCRYPT, lambda a: a["ballots"][1].update(encrypted_ballot="{}")), "encrypted_ballot"),
        (edit(ENCRYPT, lambda a: a["ballots"][1].update(encrypted_ballot="secret")), "encrypted_ballot"),
        (edit(ENCRYPT, lambda a: a["ballots"][0].update(a["ballots"][1], ballot_id="b-1")), "another ballot"),
        (edit(TALLY, lambda a: a["ciphertext_tally"]["cast_ballot_ids"].pop()), "a tally of other ballots"),
        (edit(TALLY, lambda a: a["ciphertext_tally"].pop("contests")), "contests"),
        (edit(SUM, lambda a: a["ciphertext_tally"]["cast_ballot_ids"].append("x")), "a tally of other ballots"),
        (edit(SHARE, lambda a: a.update(tally_share=a["tally_share"].replace('"2"', '"1"'))), "another guardian"),
        (edit(SHARE, lambda a: a.update(tally_share="[]")), "tally_share"),
        (edit(COMPENSATE, lambda a: a.update(compensated_tally_share="{}")), "compensated_tally_share"),
        (answer_with(SETUP, 200, b"[]"), "map"),
        (answer_with(SETUP, 200, b'{"status":"success"}'), "joint_public_key"),
        (answer_with(SETUP, 500, b"<html>"), "/setup_guardians answered 500: no reason given"),
        (answer_with(SETUP, 400, b'{"message":"no\\u001b[2J"}'), "/setup_guardians answered 400: no?[2J"),
        (answer_with(ENCRYPT, 200, b'{"ballots":[]}'), "too few ballots"),
        (answer_with(ENCRYPT, 200, b"{"), "JSON"),
        (other_ballots, "another ballot"),
        (answer_with(TALLY, 200, b'{"ciphertext_tally":7}'), "ciphertext_tally"),
        (answer_with(TALLY, 200, b'{"ciphertext_tally":' + b'{"a":' * 99 + b"1" + b"}" * 100), "nested"),
        (answer_with(COMBINE, 200, b'{"results":{"results":{"candidates":{}}}}'), "other candidates"),
    ],
)
def test_nonsense_from_the_service(egserve, proxy, ballots, tmp_path, change, words):
    """Refused in words, without a crash; what was good is kept and the next run goes on from it."""
    out = tmp_path / "out"
    proxy.change = change
    done = egserve(*arguments(proxy.url, ballots, out))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("egserve election run: ") and words in done.stderr
    assert "\x1b" not in done.stderr
    proxy.change = None
    check_done(egserve(*arguments(proxy.url, ballots, out)))


def test_a_full_service_is_asked_again(egserve, proxy, ballots, tmp_path):
    refusals = iter([503, 503])
    proxy.change = lambda path, *_: (next(refusals), b"{}") if path == SUM and refusals.__length_hint__() else None
    check_done(egserve(*arguments(proxy.url, ballots, tmp_path / "out")))
    assert proxy.paths().count(SUM) == 3


@pytest.mark.parametrize("where, status", [(ENCRYPT, 502), (ENCRYPT, 503), (ENCRYPT, 504), (COMBINE, 503)])
def test_patience_has_an_end(egserve, proxy, ballots, tmp_path, where, status):
    """Asked again while patience lasts; what was answered is kept, and the next run goes on."""
    out = tmp_path / "out"
    proxy.change = answer_with(where, status, b'{"message":"full"}')
    done = egserve(*arguments(proxy.url, ballots, out, patience=1))
    assert done.returncode == 1 and f"{where} answered {status}: full" in done.stderr
    assert f"the service at {proxy.url} is full ({status}); asking again in 1 s\n" in done.stderr
    assert proxy.paths().count(where) == 2
    assert egserve(*arguments(proxy.url, ballots, out, patience=0)).returncode == 1
    assert proxy.paths().count(where) == 3
    proxy.change = None
    check_done(egserve(*arguments(proxy.url, ballots, out)))


def test_a_broken_connection_is_tried_again(egserve, proxy, ballots, tmp_path):
    """As when a worker or a balancer is replaced: one hangs up while it is asked."""
    proxy.hold, proxy.drop = TALLY, 0
    run = subprocess.Popen(
        [program(), *arguments(proxy.url, ballots, tmp_path / "out")], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert proxy.holding.wait(60)
    proxy.drop, proxy.hold = 3, None  # libcurl itself tries once more when a connection was an old one
    proxy.release.set()
    stdout, stderr = run.communicate(timeout=60)
    assert run.returncode == 0, stderr
    assert counts(stdout) == {name: (n, n) for name, n in PLAIN.items()}
    assert len(re.findall(rf"the service at {proxy.url} hung up before it answered; asking again in \d s$", stderr, re.M)) >= 1
    assert proxy.drop == 0


def test_a_service_that_restarts_is_waited_for(egserve, ballots, tmp_path):
    """Its port is closed for a while: connections are refused."""
    first = Service()
    proxy = Proxy(first.url)
    proxy.hold = TALLY
    port = proxy.server.server_port
    run = subprocess.Popen(
        [program(), *arguments(proxy.url, ballots, tmp_path / "out")], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert proxy.holding.wait(60)
    proxy.hang_up()
    line = ""
    while "asking again" not in line:  # refused: nobody listens
        line = run.stderr.readline()
        assert line, "the run has ended"
    second = Service(port=port)
    try:
        stdout, stderr = run.communicate(timeout=60)
        assert run.returncode == 0, stderr
        assert counts(stdout) == {name: (n, n) for name, n in PLAIN.items()}
    finally:
        second.stop()
        first.stop()


def test_interrupted_it_says_how_to_go_on(egserve, proxy, ballots, tmp_path):
    out = tmp_path / "out"
    proxy.hold = TALLY
    run = subprocess.Popen(
        [program(), *arguments(proxy.url, ballots, out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert proxy.holding.wait(60)
    run.send_signal(signal.SIGINT)
    stdout, stderr = run.communicate(timeout=60)
    assert (run.returncode, stdout) == (-signal.SIGINT, "")
    assert stderr.splitlines()[-2:] == [
        "egserve election run: interrupted",
        f"egserve election run: what is done is kept in {out}; the same command goes on from there",
    ]
    proxy.release.set()
    check_done(egserve(*arguments(proxy.url, ballots, out)))
    assert proxy.paths().count(SETUP) == 1


def test_it_speaks_within_a_step(proxy, ballots, tmp_path):
    """No terminal: a line every few seconds, though nothing is done meanwhile."""
    proxy.hold = TALLY
    run = subprocess.Popen(
        [program(), *arguments(proxy.url, ballots, tmp_path / "out")], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stderr.readline() == "guardians: 3 of 3\n"
    assert re.fullmatch(r"ballots: 0 of 5, \d+ s\n", run.stderr.readline())
    assert proxy.holding.is_set()
    proxy.release.set()
    stdout, stderr = run.communicate(timeout=60)
    assert run.returncode == 0
    assert re.match(r"ballots: 5 of 5, [\d.]+ s each\n|ballots: 5 of 5, [\d.]+ per second\n", stderr)


def test_quiet_and_json(egserve, service, ballots, tmp_path):
    out = tmp_path / "out"
    done = egserve(*arguments(service.url, ballots, out), "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = egserve(*arguments(service.url, ballots, out), "--json", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    candidates = [{"name": name, "votes": n, "plain_count": n} for name, n in PLAIN.items()]
    found = json.loads(done.stdout)
    assert [one["ballots"] for one in found.pop("services")] == [0]  # it was done before
    assert found == {
        "command": "egserve election run", "ok": True, "error": None, "folder": str(out), "ballots": 5, "spoiled": 0,
        "fault_count": 0, "faults": [], "can_go_on": False, "candidates": candidates,
    }  # fmt: skip


def test_json_of_what_failed(egserve, proxy, ballots, tmp_path):
    out = tmp_path / "out"
    with open(ballots, "a") as file:
        file.write("b-6,Nobody\n")
    done = egserve(*arguments(proxy.url, ballots, out), "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["ok"] is False and found["can_go_on"] is False
    assert found["error"] == "1 fault in the file of ballots, nothing was sent"
    assert found["faults"] == [{"line": 7, "field": 2, "reason": "it names no candidate of this election"}]
    ballots.write_text("ballot_id,c\nb-1,Ann\n")
    proxy.change = answer_with(TALLY, 500, b'{"message":"a fault"}')
    done = egserve(*arguments(proxy.url, ballots, out), "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["can_go_on"] is True and "candidates" not in found
    at = f"the tally of chunk 1, {proxy.url}"
    assert found["error"] == f"{at}: /create_encrypted_tally answered 500: a fault"


def test_ids_that_look_like_paths(egserve, service, tmp_path):
    """In a file's name they are only names; the longest there may be is one."""
    ids = ["..", ".", "~", "-rf", "a b", "Zür\u00edch", "%2F", "x" * 233, "b.json"]
    file, out, record = tmp_path / "b.csv", tmp_path / "out", tmp_path / "r.zip"
    file.write_text("ballot_id,choice\n" + "".join(f"{i},Ann\n" for i in ids))
    done = egserve(*arguments(service.url, file, out, record=record, chunk=64))
    assert done.returncode == 0, done.stderr
    assert published_ballots(out) == sorted(ids)
    for path in (out / "record", record):
        done = egserve("verify", path, "--json")
        assert done.returncode == 0 and json.loads(done.stdout)["ballots"] == len(ids)


def test_zip(egserve, service, ballots, tmp_path):
    """The same files as the folder; written again when it is asked for again; equal files, equal bytes."""
    out, record = tmp_path / "out", tmp_path / "record.zip"
    record.write_text("something else")
    check_done(egserve(*arguments(service.url, ballots, out, record=record)))
    with zipfile.ZipFile(record) as archive:
        assert set(archive.namelist()) == files(out / "record")
        for name in archive.namelist():
            assert archive.read(name) == (out / "record" / name).read_bytes()
    first = record.read_bytes()
    record.unlink()
    check_done(egserve(*arguments(service.url, ballots, out, record=record)))
    assert record.read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ballots.csv", "out", "record.zip"]
    assert egserve("verify", record, "--quiet").returncode == 0


def test_zip_that_cannot_be_written(egserve, service, ballots, tmp_path):
    out = tmp_path / "out"
    for place in ("nowhere/record.zip", "."):
        done = egserve(*arguments(service.url, ballots, out, record=place), cwd=tmp_path)
        assert done.returncode == 1 and f"{place}: it cannot be written" in done.stderr
    check_done(egserve(*arguments(service.url, ballots, out)))


def test_folder_of_an_earlier_release(egserve, proxy, ballots, tmp_path):
    out = tmp_path / "out"
    (out / "private").mkdir(parents=True)
    (out / "private/lock").touch()
    (out / "election.json").write_text("{}")
    done = egserve(*arguments(proxy.url, ballots, out))
    assert done.returncode == 1 and "an election of an earlier release" in done.stderr
    assert proxy.answered == [] and (out / "election.json").read_text() == "{}"


def test_a_folder_of_somebody(egserve, service, ballots, tmp_path):
    """Is not made an election's; what is said of going on would be untrue there."""
    theirs = tmp_path / "docs"
    theirs.mkdir()
    (theirs / "notes.txt").write_text("kept")
    done = egserve(*arguments(service.url, ballots, theirs))
    assert done.returncode == 1 and "the folder is not empty, and holds no election" in done.stderr
    assert "goes on" not in done.stderr and [path.name for path in theirs.iterdir()] == ["notes.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    check_done(egserve(*arguments(service.url, ballots, empty)))
    check_done(egserve(*arguments(service.url, ballots, empty)))


def test_the_page_as_it_stands(egserve, service, tmp_path):
    """The command and the file of docs/election-run.md go together."""
    with open(os.path.join(ROOT, "docs", "election-run.md"), encoding="utf-8") as page:
        command, file = re.findall(r"(?:^    .*\n)+", page.read(), re.M)[:2]
    (tmp_path / "votes.csv").write_text("".join(line[4:] + "\n" for line in file.splitlines()))
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:4] == ["egserve", "election", "run", "--url"]
    words[4] = service.url
    done = egserve(*words[1:], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert counts(done.stdout) == {"Ann": (2, 2), "Bob": (0, 0), "Eve, the younger": (1, 1)}


def test_no_service(egserve, ballots, tmp_path):
    done = egserve(*arguments("http://127.0.0.1:1", ballots, tmp_path / "out"))
    assert done.returncode == 1 and "the service at http://127.0.0.1:1 cannot be reached: " in done.stderr
    done = egserve(*arguments("ftp://127.0.0.1", ballots, tmp_path / "out"))
    assert done.returncode == 1 and "'url' must begin with http://" in done.stderr


def test_access_key(egserve, ballots, tmp_path):
    """From a file or the environment, and sent as the header; without it the service's refusal is shown."""
    service = Service(env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY})
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n")
    environment = {"ELECTIONGUARD_INTERNAL_API_KEY": ""}
    out = tmp_path / "out"
    try:
        done = egserve(*arguments(service.url, ballots, out), env=environment)
        assert done.returncode == 1 and "answered 401" in done.stderr
        check_done(egserve(*arguments(service.url, ballots, out, **{"internal-key-file": key_file}), env=environment))
        environment["ELECTIONGUARD_INTERNAL_API_KEY"] = KEY
        check_done(egserve(*arguments(service.url, ballots, tmp_path / "other"), env=environment))
    finally:
        service.stop()


@pytest.mark.parametrize(
    "change, code, words",
    [
        ({"candidates": "Ann,Ann"}, 1, "names 1 and 2 are the same"),
        ({"candidates": "Ann,,Eve"}, 1, "name 2 is empty"),
        ({"candidates": 'Ann,"Eve'}, 1, "a quote is not closed"),
        ({"parties": "A,B"}, 1, "there must be one for each candidate"),
        ({"ballots": "/nonexistent"}, 1, "it cannot be opened"),
        ({"ballots": "/"}, 1, "it must be a file"),
        ({"ballots": "/dev/zero"}, 1, "it must be a file"),
        ({"out": "/proc/x/y"}, 1, "it cannot be made"),
        ({"internal-key-file": "/dev/null"}, 1, "it must be a file"),
        ({"quorum": 4}, 2, "'--quorum' must be at most '--guardians'"),
        ({"missing": 2}, 2, "'--missing' must leave"),
        ({"chunk": 0}, 2, "'--chunk' must be from 1 to 1000"),
    ],
)
def test_flags(egserve, ballots, tmp_path, change, code, words):
    done = egserve(*arguments("http://127.0.0.1:1", ballots, tmp_path / "out", **change))
    assert done.returncode == code and words in done.stderr and done.stdout == ""


@pytest.mark.parametrize("url, warns", [("http://nowhere.invalid:1", True), ("http://127.0.0.1:1", False), ("https://nowhere.invalid", False)])
def test_votes_to_another_machine_without_tls_are_warned_of(egserve, ballots, tmp_path, url, warns):
    done = egserve(*arguments(url, ballots, tmp_path / "out", patience=0, quiet="on"))
    assert done.returncode == 1
    assert ("--url: what goes to nowhere.invalid can be read and changed on the way" in done.stderr) == warns
