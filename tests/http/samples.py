"""The recorded exchanges of tests/data/samples; what they hold is described in the README there."""

import copy
import json
import os

from service import ROOT

FOLDER = os.environ.get("EGSERVE_SAMPLES", os.path.join(ROOT, "tests", "data", "samples"))


class Samples:
    def __init__(self, folder=FOLDER):
        self.folder = folder
        self._read = {}

    def _get(self, endpoint, number, part):
        name = f"{endpoint}.{number:03}.{part}.json"
        if name not in self._read:
            with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                self._read[name] = json.load(file)
        return copy.deepcopy(self._read[name])

    def request(self, endpoint, number=1):
        return self._get(endpoint, number, "request")

    def response(self, endpoint, number=1):
        return self._get(endpoint, number, "response")

    def exchanges(self):
        """(endpoint, number) of every exchange."""
        names = sorted(n for n in os.listdir(self.folder) if n.endswith(".request.json"))
        return [(n.split(".")[0], int(n.split(".")[1])) for n in names]


def path_of(endpoint):
    if endpoint.startswith("api_"):
        return "/api/" + endpoint.removeprefix("api_")
    return "/" + endpoint.removesuffix("_audited")
