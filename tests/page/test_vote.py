"""The room Vote."""

import json
import re

import pytest

CODE = re.compile(r"^[0-9A-F]{64}$")


def begin(page, election, style="Jefferson County, Harrison Township", opened=False):
    page.room("Vote")
    if not opened:
        page.give("Election file", election.file)
    page.one("h2", "Which ballot is yours?")
    page.tick(style)
    page.press("Continue")
    page.one("h2", "Your choice")


def encrypt(page):
    page.press("Review")
    page.one("h2", "Is this what you want?")
    page.press("Encrypt my ballot")
    page.one("h2", "Your ballot is encrypted")
    code = page.one(".confirmation .code").text.replace(" ", "")
    assert CODE.match(code)
    return code


def test_a_vote_is_cast(page, election):
    """Chosen, reviewed, encrypted, saved; the service finds it good, and its code is the one that was shown."""
    begin(page, election)
    page.tick("John Adams")
    page.tick("Benjamin Franklin")
    page.tick("Pineapple should not be banned")
    page.says("2 of 2 chosen")
    code = encrypt(page)
    page.press("Cast: save my ballot")
    name = page.one("button", "Save ballot-").text.removeprefix("Save ")
    ballot = page.saved_json(name)
    assert ballot["state"] == 1 and ballot["code"] == code and f"ballot-{ballot['object_id']}.json" == name
    assert ballot["nonce"] is None and all(s["nonce"] is None for c in ballot["contests"] for s in c["ballot_selections"])
    assert election.judge(ballot) == [True]
    page.press("Finish")
    page.one("h2", "Which ballot is yours?")


def test_a_ballot_is_tested_and_another_one_cast(page, election):
    """Opened with its nonces: what it holds beside what was chosen. Its spoiled form is good; the next ballot is another."""
    begin(page, election)
    page.tick("John Hancock")
    page.tick("Write In Candidate")
    page.fill("Name to write in", "Zoë 选")
    code = encrypt(page)
    page.press("Test this ballot")
    page.says("it holds exactly what you chose")
    rows = [[cell.text for cell in row.find_elements("css selector", "th, td")] for row in page.all(".compared tbody tr")]
    assert rows[0][1:] == ["John Hancock\nWrite In Candidate"] * 2
    assert rows[1][1:] == ["nothing"] * 2
    page.says("this test does not compare them")
    name = page.one("button", "Save ballot-").text.removeprefix("Save ")
    spoiled = page.saved_json(name)
    assert spoiled["state"] == 2 and spoiled["code"] == code and election.judge(spoiled) == [True]
    opened = page.saved_json(name.replace("ballot-", "opened-", 1))
    assert opened["code"] == code and all(s["nonce"] for c in opened["contests"] for s in c["ballot_selections"])
    page.press("Encrypt a new ballot to cast")
    page.says("Zoë 选")
    page.press("Encrypt my ballot")
    page.one("h2", "Your ballot is encrypted")
    again = page.one(".confirmation .code").text.replace(" ", "")
    assert again != code
    page.press("Cast: save my ballot")
    cast = page.saved_json(page.one("button", "Save ballot-").text.removeprefix("Save "))
    assert cast["object_id"] != spoiled["object_id"] and cast["code"] == again
    assert election.judge(cast, spoiled) == [True, True]


def test_too_many_choices_are_warned_of(page, election):
    """At the contest and in the review; cast as it is only when that is confirmed, and then nothing counts there."""
    begin(page, election)
    for name in ("John Adams", "Benjamin Franklin", "John Hancock"):
        page.tick(name)
    page.says("3 chosen, 2 allowed: as it stands, none of your votes in this contest would count.")
    page.press("Review")
    page.says("Too many chosen: none of these will count.")
    page.press("Encrypt my ballot")
    page.says("Confirm this, or go back and choose fewer.")
    page.tick("I know that contests with too many choices")
    page.press("Encrypt my ballot")
    page.press("Test this ballot")
    page.says("it holds exactly what you chose")
    page.says("too many, so nothing counts")


