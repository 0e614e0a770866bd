"""Elections by many machines while machines die: three RabbitMQ nodes, two services with a worker each, one coordinator."""

import os
import random
import signal
import subprocess
import threading
import time
import urllib.request

import pytest
from processes import family
from queues import DEAD, Queues
from rabbitmq import RabbitMQ, free_ports
from run import Run, assert_verifies, counts
from s3 import REGION, Peer, write_credentials
from service import Service, wait_until
from worker import Worker

SEED = int(os.environ.get("EG_TEST_SEED", os.getpid()))
TIMEOUT_S = 600


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    broker = RabbitMQ(tmp_path_factory.mktemp("broker"), nodes=3).wait()
    yield broker
    broker.stop()


class Machines:
    """Two services, a worker beside each."""

    def __init__(self, broker, store, folder, count=2, args=()):
        self.broker, self.store, self.folder, self.args = broker, store, folder, args
        self.services = [Service(args=["--workers=1", "--threads=1"]) for _ in range(count)]
        self.workers = [self.worker(i) for i in range(count)]

    def worker(self, i):
        return Worker(self.broker.url, self.store, self.services[i].url, self.folder, self.args)

    def kill_worker(self, i):
        self.workers[i].kill()
        self.workers[i] = self.worker(i)

    def kill_service(self, i):
        """Its worker waits meanwhile, and finds it again where it was."""
        old = self.services[i]
        port = int(old.url.rsplit(":", 1)[1])
        os.killpg(old.process.pid, signal.SIGKILL)
        old.process.wait(10)
        wait_until(lambda: not family_lives(old.process.pid), 20, "the end of a killed service")
        self.services[i] = Service(args=["--workers=1", "--threads=1"], port=port)

    def stop(self):
        for one in self.workers + self.services:
            one.stop()


def family_lives(pid):
    """Any process of the session that it led."""
    for other in os.listdir("/proc"):
        try:
            if other.isdigit() and os.getsid(int(other)) == pid:
                return True
        except ProcessLookupError:
            pass
    return False


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


@pytest.fixture
def machines(broker, store, tmp_path):
    machines = Machines(broker, store, tmp_path)
    yield machines
    machines.stop()


@pytest.fixture
def queues(broker):
    queues = Queues(broker.nodes[0])
    yield queues
    queues.close()


def expected(chunks):
    """What the ledger holds of an election in so many chunks."""
    sums, level = 0, chunks
    while level > 1:
        level = (level + 63) // 64
        sums += level
    return 2 * chunks + sums


def assert_is_the_plain_count(run, code, result, err, chunks):
    assert code == 0, err[-3000:]
    assert all(votes == plain for _, votes, plain in counts(result))
    assert len(run.recorded()) == expected(chunks)
    assert_verifies(run)


def test_processes_killed_at_random(broker, machines, store, tmp_path, measured):
    chunks, chance = 1000, random.Random(SEED)
    measured(f"EG_TEST_SEED={SEED}")
    run = Run(broker, store, machines.services[0], tmp_path, ballots=2 * chunks, chunk=2, more=["--patience=120"])
    killed = {"worker": 0, "service": 0, "node": 0, "coordinator": 0}
    left = []
    started = time.monotonic()
    process = run.start()
    output = run.collect(process)
    while process.poll() is None and time.monotonic() - started < TIMEOUT_S:
        time.sleep(chance.uniform(0.5, 3))
        left = left or chance.sample(list(killed), len(killed))
        victim = left.pop()
        if victim == "worker":
            machines.kill_worker(chance.randrange(2))
        elif victim == "service":
            machines.kill_service(chance.randrange(2))
        elif victim == "node":
            node = chance.choice(broker.nodes)
            node.kill()
            node.start()
            node.wait()
        elif process.poll() is None:
            process.kill()
            process.wait(20)
            process = run.start()
            output = run.collect(process)
        killed[victim] += 1
    code, result, err = output()
    measured(f"{chunks} chunks in {time.monotonic() - started:.0f} s; killed: {killed}; "
             f"{sum(w.metric('redelivered_total') for w in machines.workers):.0f} redelivered")  # fmt: skip
    assert_is_the_plain_count(run, code, result, err, chunks)
    assert all(killed.values())


