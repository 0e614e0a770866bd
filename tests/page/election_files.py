"""An election as its people exchange it in files: guardians by the command, the manifest with several ballots,
contests of two seats and a name to write in."""

import json
import pathlib
import subprocess

from client import Client
from guardians import Guardians
from service import ROOT, program

MANIFESTS = pathlib.Path(ROOT) / "tests" / "data" / "manifests"
TIMEOUT_S = 120


def ran(*arguments):
    done = subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Election:
    def __init__(self, root, service):
        self.root, self.service = root, service
        self.guardians = Guardians(root).begin()
        self.folder = self.guardians.folder
        self.manifest = MANIFESTS / "full.manifest.json"
        self._flags = (f"--guardians-from={self.folder}", "--guardians=3", "--quorum=2", f"--manifest={self.manifest}")
        ran("election", "setup", *self._flags, "--wait=0")
        self.file = self.folder / "election.json"

    def judge(self, *ballots):
        """What the service says of each as it is cast: for an election of this manifest and key."""
        file = json.loads(self.file.read_text())
        context = file["context"]
        answer = Client(self.service.url).post("/verify_ballots", {
            "manifest": file["manifest"], "joint_public_key": str(int(context["elgamal_public_key"], 16)),
            "commitment_hash": str(int(context["commitment_hash"], 16)), "number_of_guardians": 3, "quorum": 2,
            "encrypted_ballots": list(ballots),
        })  # fmt: skip
        return [one["verified"] for one in answer.ok()["ballots"]]
