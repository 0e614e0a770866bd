"""egserve guardian: ceremonies and decryptions as guardians hold them, each with a file and a pass phrase of their own."""

import base64
import fcntl
import hashlib
import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import termios
import time

import pytest
from ceremony import Ceremony, ClosedRecord, run, with_phrase
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from general import expected
from service import program, wait_until

PHRASE = "correct horse battery\n"


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    """A whole one; nobody changes anything of it."""
    return Ceremony(tmp_path_factory.mktemp("ceremony"))


@pytest.fixture(scope="module")
def record(service, ceremony, tmp_path_factory):
    """The record before its decryption: six ballots, one of them spoiled; nobody changes it."""
    return ClosedRecord(tmp_path_factory.mktemp("closed"), service, ceremony)


@pytest.fixture
def copy(record, tmp_path):
    """A copy of its folder, to be changed."""
    return shutil.copytree(record.folder, tmp_path / "record")


def new(folder, *flags, phrase=PHRASE):
    flags = flags or ("--id=a", "--order=1", "--guardians=3", "--quorum=2")
    return with_phrase("new", f"--key={folder / 'a.key'}", *flags, phrase=phrase)


def share_of(guardian, tally, folder, *flags, command="share"):
    guardian.ok(command, tally, f"--out={folder / 'share.json'}", *flags)
    return json.loads((folder / "share.json").read_text())


def change_json(path, change):
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


# ---- whole elections


def test_the_service_combines_the_shares_of_a_quorum(service, ceremony, record, tmp_path):
    tally = record.zip(tmp_path / "tally.zip")
    own, compensated = {}, {}
    for guardian in ceremony.guardians[:2]:
        answer = guardian.ok("share", tally, f"--out={tmp_path}")
        assert (answer["verified"], answer["cast"], answer["spoiled"]) == (True, 5, 1)
        assert answer["files"] == [str(tmp_path / f"share-{guardian.order}.json")]
        own[guardian.order] = json.loads((tmp_path / f"share-{guardian.order}.json").read_text())
        guardian.ok("compensate", record.folder, "--for=3", f"--out={tmp_path}")
        compensated[3, guardian.order] = json.loads((tmp_path / f"share-3-by-{guardian.order}.json").read_text())
    assert list(own[1]) == ["guardian_id", "sequence_order", "tally_share", "ballot_shares"]
    assert list(compensated[3, 1]) == [
        "guardian_id", "sequence_order", "missing_guardian_id", "missing_sequence_order", "tally_share", "ballot_shares",
    ]  # fmt: skip
    assert list(own[1]["ballot_shares"]) == list(compensated[3, 2]["ballot_shares"]) == ["b-1"]
    results = record.combined(own, compensated)["results"]
    wanted = {}
    for ballot in record.plain:
        if ballot["object_id"] not in record.spoiled:
            for contest, (votes, _) in expected(record.election.manifest, ballot).items():
                for selection, vote in votes.items():
                    wanted[contest, selection] = wanted.get((contest, selection), 0) + vote
    found = {(c["id"], s["id"]): int(s["votes"]) for c in results["contests"] for s in c["selections"]}
    assert found == wanted
    assert results["total_spoiled_ballots"] == 1


def test_all_guardians_need_no_stand_in(service, ceremony, record, tmp_path):
    own = {g.order: share_of(g, record.folder, tmp_path / str(g.order)) for g in ceremony.guardians if not (tmp_path / str(g.order)).mkdir()}
    results = record.combined(own, {})["results"]
    assert results["total_valid_ballots"] == 5


def test_show_tells_what_is_known(ceremony):
    answers = [g.ok("show") for g in ceremony.guardians]
    assert len({json.dumps([(g["guardian_id"], g["fingerprint"]) for g in a["guardians"]]) for a in answers}) == 1
    assert [g["has_backup"] for g in answers[0]["guardians"]] == [False, True, True]
    assert (answers[2]["number_of_guardians"], answers[2]["quorum"]) == (3, 2)
    text = ceremony.guardians[0].call("show").stdout
    assert "Ada é (this guardian)" in text and answers[0]["guardians"][1]["fingerprint"] in text


# ---- the key file