def test_nothing_chosen_is_a_vote(page, election):
    begin(page, election)
    page.press("Review")
    assert page.text.count("Nothing chosen") == 2
    page.press("Change")
    page.one("h2", "Your choice")
    code = encrypt(page)
    assert code


def test_a_name_from_the_platform(page, election):
    """The ballot's name is random unless the platform gave one; one that could name no file is refused."""
    begin(page, election)
    page.open("Ballot's name")
    first = page.labelled("Name of this ballot").get_attribute("value")
    assert re.fullmatch(r"b-[a-km-np-z2-9]{20}|b-[a-z2-9]{20}", first)
    page.press("Another random name")
    assert page.labelled("Name of this ballot").get_attribute("value") != first
    page.fill("Name of this ballot", "a/b")
    page.press("Review")
    page.says("no slash and no backslash")
    page.fill("Name of this ballot", "voter 17: b?")
    encrypt(page)
    page.press("Cast: save my ballot")
    assert page.saved_json("ballot-voter 17_ b_.json")["object_id"] == "voter 17: b?"


def test_a_ballot_is_not_lost_by_one_press(page, election):
    begin(page, election)
    encrypt(page)
    page.press("Cast: save my ballot")
    page.press("Finish")
    page.says("If you finish now, it is lost and you have not voted.")
    page.press("Go back")
    page.one("button", "Save ballot-")


def wrong_files(election, folder):
    text = election.file.read_text()
    file = json.loads(text)
    other = json.loads(text)
    other["context"]["commitment_hash"] = "1" + other["context"]["commitment_hash"][1:]
    swapped = json.loads(text)
    swapped["manifest"]["contests"][0]["name"] = "Another question"
    given = {
        "cut.json": text[: len(text) // 2],
        "empty.json": "",
        "record.json": (election.folder / "record-1.json").read_text(),
        "key.json": election.guardians.key(1).read_text(),
        "manifest.json": json.dumps(file["manifest"]),
        "context.json": json.dumps(other),
        "swapped.json": json.dumps(swapped),
    }
    for name, content in given.items():
        (folder / name).write_text(content)
    (folder / "binary.json").write_bytes(b"\xff\xfe\x00")
    return folder


@pytest.mark.parametrize(
    "name, says",
    [
        ("cut.json", "cut.json is not complete"),
        ("empty.json", "empty.json is empty."),
        ("binary.json", "binary.json is no text file"),
        ("record.json", "record.json is a guardian's record. What is needed here is an election file."),
        ("key.json", "key.json is a guardian's key file. What is needed here is an election file."),
        ("manifest.json", "manifest.json is an election's manifest alone."),
        ("context.json", "This election file does not hold."),
        ("swapped.json", "This election file does not hold."),
    ],
)
def test_what_is_no_election_file(page, election, tmp_path, name, says):
    wrong_files(election, tmp_path)
    page.room("Vote")
    page.give("Election file", tmp_path / name)
    page.says(says)
    page.give("Election file", election.file)
    page.says("The election file holds")


DROP = """
const [css, ...files] = arguments;
const data = new DataTransfer();
files.forEach((text, i) => data.items.add(new File([text], `dropped-${i}.json`)));
const drop = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
document.querySelector(css).dispatchEvent(drop);
return drop.defaultPrevented;
"""


def test_files_are_dropped(page, election):
    """One on its field is read; two are not; one beside the field does not take the page away."""
    text = election.file.read_text()
    page.room("Vote")
    page.one(".drop")
    assert page.driver.execute_script(DROP, "h1", text)
    assert page.driver.execute_script(DROP, ".drop", text, text)
    page.says("One file at a time, please.")
    assert page.driver.execute_script(DROP, ".drop", text)
    page.one("h2", "Which ballot is yours?")


def test_the_code_is_copied(page, election):
    """Or, where the browser does not allow it, marked for the keyboard's copying."""
    begin(page, election)
    code = encrypt(page)
    page.press("Copy the code")
    said = page.until(lambda: next((t for t in page.texts(".confirmation .quiet") if t), None))
    if said.startswith("Copying is not allowed"):
        assert page.driver.execute_script("return String(getSelection())").replace(" ", "").strip() == code
    else:
        assert said == "The code was copied."
