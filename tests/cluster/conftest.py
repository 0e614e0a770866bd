"""Fixtures of the cluster's tests: one RabbitMQ and one service for all of them."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(TESTS, "http"), os.path.join(TESTS, "support"), os.path.join(TESTS, "store")]

import certificates  # noqa: E402
import pytest  # noqa: E402
from client import Client  # noqa: E402
from election import Election  # noqa: E402
from queues import Queues  # noqa: E402
from rabbitmq import RabbitMQ  # noqa: E402
from service import Service  # noqa: E402
from worker import Worker  # noqa: E402

import objects  # noqa: E402


@pytest.fixture(scope="session")
def starting_broker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broker")
    broker = RabbitMQ(folder, certificates=certificates.make(folder / "tls"))
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def service(starting_broker):
    service = Service(args=["--workers=1", "--threads=2"])
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def election(service):
    """Two candidates; keys that are set up while the broker starts."""
    client = Client(service.url)
    election = Election(client, candidates=["Ann", "Bob"])
    election.setup()
    return election


@pytest.fixture(scope="session")
def broker(starting_broker, election):
    return starting_broker.wait()


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


@pytest.fixture
def start_worker(broker, store, service, tmp_path):
    """start_worker(*args, broker=..., url=..., store=...): ended with the test."""
    started = []

    def start(*args, **more):
        worker = Worker(more.get("broker", broker.url), more.get("store", store), more.get("url", service.url),
                        tmp_path, args)  # fmt: skip
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()


@pytest.fixture
def queues(broker):
    queues = Queues(broker.nodes[0])
    yield queues
    queues.close()


class Cluster:
    """An election's objects and tasks, made by hand."""

    def __init__(self, store, queues, election):
        fields = election.fields()
        self.store, self.queues = store, queues
        self.id = objects.put_election(store, {"format": 1, **fields})
        self.results = None

    def listen(self):
        self.results = self.queues.listen(self.id)

    def task(self, stage, kind, lines, chunk="1", **more):
        name, digest = objects.put(self.store, self.id, kind, chunk, lines)
        return {"election": self.id, "stage": stage, "chunk": chunk, "object": name, "sha256": digest,
                "count": len(lines), **more}  # fmt: skip

    def take(self, **expected):
        result, headers = self.queues.take(self.results)
        assert {name: result[name] for name in expected} == expected, result
        return result


@pytest.fixture
def cluster(store, queues, election, start_worker):
    """An election in the store, and one worker."""
    cluster = Cluster(store, queues, election)
    cluster.worker = start_worker()
    return cluster
