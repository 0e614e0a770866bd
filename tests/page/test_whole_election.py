"""An election in which nobody but its voters and guardians ever holds a secret: three guardians, one of them in the page,
one by the command, one by the C library, who is missing at the end; twenty voters in the page, one of whom tests a ballot; a
service under --public-only. The service's whole traffic, its log and its memory are searched for every vote, nonce and key by a
test that knows them all."""

import base64
import collections
import json
import os
import pathlib
import re
import subprocess
import urllib.parse

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from page import WATCH, Page
from service import ROOT, Service, is_sanitized, program
from unseen import Secrets, Wire, memory_of

PAGE = pathlib.Path(os.environ.get("EGSERVE_PAGE", pathlib.Path(ROOT) / "build" / "egserve.html")).resolve()
LIBRARY = os.path.join(os.path.dirname(program()), "examples", "guardian-shared")
CANDIDATES = ["Ann", "Bob", "Eve", "Joe"]
VOTES = [CANDIDATES[i * i % 7 % 4] for i in range(20)]
TESTS = 7  # the voter who tests a ballot before casting another
PHRASE = "five words that nobody guesses"
IDS = {1: "in the page", 2: "by the command", 3: "by the library"}
TIMEOUT_S = 120
# what workers answer the page, before it forgets
SPY = """
window.answers = [];
window.Worker = class extends Worker {
    constructor(...given) {
        super(...given);
        this.addEventListener("message", (e) => e.data.kind === "answer" && answers.push(JSON.stringify(e.data.answer)));
    }
};
"""


def run(*command, text="", status=0):
    read, write = os.pipe()
    os.write(write, f"{PHRASE}\n".encode())
    os.close(write)
    flags = [f"--passphrase-fd={read}"] if "guardian" in command[1:2] else []
    done = subprocess.run([*map(str, command), *flags], input=text.encode(), capture_output=True, timeout=TIMEOUT_S, pass_fds=(read,))
    os.close(read)
    assert done.returncode == status, done.stderr.decode()
    return done.stdout.decode()


def command(verb, folder, *arguments):
    return run(program(), "guardian", verb, f"--key={folder / 'key-2'}", *arguments)


def library(verb, folder, *arguments):
    return run(LIBRARY, verb, folder / "key-3", *arguments, text=f"{PHRASE}\n")


def unsealed(key_file):
    """docs/guardian-key.md, by other people's cryptography."""
    envelope = json.loads(key_file.read_text())
    raw = {name: base64.b64decode(envelope[name]) for name in ("salt", "nonce", "tag", "sealed")}
    clear = json.dumps({k: v for k, v in envelope.items() if k not in ("tag", "sealed")}, separators=(",", ":"), ensure_ascii=False)
    key = Scrypt(salt=raw["salt"], length=32, n=envelope["n"], r=envelope["r"], p=envelope["p"]).derive(PHRASE.encode())
    return json.loads(AESGCM(key).decrypt(raw["nonce"], raw["sealed"] + raw["tag"], clear.encode()))


