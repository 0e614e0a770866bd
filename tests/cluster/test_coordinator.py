"""`election run` with a broker: the same election as without one, by workers, whatever happens to the coordinator."""

import json
import signal
import subprocess
import urllib.request

from metrics import described, seen
from rabbitmq import PASSWORD, free_ports
from service import program, wait_until

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

    def lines(self):
        """What the ledger holds, whole lines."""
        path = self.out / LEDGER
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def recorded(self):
        """{(stage, chunk)}; each only once."""
        done = [(line["stage"], line["chunk"]) for line in self.lines() if line["status"] == "done"]
        assert len(set(done)) == len(done)
        return set(done)


def counts(result):
    return [(c["name"], c["votes"], c["plain_count"]) for c in result["candidates"]]


def assert_verifies(run):
    subprocess.run([program(), "verify", run.out / "record", "--quiet"], check=True, timeout=120)


def test_an_election_by_a_worker(broker, store, service, start_worker, tmp_path, queues):
    start_worker()
    port, = free_ports(1)
    run = Run(broker, store, service, tmp_path, more=["--spoil=b-7", f"--metrics-bind=127.0.0.1:{port}"])
    process = run.start()
    wait_until(lambda: list(run.out.glob("private/ballots/*.jsonl")), 60, "a chunk")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        assert seen(answer.read().decode()) == described("coordinator")
    status = json.loads(subprocess.run([program(), "election", "status", run.out, "--json"], capture_output=True).stdout)
    assert status["chunks"] == 15 and status["encrypted"] >= 1 and not status["has_record"] and status["is_running"]
    code, result, err = run.finish(process)
    assert code == 0, err
    assert [c[1] == c[2] for c in counts(result)] == [True, True]
    assert_verifies(run)
    assert run.recorded() == {(s, str(n)) for s in ("encrypt", "tally") for n in range(1, 16)} | {("combine", "1.1")}
    # nothing is left behind
    assert all(queues.waiting(f"egserve.{stage}") == 0 for stage in ("encrypt", "tally", "combine"))


def test_killed_coordinators_go_on(broker, store, service, start_worker, tmp_path):
    """Three times in the middle, once while a line was being written."""
    start_worker()
    run = Run(broker, store, service, tmp_path, ballots=160)
    for wanted in (5, 30, 60):
        process = run.start()
        wait_until(lambda: len(run.lines()) >= wanted or process.poll() is not None, 60, "some chunks")
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with open(run.out / LEDGER, "a") as ledger:
            ledger.write('{"election":"to')
    code, result, err = run.finish()
    assert code == 0, err
    assert [c[1] for c in counts(result)] == [54, 106]
    assert len(run.recorded()) == 81
    assert_verifies(run)
