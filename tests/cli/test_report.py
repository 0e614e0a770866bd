"""egserve report: the page about a record, read as text and in a browser."""

import hashlib
import html
import json
import os
import re
import subprocess
import zipfile

import pytest
from browser import asked
from records import DATA, Copy, unpack

ELECTIONS = ["minimal", "small_missing", "full"]


@pytest.fixture
def report(egserve, tmp_path):
    """report(record): the finished command, and the page that it wrote."""

    def run(record, *flags):
        page = tmp_path / "page.html"
        done = egserve("report", record, "--out", page, *flags)
        return done, page.read_text() if page.exists() else None

    return run


def part(page, name):
    return page.split(f'<section id="{name}">')[1].split("</section>")[0]


def text_of(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def record_of(name):
    with zipfile.ZipFile(DATA / f"{name}.zip") as archive:
        return {file: json.loads(archive.read(file)) for file in archive.namelist() if file.endswith(".json")}


@pytest.mark.parametrize("name", ELECTIONS)
def test_results(report, name):
    """Contest by contest the votes of tally.json, in the manifest's order, under the candidates' names."""
    done, page = report(DATA / f"{name}.zip")
    assert done.returncode == 0, done.stderr
    files = record_of(name)
    ballots = [b for f, b in files.items() if f.startswith("submitted_ballots/") and b["state"] == 1]
    contests = part(page, "results").split('<article class="contest">')[1:]
    assert len(contests) == len(files["manifest.json"]["contests"])
    names = {c["object_id"]: c["name"]["text"] for c in files["manifest.json"]["candidates"]}
    for described, shown in zip(files["manifest.json"]["contests"], contests):
        rows = [text_of(row) for row in re.findall(r"<tr.*?</tr>", shown.split("<tbody>")[1], re.S)]
        stated = files["tally.json"]["contests"][described["object_id"]]["selections"]
        counted = sum(described["object_id"] in [c["object_id"] for c in b["contests"]] for b in ballots)
        for selection, row in zip(described["ballot_selections"], rows):
            votes = stated[selection["object_id"]]["tally"]
            candidate = names[selection["candidate_id"]]
            assert row.startswith(" ".join(candidate[0]["value"].split()) if candidate else selection["candidate_id"])
            assert row.endswith(f" {votes} {100 * votes / counted:.1f} %")
        used = sum(s["tally"] for s in stated.values())
        assert rows[len(described["ballot_selections"]):] == [
            f"Votes not used {counted * described['number_elected'] - used} –"
        ]  # fmt: skip


@pytest.mark.parametrize("name", ELECTIONS)
def test_ballots(report, name):
    """Turnout adds up, spoiled ballots show what they were opened to, every code is there with its fate."""
    _, page = report(DATA / f"{name}.zip")
    files = record_of(name)
    submitted = [b for f, b in files.items() if f.startswith("submitted_ballots/")]
    rows = re.findall(r"<tr><th.*?</tr>", part(page, "turnout").split("<tbody>")[1], re.S)
    for style, row in zip(files["manifest.json"]["ballot_styles"], rows, strict=True):
        of_style = [b["state"] for b in submitted if b["style_id"] == style["object_id"]]
        assert re.findall(r'class="n">(\d+)<', row) == [str(of_style.count(1)), str(of_style.count(2))]
    for file, opened in files.items():
        if file.startswith("spoiled_ballots/"):
            shown = text_of(part(page, "spoiled").split(f"<summary><bdi>{opened['object_id']}<")[1].split("</details>")[0])
            votes = sum(s["tally"] for c in opened["contests"].values() for s in c["selections"].values())
            nothing = sum(not any(s["tally"] for s in c["selections"].values()) for c in opened["contests"].values())
            assert shown.count("nothing") == nothing and (votes == 0 or "," in shown or nothing < len(opened["contests"]))
    lines = [text_of(line) for line in re.findall(r"<p>(.*?)</p>", part(page, "codes").split('id="lines"')[1], re.S)]
    assert lines == sorted(
        f"{b['object_id']} {b['code']} {'counted' if b['state'] == 1 else 'spoiled'}" for b in submitted
    )


def test_what_was_verified(report, egserve):
    _, page = report(DATA / "small_missing.zip")
    found = json.loads(egserve("verify", DATA / "small_missing.zip", "--json").stdout)
    shown = text_of(part(page, "checks"))
    for step in found["steps"]:
        outcome = "✓ good" if step["checked"] else "nothing to check"
        assert f"{step['name']} {step['checked']:,} {step['of']} {outcome}" in shown
    for fields in found["not_covered"]:
        assert " ".join(f"{fields['file']} {fields['fields']}: {fields['why']}".split()) in shown
    assert "Any 3 of the 5 guardians can decrypt the election; 2 did not take part." in text_of(page)


def test_a_false_record(egserve, report, tmp_path):
    copy = Copy(egserve, "small_missing", tmp_path / "record")
    tally = copy.load("tally.json")
    selection = next(iter(next(iter(tally["contests"].values()))["selections"].values()))
    selection["tally"] += 1
    copy.store("tally.json", tally)
    done, _ = report(copy.folder, "--json")
    found = json.loads(done.stdout)
    assert not found["ok"] and found["error"].startswith("tally.json: contests.")
    done, page = report(copy.folder)
    assert done.returncode == 1 and "tally.json" in done.stderr and "NOT VERIFIED" in done.stdout
    assert "✗ NOT VERIFIED:" in page and "✓ Verified" not in page
    assert "tally.json" in text_of(part(page, "checks").split("<h3>Faults</h3>")[1].split("</ol>")[0])


def test_digest_of_a_zip(report):
    done, page = report(DATA / "full.zip", "--json")
    digest = hashlib.sha256((DATA / "full.zip").read_bytes()).hexdigest()
    assert f"<code>{digest}</code><br>of the zip file" in page
    result = json.loads(done.stdout)
    assert (result["sha256"], result["verified"], result["fault_count"]) == (digest, True, 0)


def test_digest_of_a_folder(report, tmp_path):
    """As docs/record.md says how anybody computes it."""
    folder = unpack("minimal", tmp_path / "record")
    command = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "docs", "record.md"), encoding="utf-8") as file:
        assert command in file.read()
    run = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    _, page = report(folder)
    assert f"<code>{run.stdout.split()[0]}</code><br>of what" in page


