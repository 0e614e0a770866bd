"""What goes wrong: tasks that cannot be done, settings that do not fit, services that are away."""

import json
import subprocess

import pytest
from rabbitmq import PASSWORD, USER, free_ports
from service import Service, program, wait_until

VOTES = [json.dumps({"ballot_id": f"b-{i}", "choices": ["Ann"]}) for i in range(3)]


def ready(cluster):
    wait_until(lambda: cluster.worker.waits_for() is None, 60, "a worker that is ready")
    cluster.listen()


def bad_tasks(cluster, store):
    """{chunk: (task, code, field)}: each with a chunk number of its own."""
    def votes(chunk, lines=VOTES, **more):
        return cluster.task("encrypt", "votes", lines, chunk, **more)

    cut = votes("12")
    whole = (store / cut["object"]).read_bytes()
    (store / cut["object"]).write_bytes(whole[:-9])
    swapped = votes("13")
    (store / swapped["object"]).write_bytes((store / votes("14", VOTES[:2])["object"]).read_bytes())
    stranger = {**votes("15"), "object": "0" * 64 + "/votes/15-" + "0" * 64}
    poison = [*VOTES[:2], json.dumps({"ballot_id": "b-2", "choices": ["Nobody Known"]})]
    tally = cluster.task("tally", "ballots", ["{}"], "18")
    return {
        "11": ({**votes("11"), "object": f"{cluster.id}/votes/none"}, "not_found", "object"),
        "12": (cut, "tampered", "object"),
        "13": (swapped, "tampered", "object"),
        "15": (stranger, "wrong_election", "object"),
        "16": (votes("16", count=4), "out_of_range", "count"),
        "17": (votes("17", poison), "unknown_candidate", "ballots[2].candidate_names_to_vote"),
        "18": (tally, None, "encrypted_ballots[0]"),
        "19": ({**votes("19"), "object": f"{cluster.id}/../../secrets"}, "out_of_range", "object"),
    }


def test_poisoned_tasks_are_dead_letters_after_three_tries(cluster, store):
    ready(cluster)
    bad = bad_tasks(cluster, store)
    for task, _, _ in bad.values():
        cluster.queues.publish(task)
    unknown = {**cluster.task("encrypt", "votes", VOTES, "20"), "stage": "shuffle"}
    cluster.queues.publish(unknown, stage="encrypt")
    cluster.queues.publish(b"{not json", key=f"encrypt.{cluster.id}")
    cluster.queues.publish(cluster.task("encrypt", "votes", VOTES, "21"))

    failed, dead, nameless, done = {}, [], [], []
    while len(dead) < len(bad) + 2 or not done:
        message, headers = cluster.queues.take(cluster.results)
        if "x-first-death-reason" in headers:
            assert headers["x-first-death-reason"] == "rejected"
            dead.append(message)
        elif message["status"] == "done":
            done.append(message["chunk"])
        elif "chunk" in message:
            failed[message["chunk"]] = message["code"], message["field"]
        else:
            nameless.append((message["code"], message["field"]))
    assert done == ["21"]
    for chunk, (_, code, field) in bad.items():
        assert failed[chunk][1].startswith(field), (chunk, failed[chunk])
        assert code in (None, failed[chunk][0]), (chunk, failed[chunk])
    assert nameless == [("out_of_range", "stage")]
    assert cluster.worker.metric("task_faults_total") == 3 * (len(bad) + 2)
    wait_until(lambda: cluster.worker.metric("tasks_dead_total") == len(bad) + 2)
    # what was said of them, in queues and in the log, names no vote
    said = b"\n".join(cluster.queues.seen).decode() + cluster.worker.log()
    assert "Nobody" not in said and "Ann" not in said


