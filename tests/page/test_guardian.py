"""The room Guardian."""

import json
import re
import shutil
import zipfile

import pytest
from election_files import Election
from guardians import Guardians

PHRASE = "six words that nobody would guess"
OPEN, NEW = "main form:nth-of-type(1)", "main form:nth-of-type(2)"


def make(page, order=1, name="guardian 1", count=3, quorum=2, phrase=PHRASE):
    page.room("Guardian")
    page.fill("Your name as guardian", name)
    page.fill("How many guardians there are", str(count))
    page.fill("Your number", str(order))
    page.fill("How many of them suffice", str(quorum))
    page.fill("Pass phrase", phrase, NEW)
    page.fill("Pass phrase again", phrase)
    page.press("Make my key")


def open_key(page, file, phrase=PHRASE):
    page.room("Guardian")
    page.give("Key file", file)
    page.says(f"Chosen: {file.name}")
    page.fill("Pass phrase", phrase, OPEN)
    page.press("Open\n")


def fingerprints(page):
    return page.texts(".guardians td[data-label=Fingerprint]")


def test_a_whole_guardianship(page, service, tmp_path):
    """One guardian in the page, two by the command, the third missing at the end: the record verifies in the page."""
    guardians = Guardians(tmp_path)
    make(page)
    page.one("h2", "guardian 1, guardian 1 of 3")
    page.says("Your key file is not saved as it is now.")
    assert page.find("button", "Save record-1.json") is None
    page.saved("guardian-1.key")
    shutil.copy(page.saved("record-1.json"), guardians.folder)
    for order in (2, 3):
        guardians.new(order)
        guardians.record(order)
    page.give("Records of the other guardians", guardians.folder / "record-2.json", guardians.folder / "record-3.json")
    page.says("record-3.json: the record of guardian 3 holds and was taken.")
    page.says("Save your key file first.")
    page.saved("guardian-1.key")
    assert all(re.fullmatch(r"(?:[0-9A-F]{4} ){7}[0-9A-F]{4}", shown) for shown in fingerprints(page))
    page.press("Make the backups")
    for order in (2, 3):
        shutil.copy(page.saved(f"backup-1-{order}.json"), guardians.folder)
    for order in (2, 3):
        guardians.run("backups", order, f"--out={guardians.folder}", *sorted(guardians.folder.glob("record-*.json")))
    for order in (2, 3):
        guardians.run("receive", order, *sorted(guardians.folder.glob(f"backup-*-{order}.json")))
    page.give("Backups for you", guardians.folder / "backup-2-1.json", guardians.folder / "backup-3-1.json")
    page.says("All backups are here.")
    key = page.saved("guardian-1.key")
    page.press("Close my key")

    election = Election(tmp_path, service, guardians)
    election.run(1)
    open_key(page, key)
    page.one("h2", "guardian 1, guardian 1 of 3")
    page.give("tally.zip", election.folder / "tally.zip")
    page.tick("guardian 3")
    page.press("Verify and compute")
    page.says("Done. Save these")
    for name in ("share-1.json", "share-3-by-1.json"):
        shutil.copy(page.saved(name), election.folder)
    guardians.share(2)
    guardians.compensate(3, 2)
    record = election.run(0)
    page.room("Verify")
    page.give("Record", record)
    page.says("Verified: every proof")


def test_the_commands_key_file_opens(page, election):
    """One format for page and command, both ways."""
    open_key(page, election.guardians.key(2), "the pass phrase of 2")
    page.one("h2", "guardian 2, guardian 2 of 3")
    saved = page.saved("guardian-2.key")
    shutil.copy(saved, election.guardians.keys / "key-22")
    election.guardians.run("show", 2)


def test_a_wrong_pass_phrase(page, election):
    open_key(page, election.guardians.key(1), "the pass phrase of 7")
    page.says("The key file did not open: the pass phrase is another one, or the file was changed.")
    page.fill("Pass phrase", "the pass phrase of 1", OPEN)
    page.press("Open\n")
    page.one("h2", "guardian 1, guardian 1 of 3")