def test_equal_records_give_equal_pages(report):
    assert report(DATA / "full.zip")[1] == report(DATA / "full.zip")[1]


def test_names_are_no_markup(egserve, report, tmp_path):
    """Candidates' names are in no hash: a record with other names verifies, and the page must bear them."""
    copy = Copy(egserve, "minimal", tmp_path / "record")
    manifest = copy.load("manifest.json")
    manifest["candidates"][0]["name"]["text"] = [{"value": "</bdi><script>alert(1)</script>", "language": 'en" onload="x'}]
    copy.store("manifest.json", manifest)
    done, page = report(copy.folder)
    assert done.returncode == 0, done.stderr
    assert "&lt;/bdi&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<script") == 1 and 'lang="en&quot; onload=&quot;x"' in page


def test_nothing_is_asked_of_a_host(report):
    _, page = report(DATA / "full.zip")
    assert re.search(r"https?:|//", page.split("<style>")[0] + page.split("</style>")[1].split("<script>")[0]) is None
    assert set(re.findall(r'(?:src|href)="(.)', page)) == {"#"}
    assert "default-src 'none'" in page


def test_the_file(egserve, tmp_path):
    """Replaced when it is there, for everybody to read; whatever stands in the way is said, and nothing is left."""
    page = tmp_path / "page.html"
    page.write_text("old")
    umask = os.umask(0o022)
    try:
        assert egserve("report", DATA / "minimal.zip", "--out", page).returncode == 0
    finally:
        os.umask(umask)
    assert page.read_text().startswith("<!doctype html>") and page.stat().st_mode & 0o777 == 0o644
    missing = egserve("report", DATA / "minimal.zip", "--out", tmp_path / "none" / "page.html")
    assert missing.returncode == 2 and "page.html: it cannot be written: No such file" in missing.stderr
    assert egserve("report", DATA / "minimal.zip", "--out", tmp_path).returncode == 2
    assert os.listdir(tmp_path) == ["page.html"]


def test_no_record(egserve, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no zip file")
    for record in (tmp_path / "nothing", tmp_path / "text.zip"):
        done = egserve("report", record, "--out", tmp_path / "page.html")
        assert done.returncode == 2 and record.name in done.stderr
    assert not (tmp_path / "page.html").exists()
    assert egserve("report", DATA / "minimal.zip").returncode == 2
    done = egserve("report", tmp_path / "empty", "--out", tmp_path / "page.html")
    assert done.returncode == 1 and "manifest.json" in done.stderr
    assert "✗ NOT VERIFIED" in (tmp_path / "page.html").read_text()


def test_a_voter_finds_a_code(report, browser, tmp_path):  # noqa: F811
    """In a browser: typed in small letters with gaps, among all others; nothing is asked of anybody."""
    report(DATA / "full.zip")
    ballots = [b for f, b in record_of("full").items() if f.startswith("submitted_ballots/")]
    browser.get((tmp_path / "page.html").as_uri())
    box = browser.find_element("id", "find")
    lines = browser.find_elements("css selector", "#lines p")
    assert len(lines) == len(ballots) and all(line.is_displayed() for line in lines)
    code = ballots[0]["code"]
    box.send_keys(code[:8].lower() + " " + code[8:20])
    seen = [line.text for line in lines if line.is_displayed()]
    assert len(seen) == 1 and code in seen[0] and browser.find_element("id", "found").text == "1 found."
    box.send_keys("zz")
    assert not any(line.is_displayed() for line in lines)
    assert browser.find_element("id", "found").text == "Not in this record."
    box.clear()
    box.send_keys(" ")
    assert all(line.is_displayed() for line in lines)
    assert [url for url in asked(browser) if not url.startswith("file:")] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
