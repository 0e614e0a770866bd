"""Tasks by hand: what a worker makes of them, and that nothing secret passes through the broker."""

import json

import objects
from metrics import described, seen
from service import wait_until


def vote(number, candidate="Ann"):
    return json.dumps({"ballot_id": f"b-{number}", "choices": [candidate]})


def start_listening(cluster):
    """Once the worker has declared the queues."""
    wait_until(lambda: cluster.worker.waits_for() is None, 60, "a worker that is ready")
    cluster.listen()


def test_a_chunk_is_encrypted_tallied_and_combined(cluster, store, election):
    start_listening(cluster)
    votes = cluster.task("encrypt", "votes", [vote(i, "Ann" if i < 3 else "Bob") for i in range(5)])
    cluster.queues.publish(votes)
    done = cluster.take(stage="encrypt", chunk="1", status="done", of=votes["sha256"], count=5)
    ballots = objects.lines(store, done["object"], done["sha256"])
    assert [json.loads(ballot)["object_id"] for ballot in ballots] == [f"b-{i}" for i in range(5)]

    tally = {**done, "stage": "tally"}
    cluster.queues.publish({name: tally[name] for name in votes})
    tallied = cluster.take(stage="tally", status="done", of=done["sha256"], count=5)
    (text,) = objects.lines(store, tallied["object"], tallied["sha256"])

    more = cluster.task("encrypt", "votes", [vote(5, "Bob")], chunk="2")
    cluster.queues.publish(more)
    encrypted = cluster.take(chunk="2", status="done")
    cluster.queues.publish({**{name: encrypted[name] for name in votes}, "stage": "tally"})
    other = cluster.take(stage="tally", chunk="2", status="done")
    parts = cluster.task("combine", "parts", [text, *objects.lines(store, other["object"], other["sha256"])], "1.1",
                         count=6)  # fmt: skip
    cluster.queues.publish(parts)
    total = cluster.take(stage="combine", chunk="1.1", status="done", count=6)
    (sum_,) = objects.lines(store, total["object"], total["sha256"])
    assert len(json.loads(sum_)["cast_ballot_ids"]) == 6

    # all that passed through the broker: neither a vote nor a key, nor any part of a ballot
    passed = b"\n".join(cluster.queues.seen).decode()
    assert len(cluster.queues.seen) == 10
    for secret in ("Ann", "Bob", "b-1", "choices", election.joint_public_key, *map(str, election.secrets),
                   json.loads(ballots[0])["code"], json.loads(ballots[0])["crypto_hash"]):  # fmt: skip
        assert secret not in passed
    assert described("worker") == seen(cluster.worker.get("/metrics")[1])
    counted = cluster.worker.metrics()
    assert counted['egserve_cluster_ballots_total{stage="encrypt"}'] == 6
    assert counted['egserve_cluster_tasks_done_total{stage="combine"}'] == 1
    assert cluster.worker.stop() == 0
    assert "Ann" not in cluster.worker.log()
