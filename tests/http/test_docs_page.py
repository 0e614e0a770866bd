"""/docs: the description of the service in a browser, from this service alone."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from browser import asked
from client import SECURITY_HEADERS

WAIT_S = 60
KEY = "a key that somebody types"


def fetch(service, path, method="GET", **headers):
    session = requests.Session()
    session.trust_env = False
    with session:
        answer = session.request(method, service.url + path, headers=headers, timeout=WAIT_S)
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


class Page:
    """What somebody does on /docs."""

    OPERATION = "#operations-ceremony-setup_guardians"

    def __init__(self, browser, url):
        from selenium.webdriver.support.ui import WebDriverWait

        self.browser = browser
        self.wait = WebDriverWait(browser, WAIT_S)
        browser.get(url)

    def find(self, selector):
        from selenium.webdriver.support import expected_conditions as condition

        return self.wait.until(condition.element_to_be_clickable(("css selector", selector)))

    def click(self, selector):
        element = self.find(selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def try_out(self):
        self.click(self.OPERATION + " .opblock-summary-control")
        self.click(self.OPERATION + " .try-out__btn")

    def execute(self):
        self.click(self.OPERATION + " .execute")

    def shows(self, status):
        """Waits until that is the status of the answer; the answer."""
        row = self.OPERATION + " .live-responses-table tbody "

        def has_come(browser):
            found = browser.find_elements("css selector", row + ".response-col_status")
            return found and found[0].text.split()[:1] == [str(status)]

        self.wait.until(has_come)
        return self.find(row + ".response-col_description").text


@pytest.mark.slow
def test_the_key_is_given_on_the_page(start_service, browser):
    """Without it the page is there and its requests are refused; with it they are answered."""
    locked = start_service(env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY})
    page = Page(browser, locked.url + "/docs")
    page.try_out()
    page.execute()
    assert "Invalid internal API key" in page.shows(401)
    page.click(".auth-wrapper .authorize")
    page.find(".auth-container input").send_keys(KEY)
    page.click(".auth-btn-wrapper .authorize")
    page.click(".auth-btn-wrapper .btn-done")
    page.execute()
    assert "joint_public_key" in page.shows(200)


@pytest.mark.slow
def test_a_request_sent_from_the_page(service, browser):
    page = Page(browser, service.url + "/docs")
    page.try_out()
    page.execute()
    assert "joint_public_key" in page.shows(200)
    urls = asked(browser)
    paths = [urlsplit(u).path for u in urls]
    assert {"/docs", "/openapi.json", "/setup_guardians", "/docs/swagger-ui-bundle.js"} <= set(paths)
    assert {urlsplit(u).netloc for u in urls} == {urlsplit(service.url).netloc}
    refused = [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    assert refused == [], "the page was kept from something, or has an error"
