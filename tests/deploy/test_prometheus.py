"""Rules for Prometheus, tried by promtool, and the dashboard for Grafana: every series that they name is one that the
service has, with the labels it has."""

import json
import os
import re
import subprocess

import pytest
import yaml
from conftest import HERE, ROOT, text_of

FOLDER = os.path.join(ROOT, "deploy", "prometheus")
RULE_FILES = ["recording.yml", "alerts.yml"]
SERIES = re.compile(r"\b((?:\w+:)?egserve_\w+(?::\w+)*)(?:\{([^}]*)\})?")


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True)


def rules_of(name):
    return [rule for group in yaml.safe_load(text_of(f"deploy/prometheus/{name}"))["groups"] for rule in group["rules"]]


def panels():
    return json.loads(text_of("deploy/grafana/egserve.json"))["panels"]


@pytest.fixture(scope="module")
def labels_of():
    """{series: labels}: what docs/metrics.md lists, which a test of the service holds against it, and what is recorded."""
    rows = re.findall(r"^\| `(egserve_\w+)` \| (\w+) \| (.*?) \|", text_of("docs/metrics.md"), re.M)
    found = {}
    for name, kind, labels in rows:
        known = set(re.findall(r"`(\w+)`", labels)) | {"instance", "job"}
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + suffix] = known
    for rule in rules_of("recording.yml"):
        found[rule["record"]] = {"instance", "endpoint"} if rule["record"].startswith("endpoint:") else {"instance"}
    return found


def expressions():
    for name in RULE_FILES:
        for rule in rules_of(name):
            yield pytest.param(rule["expr"], id=rule.get("alert") or rule["record"])
    for panel in panels():
        for target in panel["targets"]:
            yield pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")


def test_the_files_are_what_prometheus_takes():
    done = promtool("check", "config", os.path.join(FOLDER, "prometheus.yml"))
    assert done.returncode == 0, done.stderr + done.stdout
    for name in RULE_FILES:
        assert os.path.join(FOLDER, name) in done.stdout, "the configuration names the file"


def test_rules_do_what_they_should():
    done = promtool("test", "rules", os.path.join(HERE, "prometheus", "alerts_test.yml"))
    assert done.returncode == 0, done.stderr + done.stdout


def test_every_alert_is_tried_both_ways():
    """Once where it fires, once where it does not."""
    tried = [a for t in yaml.safe_load(text_of("tests/deploy/prometheus/alerts_test.yml"))["tests"]
             for a in t.get("alert_rule_test", ())]  # fmt: skip
    alerts = {rule["alert"] for rule in rules_of("alerts.yml")}
    assert {a["alertname"] for a in tried if a.get("exp_alerts")} == alerts
    assert {a["alertname"] for a in tried if not a.get("exp_alerts")} == alerts


def test_every_recording_is_tried():
    text = text_of("tests/deploy/prometheus/alerts_test.yml") + text_of("deploy/prometheus/alerts.yml")
    for rule in rules_of("recording.yml"):
        assert rule["record"] in text, rule["record"]


@pytest.mark.parametrize("expression", expressions())
def test_series_are_the_services(labels_of, expression):
    named = SERIES.findall(expression)
    assert named or expression == 'up{job="egserve"} == 0'
    for name, matchers in named:
        assert name in labels_of, name
        assert set(re.findall(r"(\w+)\s*(?:=|!=|=~|!~)", matchers)) <= labels_of[name], (name, matchers)


def test_the_dashboard_is_parsed_by_promtool(tmp_path):
    """Its expressions are PromQL: as rules, with Grafana's variables filled in."""
    rules = [
        {"record": f"panel:{i}:{target['refId']}".replace(":", "_"), "expr": target["expr"].replace("$instance", ".*")}
        for i, panel in enumerate(panels()) for target in panel["targets"]
    ]  # fmt: skip
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = promtool("check", "rules", str(file))
    assert done.returncode == 0, done.stderr + done.stdout


def test_panels_have_places_and_words():
    taken = set()
    for panel in panels():
        place = panel["gridPos"]
        assert panel["title"] and panel["description"].endswith(".")
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert x < 24 and (x, y) not in taken, panel["title"]
                taken.add((x, y))


def test_runbooks_are_headings():
    headings = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-")
                for h in re.findall(r"^#+ (.*)$", text_of("docs/operations.md"), re.M)}  # fmt: skip
    for rule in rules_of("alerts.yml"):
        page, _, heading = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/operations.md" and heading in headings, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
