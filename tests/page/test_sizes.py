"""The page on a telephone, a tablet and a screen: nothing is cut off, nothing scrolls sideways."""

import base64
import os
import pathlib

import pytest
from records import DATA
from test_guardian import make, open_key
from test_vote import begin, encrypt

SIZES = [320, 768, 1280]
BEYOND = """
const boxes = [...document.querySelectorAll("button, input, summary, .code, .verdict, .choice, table, fieldset")];
const isOut = (e) => { const b = e.getBoundingClientRect(); return b.left < 0 || b.right > innerWidth; };
return [document.documentElement.scrollWidth, boxes.filter((e) => e.checkVisibility() && isOut(e)).map((e) => e.outerHTML)];
"""


@pytest.fixture
def sized(page):
    yield page
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def fits(page, name):
    """In each size: no sideways scrolling, no control beyond the edge. EGSERVE_SHOTS names a folder for pictures to look at."""
    for width in SIZES:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        wide, beyond = page.driver.execute_script(BEYOND)
        assert wide <= width and beyond == [], f"{name} at {width}"
        if "EGSERVE_SHOTS" in os.environ:
            shot(page, pathlib.Path(os.environ["EGSERVE_SHOTS"]) / f"{name}-{width}.png", width)


def shot(page, file, width):
    height = page.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["height"]
    size = {"width": width, "height": min(int(height), 4000), "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    picture = page.driver.execute_cdp_cmd("Page.captureScreenshot", {})
    file.write_bytes(base64.b64decode(picture["data"]))


def test_vote(sized, election):
    sized.one("h1", "Votes and keys")
    fits(sized, "home")
    sized.room("Vote")
    fits(sized, "vote-1-open")
    begin(sized, election)
    sized.tick("John Adams")
    sized.tick("Benjamin Franklin")
    sized.tick("Write In Candidate")
    fits(sized, "vote-2-choose")
    sized.tick("Write In Candidate")
    sized.press("Review")
    fits(sized, "vote-3-review")
    sized.press("Change")
    encrypt(sized)
    fits(sized, "vote-4-sealed")
    sized.press("Test this ballot")
    sized.says("it holds exactly what you chose")
    fits(sized, "vote-5-opened")
    sized.press("Encrypt a new ballot to cast")
    sized.press("Encrypt my ballot")
    sized.press("Cast: save my ballot")
    sized.one("h2", "Your encrypted ballot")
    fits(sized, "vote-6-cast")


def test_verify(sized):
    sized.room("Verify")
    fits(sized, "verify-1-choose")
    sized.give("Record", DATA / "full.zip")
    sized.one(".verdict")
    sized.open("What was checked")
    sized.open("What nothing vouches for")
    sized.fill("Confirmation code", "a")
    fits(sized, "verify-2-report")


def test_guardian(sized, election):
    sized.room("Guardian")
    fits(sized, "guardian-1-start")
    make(sized, name="newcomer", quorum=9)
    sized.says("not more than there are guardians")
    fits(sized, "guardian-2-faults")
    open_key(sized, election.guardians.key(1), "the pass phrase of 1")
    sized.one("h2", "guardian 1, guardian 1 of 3")
    sized.press("Make the backups")
    sized.one("button", "Save backup-1-3.json")
    sized.give("Backups for you", election.file, election.folder / "backup-2-1.json")
    sized.says("is an election file. What is needed here is a backup")
    sized.one(".keeper.dirty")
    fits(sized, "guardian-3-desk")
