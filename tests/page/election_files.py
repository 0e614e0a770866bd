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


def ran(*arguments, status=0):
    done = subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == status, done.stderr
    return done.stdout


class Election:
    """All guardians by the command, unless some are given who did their ceremony elsewhere."""

    def __init__(self, root, service, guardians=None):
        self.root, self.service = root, service
        self.guardians = guardians or Guardians(root).begin()
        self.folder = self.guardians.folder
        self.manifest = MANIFESTS / "full.manifest.json"
        self._flags = (f"--guardians-from={self.folder}", "--guardians=3", "--quorum=2", f"--manifest={self.manifest}")
        ran("election", "setup", *self._flags, "--wait=0")
        self.file = self.folder / "election.json"

    def run(self, status, *flags):
        """The election of the recorded ballots, one of them spoiled, as far as files allow. 1: it waits for shares."""
        ran("election", "run", f"--url={self.service.url}", *self._flags, f"--ballots={MANIFESTS / 'full.ballots.json'}",
            f"--out={self.root / 'out'}", f"--record={self.root / 'record.zip'}", "--spoil=ballot-12-003", "--wait=0", *flags,
            status=status)  # fmt: skip
        return self.root / "record.zip"

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
