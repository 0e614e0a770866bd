"""What somebody does on the page, and what it must not do."""

import json

from browser import asked
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

WAIT_S = 60
# before anything of the page runs: what its policy stops, and what breaks in it
WATCH = """
window.broken = [];
addEventListener("securitypolicyviolation", (e) => broken.push(`${e.violatedDirective} ${e.blockedURI}`));
addEventListener("error", (e) => broken.push(String(e.message)));
addEventListener("unhandledrejection", (e) => broken.push(String(e.reason)));
"""


class Page:
    def __init__(self, driver, url, folder, watch=WATCH):
        self.driver, self.url, self.folder = driver, url, folder
        self.wait = WebDriverWait(driver, WAIT_S, poll_frequency=0.05)
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

    def all(self, css):
        return [e for e in self.driver.find_elements(By.CSS_SELECTOR, css) if e.is_displayed()]

    def one(self, css, text=None):
        """Waits for a visible element, whose text begins so."""

        def found():
            return next((e for e in self.all(css) if text is None or e.text.strip().startswith(text)), None)

        return self.until(found)

    def says(self, text):
        """Waits until that stands somewhere on the page."""
        self.until(lambda: text in self.driver.find_element(By.TAG_NAME, "main").text)

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "main").text

    def focused(self):
        return self.driver.switch_to.active_element

    # ---- doing

    def room(self, name):
        self.one("nav a", name).click()
        self.one("h1", name)

    def _to(self, element):
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        return element

    def press(self, text):
        self._to(self.one("button", text)).click()

    def labelled(self, label):
        element = self.until(
            lambda: next((e for e in self.all("label") if e.text.strip().startswith(label)), None)
        )
        target = element.get_attribute("for")
        return self.driver.find_element(By.ID, target) if target else element.find_element(By.TAG_NAME, "input")

    def fill(self, label, text):
        field = self._to(self.labelled(label))
        field.clear()
        field.send_keys(text)

    def tick(self, label):
        self._to(self.labelled(label)).click()

    def give(self, label, *files):
        """Hands files to a field."""
        self.labelled(label).send_keys("\n".join(map(str, files)))

    def open(self, summary):
        self._to(self.one("summary", summary)).click()

    def saved(self, name):
        """Presses its button; the file that comes, once it is whole."""
        file = self.downloads / name
        file.unlink(missing_ok=True)
        self.press(f"Save {name}")
        self.until(lambda: file.exists() and not (self.downloads / f"{name}.crdownload").exists())
        return file

    def saved_json(self, name):
        return json.loads(self.saved(name).read_text())
