"""What somebody does on the page, and what it must not do."""

import json

from browser import asked
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.support.ui import WebDriverWait

WAIT_S = 60
# before anything of the page runs: what its policy stops, and what breaks in it
WATCH = """
window.broken = [];
addEventListener("securitypolicyviolation", (e) => broken.push(`${e.violatedDirective} ${e.blockedURI}`));
addEventListener("error", (e) => broken.push(String(e.message)));
addEventListener("unhandledrejection", (e) => broken.push(String(e.reason)));
"""
SHOWN = """
return [...document.querySelectorAll(arguments[0])].filter((e) => e.checkVisibility()).map((e) => [e, e.innerText]);
"""


class Page:
    def __init__(self, driver, url, folder, watch=WATCH):
        self.driver, self.url, self.folder = driver, url, folder
        self.wait = WebDriverWait(driver, WAIT_S, poll_frequency=0.05, ignored_exceptions=[StaleElementReferenceException])
        self.downloads = folder / "downloads"
        self.downloads.mkdir(exist_ok=True)
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(self.downloads)})
        self._watch = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": watch})
        for kind in ("performance", "browser"):
            driver.get_log(kind)
        driver.get(url)

    def leave(self):
        self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", self._watch)
        self.driver.get("about:blank")

    def check_quiet(self):
        """It asked for itself and for nothing else, and its policy had nothing to stop."""
        asked_for = [url for url in asked(self.driver) if url.partition("#")[0] != self.url]
        assert asked_for == []
        assert self.driver.execute_script("return window.broken") == []
        assert [e["message"] for e in self.driver.get_log("browser") if e["level"] == "SEVERE"] == []

    # ---- looking

    def until(self, condition):
        return self.wait.until(lambda _: condition())

    def shown(self, css):
        """(element, its text) of what can be seen."""
        return self.driver.execute_script(SHOWN, css)

    def all(self, css):
        return [element for element, _ in self.shown(css)]

    def texts(self, css):
        return [text for _, text in self.shown(css)]

    def find(self, css, text=None):
        """Something that can be seen, whose text begins so; with a line end behind it, is so. None: not now."""

        def fits(shown):
            return text is None or (shown == text[:-1] if text.endswith("\n") else shown.startswith(text))

        return next((element for element, shown in self.shown(css) if fits(shown.strip())), None)

    def one(self, css, text=None):
        """Waits for it."""
        return self.until(lambda: self.find(css, text))

    def says(self, text):
        """Waits until that stands somewhere on the page."""
        self.until(lambda: text in self.text)

    @property
    def text(self):
        return self.texts("main")[0]

    def focused(self):
        return self.driver.switch_to.active_element

    # ---- doing

    def click(self, find):
        """Whatever is found; again when the page has just replaced it."""

        def clicked():
            element = find()
            if element is None:
                return False
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            element.click()
            return True

        self.until(clicked)

    def room(self, name):
        self.click(lambda: self.find("nav a", name))
        self.one("h1", name)

    def press(self, text):
        self.click(lambda: self.find("button:enabled", text))

    def _field(self, label, within="main"):
        element = self.find(f"{within} label", label)
        return element and self.driver.execute_script("return arguments[0].control", element)

    def labelled(self, label, within="main"):
        """The field of a label that begins so."""
        return self.until(lambda: self._field(label, within))

    def fill(self, label, text, within="main"):
        field = self.labelled(label, within)
        field.clear()
        field.send_keys(text)

    def tick(self, label):
        self.click(lambda: self._field(label))

    def open(self, summary):
        self.click(lambda: self.find("summary", summary))

    def give(self, label, *files):
        """Hands files to a field."""
        self.labelled(label).send_keys("\n".join(map(str, files)))

    def saved(self, name):
        """Presses its button; the file that comes, once it is whole."""
        file = self.downloads / name
        file.unlink(missing_ok=True)
        self.press(f"Save {name}")
        self.until(lambda: file.exists() and not (self.downloads / f"{name}.crdownload").exists())
        return file

    def saved_json(self, name):
        return json.loads(self.saved(name).read_text())
