"""A worker under test: `egserve worker` with its pages on a free port."""

import json
import os
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.request

from rabbitmq import PASSWORD
from service import program, wait_until


class Worker:
    def __init__(self, broker_url, store, service_url, folder, args=()):
        self.password = os.path.join(str(folder), "password")
        with open(self.password, "w", encoding="ascii") as file:
            file.write(PASSWORD + "\n")
        self.lines = []
        self.url = None
        self.process = subprocess.Popen(
            [program(), "worker", f"--broker={broker_url}", f"--broker-password-file={self.password}",
             f"--store={store}", f"--url={service_url}", "--bind=127.0.0.1:0", *args],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        wait_until(lambda: self.url or self.process.poll() is not None, what="a worker that listens")

    def _read(self):
        for line in self.process.stdout:
            text = line.decode("utf-8", "replace").rstrip("\n")
            self.lines.append(text)
            found = re.search(r"listening on (http://\S+)", text)
            self.url = found.group(1) if found else self.url

    def log(self):
        return "\n".join(self.lines)

    def get(self, path):
        """Status and text."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def waits_for(self):
        """None when ready."""
        return json.loads(self.get("/ready")[1]).get("waits_for")

    def metrics(self):
        lines = self.get("/metrics")[1].splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def metric(self, name):
        return self.metrics()["egserve_cluster_" + name]

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        """Ends it as systemd does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()
        self._reader.join(10)
        return self.process.returncode
