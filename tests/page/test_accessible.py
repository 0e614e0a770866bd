"""For everybody: axe-core finds nothing in any state of the page, light or dark; the keyboard alone does; what happens is said."""

import pytest
from conftest import PAGE, ROOT
from page import WATCH, Page
from records import DATA
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from test_guardian import PHRASE, make, open_key
from test_vote import begin, encrypt

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


def faults(page):
    """What axe-core finds: labels, contrast, landmarks, headings, roles."""
    if not page.driver.execute_script("return 'axe' in window"):
        page.driver.execute_script(AXE)
    found, passes = page.driver.execute_async_script("axe.run().then((r) => arguments[0]([r.violations, r.passes.length]))")
    assert passes > 10
    return [f"{v['id']}: {node['html'][:200]} {node['failureSummary']}" for v in found for node in v["nodes"]]


@pytest.fixture(params=["light", "dark"])
def scheme(page, request):
    features = [{"name": "prefers-color-scheme", "value": request.param}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    yield page
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_voting(scheme, election):
    page = scheme
    page.one("h1", "Votes and keys")
    assert faults(page) == []
    page.room("Vote")
    page.give("Election file", election.guardians.key(1))
    page.says("is a guardian's key file")
    assert faults(page) == []
    page.give("Election file", election.file)
    page.one("h2", "Which ballot is yours?")
    page.open("Election's fingerprint")
    assert faults(page) == []
    begin(page, election, opened=True)
    for name in ("John Adams", "Benjamin Franklin", "Write In Candidate"):
        page.tick(name)
    page.open("Ballot's name")
    assert faults(page) == []
    page.press("Review")
    assert faults(page) == []
    page.press("Change")
    page.tick("John Adams")
    encrypt(page)
    assert faults(page) == []
    page.press("Test this ballot")
    page.says("it holds exactly what you chose")
    assert faults(page) == []
    page.press("Encrypt a new ballot to cast")
    page.press("Encrypt my ballot")
    page.press("Cast: save my ballot")
    page.press("Finish")
    page.says("If you finish now, it is lost")
    assert faults(page) == []


def test_guarding(scheme, election):
    page = scheme
    make(page, quorum=9)
    page.says("not more than there are guardians")
    assert faults(page) == []
    open_key(page, election.guardians.key(1), "the pass phrase of 1")
    page.press("Make the backups")
    page.one("button", "Save backup-1-3.json")
    page.open("Without verifying")
    assert faults(page) == []
    page.give("Backups for you", election.file, election.folder / "backup-2-1.json")
    page.one(".keeper.dirty")
    assert faults(page) == []


def test_verifying(scheme):
    page = scheme
    page.room("Verify")
    assert faults(page) == []
    page.give("Record", DATA / "full.zip")
    page.one(".verdict")
    page.open("What was checked")
    page.open("What nothing vouches for")
    page.fill("Confirmation code", "a")
    assert faults(page) == []


# ---- the keyboard alone


class Keyboard:
    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        ActionChains(self.page.driver).send_keys(*keys).perform()

    def to(self, name):
        """Tab by Tab to the control of that name, as a screen reader says it; every stop shows where it is."""
        for _ in range(60):
            self.press(Keys.TAB)
            element = self.page.focused()
            if element.accessible_name.startswith(name):
                assert element.tag_name == "input" and element.get_attribute("type") == "file" or self.is_seen(element), name
                return element
        raise AssertionError(f"no way to {name}")

    def is_seen(self, element):
        script = "const e = arguments[0].closest('.choice') ?? arguments[0]; return getComputedStyle(e).outlineStyle"
        return self.page.driver.execute_script(script, element) != "none"


def heading(page, text):
    """The step has begun: its heading has the focus, from where Tab goes on."""
    page.one("h2", text)
    page.until(lambda: page.focused().text == text)


def test_a_vote_by_keyboard(page, election):
    """From the first Tab to the saved ballot without a mouse; each step begins at its heading."""
    keys = Keyboard(page)
    page.one("h1", "Votes and keys")
    keys.to("To the content")
    keys.to("Vote")
    keys.press(Keys.ENTER)
    page.one("h1", "Vote")
    keys.to("Election file").send_keys(str(election.file))
    heading(page, "Which ballot is yours?")
    keys.to("Jefferson County")
    keys.press(Keys.ARROW_DOWN)
    keys.to("Continue")
    keys.press(Keys.ENTER)
    heading(page, "Your choice")
    keys.to("John Hancock")
    keys.press(Keys.SPACE)
    keys.to("Write In Candidate")
    keys.press(Keys.SPACE)
    keys.to("Name to write in")
    keys.press("Zoe")
    keys.to("Review")
    keys.press(Keys.ENTER)
    heading(page, "Is this what you want?")
    page.says("Write In Candidate: Zoe")
    keys.to("Encrypt my ballot")
    keys.press(Keys.ENTER)
    heading(page, "Your ballot is encrypted")
    keys.to("Cast: save my ballot")
    keys.press(Keys.SPACE)
    heading(page, "Your encrypted ballot")
    keys.to("Save ballot-")
    keys.press(Keys.ENTER)
    page.until(lambda: list(page.downloads.glob("ballot-*.json")))


def test_a_key_by_keyboard(page):
    keys = Keyboard(page)
    page.room("Guardian")
    for name, text in (("Your name", "g"), ("How many guardians", "1"), ("Your number", "1"), ("How many of them", "1"),
                       ("Pass phrase", PHRASE), ("Pass phrase again", PHRASE)):  # fmt: skip
        keys.to(name)
        if name == "Pass phrase":
            assert page.focused().get_attribute("autocomplete") == "new-password"
        keys.press(text)
    keys.press(Keys.ENTER)
    heading(page, "g, guardian 1 of 1")
    keys.to("Save guardian-1.key")
    keys.press(Keys.ENTER)
    page.until(lambda: (page.downloads / "guardian-1.key").exists())


# ---- what a screen reader says


def test_what_happens_is_said(page):
    """Once, in the page's live region: the end of a verification, and what a search found."""
    page.room("Verify")
    page.driver.execute_script(
        "window.said = []; new MutationObserver(() => said.push(document.querySelector('.unseen[role=status]').textContent))"
        ".observe(document.querySelector('.unseen[role=status]'), {childList: true, characterData: true, subtree: true})"
    )
    page.give("Record", DATA / "minimal.zip")
    page.one(".verdict")
    page.fill("Confirmation code", "zz")
    page.until(lambda: len(page.driver.execute_script("return said")) >= 2)
    assert page.driver.execute_script("return said") == [
        "The record is verified.",
        "It is not in this record. Compare it with what you wrote down; if it is right, ask your officials.",
    ]


def test_rooms_keep_what_is_in_them(page, election):
    begin(page, election)
    page.tick("John Adams")
    page.room("Verify")
    page.room("Vote")
    page.says("1 of 2 chosen")
    assert page.driver.title.startswith("Vote")


# ---- browsers that cannot


@pytest.mark.parametrize("without, named", [("WebAssembly", "WebAssembly"), ("Worker", "Worker"), ("crypto", "crypto.getRandomValues")])
def test_a_browser_that_lacks_something(driver, tmp_path, without, named):
    """It is said what, and there is nothing to enter anything into."""
    page = Page(driver, PAGE.as_uri(), tmp_path, f"{WATCH} Object.defineProperty(window, '{without}', {{value: undefined}});")
    page.says(f"Your browser lacks what this page needs ({named}")
    assert page.all("input, button, a") == []
    page.check_quiet()
    page.leave()


def test_without_scripts(driver, tmp_path):
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(PAGE.as_uri())
        assert "Scripts are switched off." in driver.find_element("tag name", "main").text
        assert driver.find_elements("css selector", "input, button") == []
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        driver.get("about:blank")