def nonces(value, place=""):
    """Every nonce in a ballot, with its place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "nonce" and inner is not None:
                yield place, inner
            yield from nonces(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from nonces(inner, f"{place}[{i}]")


class Booth:
    """The page's rooms, as voters and a guardian go through them."""

    def __init__(self, page, folder):
        self.page, self.folder = page, folder

    # ---- the guardian

    def new_key(self):
        page = self.page
        page.room("Guardian")
        page.fill("Your name as guardian", IDS[1])
        page.fill("How many guardians there are", "3")
        page.fill("Your number", "1")
        page.fill("How many of them suffice", "2")
        for field in page.all("input[autocomplete=new-password]"):  # once and again
            field.send_keys(PHRASE)
        page.press("Make my key")
        page.saved("guardian-1.key")
        page.saved("record-1.json").rename(self.folder / "record-1.json")

    def ceremony(self):
        page = self.page
        page.give("Records of the other guardians", self.folder / "record-2.json", self.folder / "record-3.json")
        page.says("All records are here.")
        page.saved("guardian-1.key")
        page.press("Make the backups")
        for order in (2, 3):
            page.saved(f"backup-1-{order}.json").rename(self.folder / f"backup-1-{order}.json")

    def receive(self):
        page = self.page
        page.give("Backups for you", self.folder / "backup-2-1.json", self.folder / "backup-3-1.json")
        page.says("All backups are here.")
        page.saved("guardian-1.key")

    def shares(self):
        page = self.page
        page.room("Guardian")
        page.give("tally.zip", self.folder / "tally.zip")
        page.tick(IDS[3])
        page.press("Verify and compute")
        for name in ("share-1.json", "share-3-by-1.json"):
            page.saved(name).rename(self.folder / name)

    # ---- voters

    def begin(self):
        self.page.room("Vote")
        self.page.give("Election file", self.folder / "election.json")
        self.page.one("h2", "Your choice")

    def encrypt(self, candidate):
        page = self.page
        page.tick(candidate)
        page.press("Review")
        page.press("Encrypt my ballot")
        page.one("h2", "Your ballot is encrypted")
        return page.one(".confirmation .code").text.replace(" ", "")

    def cast(self):
        page = self.page
        page.press("Cast: save my ballot")
        ballot = page.saved(page.one("button", "Save ballot-").text.removeprefix("Save ")).read_text()
        page.press("Finish")
        page.press("Continue")
        page.one("h2", "Your choice")
        return ballot

    def test(self):
        page = self.page
        page.press("Test this ballot")
        page.says("it holds exactly what you chose")
        ballot = page.saved(page.one("button", "Save ballot-").text.removeprefix("Save ")).read_text()
        page.press("Encrypt a new ballot to cast")
        page.press("Encrypt my ballot")
        page.one("h2", "Your ballot is encrypted")
        return ballot

    def answers(self):
        return [json.loads(answer) for answer in self.page.driver.execute_script("return answers.splice(0)")]


@pytest.fixture
def service():
    service = Service(args=["--public-only", "on", "--workers", "1"])
    yield service
    assert service.stop() == 0


@pytest.fixture
def booth(driver, tmp_path):
    page = Page(driver, PAGE.as_uri(), tmp_path, watch=WATCH + SPY)
    folder = tmp_path / "guardians"
    folder.mkdir()
    yield Booth(page, folder)
    page.check_quiet()
    page.leave()


def hold_ceremony(booth, keys):
    folder = booth.folder
    booth.new_key()
    command("new", keys, f"--id={IDS[2]}", "--order=2", "--guardians=3", "--quorum=2")
    command("record", keys, f"--out={folder}")
    library("new", keys, IDS[3], 3, 3, 2)
    (folder / "record-3.json").write_text(library("record", keys))
    booth.ceremony()
    command("backups", keys, f"--out={folder}", folder / "record-1.json", folder / "record-3.json")
    library("take", keys, folder / "record-1.json", folder / "record-2.json")
    for order in (1, 2):
        (folder / f"backup-3-{order}.json").write_text(library("backup", keys, order))
    booth.receive()
    command("receive", keys, folder / "backup-1-2.json", folder / "backup-3-2.json")
    library("take", keys, folder / "backup-1-3.json", folder / "backup-2-3.json")


def vote(booth, box):
    """Everybody; the codes as they were shown, by what was chosen."""
    codes = []
    with open(box, "w") as lines:
        booth.begin()
        for i, candidate in enumerate(VOTES):
            code = booth.encrypt(candidate)
            if i == TESTS:
                lines.write(booth.test().strip() + "\n")
                code = booth.page.one(".confirmation .code").text.replace(" ", "")
            codes.append(code)
            lines.write(booth.cast().strip() + "\n")
    return codes


