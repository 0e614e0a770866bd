"""`election run` with a broker, killed and started again as tests please."""

import json
import subprocess
import threading

from rabbitmq import PASSWORD
from service import program

LEDGER = "private/chunks.jsonl"


def write_ballots(folder, count):
    """A file of ballots; Ann has a third of them."""
    path = folder / "ballots.csv"
    votes = [f"b-{i},{'Ann' if i % 3 == 0 else 'Bob'}\n" for i in range(count)]
    path.write_text("ballot_id,choice\n" + "".join(votes))
    return path


class Run:
    """One `election run`, which may be killed and started again."""

    def __init__(self, broker, store, service, folder, ballots=60, chunk=4, more=()):
        (folder / "broker-password").write_text(PASSWORD)
        self.out = folder / "out"
        self.command = [
            program(), "election", "run", f"--url={service.url}", f"--ballots={write_ballots(folder, ballots)}",
            f"--out={self.out}", "--candidates=Ann,Bob", f"--chunk={chunk}", f"--broker={broker.url}",
            f"--broker-password-file={folder / 'broker-password'}", f"--store={store}", "--json", *more,
        ]  # fmt: skip

    def start(self):
        return subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process=None, timeout=120):
        """Exit code, the object on stdout, the text on stderr."""
        process = process or self.start()
        out, err = process.communicate(timeout=timeout)
        return process.returncode, json.loads(out) if out else None, err

    def collect(self, process):
        """Reads what it says while it runs; to be called for what finish() tells, after its end."""
        said = {}

        def read():
            said["all"] = self.finish(process, 900)

        thread = threading.Thread(target=read, daemon=True)
        thread.start()

        def told():
            thread.join(900)
            return said["all"]

        return told

    def texts(self):
        """The whole lines of the ledger as they are."""
        path = self.out / LEDGER
        text = path.read_text() if path.exists() else ""
        return [line.rstrip("\n") for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def lines(self):
        """What the ledger holds, whole lines."""
        return [json.loads(line) for line in self.texts()]

    def recorded(self):
        """{(stage, chunk)}; each only once."""
        done = [(line["stage"], line["chunk"]) for line in self.lines() if line["status"] == "done"]
        assert len(set(done)) == len(done)
        return set(done)


def counts(result):
    return [(c["name"], c["votes"], c["plain_count"]) for c in result["candidates"]]


def assert_verifies(run):
    subprocess.run([program(), "verify", run.out / "record", "--quiet"], check=True, timeout=120)
