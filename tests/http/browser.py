"""A browser for tests of pages: one in which no host but this one exists."""

import contextlib
import json
import shutil
from urllib.parse import urlsplit

import pytest


@contextlib.contextmanager
def opened(folder):
    """A browser with its profile in the folder."""
    webdriver = pytest.importorskip("selenium.webdriver")
    driver = shutil.which("chromedriver")
    assert driver, "chromium-driver is missing: scripts/install-deps.sh --dev"
    options = webdriver.ChromeOptions()
    for flag in (
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync", "disable-dev-shm-usage", "window-size=1200,1600",
        # whatever else it might want to ask for does not exist
        "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"user-data-dir={folder}/profile",
    ):  # fmt: skip
        options.add_argument("--" + flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(
        service=webdriver.chrome.service.Service(executable_path=driver), options=options
    )
    try:
        yield started
    finally:
        started.quit()


def asked(browser):
    """The URLs asked for over the network; the browser's own start page has chrome: ones."""
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [u for u in urls if urlsplit(u).scheme not in ("data", "blob", "chrome", "chrome-untrusted")]