def test_a_service_that_is_away_costs_no_try(cluster, start_worker, broker):
    ready(cluster)
    assert cluster.worker.stop() == 0
    port, = free_ports(1)
    worker = start_worker("--parallel=1", url=f"http://127.0.0.1:{port}")
    tasks = [cluster.task("encrypt", "votes", VOTES, str(n)) for n in range(1, 4)]
    for task in tasks:
        cluster.queues.publish(task)
    wait_until(lambda: worker.waits_for() == "service", what="a worker that waits for its service")
    # what it cannot do it puts back, as it was
    assert worker.stop() == 0
    assert cluster.queues.waiting("egserve.encrypt") == 3
    late = start_worker("--parallel=1", url=f"http://127.0.0.1:{port}")
    wait_until(lambda: late.waits_for() == "service", what="a worker that waits for its service")
    service = Service(args=["--workers=1", "--threads=1"], port=port)
    assert {cluster.take(status="done")["chunk"] for _ in tasks} == {"1", "2", "3"}
    wait_until(lambda: late.waits_for() is None, what="a worker that is ready again")
    assert late.metric("redelivered_total") == 0
    assert late.metric("task_faults_total") == 0
    service.stop()


def test_a_service_that_takes_no_such_thing_costs_no_try(cluster, start_worker):
    """Nothing is wrong with the task: --url names the wrong one."""
    ready(cluster)
    assert cluster.worker.stop() == 0
    public = Service(args=["--workers=1", "--threads=1", "--public-only", "on"])
    worker = start_worker("--parallel=1", url=public.url)
    cluster.queues.publish(cluster.task("encrypt", "votes", VOTES, "1"))
    wait_until(lambda: worker.waits_for() == "service", what="a worker that waits for its service")
    assert worker.metric("task_faults_total") == 0 and "403" in worker.log()
    assert worker.stop() == 0
    assert cluster.queues.waiting("egserve.encrypt") == 1
    assert cluster.queues.take("egserve.encrypt")
    public.stop()


def test_nothing_of_a_worker_comes_into_a_core_dump(cluster):
    ready(cluster)
    with open(f"/proc/{cluster.worker.process.pid}/limits", encoding="ascii") as file:
        (line,) = [line for line in file if line.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]


@pytest.fixture
def run_worker(store, service, tmp_path):
    """To its end, which comes by itself: exit code and what it said."""

    def run(url, password=PASSWORD, *args):
        (tmp_path / "given").write_text(password)
        done = subprocess.run(
            [program(), "worker", f"--broker={url}", f"--broker-password-file={tmp_path / 'given'}", f"--store={store}",
             f"--url={service.url}", *args], capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stderr

    return run


def test_settings_that_do_not_fit_are_named(broker, run_worker, store):
    port = broker.nodes[0].port
    code, said = run_worker(broker.url, "wrong")
    assert code == 1 and "403" in said and "ACCESS_REFUSED" in said and "wrong" not in said
    code, said = run_worker(f"amqp://{USER}@127.0.0.1:{port}/nowhere")
    assert code == 1 and "nowhere" in said
    code, said = run_worker(f"amqp://{USER}:secret@127.0.0.1:{port}")
    assert code == 2 and "--broker-password-file" in said and "secret" not in said
    code, said = run_worker(broker.url, PASSWORD, f"--store={store}/none")
    assert code != 0 and "store" in said

    connection = broker.nodes[0].connect("other")
    connection.channel().queue_declare("egserve.encrypt", durable=True)
    connection.close()
    code, said = run_worker(f"amqp://{USER}@127.0.0.1:{port}/other")
    assert code == 1 and "egserve.encrypt" in said and "406" in said


def test_tls_is_verified(broker, run_worker, start_worker):
    """Of the right authority and name, or not at all."""
    port, authority = broker.nodes[0].tls_port, broker.certificates["cacertfile"]
    worker = start_worker(f"--broker-ca={authority}", broker=f"amqps://{USER}@localhost:{port}")
    wait_until(lambda: worker.waits_for() is None, 60, "a worker that is ready")
    for url, args in ((f"amqps://{USER}@localhost:{port}", ()),
                      (f"amqps://{USER}@127.0.0.1:{port}", (f"--broker-ca={authority}",))):  # fmt: skip
        strict = start_worker(*args, broker=url)
        wait_until(lambda: "connecting again" in strict.log(), 60, "a refusal")
        assert "SSL" in strict.log() and strict.waits_for() == "broker"
    code, said = run_worker(f"amqps://{USER}@localhost:{port}", PASSWORD, "--broker-ca=/none.pem")
    assert code == 1 and "--broker-ca" in said
