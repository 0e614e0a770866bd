"""The page on a telephone, a tablet and a screen: nothing is cut off, nothing scrolls sideways."""

import base64
import os
import pathlib

import pytest
from records import DATA
from test_guardian import make, open_key
from test_vote import begin, encrypt

SIZES = [320, 768, 1280]


@pytest.fixture(params=SIZES)
def sized(page, request):
    page.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": request.param, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    page.width = request.param
    yield page
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def fits(page, name):
    """No sideways scrolling, no control beyond the edge. EGSERVE_SHOTS names a folder for pictures to look at."""
    script = "return [document.documentElement.scrollWidth, innerWidth]"
    wide, seen = page.driver.execute_script(script)
    assert wide <= seen, name
    for control in page.all("button, input, summary, .code, .verdict, .choice, table"):
        box = control.rect
        assert box["x"] >= 0 and box["x"] + box["width"] <= seen, f"{name}: {control.text}"
    if "EGSERVE_SHOTS" in os.environ:
        shot(page, pathlib.Path(os.environ["EGSERVE_SHOTS"]) / f"{name}-{page.width}.png")


def shot(page, file):
    size = page.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": page.width, "height": min(size["height"], 4000), "scale": 1}
    picture = page.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    file.write_bytes(base64.b64decode(picture["data"]))


def test_vote(sized, election):
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
