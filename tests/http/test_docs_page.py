"""/docs: the description of the service in a browser, from this service alone."""

import json
import re
import shutil
from urllib.parse import urlsplit

import pytest
import requests
from client import SECURITY_HEADERS

WAIT_S = 60


def fetch(service, path, method="GET"):
    session = requests.Session()
    session.trust_env = False
    with session:
        answer = session.request(method, service.url + path, timeout=WAIT_S)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.get(name) == value, name
    return answer


def test_page_and_its_parts(service):
    page = fetch(service, "/docs")
    assert page.status_code == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    parts = re.findall(r'(?:src|href)="(?!data:)([^"]*)"', page.text)
    assert sorted(parts) == ["docs/start.js", "docs/swagger-ui-bundle.js", "docs/swagger-ui.css"]
    kinds = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
    for part in parts:
        answer = fetch(service, "/" + part)
        assert answer.status_code == 200 and len(answer.content) > 100
        assert answer.headers["Content-Type"] == kinds[part.rsplit(".", 1)[1]]
    assert fetch(service, "/docs", "HEAD").status_code == 200


def test_page_may_ask_no_other_host(service):
    """Its policy names no host, and no script but those served beside it."""
    page = fetch(service, "/docs").text
    policy = re.search(r'Content-Security-Policy"\s+content="([^"]*)"', page).group(1)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert set(" ".join(rules.values()).split()) <= {"'none'", "'self'", "'unsafe-inline'", "data:"}
    assert not re.search(r"<script(?! src=)", page)


def test_licences_are_served(service):
    text = fetch(service, "/docs/licenses.txt").text
    assert "Apache License" in text and "SmartBear" in text


@pytest.mark.parametrize("name", ["nothing.js", "..%2fopenapi.json", "index.html/x", "swagger-ui.css%00"])
def test_other_files_are_not_there(service, name):
    assert fetch(service, "/docs/" + name).status_code == 404


@pytest.fixture
def browser(tmp_path):
    webdriver = pytest.importorskip("selenium.webdriver")
    driver = shutil.which("chromedriver")
    assert driver, "chromium-driver is missing: scripts/install-deps.sh --dev"
    options = webdriver.ChromeOptions()
    for flag in (
        "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync", "disable-dev-shm-usage", "window-size=1200,1600",
        # whatever else it might want to ask for does not exist
        "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"user-data-dir={tmp_path}/profile",
    ):  # fmt: skip
        options.add_argument("--" + flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(
        service=webdriver.chrome.service.Service(executable_path=driver), options=options
    )
    yield started
    started.quit()


def asked(browser):
    """The URLs asked for over the network; the browser's own start page has chrome: ones."""
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [u for u in urls if urlsplit(u).scheme not in ("data", "blob", "chrome", "chrome-untrusted")]


@pytest.mark.slow
def test_a_request_sent_from_the_page(service, browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support import expected_conditions as condition
    from selenium.webdriver.support.ui import WebDriverWait

    def click(selector):
        target = (By.CSS_SELECTOR, selector)
        element = WebDriverWait(browser, WAIT_S).until(condition.element_to_be_clickable(target))
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    browser.get(service.url + "/docs")
    operation = "#operations-ceremony-setup_guardians"
    click(operation + " .opblock-summary-control")
    click(operation + " .try-out__btn")
    click(operation + " .execute")
    status = (By.CSS_SELECTOR, operation + " .live-responses-table tbody .response-col_status")
    shown = WebDriverWait(browser, WAIT_S).until(condition.visibility_of_element_located(status))
    assert shown.text.split()[0] == "200"
    body = browser.find_element(By.CSS_SELECTOR, operation + " .live-responses-table tbody .response-col_description")
    assert "joint_public_key" in body.text
    urls = asked(browser)
    paths = [urlsplit(u).path for u in urls]
    assert {"/docs", "/openapi.json", "/setup_guardians", "/docs/swagger-ui-bundle.js"} <= set(paths)
    assert {urlsplit(u).netloc for u in urls} == {urlsplit(service.url).netloc}
    refused = [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    assert refused == [], "the page was kept from something, or has an error"