def test_a_key_file_is_its_owners_and_is_not_replaced(tmp_path):
    old = os.umask(0)
    try:
        done = new(tmp_path)
    finally:
        os.umask(old)
    assert done.returncode == 0, done.stderr
    key = tmp_path / "a.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["a.key"]
    before = key.read_bytes()
    again = new(tmp_path)
    assert again.returncode == 1 and "is there already" in again.stderr
    assert key.read_bytes() == before


def test_by_default_files_are_named_by_numbers(tmp_path):
    flags = ("--id=a", "--order=2", "--guardians=3", "--quorum=2")
    assert with_phrase("new", *flags, phrase=PHRASE, cwd=tmp_path).returncode == 0
    assert with_phrase("record", "--key=guardian-2.key", phrase=PHRASE, cwd=tmp_path).returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["guardian-2.key", "record-2.json"]
    # the same again is no mistake, another's in its place is
    assert with_phrase("record", "--key=guardian-2.key", phrase=PHRASE, cwd=tmp_path).returncode == 0
    (tmp_path / "record-2.json").write_text("{}")
    done = with_phrase("record", "--key=guardian-2.key", phrase=PHRASE, cwd=tmp_path)
    assert done.returncode == 1 and "record-2.json" in done.stderr
    assert (tmp_path / "record-2.json").read_text() == "{}"


def test_a_wrong_pass_phrase_and_a_changed_file_are_told_alike(tmp_path):
    assert new(tmp_path).returncode == 0
    key = tmp_path / "a.key"
    said = set()
    for phrase in ("correct horse batterz\n", "\n", "x" * 1024 + "\n"):
        done = with_phrase("show", f"--key={key}", phrase=phrase)
        assert done.returncode == 1 and done.stdout == ""
        said.add(done.stderr)
    envelope = json.loads(key.read_text())
    for name in ("owner_id", "sequence_order", "salt", "nonce", "tag", "sealed"):
        changed = {**envelope, name: 2 if name == "sequence_order" else "A" * 4 + envelope[name][4:]}
        key.write_text(json.dumps(changed))
        done = with_phrase("show", f"--key={key}", phrase=PHRASE)
        assert done.returncode == 1, name
        said.add(done.stderr)
    assert len(said) == 1 and "the pass phrase is not the right one, or the file was changed" in said.pop()
    key.write_text(json.dumps(envelope))
    assert with_phrase("show", f"--key={key}", phrase=PHRASE).returncode == 0