def test_every_message_twice(broker, machines, store, tmp_path, queues, measured):
    """Each task is published again as it passes, so that each is done twice; and each result that was recorded comes
    again as it is."""
    chunks = 200
    port, = free_ports(1)
    run = Run(broker, store, machines.services[0], tmp_path, ballots=2 * chunks, chunk=2,
              more=[f"--metrics-bind=127.0.0.1:{port}"])  # fmt: skip
    queues.channel.queue_declare("tap", exclusive=True)
    queues.channel.queue_bind("tap", "egserve.work", "#")
    memory = []
    process = run.start()
    output = run.collect(process)
    orphans = again = 0
    repeated = set()
    while process.poll() is None:
        method, _, body = queues.channel.basic_get("tap", auto_ack=True)
        if method is not None:
            queues.channel.basic_publish("", "egserve." + method.routing_key.split(".")[0], body)
            again += 1
            continue
        for line in run.texts():
            election = line.split('"election":"')[1][:64]
            if line not in repeated and len(repeated) < 300:
                repeated.add(line)
                queues.channel.basic_publish("", f"egserve.results.{election}", line.encode())
        memory.append(sum(node.memory() for node in broker.nodes))
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                orphans = max(orphans, int(float(answer.read().decode().split(
                    "\negserve_cluster_results_orphaned_total ")[1].split()[0])))  # fmt: skip
        except OSError:
            pass
        queues.connection.process_data_events(0.1)
    code, result, err = output()
    measured(f"{again} tasks and {len(repeated)} results came twice; {orphans} orphans; "
             f"broker {memory[0] / 1e6:.0f} to {memory[-1] / 1e6:.0f} MB")  # fmt: skip
    assert_is_the_plain_count(run, code, result, err, chunks)
    assert again >= expected(chunks) and orphans > chunks
    assert max(memory) < 1.5 * memory[0] + 100e6
    assert queues.waiting(DEAD) == 0


def test_a_withheld_chunk_is_reported(broker, machines, store, tmp_path, queues):
    """Chunk 7 never comes to a worker; the same command does it when it does."""
    run = Run(broker, store, machines.services[0], tmp_path, ballots=40, chunk=2, more=["--silence=5"])
    channel = queues.channel
    channel.queue_declare("thief", exclusive=True)
    channel.queue_bind("thief", "egserve.work", "encrypt.*")
    channel.queue_unbind("egserve.encrypt", "egserve.work", "encrypt.*")
    process = run.start()
    output = run.collect(process)
    stolen = 0
    while process.poll() is None:
        # a coordinator that begins declares the binding: what comes both ways comes twice, but for chunk 7
        channel.queue_unbind("egserve.encrypt", "egserve.work", "encrypt.*")
        method, _, body = channel.basic_get("thief", auto_ack=True)
        if method is None:
            queues.connection.process_data_events(0.05)
        elif b'"chunk":"7"' in body:
            stolen += 1
        else:
            channel.basic_publish("", "egserve.encrypt", body)
    code, result, err = output()
    if stolen == 2 and code == 1:
        assert "chunk 7 is missing" in err
    else:
        pytest.fail(f"stolen {stolen} times, exit {code}: {err[-2000:]}")
    channel.queue_bind("egserve.encrypt", "egserve.work", "encrypt.*")
    channel.queue_delete("thief")
    code, result, err = run.finish()
    assert_is_the_plain_count(run, code, result, err, 20)


def test_a_minority_of_the_broker_waits(broker, machines, store, tmp_path, measured):
    chunks = 300
    run = Run(broker, store, machines.services[0], tmp_path, ballots=2 * chunks, chunk=2)
    process = run.start()
    output = run.collect(process)
    wait_until(lambda: len(run.lines()) > 50 or process.poll() is not None, 60, "some chunks")
    for node in broker.nodes[:2]:
        node.kill()
    before = len(run.lines())
    time.sleep(5)  # nothing can go on: what is being looked for is that nobody ends
    assert process.poll() is None and all(w.process.poll() is None for w in machines.workers)
    measured(f"{before} results before, {len(run.lines())} after five seconds of a minority")
    for node in broker.nodes[:2]:
        node.start()
    for node in broker.nodes[:2]:
        node.wait()
    code, result, err = output()
    assert_is_the_plain_count(run, code, result, err, chunks)


