"""A real RabbitMQ for tests: one node or several, in a folder of their own, on free ports of loopback."""

import contextlib
import glob
import json
import logging
import os
import random
import shutil
import signal
import socket
import subprocess
import time

import pika

START_TIMEOUT_S = 120
logging.getLogger("pika").setLevel(logging.CRITICAL)  # refused connections are how a node says that it starts
USER, PASSWORD = "egserve", "a-password-of-tests"


def server_program():
    """Debian's, without the wrapper that changes to a user of its own."""
    found = sorted(glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    assert found, "rabbitmq-server is not installed: scripts/install-deps.sh --dev"
    return found[-1]


def free_ports(count):
    """Below those that the system gives to connections: they stay free while a node is down."""
    found = set()
    while len(found) < count:
        port = random.randrange(15000, 30000)
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            found.add(port)
    return list(found)


def definitions():
    """Users and vhosts that there are from the start."""
    rights = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [{"name": USER, "password": PASSWORD, "tags": "administrator"}],
        "vhosts": [{"name": "/"}, {"name": "other"}],
        "permissions": [{"user": USER, "vhost": vhost, **rights} for vhost in ("/", "other")],
    }


class Node:
    """One node; started, killed and started again with what it had on its disk."""

    def __init__(self, broker, number):
        self.broker = broker
        self.folder = os.path.join(broker.folder, f"node{number}")
        self.port, self.dist_port, self.tls_port = free_ports(3)
        self.name = f"egserve{number}@localhost"
        self.process = None
        os.makedirs(self.folder)

    def configure(self):
        with open(os.path.join(self.folder, ".erlang.cookie"), "w", encoding="ascii") as file:
            file.write(self.broker.cookie)
        os.chmod(file.name, 0o400)
        with open(os.path.join(self.folder, "enabled_plugins"), "w", encoding="ascii") as file:
            file.write("[].\n")
        lines = [
            f"listeners.tcp.local = 127.0.0.1:{self.port}",
            "disk_free_limit.absolute = 1MB",
            "log.file.level = warning",
            f"load_definitions = {self.broker.folder}/definitions.json",
        ]
        if self.broker.certificates:
            lines += [
                f"listeners.ssl.local = 127.0.0.1:{self.tls_port}",
                *(f"ssl_options.{name} = {path}" for name, path in self.broker.certificates.items()),
                "ssl_options.verify = verify_none",
                "ssl_options.fail_if_no_peer_cert = false",
            ]
        if len(self.broker.nodes) > 1:
            lines.append("cluster_formation.peer_discovery_backend = classic_config")
            lines += [f"cluster_formation.classic_config.nodes.{i} = {node.name}"
                      for i, node in enumerate(self.broker.nodes, 1)]  # fmt: skip
        with open(os.path.join(self.folder, "rabbitmq.conf"), "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")

    def environment(self):
        own = self.folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": own,
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_MNESIA_BASE": f"{own}/mnesia",
            "RABBITMQ_LOG_BASE": f"{own}/log",
            "RABBITMQ_PID_FILE": f"{own}/pid",
            "RABBITMQ_CONFIG_FILE": f"{own}/rabbitmq",
            "RABBITMQ_CONF_ENV_FILE": f"{own}/none",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{own}/enabled_plugins",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "ERL_EPMD_PORT": str(self.broker.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +SDio 1 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def start(self):
        with open(os.path.join(self.folder, "output"), "ab") as output:
            self.process = subprocess.Popen(
                [server_program()], env=self.environment(), cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def wait(self):
        """Until it takes connections."""
        end = time.monotonic() + START_TIMEOUT_S
        while True:
            assert self.process.poll() is None and time.monotonic() < end, self.output()
            with contextlib.suppress(Exception):
                self.connect().close()
                return
            time.sleep(0.1)

    def output(self):
        with open(os.path.join(self.folder, "output"), encoding="utf-8", errors="replace") as file:
            return f"{self.name} did not start:\n" + file.read()[-4000:]

    def connect(self, vhost="/"):
        return pika.BlockingConnection(pika.ConnectionParameters(
            "127.0.0.1", self.port, vhost, pika.PlainCredentials(USER, PASSWORD), heartbeat=0,
            blocked_connection_timeout=60, socket_timeout=20))  # fmt: skip

    def members(self):
        """Process ids of the node: the session that it is the leader of."""
        return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and self._is_member(int(pid))]

    def _is_member(self, pid):
        try:
            return os.getsid(pid) == self.process.pid
        except ProcessLookupError:
            return False

    def memory(self):
        """Bytes of its processes."""
        total = 0
        for pid in self.members():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                    total += int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return total

    def kill(self):
        """As a machine that fails."""
        if self.process is not None:
            for pid in self.members():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait(20)


class RabbitMQ:
    """RabbitMQ(folder, nodes=3): all nodes, one broker. certificates: {"cacertfile": ..., "certfile": ..., "keyfile":
    ...} for TLS."""

    def __init__(self, folder, nodes=1, certificates=None):
        self.folder = str(folder)
        self.certificates = certificates
        self.cookie = os.urandom(12).hex()
        os.makedirs(self.folder, exist_ok=True)
        with open(os.path.join(self.folder, "definitions.json"), "w", encoding="ascii") as file:
            json.dump(definitions(), file)
        self.epmd_port, = free_ports(1)
        self.epmd = subprocess.Popen(
            [shutil.which("epmd"), "-port", str(self.epmd_port), "-address", "127.0.0.1"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.nodes = []
        for number in range(nodes):
            self.nodes.append(Node(self, number))
        for node in self.nodes:
            node.configure()
            node.start()

    def wait(self):
        """All of them, or none is left."""
        try:
            for node in self.nodes:
                node.wait()
        except BaseException:
            self.stop()
            raise
        return self

    @property
    def url(self):
        """For --broker, without the password."""
        return ",".join(f"amqp://{USER}@127.0.0.1:{node.port}" for node in self.nodes)

    def stop(self):
        for node in self.nodes:
            node.kill()
        self.epmd.kill()
        self.epmd.wait(10)
