"""`election run` with a broker: the same election as without one, by workers, whatever happens to the coordinator."""

import hashlib
import json
import re
import shutil
import signal
import subprocess
import urllib.request

import zstandard
from guardians import Guardians
from metrics import described, seen
from rabbitmq import free_ports
from run import LEDGER, Run, assert_verifies, counts
from s3 import REGION, Peer, write_credentials
from service import program, wait_until

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


def test_guardians_with_keys_of_their_own(broker, store, service, start_worker, tmp_path):
    """Workers need nothing of the guardians but the election's key."""
    guardians = Guardians(tmp_path).begin()
    start_worker()
    run = Run(broker, store, service, tmp_path, ballots=12, more=[f"--guardians-from={guardians.folder}", "--wait=0"])
    code, result, _ = run.finish()
    assert code == 1 and [a["file"] for a in result["awaited"]] == ["share-1.json", "share-2.json", "share-3.json"]
    guardians.share(1, 2)
    guardians.compensate(3, 1, 2)
    code, result, err = run.finish()
    assert code == 0, err
    assert [c[1] == c[2] for c in counts(result)] == [True, True]
    assert_verifies(run)
    assert not (run.out / "private" / "setup.json").exists()


def test_digests_do_not_tell_votes(broker, store, service, start_worker, tmp_path):
    """The digest of a chunk's votes is in messages, and two ballots have four contents: it is of more than them. Two runs
    of the same ballots differ in it, and one run does not."""
    start_worker()
    seen = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        run = Run(broker, store, service, tmp_path / name, ballots=4, chunk=2)
        assert run.finish()[0] == 0
        digests = {line["chunk"]: line["of"] for line in map(json.loads, run.texts()) if line["stage"] == "encrypt"}
        for chunk, digest in digests.items():
            (path,) = store.glob(f"*/votes/{chunk}-{digest}")
            text = zstandard.ZstdDecompressor().decompress(path.read_bytes())
            assert hashlib.sha256(text).hexdigest() == digest
            votes = [json.loads(line) for line in text.splitlines()]
            assert re.fullmatch("[0-9a-f]{64}", votes[0].pop("blind"))
            assert all(list(vote) == ["ballot_id", "choices"] for vote in votes)
        seen += digests.values()
    assert len(seen) == len(set(seen)) == 4


def test_a_recorded_result_of_other_votes_orphans_no_answer(broker, store, service, start_worker, tmp_path):
    """What the ledger has of a chunk is of something else than what is asked now: the answer to that counts."""
    start_worker()
    run = Run(broker, store, service, tmp_path, ballots=8)
    assert run.finish()[0] == 0
    private = run.out / "private"
    for path in (private / "ballots/000001.jsonl", private / "tallies/000001.json", private / "tally.json", private / "results.json",
                 *private.glob("shares/*.json")):  # fmt: skip
        path.unlink()
    shutil.rmtree(run.out / "record")
    lines = [{**line, "of": "0" * 64} if line["chunk"] == "1" and line["stage"] == "encrypt" else line for line in run.lines()]
    (run.out / LEDGER).write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    code, result, err = run.finish()
    assert code == 0, err
    assert [c[1] == c[2] for c in counts(result)] == [True, True]
    assert_verifies(run)


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


def begin_with_empty_queues(start_worker, queues):
    """A worker declares them. What a killed coordinator published twice may be left in them, of another store."""
    start_worker().stop()
    for queue in ("egserve.encrypt", "egserve.tally", "egserve.combine", "egserve.dead"):
        # what a consumer held is back when the broker has seen that it left
        wait_until(lambda queue=queue: queues.channel.queue_declare(queue, passive=True).method.consumer_count == 0)
        queues.channel.queue_purge(queue)


def test_a_poisoned_chunk_is_named_and_all_else_is_done(broker, store, service, start_worker, tmp_path, queues):
    """Its votes are spoilt between coordinator and worker; with them mended, the same command goes on."""
    begin_with_empty_queues(start_worker, queues)
    run = Run(broker, store, service, tmp_path, ballots=24, chunk=4)
    process = run.start()
    wait_until(lambda: queues.waiting("egserve.encrypt") == 6, 60, "all tasks")
    (spoilt,) = store.glob("*/votes/3-*")
    spoilt.write_bytes(spoilt.read_bytes()[:-5])
    worker = start_worker()
    code, _, err = run.finish(process)
    assert code == 1 and "chunk 3 was given up on: tampered at object" in err
    assert run.recorded() == {(s, str(n)) for s in ("encrypt", "tally") for n in (1, 2, 4, 5, 6)}
    assert worker.metric("task_faults_total") == 3
    assert queues.take("egserve.dead")[0]["chunk"] == "3"
    told = subprocess.run([program(), "election", "status", run.out, "--json"], capture_output=True, check=True).stdout
    assert json.loads(told)["failed"] == [{"stage": "encrypt", "chunk": "3", "code": "tampered", "field": "object"}]
    code, result, err = run.finish()
    assert code == 0, err
    assert [votes == plain for _, votes, plain in counts(result)] == [True, True]


def test_an_old_dead_letter_does_not_end_the_next_run(broker, store, service, start_worker, tmp_path, queues):
    """That of the one chunk there is comes when the run that it is of has ended."""
    begin_with_empty_queues(start_worker, queues)
    run = Run(broker, store, service, tmp_path, ballots=4, chunk=4)
    process = run.start()
    wait_until(lambda: queues.waiting("egserve.encrypt") == 1, 60, "the task")
    (spoilt,) = store.glob("*/votes/1-*")
    spoilt.write_bytes(spoilt.read_bytes()[:-5])
    start_worker()
    assert run.finish(process)[0] == 1
    election = json.loads(run.texts()[0])["election"]
    wait_until(lambda: queues.waiting(f"egserve.results.{election}") == 1, 60, "the dead letter")
    code, _, err = run.finish()
    assert code == 0, err
    assert_verifies(run)


def test_an_election_in_s3(broker, service, start_worker, tmp_path):
    """Every object signed, none listed; the secret in no argument and no log."""
    peer, credentials = Peer(), write_credentials(tmp_path / "credentials")
    try:
        place = f"s3://ballots/county?endpoint={peer.url}&region={REGION}"
        worker = start_worker(f"--store-credentials={credentials}", store=place)
        run = Run(broker, place, service, tmp_path, ballots=12, more=[f"--store-credentials={credentials}"])
        code, result, err = run.finish()
        assert code == 0, err
        assert [c[1] for c in counts(result)] == [4, 8]
        assert_verifies(run)
        # the election, and of three chunks votes, ballots and tally; their sum
        assert [line[2] for line in peer.said(10)].count("put") >= 4
        assert "wJalr" not in err + worker.log()
    finally:
        peer.stop()
