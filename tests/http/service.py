"""A service under test: started on a free port, its output collected, ended at the end."""

import os
import re
import signal
import subprocess
import threading
import time
import urllib.request

START_TIMEOUT_S = 60
# The master key of the recorded credentials.
MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def program():
    return os.environ.get("EGSERVE", os.path.join(ROOT, "build", "egserve"))


def is_sanitized():
    """Then memory is taken and kept by the sanitizer's rules, not the program's."""
    with open(program(), "rb") as file:
        return b"__asan_init" in file.read()


def wait_until(condition, timeout=60, what="it"):
    """Asks until the condition holds; its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{what} did not happen within {timeout} s"
        time.sleep(0.02)


class Service:
    """env: further environment of the process; args: further arguments of `egserve serve`; before: called in the
    child just before it becomes the service; port: 0 takes a free one; cwd: the folder it starts in."""

    def __init__(self, env=None, args=(), before=None, port=0, cwd=None):
        self.lines = []
        self._ready = threading.Event()
        self.url = None
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("EGSERVE_", "GUNICORN_"))}
        inherited.pop("ELECTIONGUARD_INTERNAL_API_KEY", None)
        inherited.pop("MASTER_KEY_PQ", None)
        self.process = subprocess.Popen(
            [os.path.abspath(program()), "serve", "--bind", f"127.0.0.1:{port}", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**inherited, **(env or {})},
            start_new_session=True,
            cwd=cwd,
            preexec_fn=before,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._ready.wait(START_TIMEOUT_S)
        if self.url is None:
            self.stop()
            raise RuntimeError("the service did not start:\n" + self.log())

    def _read(self):
        for line in self.process.stdout:
            text = line.decode("utf-8", "replace").rstrip("\n")
            self.lines.append(text)
            found = re.search(r"listening on ((?:http://|unix:)\S+)", text)
            if found and self.url is None:
                self.url = found.group(1)
                self._ready.set()
        self._ready.set()

    def log(self):
        return "\n".join(self.lines)

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        """Ends it; the exit code."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)
        self._reader.join(10)
        return self.process.returncode

    def workers(self):
        """Process ids of its workers."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [int(child) for child in children.read().split()]

    def metrics(self):
        """Prometheus samples: full name with labels, and value."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=20) as reply:
            lines = reply.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def metric(self, name):
        return self.metrics().get("egserve_" + name, 0)

    def restarts(self, cause):
        return self.metric(f'worker_restarts_total{{cause="{cause}"}}')

    def at_rest(self):
        """Nothing is in flight: neither a request nor memory beyond the connection that asks."""
        found = self.metrics()
        return found["egserve_requests_in_flight"] == 0 and found["egserve_memory_in_flight_bytes"] < 100_000