def test_what_a_form_gets_wrong(page):
    """Each is said at its field, the first one has the focus, and nothing is made."""
    make(page, order=4, name="a/b", count=3, quorum=9, phrase="short")
    for text in ("no slash and no backslash", "A number from 1 to 3.", "not more than there are guardians", "at least 12 characters"):
        page.says(text)
    page.until(lambda: page.focused().get_attribute("id") == page.labelled("Your name").get_attribute("id"))
    page.fill("Pass phrase again", "something else")
    page.press("Make my key")
    page.says("The two are not the same.")
    assert not page.all(".keeper")


def other(election, file, change):
    value = json.loads((election.folder / file).read_text())
    change(value)
    return json.dumps(value)


def test_files_of_others_that_are_not_good(page, election, tmp_path):
    """A backup that its sender's record does not fit, one for somebody else, records of one number: each by name, and
    what is good is taken beside them."""
    make(page, order=1, name="newcomer")
    page.saved("guardian-1.key")
    folder = election.folder
    page.give("Records of the other guardians", folder / "record-1.json", folder / "backup-2-1.json", folder / "record-2.json")
    page.says("record-1.json was not taken.")
    page.says("backup-2-1.json is a backup from one guardian for another. What is needed here is a guardian's record.")
    page.says("record-2.json: the record of guardian 2 holds and was taken.")
    page.give("Backups for you", folder / "backup-2-1.json", folder / "backup-3-1.json")
    page.says("backup-2-1.json, from guardian 2, is not good. Tell all guardians before anybody goes on")
    page.says("backup-3-1.json, from guardian 3, is not good")
    (tmp_path / "false.json").write_text(
        other(election, "record-3.json", lambda r: r["coefficient_proofs"][0].update(response="1" * 64))
    )
    page.give("Records of the other guardians", tmp_path / "false.json")
    page.says("false.json was not taken.")


@pytest.fixture
def changed_tally(election, tmp_path):
    """A tally that is not the product of its ballots: one of them was left out."""
    if not (election.folder / "tally.zip").exists():
        election.run(1)
    file = tmp_path / "tally.zip"
    with zipfile.ZipFile(election.folder / "tally.zip") as good, zipfile.ZipFile(file, "w") as bad:
        left_out = next(n for n in good.namelist() if n.startswith("submitted_ballots/") and b'"state": 1' in good.read(n).replace(b'":', b'": ').replace(b"  ", b" "))
        for name in good.namelist():
            if name != left_out:
                bad.writestr(name, good.read(name))
    return file


def test_a_false_tally_is_refused(page, election, changed_tally):
    """The key is not used; told to trust it, the page warns first."""
    open_key(page, election.guardians.key(1), "the pass phrase of 1")
    page.give("tally.zip", changed_tally)
    page.press("Verify and compute")
    page.says("Refused. Your key was not used.")
    assert "encrypted_tally.json" in page.text and page.find("button", "Save share-1") is None
    page.open("Without verifying")
    page.says("would learn from your share how somebody voted")
    page.tick("Compute without verifying")
    page.press("Compute without verifying")
    page.says("Done. Save these")


def test_an_unsaved_key_is_not_closed_by_one_press(page):
    make(page, count=1, quorum=1, name="alone")
    page.one("h2", "alone, guardian 1 of 1")
    page.press("Close my key")
    page.says("If you close it, what you did since is lost.")
    page.press("Go back")
    assert page.driver.execute_script(
        "const e = new Event('beforeunload', {cancelable: true}); dispatchEvent(e); return e.defaultPrevented"
    )
    page.saved("guardian-1.key")
    page.says("You are the only guardian")
    page.press("Close my key")
    page.one("h2", "Make a new key")