def test_a_pass_phrase_is_the_same_however_its_accents_are_typed(tmp_path):
    assert new(tmp_path, phrase="de\u0301ja\u0300 vu, encore\n").returncode == 0
    assert with_phrase("show", f"--key={tmp_path / 'a.key'}", phrase="d\u00e9j\u00e0 vu, encore").returncode == 0


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("eleven byte\n", "12 to 1024 bytes"),
        ("", "there is no pass phrase"),
        (b"\xff" * 20 + b"\n", "UTF-8"),
        (b"twelve bytes\0more\n", "NUL"),
        ("x" * 1025 + "\n", "12 to 1024 bytes"),
        ("x" * 5000 + "\n", "no pass phrase has more"),
    ],
)
def test_pass_phrases_that_are_none_make_no_key(tmp_path, phrase, said):
    done = new(tmp_path, phrase=phrase)
    assert done.returncode == 1 and said in done.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "flags",
    [
        ["new"],
        ["new", "--id=a", "--order=4", "--guardians=3", "--quorum=2"],
        ["new", "--id=a", "--order=1", "--guardians=3", "--quorum=4"],
        ["new", "--id=a", "--order=1", "--guardians=3", "--quorum=2", "--passphrase-fd=x"],
        ["show"],
        ["share", "--key=a"],
        ["compensate", "t", "--key=a"],
        ["sign"],
        [],
    ],
)
def test_wrong_flags_are_refused(tmp_path, flags):
    done = run(*flags, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == "" and "try: egserve guardian" in done.stderr
    assert os.listdir(tmp_path) == []


def test_ids_that_name_no_file_are_refused(tmp_path):
    for name in ("a/b", "a\nb", " "):
        done = new(tmp_path, f"--id={name}", "--order=1", "--guardians=1", "--quorum=1")
        assert done.returncode == 1 and done.stderr.startswith("egserve guardian new: id: ")
    assert os.listdir(tmp_path) == []


def clear_text(envelope):
    """What the seal covers beside what it hides: docs/guardian-key.md, step 3."""
    clear = {name: value for name, value in envelope.items() if name not in ("tag", "sealed")}
    return json.dumps(clear, separators=(",", ":"), ensure_ascii=False).encode()


def cipher_of(envelope, phrase):
    key = hashlib.scrypt(
        phrase.encode(), salt=base64.b64decode(envelope["salt"]), n=65536, r=8, p=1, maxmem=2**27, dklen=32
    )
    return AESGCM(key), base64.b64decode(envelope["nonce"])


def test_the_format_is_the_one_that_is_documented(ceremony, tmp_path):
    key = tmp_path / "a.key"
    assert new(tmp_path, '--id=Ada "é"', "--order=2", "--guardians=3", "--quorum=2").returncode == 0
    for path, phrase, taken in ((key, PHRASE, 0), (ceremony.guardians[0].key, ceremony.guardians[0].phrase, 2)):
        text = path.read_text()
        envelope = json.loads(text)
        assert list(envelope) == [
            "format", "owner_id", "sequence_order", "number_of_guardians", "quorum", "kdf", "n", "r", "p", "salt",
            "cipher", "nonce", "tag", "sealed",
        ]  # fmt: skip
        assert text == json.dumps(envelope, separators=(",", ":"), ensure_ascii=False) + "\n"
        cipher, nonce = cipher_of(envelope, phrase.strip())
        sealed = base64.b64decode(envelope["sealed"]) + base64.b64decode(envelope["tag"])
        within = json.loads(cipher.decrypt(nonce, sealed, clear_text(envelope)))
        head = ["owner_id", "sequence_order", "number_of_guardians", "quorum"]
        assert list(within) == [*head, "polynomial", "guardians", "backups"]
        assert [within[name] for name in head] == [envelope[name] for name in head]
        assert len(within["polynomial"]["coefficients"]) == 2
        assert len(within["guardians"]) == len(within["backups"]) == taken
    # and back: sealed here, opened there
    plain = json.dumps({**within, "backups": []}).encode()
    resealed = cipher.encrypt(nonce, plain, clear_text(envelope))
    envelope = {
        **envelope,
        "tag": base64.b64encode(resealed[-16:]).decode(),
        "sealed": base64.b64encode(resealed[:-16]).decode(),
    }
    key.write_text(json.dumps(envelope, indent=2))
    done = with_phrase("show", f"--key={key}", "--json", phrase=phrase)
    assert done.returncode == 0, done.stderr
    assert [g["has_backup"] for g in json.loads(done.stdout)["guardians"]] == [False] * 3


def test_passwd_seals_under_another(tmp_path):
    assert new(tmp_path).returncode == 0
    key, phrases = tmp_path / "a.key", PHRASE + "another pass phrase\n"
    assert with_phrase("passwd", f"--key={key}", phrase=phrases).returncode == 0
    assert with_phrase("show", f"--key={key}", phrase=PHRASE).returncode == 1
    assert with_phrase("show", f"--key={key}", phrase="another pass phrase\n").returncode == 0
    before = key.read_bytes()
    short = with_phrase("passwd", f"--key={key}", phrase="another pass phrase\nshort\n")
    assert short.returncode == 1 and "12 to 1024" in short.stderr
    assert key.read_bytes() == before and stat.S_IMODE(key.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["a.key"]


def test_a_link_to_a_key_file_stays_one(tmp_path):
    (tmp_path / "stick").mkdir()
    assert new(tmp_path / "stick").returncode == 0
    link = tmp_path / "my.key"
    link.symlink_to(tmp_path / "stick" / "a.key")
    assert with_phrase("passwd", f"--key={link}", phrase=PHRASE + PHRASE).returncode == 0
    assert link.is_symlink() and with_phrase("show", f"--key={link}", phrase=PHRASE).returncode == 0


def test_one_command_at_a_time_has_a_key_file(tmp_path):
    assert new(tmp_path).returncode == 0
    with open(tmp_path / "a.key") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = with_phrase("passwd", f"--key={tmp_path / 'a.key'}", phrase=PHRASE + PHRASE)
    assert done.returncode == 1 and "another command is at work" in done.stderr


def test_killed_while_it_writes_the_old_key_or_the_new_one_is_there(tmp_path):
    assert new(tmp_path).returncode == 0
    key, phrases = tmp_path / "a.key", [PHRASE, "another pass phrase\n"]
    for _ in range(4):
        read, write = os.pipe()
        os.write(write, "".join(phrases).encode())
        os.close(write)
        process = subprocess.Popen(
            [program(), "guardian", "passwd", f"--key={key}", f"--passphrase-fd={read}", "--quiet"],
            pass_fds=[read], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(read)
        # the moment that a file appears beside it, or the end
        while process.poll() is None and len(os.listdir(tmp_path)) < 2:
            pass
        process.kill()
        process.wait()
        opens = [with_phrase("show", f"--key={key}", phrase=p).returncode == 0 for p in phrases]
        assert sorted(opens) == [False, True]
        phrases = phrases if opens[0] else phrases[::-1]
        for left in tmp_path.glob("a.key.*"):
            assert stat.S_IMODE(left.stat().st_mode) == 0o600
            left.unlink()


# ---- the terminal


class Terminal:
    """A command with a terminal of its own; what it says there."""

    def __init__(self, *arguments):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(which, signal.SIG_DFL)  # whoever runs the tests may ignore them, as nohup does
            os.execv(program(), [program(), "guardian", *map(str, arguments)])
        self.text = ""

    def read_until(self, words):
        end = time.monotonic() + 60
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} is not in {self.text!r}"
            if select.select([self.master], [], [], 1)[0]:
                self.text += os.read(self.master, 4096).decode()
        at = self.text.index(words) + len(words)
        seen, self.text = self.text[:at], self.text[at:]
        return seen

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def type(self, text):
        wait_until(lambda: not self.echoes(), what="silence")
        os.write(self.master, text.encode())

    def end(self):
        """The exit status, or the signal as a negative number."""
        try:
            while select.select([self.master], [], [], 60)[0]:
                self.text += os.read(self.master, 4096).decode()
            os.kill(self.pid, signal.SIGKILL)  # it waits for something that nobody has typed
        except OSError:
            pass  # nobody has the other side any more
        status = self.status()
        os.close(self.master)
        return status

    def status(self):
        """Of one that ends by itself: it is waited for, but not for ever."""
        seen = []

        def has_ended():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid == self.pid:
                seen.append(os.waitstatus_to_exitcode(status))
            return seen

        try:
            return wait_until(has_ended, what="its end")[0]
        except AssertionError:
            os.kill(self.pid, signal.SIGKILL)
            raise


def test_pass_phrases_are_asked_for_twice_and_not_shown(tmp_path):
    key = tmp_path / "a.key"
    made = Terminal("new", "--id=a", "--order=1", "--guardians=1", "--quorum=1", f"--key={key}")
    made.read_until("new pass phrase for ")
    made.type("short\n")
    seen = made.read_until("at least 12 bytes") + made.read_until("a.key: ")
    made.type("a long pass phrase\n")
    seen += made.read_until("once more: ")
    made.type("another pass phrase\n")
    seen += made.read_until("not the same") + made.read_until("a.key: ")
    made.type("a long pass phrase\n")
    seen += made.read_until("once more: ")
    made.type("a long pass phrase\n")
    assert made.end() == 0
    assert "long" not in seen + made.text and "short" not in seen + made.text
    shown = Terminal("show", f"--key={key}")
    shown.read_until(f"pass phrase of {key}: ")
    shown.type("a long pass phrase\n")
    assert shown.end() == 0
    assert "guardian number 1 of 1" in shown.text and "long" not in shown.text


def test_three_times_is_enough(tmp_path):
    made = Terminal("new", "--id=a", "--order=1", "--guardians=1", "--quorum=1", f"--key={tmp_path / 'a.key'}")
    for _ in range(3):
        made.read_until("a.key: ")
        made.type("short\n")
    assert made.end() == 1
    assert "no pass phrase was chosen" in made.text and os.listdir(tmp_path) == []


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(tmp_path, which):
    assert new(tmp_path).returncode == 0
    asked = Terminal("show", f"--key={tmp_path / 'a.key'}")
    asked.read_until(": ")
    slave = os.open(os.readlink(f"/proc/{asked.pid}/fd/0"), os.O_RDWR | os.O_NOCTTY)
    wait_until(lambda: not asked.echoes(), what="silence")
    if which == signal.SIGINT:
        os.write(asked.master, b"half a phr\x03")
    else:
        os.kill(asked.pid, which)
    assert asked.status() == -which
    assert termios.tcgetattr(slave)[3] & termios.ECHO
    assert termios.tcgetattr(slave)[6][termios.VSUSP] == b"\x1a"
    os.close(slave)
    os.close(asked.master)


def test_without_a_terminal_it_says_how(tmp_path):
    assert new(tmp_path).returncode == 0
    done = run("show", f"--key={tmp_path / 'a.key'}", start_new_session=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and "--passphrase-fd" in done.stderr


# ---- the ceremony


def test_a_record_that_was_taken_stays(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Ceremony(tmp_path / "one", until="backups"), Ceremony(tmp_path / "two", until="records")
    for file in one.shared.glob("backup-1-*"):
        file.unlink()
    answer, said = one.guardians[0].refused("backups", two.shared, f"--out={one.shared}")
    assert [r["file"] for r in answer["refused"]] == [str(two.shared / f"record-{n}.json") for n in (1, 2, 3)]
    assert "own record was altered" in said and "another record of guardian guardian 2 was taken before" in said
    assert list(one.shared.glob("backup-1-*")) == []


def test_two_guardians_of_one_order_are_refused(tmp_path):
    ceremony = Ceremony(tmp_path, until="records")
    first = ceremony.guardians[0]
    other = tmp_path / "other.key"
    assert with_phrase("new", f"--key={other}", "--id=eve", "--order=3", "--guardians=3", "--quorum=2", phrase=PHRASE).returncode == 0
    assert with_phrase("record", f"--key={other}", f"--out={tmp_path / 'eve.json'}", phrase=PHRASE).returncode == 0
    before = first.key.read_bytes()
    answer, said = first.refused("backups", ceremony.shared, tmp_path / "eve.json", f"--out={ceremony.shared}")
    assert "guardians 3 and eve both have number 3" in said
    assert (len(answer["refused"]), answer["files"]) == (1, []) and first.key.read_bytes() == before
    # and one that writes its record into the same folder
    done = with_phrase("record", f"--key={other}", f"--out={ceremony.shared}", phrase=PHRASE)
    assert done.returncode == 1 and "is there already" in done.stderr


def test_backups_want_every_record(tmp_path):
    ceremony = Ceremony(tmp_path, until="records")
    before = ceremony.guardians[0].key.read_bytes()
    _, said = ceremony.guardians[0].refused("backups", ceremony.shared / "record-2.json", f"--out={tmp_path}")
    assert "the record of guardian number 3 was not given" in said
    assert ceremony.guardians[0].key.read_bytes() == before and list(tmp_path.glob("backup*")) == []


def test_a_wrong_quorum_is_refused(tmp_path):
    ceremony = Ceremony(tmp_path, until="records")
    other = tmp_path / "other.key"
    assert with_phrase("new", f"--key={other}", "--id=3", "--order=3", "--guardians=3", "--quorum=3", phrase=PHRASE).returncode == 0
    (ceremony.shared / "record-3.json").unlink()
    assert with_phrase("record", f"--key={other}", f"--out={ceremony.shared}", phrase=PHRASE).returncode == 0
    _, said = ceremony.guardians[0].refused("backups", ceremony.shared, f"--out={ceremony.shared}")
    assert "record-3.json.coefficient_commitments: the record of guardian 3 is not valid" in said


def test_a_bad_backup_is_named_and_the_others_are_kept(tmp_path):
    ceremony = Ceremony(tmp_path, until="backups")
    bad = ceremony.shared / "backup-2-1.json"
    change_json(bad, lambda b: b["encrypted_coordinate"].update(mac="1" * 64))
    answer, said = ceremony.guardians[0].refused("receive", ceremony.shared)
    assert "the backup from guardian guardian 2 is not valid" in said
    assert [r["file"] for r in answer["refused"]] == [str(bad)]
    assert answer["taken"] == [{"file": str(ceremony.shared / "backup-3-1.json"), "sequence_order": 3}]
    assert [g["has_backup"] for g in ceremony.guardians[0].ok("show")["guardians"]] == [False, False, True]
    # it cannot stand in for that one
    bad.unlink()
    ceremony.guardians[1].ok("backups", ceremony.shared, f"--out={tmp_path}")
    assert ceremony.guardians[0].ok("receive", tmp_path / "backup-2-1.json")["refused"] == []


def test_backups_for_others_are_refused(tmp_path):
    ceremony = Ceremony(tmp_path, until="backups")
    _, said = ceremony.guardians[0].refused("receive", ceremony.shared / "backup-2-3.json")
    assert "it is from guardian guardian 2 for guardian 3, number 3, not for this one" in said
    _, said = ceremony.guardians[0].refused("receive", tmp_path / "backup-3-1.json")
    assert "backup-3-1.json" in said
    _, said = ceremony.guardians[0].refused("receive", tmp_path)
    assert "there is no backup-<number>-<own number>.json in it" in said


# ---- files of other kinds


def huge(path):
    with open(path, "wb") as file:
        file.truncate(2 << 30)


def other_kinds(folder, ceremony):
    (folder / "picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "empty").write_bytes(b"")
    (folder / "list").write_text("[]")
    (folder / "object").write_text("{}")
    (folder / "nested").write_text("[" * 100000)
    (folder / "record-cut").write_text((ceremony.shared / "record-2.json").read_text()[:1000])
    (folder / "backup-cut").write_text((ceremony.shared / "backup-2-1.json").read_text()[:1000])
    os.mkfifo(folder / "fifo")
    huge(folder / "huge")
    return sorted(p for p in folder.iterdir())


def test_files_of_other_kinds_are_refused_by_name(ceremony, tmp_path):
    guardian = ceremony.guardians[0]
    files = other_kinds(tmp_path, ceremony)
    before = guardian.key.read_bytes()
    for command, more in (("backups", [ceremony.shared / "backup-2-1.json"]), ("receive", [ceremony.shared / "record-2.json"])):
        flags = [f"--out={tmp_path}"] if command == "backups" else []
        answer, said = guardian.refused(command, *flags, *files, *more, guardian.key, "/nowhere/at/all")
        assert len(answer["refused"]) == len(files) + len(more) + 2 and answer["taken"] == []
        assert all(str(r["file"]) in said for r in answer["refused"])
    assert guardian.key.read_bytes() == before
    for file in files:
        for command in ("share", "show", "passwd"):
            positional = [tmp_path] if command == "share" else []
            done = with_phrase(command, *positional, f"--key={file}", phrase=PHRASE + PHRASE)
            assert done.returncode == 1 and str(file) in done.stderr
        _, said = guardian.refused("share", file, f"--out={tmp_path}")
        assert said
    assert list(tmp_path.glob("share*")) == []


# ---- what is decrypted


def refuse_share(ceremony, tally, *flags, command="share"):
    guardian = ceremony.guardians[0]
    before = sorted(os.listdir(ceremony.folder))
    answer, said = guardian.refused(command, tally, f"--out={ceremony.folder / 'refused.json'}", *flags)
    assert answer["files"] == [] and sorted(os.listdir(ceremony.folder)) == before
    return said


def test_a_tally_that_is_not_the_product_is_refused(ceremony, copy):
    def swap(tally):
        contest = next(iter(tally["contests"].values()))
        one, two = list(contest["selections"].values())[:2]
        one["ciphertext"], two["ciphertext"] = two["ciphertext"], one["ciphertext"]

    change_json(copy / "encrypted_tally.json", swap)
    said = refuse_share(ceremony, copy)
    assert "encrypted_tally.json" in said and "it is not the product of the cast ballots" in said
    assert "no share of it is computed" in said
    refuse_share(ceremony, copy, "--for=3", command="compensate")


def test_a_tally_of_ballots_that_are_not_there_is_refused(ceremony, copy):
    (copy / "submitted_ballots" / "submitted_ballot_b-2.json").unlink()
    assert "it is not the product of the cast ballots" in refuse_share(ceremony, copy)


def test_a_cast_ballot_is_not_opened_as_a_spoiled_one(ceremony, record, copy, tmp_path):
    change_json(copy / "submitted_ballots" / "submitted_ballot_b-2.json", lambda b: b.update(state=2))
    assert "it is not the product of the cast ballots" in refuse_share(ceremony, copy)
    # nor under another id
    shutil.rmtree(copy)
    shutil.copytree(record.folder, copy)
    ballot = json.loads((copy / "submitted_ballots" / "submitted_ballot_b-2.json").read_text())
    for other in ("b-1", "b-9"):
        (copy / "submitted_ballots" / f"submitted_ballot_{other}.json").write_text(
            json.dumps({**ballot, "object_id": other, "state": 2})
        )
    refuse_share(ceremony, copy)


def test_a_false_proof_is_refused(ceremony, copy):
    def change(ballot):
        proof = ballot["contests"][0]["ballot_selections"][0]["proof"]
        proof["proof_zero_response"] = proof["proof_one_response"]

    change_json(copy / "submitted_ballots" / "submitted_ballot_b-1.json", change)
    assert "submitted_ballot_b-1.json" in refuse_share(ceremony, copy)


def test_a_tally_of_one_ballot_is_that_ballot(service, ceremony, tmp_path):
    one = ClosedRecord(tmp_path / "one", service, ceremony, count=3, spoiled=("b-1", "b-2"))
    assert "it counts one ballot alone" in refuse_share(ceremony, one.folder)


def test_a_tally_of_another_election_is_refused_before_its_ballots_are_read(service, ceremony, record, tmp_path):
    (tmp_path / "other").mkdir()
    other = Ceremony(tmp_path / "other")
    said = refuse_share(other, record.folder)
    assert said.count("\n") == 1 and "context.json.elgamal_public_key: it is not that of this guardian's election" in said
    assert "context.json" in refuse_share(other, record.folder, "--trust-tally")


def test_guardians_of_other_names_are_refused(ceremony, copy):
    guardian = json.loads((copy / "guardians" / "guardian_3.json").read_text())
    (copy / "guardians" / "guardian_3.json").unlink()
    (copy / "guardians" / "guardian_eve.json").write_text(json.dumps({**guardian, "guardian_id": "eve"}))
    assert "guardian number 3, eve, is not the one of the key file" in refuse_share(ceremony, copy)


def test_what_decryption_leaves_in_a_record_does_not_matter(ceremony, copy, tmp_path):
    (copy / "tally.json").write_text("{}")
    (copy / "coefficients.json").write_text("{}")
    share = share_of(ceremony.guardians[0], copy, tmp_path)
    assert list(share["ballot_shares"]) == ["b-1"]


def test_strangers_in_a_record_are_refused(ceremony, copy):
    (copy / "more.json").write_text("{}")
    assert "more.json" in refuse_share(ceremony, copy)


def test_a_trusted_tally_needs_no_ballots_and_opens_none(ceremony, record, copy, tmp_path):
    shutil.rmtree(copy / "submitted_ballots")
    refuse_share(ceremony, copy)
    done = ceremony.guardians[0].call("share", copy, "--trust-tally", f"--out={tmp_path}")
    assert done.returncode == 0 and "the ballots are not looked at" in done.stderr
    assert "not verified" in done.stdout
    share = json.loads((tmp_path / "share-1.json").read_text())
    assert share["ballot_shares"] == {}
    # the same shares, but for the proofs' nonces
    verified = share_of(ceremony.guardians[0], record.folder, tmp_path)
    values = [re.findall(r'"share": "(\w+)"', json.dumps(s["tally_share"])) for s in (share, verified)]
    assert values[0] == values[1] and values[0]
    # with ballots none is opened either: nobody has shown that the tally does not count it
    assert share_of(ceremony.guardians[1], record.folder, tmp_path / "copy", "--trust-tally") if (tmp_path / "copy").mkdir() else True


def test_nobody_stands_in_without_a_backup(service, record, ceremony, tmp_path):
    _, said = ceremony.guardians[0].refused("compensate", record.folder, "--for=nobody")
    assert "--for: the key file knows no guardian of that id" in said
    _, said = ceremony.guardians[0].refused("compensate", record.folder, "--for=Ada é")
    assert "it must be another guardian" in said
    (tmp_path / "young").mkdir()
    young = Ceremony(tmp_path / "young", until="backups")
    closed = ClosedRecord(tmp_path / "closed", service, young)
    _, said = young.guardians[0].refused("compensate", closed.folder, "--for=3")
    assert "no backup of guardian 3 was received" in said


def test_shares_are_not_written_over_anything(ceremony, record, tmp_path):
    (tmp_path / "share-1.json").write_text("precious")
    _, said = ceremony.guardians[0].refused("share", record.folder, f"--out={tmp_path}")
    assert "share-1.json: it is there already" in said and (tmp_path / "share-1.json").read_text() == "precious"