def test_a_full_store_loses_nothing(broker, tmp_path, measured):
    """A tmpfs too small for the election, and larger later."""
    chunks, mount = 100, tmp_path / "store"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(mount)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("no file system can be mounted here")
    machines = Machines(broker, mount, tmp_path)
    try:
        run = Run(broker, mount, machines.services[0], tmp_path, ballots=4 * chunks, chunk=4)
        process = run.start()
        output = run.collect(process)
        wait_until(lambda: "store" in [w.waits_for() for w in machines.workers] or process.poll() is not None, 120,
                   "a worker that waits for the store")  # fmt: skip
        assert process.poll() is None, output()
        measured(f"full after {len(run.lines())} results")
        subprocess.run(["mount", "-o", "remount,size=100M", str(mount)], check=True)
        code, result, err = output()
        assert_is_the_plain_count(run, code, result, err, chunks)
        assert sum(w.metric("tasks_dead_total") for w in machines.workers) == 0
    finally:
        machines.stop()
        subprocess.run(["umount", "-l", str(mount)], check=False)


def test_a_slow_store_loses_nothing(broker, tmp_path, measured):
    """Half a second for each object, then ten for each, then half a second again: nothing is given up on."""
    chunks, peer = 30, Peer()
    credentials = write_credentials(tmp_path / "credentials")
    place = f"s3://ballots/county?endpoint={peer.url}&region={REGION}"
    drain = threading.Thread(target=peer.process.stdout.read, daemon=True)
    machines = Machines(broker, place, tmp_path, args=[f"--store-credentials={credentials}"])
    try:
        peer.ask_for(delay=500)
        drain.start()
        run = Run(broker, place, machines.services[0], tmp_path, ballots=4 * chunks, chunk=4,
                  more=[f"--store-credentials={credentials}"])  # fmt: skip
        started = time.monotonic()
        process = run.start()
        output = run.collect(process)
        wait_until(lambda: len(run.lines()) >= 4 or process.poll() is not None, 120, "some chunks")
        peer.tell(delay=10000)
        before = len(run.lines())
        wait_until(lambda: len(run.lines()) > before or process.poll() is not None, 120, "a chunk of a slow store")
        peer.tell(delay=500)
        code, result, err = output()
        measured(f"{chunks} chunks in {time.monotonic() - started:.0f} s")
        assert_is_the_plain_count(run, code, result, err, chunks)
        assert sum(w.metric("tasks_dead_total") + w.metric("task_faults_total") for w in machines.workers) == 0
    finally:
        machines.stop()
        peer.stop()


def cpu_seconds(pid):
    """Of the process and all below it, those that ended included."""
    total = 0
    for member in family(pid):
        with open(f"/proc/{member}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


class Watch:
    """The largest processor time that was seen of a process that ends by itself."""

    def __init__(self, process):
        self.seconds = 0.0
        self.process = process
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self):
        while self.process.poll() is None:
            try:
                self.seconds = max(self.seconds, cpu_seconds(self.process.pid))
            except (OSError, IndexError):
                return
            time.sleep(0.02)


def test_the_way_over_the_broker_costs_little(broker, machines, store, tmp_path, measured):
    """Processor time of services and of who feeds them: the run itself, or workers."""
    chunks, ballots = 200, 20
    spent = {}
    for way in ("direct", "broker"):
        folder = tmp_path / way
        folder.mkdir()
        run = Run(broker, store, machines.services[0], folder, ballots=chunks * ballots, chunk=ballots)
        if way == "direct":
            run.command = [part for part in run.command if not part.startswith(("--broker", "--store"))]
            run.command.append(f"--url={machines.services[1].url}")
        services = sum(cpu_seconds(s.process.pid) for s in machines.services)
        workers = sum(cpu_seconds(w.process.pid) for w in machines.workers)
        process = run.start()
        watch = Watch(process)
        output = run.collect(process)
        code, result, err = output()
        assert code == 0, err[-2000:]
        services = sum(cpu_seconds(s.process.pid) for s in machines.services) - services
        workers = sum(cpu_seconds(w.process.pid) for w in machines.workers) - workers
        spent[way] = services, workers, watch.seconds
        measured(f"{way}: services {services:.2f} s, workers {workers:.2f} s, run {watch.seconds:.2f} s")
    ratio = spent["direct"][0] / (spent["broker"][0] + spent["broker"][1])
    whole = (spent["direct"][0] + spent["direct"][2]) / (spent["broker"][0] + spent["broker"][1])
    measured(f"services alone against services and workers: {ratio:.2f}; with the run that feeds them: {whole:.2f}")
    assert whole >= 0.95
