"""The page at /app, and how it is made."""

import base64
import hashlib
import http.server
import json
import re
import shutil
import subprocess
import threading

import pytest
import requests
from conftest import PAGE, ROOT
from page import Page
from test_vote import begin, encrypt

BUILD_S = 120


def fetched(url):
    session = requests.Session()
    session.trust_env = False
    with session:
        return session.get(url, timeout=20)


def policy_of(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    return dict(rule.split(" ", 1) for rule in policy.split("; "))


def build(out, *flags):
    return subprocess.run(
        ["node", ROOT / "apps" / "page" / "build.mjs", "--out", out, "--wasm", ROOT / "build" / "wasm", "--version",
         (ROOT / "VERSION").read_text().strip(), *flags],
        capture_output=True, text=True, timeout=BUILD_S,
    )  # fmt: skip


def test_the_service_answers_the_page(service):
    answer = fetched(service.url + "/app")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.content == PAGE.read_bytes()


def test_it_runs_from_there(service, driver, tmp_path, election):
    """Nothing but itself is asked of the service either."""
    page = Page(driver, service.url + "/app", tmp_path)
    begin(page, election)
    encrypt(page)
    page.check_quiet()
    page.leave()


def test_policy(page):
    """Nothing may be asked, no script or style runs but its own, nothing stands inline in elements."""
    text = PAGE.read_text()
    rules = policy_of(text)
    assert rules.pop("worker-src") == "blob:" and rules.pop("img-src") == "data:"
    for kind in ("script", "style"):
        digest = hashlib.sha256(re.search(rf"<{kind}>(.*?)</{kind}>", text, re.S).group(1).encode()).digest()
        allowed = rules.pop(f"{kind}-src").split()
        assert allowed[0] == f"'sha256-{base64.b64encode(digest).decode()}'"
        assert allowed[1:] == (["'wasm-unsafe-eval'"] if kind == "script" else [])
    assert set(rules) == {"default-src", "connect-src", "form-action", "base-uri"} and set(rules.values()) == {"'none'"}
    assert re.findall(r"<script|<style", text) == ["<style", "<script"]
    assert page.driver.execute_script(
        "return [...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames()).filter((n) => /^(on|style$)/.test(n))"
    ) == []  # fmt: skip
    refused = page.driver.execute_async_script("fetch('http://127.0.0.1:9/').then(arguments[0], () => arguments[0]('refused'))")
    assert refused == "refused"
    assert page.driver.execute_script("return window.broken.splice(0)") == ["connect-src http://127.0.0.1:9/"]
    page.driver.get_log("browser")


def test_the_same_bytes_twice(tmp_path):
    """In another folder of another name, at another time."""
    copy = tmp_path / "a folder of another name"
    copy.mkdir()
    for name in ("apps", "packages", "LICENSE", "VERSION", "node_modules"):
        (copy / name).symlink_to(ROOT / name) if name == "node_modules" else subprocess.run(
            ["cp", "-r", ROOT / name, copy / name], check=True
        )
    out = tmp_path / "again.html"
    done = subprocess.run(
        ["node", copy / "apps" / "page" / "build.mjs", "--out", out, "--wasm", ROOT / "build" / "wasm", "--version",
         (ROOT / "VERSION").read_text().strip()],
        capture_output=True, text=True, timeout=BUILD_S, cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "TZ": "Pacific/Auckland"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == PAGE.read_bytes()


def test_texts_of_another_language(tmp_path):
    """A file of texts beside the others; no sentence stands anywhere else."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("apps", "packages"):
        shutil.copytree(ROOT / name, copy / name)
    for name in ("LICENSE", "node_modules"):
        (copy / name).symlink_to(ROOT / name)
    (copy / "apps/page/src/texts/xx.ts").write_text(
        'import en from "./en";\nexport default { ...en, title: "Wählen & prüfen" };\n'
    )
    out = tmp_path / "xx.html"
    subprocess.run(
        ["node", copy / "apps/page/build.mjs", "--out", out, "--wasm", ROOT / "build/wasm", "--version", "1", "--language", "xx"],
        check=True, timeout=BUILD_S,
    )  # fmt: skip
    text = out.read_text()
    assert '<html lang="xx">' in text and "<title>Wählen &amp; prüfen</title>" in text
    sources = [f for f in (ROOT / "apps/page/src").rglob("*.ts*") if f.parent.name != "texts"]
    assert len(sources) > 40
    for file in sources:
        code = re.sub(r"(^|\s)//.*|/\*.*?\*/", "", file.read_text())
        said = re.findall(r">\s*[A-Z][a-z]+[^<>{}=();]*</|(?:label|title|placeholder|aria-label|alt)=\"[^\"]+\"|\"[A-Z][a-z]+ [a-z ]+[^\"]*\"", code)
        assert said == [], file


# ---- a page that may send


class Box(http.server.BaseHTTPRequestHandler):
    """Takes ballots as docs/page.md says; the first answers are those of `answers`, then 200."""

    answers, taken, asked = [], [], []

    def _answer(self, status):
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "Content-Type")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_OPTIONS(self):
        self.asked.append(self.path)
        self._answer(204)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.answers.pop(0) if self.answers else 200
        self.taken.append((self.path, self.headers["Content-Type"], self.headers["Cookie"], status, json.loads(body)))
        self._answer(status)

    def log_message(self, *_):
        pass


@pytest.fixture
def box():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Box)
    Box.answers, Box.taken, Box.asked = [], [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_ballot_is_sent(box, driver, tmp_path, election):
    """To the one address that the page was built for; refused, it is still there and is sent again."""
    url = f"http://127.0.0.1:{box.server_port}/cast"
    out = tmp_path / "cast.html"
    assert build(out, "--cast-url", url).returncode == 0
    assert policy_of(out.read_text())["connect-src"] == url
    Box.answers[:] = [503]
    page = Page(driver, out.as_uri(), tmp_path)
    begin(page, election)
    page.tick("John Adams")
    code = encrypt(page)
    page.press(f"Cast: send my ballot to 127.0.0.1:{box.server_port}")
    page.says("The ballot was not taken (answer 503). It is still here")
    page.press("Send again")
    page.says("Your ballot was sent to 127.0.0.1")
    assert [(path, kind, cookie, status) for path, kind, cookie, status, _ in Box.taken] == [
        ("/cast", "application/json", None, 503), ("/cast", "application/json", None, 200)
    ]  # fmt: skip
    ballot = Box.taken[1][4]
    assert ballot["code"] == code and ballot["state"] == 1 and ballot == Box.taken[0][4]
    assert election.judge(ballot) == [True]
    page.press("Finish")
    page.one("h2", "Which ballot is yours?")
    page.leave()


def test_nobody_there(driver, tmp_path, election):
    out = tmp_path / "cast.html"
    assert build(out, "--cast-url", "http://127.0.0.1:9/cast").returncode == 0
    page = Page(driver, out.as_uri(), tmp_path)
    begin(page, election)
    encrypt(page)
    page.press("Cast: send my ballot")
    page.says("The ballot could not be sent. It is still here")
    page.saved(page.one("button", "Save ballot-").text.removeprefix("Save "))
    page.leave()


@pytest.mark.parametrize(
    "url",
    ["votes.example", "http://votes.example/cast", "https://a:b@votes.example/", "https://votes.example/?a=1",
     "https://votes.example/a;b", "https://votes.example/'none'", "ftp://votes.example/", "javascript:alert(1)"],
)  # fmt: skip
def test_addresses_that_would_not_do(tmp_path, url):
    out = tmp_path / "cast.html"
    done = build(out, "--cast-url", url)
    assert done.returncode != 0 and "CAST_URL: " in done.stderr and not out.exists()