def know(secrets, booth, keys):
    """All that must be nowhere: each ballot's nonces, each guardian's polynomial, the coordinates of backups, the phrase."""
    opened = [answer["with_nonces"] for answer in booth.answers() if "with_nonces" in answer]
    assert len(opened) == len(VOTES) + 1
    for ballot in opened:
        found = list(nonces(ballot))
        assert len(found) == 1 + 1 + len(CANDIDATES) + 1  # the ballot's, its contest's, each selection's, the placeholder's
        for place, nonce in found:
            secrets.number(f"nonce of {ballot['object_id']}{place}", nonce)
    for order, file in {1: booth.page.downloads / "guardian-1.key", 2: keys / "key-2", 3: keys / "key-3"}.items():
        for i, coefficient in enumerate(unsealed(file)["polynomial"]["coefficients"]):
            secrets.number(f"coefficient {i} of guardian {order}", coefficient["value"])
    secrets.text("the pass phrase", PHRASE)
    return [ballot["object_id"] for ballot in opened]


def members_that_tell(wire):
    """Members of messages that only secrets have: a chosen candidate, a nonce that is not null, a key; and votes."""
    return re.findall(rb'"(?:vote|candidate_name|private_key|polynomial|[a-z_]*nonces?)":(?!null)', wire.path.read_bytes())


def test_an_election_whose_service_sees_nothing(booth, service, tmp_path):
    keys, box = tmp_path, tmp_path / "ballots.jsonl"
    wire = Wire(urllib.parse.urlsplit(service.url).port, tmp_path)
    secrets = Secrets(tmp_path)
    flags = [f"--guardians-from={booth.folder}", "--guardians=3", "--quorum=2", f"--candidates={','.join(CANDIDATES)}"]
    hold_ceremony(booth, keys)
    run(program(), "election", "setup", *flags, "--wait=0")
    codes = vote(booth, box)

    hold = [program(), "election", "run", f"--url={wire.url}", *flags, f"--encrypted={box}", f"--out={tmp_path / 'run'}",
            f"--record={tmp_path / 'record.zip'}", "--wait=0", "--json"]  # fmt: skip
    first = json.loads(run(*hold, status=1))
    assert "share-1.json" in {each["file"] for each in first["awaited"]}
    memory_of(service.process.pid, tmp_path / "memory-1")
    booth.shares()
    command("share", keys, f"--out={booth.folder}", booth.folder / "tally.zip")
    command("compensate", keys, f"--for={IDS[3]}", f"--out={booth.folder}", booth.folder / "tally.zip")
    result = json.loads(run(*hold))
    memory_of(service.process.pid, tmp_path / "memory-2")
    wire.close()

    # what came out
    expected = collections.Counter(VOTES)
    assert {each["name"]: each["votes"] for each in result["candidates"]} == {c: expected[c] for c in CANDIDATES}
    verdict = json.loads(run(program(), "verify", tmp_path / "record.zip", "--json"))
    assert verdict["ok"]
    booth.page.room("Verify")
    booth.page.give("Record", tmp_path / "record.zip")
    booth.page.says("Verified: every proof")
    booth.page.says(f"{len(VOTES)} ballots counted, 1 ballot tested or spoiled")
    booth.page.fill("Confirmation code", codes[0])
    assert "not counted" not in booth.page.one(".ballots li").text

    # who saw it
    ids = know(secrets, booth, keys)
    assert all(code.encode() in wire.path.read_bytes() for code in codes)  # the search finds what is there
    assert all(id.encode() in wire.path.read_bytes() for id in ids)
    assert secrets.found_in(wire.path) == []
    # the guardians opened the tested ballot, for everybody
    assert members_that_tell(wire) == [b'"vote":'] * len(CANDIDATES)
    (tmp_path / "log").write_text(service.log())
    assert secrets.found_in(tmp_path / "log") == []
    if not is_sanitized():
        for name in ("memory-1", "memory-2"):
            assert b"--public-only" in (tmp_path / name).read_bytes()  # it is the service's
            assert secrets.found_in(tmp_path / name) == []
