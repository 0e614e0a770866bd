"""The page at /: how the service fares, in a browser and from this service alone; GET /status, which it asks."""

import json
import os
import re
import subprocess
import threading

import pytest
from browser import asked
from election import election_at
from service import ROOT, wait_until
from test_docs_page import fetch

WAIT_S = 60
KEY = "a key that somebody types"
PAGE = os.path.join(ROOT, "src", "api", "docs", "docs_page")
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


# ---- who gets it


@pytest.mark.parametrize("accept", [CHROME, "text/html", "application/json;q=0.5, TEXT/HTML;q=0.1", "text/html;level=1"])
def test_browsers_get_a_page(service, accept):
    page = fetch(service, "/", Accept=accept)
    assert page.status_code == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    links = re.findall(r'<a href="([^"]*)"', page.text)
    assert links == ["app", "docs", "openapi.json", "health", "metrics"]
    parts = re.findall(r'rel="stylesheet" href="([^"]*)"', page.text) + re.findall(r'<script src="([^"]*)"', page.text)
    assert len(parts) == 5
    for path in links + parts:
        assert fetch(service, "/" + path).status_code == 200
    head = fetch(service, "/", "HEAD", Accept=accept)
    assert head.status_code == 200 and head.content == b""
    assert head.headers["Content-Type"] == page.headers["Content-Type"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/msgpack", "text/*", "text/html;q=0", "text/htmlx"])
def test_programs_are_told_that_there_is_nothing(service, accept):
    answer = fetch(service, "/", Accept=accept)
    assert answer.status_code == 404
    kind = "msgpack" if "msgpack" in accept else "json"
    assert answer.headers["Content-Type"] == f"application/{kind}"
    if kind == "json":
        assert answer.json()["message"] == "there is no such path" and answer.json()["code"] == "not_found"
    assert fetch(service, "/", "HEAD", Accept=accept).status_code == 404
    assert fetch(service, "/", "POST", Accept=accept).status_code == 405


def test_it_may_ask_no_other_host(service):
    """Its policy admits this service and nothing inline."""
    page = fetch(service, "/", Accept="text/html").text
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert set(" ".join(rules.values()).split()) == {"'none'", "'self'", "data:"}
    assert not re.search(r"<script(?! src=)", page) and "style=" not in page
    assert "http://" not in page and "https://" not in page


def test_it_needs_no_access_key(start_service):
    locked = start_service(env={"ELECTIONGUARD_INTERNAL_API_KEY": KEY})
    assert fetch(locked, "/", Accept="text/html").status_code == 200
    assert fetch(locked, "/").status_code == 404
    assert fetch(locked, "/status").status_code == 200


def test_it_can_be_switched_off(start_service):
    """A plain page of links that runs nothing is left, and /status is no path."""
    service = start_service(args=("--workers", "1", "--status-page", "off"))
    page = fetch(service, "/", Accept="text/html")
    with open(os.path.join(ROOT, "VERSION"), encoding="ascii") as file:
        assert f"version {file.read().strip()}." in page.text
    assert re.findall(r'<a href="([^"]*)"', page.text) == ["app", "docs", "openapi.json", "health", "metrics"]
    assert "<script" not in page.text and "script-src" not in page.text
    answer = fetch(service, "/status")
    assert answer.status_code == 404 and answer.json()["code"] == "not_found"


# ---- GET /status


def test_each_worker_and_what_runs_here(start_service):
    service = start_service(args=("--workers", "2", "--threads", "3", "--max-body", "64M"))
    status = fetch(service, "/status").json()
    with open(os.path.join(ROOT, "VERSION"), encoding="ascii") as file:
        assert status["version"] == file.read().strip()
    assert status["status"] == "ready" and status["kernel"] and status["processors"] >= 1
    assert sorted(w["pid"] for w in status["workers"]) == sorted(service.workers())
    assert all((w["state"], w["threads"]) == ("serving", 3) for w in status["workers"])
    assert status["oldest_requests"] == [] and status["max_body_bytes"] == 64 << 20


def at_least(count, rows):
    return rows if len(rows) >= count else None


@pytest.mark.slow
def test_what_is_in_work_longest(start_service):
    service = start_service(args=("--workers", "1", "--threads", "1", "--kernel", "portable"))
    elections = [election_at(service) for _ in range(2)]
    threads = [
        threading.Thread(target=lambda e=e: e.encrypt_chunk([(str(i), "Ann") for i in range(400)])) for e in elections
    ]
    for thread in threads:
        thread.start()
    rows = wait_until(lambda: at_least(2, fetch(service, "/status").json()["oldest_requests"]), what="two chunks in work")
    assert [r["elapsed_seconds"] for r in rows] == sorted((r["elapsed_seconds"] for r in rows), reverse=True)
    assert {r["endpoint"] for r in rows} == {"/create_encrypted_ballot"} and not any(r["stuck"] for r in rows)
    assert {r["pid"] for r in rows} == set(service.workers())
    for thread in threads:
        thread.join(WAIT_S)


# ---- the page's own arithmetic, run by Node.js

NUMBERS = """
const fs = require("fs"), vm = require("vm");
const context = vm.createContext({});
vm.runInContext(fs.readFileSync(process.argv[1], "utf8"), context);
const asked = JSON.parse(fs.readFileSync(0, "utf8"));
context.before = asked.before; context.now = asked.now; context.seconds = asked.seconds;
const result = vm.runInContext(
  "JSON.stringify({point: pointOf(readMetrics(before), readMetrics(now), seconds), times: [0, 119, 120, 7300, 200000].map(spokenTime),"
  + " numbers: [null, 0, 3, 0.25, 9.96, 12.6, 12345].map(spokenNumber)})", context);
process.stdout.write(result);
"""


def look(good, bad, bucket, ballots, extra=""):
    return f"""# TYPE egserve_requests_total counter
egserve_requests_total{{endpoint="/setup_guardians",status="200"}} {good}
egserve_requests_total{{endpoint="/setup_guardians",status="400"}} {bad}
egserve_requests_total{{endpoint="/metrics",status="200"}} {good * 50}
egserve_request_duration_seconds_bucket{{endpoint="/setup_guardians",le="0.1"}} {bucket[0]}
egserve_request_duration_seconds_bucket{{endpoint="/setup_guardians",le="1"}} {bucket[1]}
egserve_request_duration_seconds_bucket{{endpoint="/setup_guardians",le="+Inf"}} {bucket[2]}
egserve_request_duration_seconds_bucket{{endpoint="/metrics",le="+Inf"}} 100000
egserve_cast_ballots_total {ballots}
egserve_threads_busy 3
egserve_memory_resident_bytes 3145728
{extra}"""


def worked_out(before, now, seconds):
    done = subprocess.run(
        ["node", "-e", NUMBERS, os.path.join(PAGE, "status_numbers.js")],
        input=json.dumps({"before": before, "now": now, "seconds": seconds}), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_rates_and_shares():
    found = worked_out(look(10, 0, (10, 10, 10), 100), look(30, 4, (25, 33, 34), 160), 4)
    point = found["point"]
    assert (point["good"], point["mistakes"], point["faults"], point["ballots"]) == (5, 1, 0, 15)
    assert (point["half"], point["most"]) == (100, None)  # the last one took longer than every bound
    assert (point["busy"], point["resident"], point["waiting"]) == (3, 3, 0)
    assert found["times"] == ["0 s", "119 s", "2 min", "2 h 1 min", "2 d 7 h"]
    assert found["numbers"] == ["–", "0", "3", "0.3", "10.0", "13", "12,345"]


def test_a_service_that_was_started_anew_counts_from_zero():
    point = worked_out(look(500, 9, (400, 500, 509), 900), look(8, 0, (8, 8, 8), 4), 2)["point"]
    assert (point["good"], point["ballots"], point["mistakes"], point["most"]) == (4, 2, 0, 100)


def test_without_requests_there_is_no_time():
    point = worked_out(look(1, 0, (1, 1, 1), 0), look(1, 0, (1, 1, 1), 0), 2)["point"]
    assert point["half"] is None and point["most"] is None and point["good"] == 0


# ---- in a browser


def text_of(browser, selector):
    return browser.find_element("css selector", selector).text


@pytest.mark.slow
def test_the_page_shows_what_happens(start_service, browser):
    service = start_service(args=("--workers", "2"))
    election = election_at(service)
    browser.get(service.url + "/")
    wait_until(lambda: text_of(browser, "#state") == "ready", WAIT_S, "the first look")
    election.encrypt_chunk([(str(i), "Ann") for i in range(30)])
    wait_until(lambda: "30 in all" in text_of(browser, "#tiles"), WAIT_S, "the ballots")
    assert "kernel" in text_of(browser, "#about") and "None was replaced." in text_of(browser, "#restarts")
    for pid in service.workers():
        assert str(pid) in text_of(browser, "#workers")
    charts = browser.find_elements("css selector", "#charts canvas")
    assert len(charts) == 5
    wait_until(lambda: browser.execute_script("return points.length") >= 2, WAIT_S, "points")
    os.kill(service.workers()[0], 9)
    wait_until(lambda: "Replaced: 1 died." in text_of(browser, "#restarts"), WAIT_S, "the replacement")
    faults = [e for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    assert faults == []
    assert all(url.startswith(service.url + "/") for url in asked(browser))


@pytest.mark.slow
def test_it_fits_every_width(service, browser):
    for width in (500, 900, 1400):
        browser.set_window_size(width, 900)
        browser.get(service.url + "/")
        wait_until(lambda: text_of(browser, "#state") == "ready", WAIT_S, "the first look")
        wide, room = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide <= room, width


@pytest.mark.slow
def test_it_says_that_the_service_is_silent(start_service, browser):
    service = start_service(args=("--workers", "1"))
    browser.get(service.url + "/")
    wait_until(lambda: text_of(browser, "#state") == "ready", WAIT_S, "the first look")
    service.stop()
    wait_until(lambda: text_of(browser, "#state") == "silent", WAIT_S, "the silence")
    assert "does not answer" in text_of(browser, "#trouble")
