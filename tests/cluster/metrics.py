"""Metrics as docs/metrics.md describes them and as they are answered: {name: (type, labels)}."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def described(where):
    found = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].startswith("`egserve_cluster_") and cells[3] in (where, "both"):
            found[cells[0].strip("`")] = (cells[1], set(re.findall(r"`(\w+)`", cells[2])))
    return found


def seen(text):
    found = {name: (kind, set()) for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M)}
    for name, labels in re.findall(r"^(egserve_\w+)\{(.*)\} ", text, re.M):
        found[name][1].update(re.findall(r'(\w+)="', labels))
    return found
