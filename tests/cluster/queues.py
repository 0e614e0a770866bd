"""The broker as another client sees it (pika)."""

import json
import time

RESULTS = "egserve.results."
DEAD = "egserve.dead"
STAGES = ("encrypt", "tally", "combine")


class Queues:
    """Publishes tasks and takes results; everything that passes is kept, to be searched."""

    def __init__(self, node):
        self.connection = node.connect()
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()
        self.seen = []
        self.arrived = {}
        self.listened = []

    def close(self):
        """Leaves nothing to the next test."""
        for queue in self.listened:
            self.channel.queue_delete(queue)
        for queue in (DEAD, *(f"egserve.{stage}" for stage in STAGES)):
            self.channel.queue_purge(queue)
        self.connection.close()

    def listen(self, election):
        """The results queue of an election, as a coordinator declares it."""
        queue = RESULTS + election
        self.channel.queue_declare(queue, durable=True, arguments={
            "x-queue-type": "quorum", "x-delivery-limit": 1000000, "x-single-active-consumer": True})  # fmt: skip
        self.channel.queue_bind(queue, DEAD, f"*.{election}")
        self.listened.append(queue)
        return queue

    def publish(self, task, stage=None, key=None):
        body = task if isinstance(task, bytes) else json.dumps(task).encode()
        self.seen.append(body)
        key = key or f"{stage or task['stage']}.{task['election']}"
        self.channel.basic_publish("egserve.work", key, body, mandatory=True)

    def take(self, queue, timeout=60):
        """The next message of a queue: what it holds, and its headers."""
        if queue not in self.arrived:
            self.arrived[queue] = []
            self.channel.basic_consume(queue, self._on_message, auto_ack=True, consumer_tag=queue)
        end = time.monotonic() + timeout
        while not self.arrived[queue]:
            assert time.monotonic() < end, f"nothing came into {queue} within {timeout} s"
            self.connection.process_data_events(0.2)
        return self.arrived[queue].pop(0)

    def _on_message(self, _channel, method, properties, body):
        self.seen.append(body)
        message = json.loads(body) if body.endswith(b"}") else body
        self.arrived[method.consumer_tag].append((message, properties.headers or {}))

    def waiting(self, queue):
        return self.channel.queue_declare(queue, passive=True).method.message_count
