"""The room Verify."""

import json
import zipfile

import pytest
from election_files import ran
from records import DATA


def verified(page, file):
    page.room("Verify")
    page.give("Record", file)
    return page.one(".verdict").text


@pytest.mark.parametrize("name", ["minimal", "small_missing"])
def test_a_good_record(page, name):
    assert "Verified: every proof" in verified(page, DATA / f"{name}.zip")
    page.one("h2", f"{name}.zip")


def test_counts_and_ballots(page):
    """Votes contest by contest as tally.json has them; a ballot is found by its code, typed with gaps in small letters."""
    with zipfile.ZipFile(DATA / "full.zip") as archive:
        tally = json.loads(archive.read("tally.json"))
        ballots = [json.loads(archive.read(f)) for f in archive.namelist() if f.startswith("submitted_ballots/") and f.endswith(".json")]
    verified(page, DATA / "full.zip")
    shown = [int(text) for text in page.texts(".counts td.n")]
    assert sorted(shown) == sorted(s["tally"] for c in tally["contests"].values() for s in c["selections"].values())
    counted = sum(b["state"] == 1 for b in ballots)
    page.says(f"{counted} ballots counted, {len(ballots) - counted} ")
    code = ballots[0]["code"]
    page.fill("Confirmation code", f"{code[:7].lower()} {code[7:20]}")
    found = page.one(".ballots li").text
    assert ballots[0]["object_id"] in found and code[:4] in found
    assert ("not counted" in found) == (ballots[0]["state"] == 2)
    page.fill("Confirmation code", "zz")
    page.says("It is not in this record.")
    page.open("What was checked")
    page.open("What nothing vouches for")
    told = json.loads(ran("verify", DATA / "full.zip", "--json"))["not_covered"]
    listed = page.one("details:last-of-type ul")
    assert listed.text.splitlines() == [f"{row['file']} {row['fields']}: {row['why']}" for row in told]


def test_a_fault_is_named_by_file_and_place(page, tmp_path):
    """One count changed: file and place, and what the numbers are worth."""
    file = tmp_path / "changed.zip"
    with zipfile.ZipFile(DATA / "minimal.zip") as good, zipfile.ZipFile(file, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name == "tally.json":
                tally = json.loads(content)
                next(iter(next(iter(tally["contests"].values()))["selections"].values()))["tally"] += 1
                content = json.dumps(tally)
            bad.writestr(name, content)
    assert verified(page, file).startswith("✗ Not verified")
    assert "tally.json" in page.one(".faults li").text and "contests." in page.one(".faults li").text
    page.says("but the record is not verified")


@pytest.mark.parametrize("kind", ["cut", "empty", "text", "other zip", "election"])
def test_what_is_no_record(page, tmp_path, kind, election):
    """It is said what it is, and another file can be chosen at once."""
    file = tmp_path / "given.zip"
    content = (DATA / "minimal.zip").read_bytes()
    if kind == "other zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("hello.txt", "hello")
    else:
        file.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "text": b"hello",
                          "election": election.file.read_bytes()}[kind])  # fmt: skip
    page.room("Verify")
    page.give("Record", file)
    expected = {
        "cut": "This file cannot be read as an election's record.",
        "empty": "given.zip is empty.",
        "text": "given.zip is something else. What is needed here is a zip file.",
        "other zip": "Not verified",
        "election": "given.zip is an election file. What is needed here is a zip file.",
    }
    page.says(expected[kind])
    if kind == "other zip":
        page.press("Another record")
    page.give("Record", DATA / "minimal.zip")
    page.says("Verified: every proof")


def test_a_file_of_two_gigabytes(page, tmp_path):
    """Read piece by piece or refused, but never into memory."""
    file = tmp_path / "large.zip"
    with open(file, "wb") as out:
        out.write(b"PK\x03\x04")
        out.truncate(2 << 30)
    page.room("Verify")
    page.give("Record", file)
    page.says("This file cannot be read as an election's record.")
    page.room("Vote")
    page.give("Election file", file)
    page.says("large.zip is a zip file. What is needed here is an election file.")


def test_it_can_be_stopped(page):
    """Pressed as soon as it is there: nothing of the record is shown, and another one can be chosen."""
    page.driver.execute_script(
        "new MutationObserver((_, me) => { const stop = [...document.querySelectorAll('button')].find((b) => b.textContent === 'Stop');"
        " if (stop) { me.disconnect(); stop.click(); } }).observe(document.body, {childList: true, subtree: true})"
    )
    page.room("Verify")
    page.give("Record", DATA / "small_missing.zip")
    page.says("Stopped. Nothing was changed.")
    assert page.all(".verdict") == []
    page.give("Record", DATA / "minimal.zip")
    page.says("Verified: every proof")
