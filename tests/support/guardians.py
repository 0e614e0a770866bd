"""Guardians of an election on one machine each, as `egserve guardian` has them: their keys, and the folder that they and
the run of the election exchange files in."""

import os
import subprocess

from service import program

TIMEOUT_S = 120


class Guardians:
    def __init__(self, root, count=3, quorum=2):
        self.keys = root / "keys"
        self.folder = root / "guardians"
        self.keys.mkdir()
        self.folder.mkdir()
        self.count, self.quorum = count, quorum
        self.orders = range(1, count + 1)

    def id(self, order):
        return f"guardian {order}"

    def key(self, order):
        return self.keys / f"key-{order}"

    def run(self, verb, order, *arguments):
        read, write = os.pipe()
        os.write(write, f"the pass phrase of {order}\n".encode())
        os.close(write)
        try:
            done = subprocess.run(
                [program(), "guardian", verb, f"--key={self.key(order)}", f"--passphrase-fd={read}", *map(str, arguments)],
                capture_output=True, text=True, timeout=TIMEOUT_S, pass_fds=(read,),
            )  # fmt: skip
        finally:
            os.close(read)
        assert done.returncode == 0, done.stderr

    def new(self, order):
        self.run("new", order, f"--id={self.id(order)}", f"--order={order}", f"--guardians={self.count}",
                 f"--quorum={self.quorum}")  # fmt: skip

    def record(self, order):
        self.run("record", order, f"--out={self.folder}")

    def begin(self):
        """Keys, records and backups of all, everything received."""
        for order in self.orders:
            self.new(order)
            self.record(order)
        self.exchange()
        return self

    def exchange(self):
        for order in self.orders:
            self.run("backups", order, f"--out={self.folder}", *sorted(self.folder.glob("record-*.json")))
        for order in self.orders:
            self.run("receive", order, *sorted(self.folder.glob(f"backup-*-{order}.json")))

    def share(self, *orders):
        for order in orders:
            self.run("share", order, f"--out={self.folder}", self.folder / "tally.zip")

    def compensate(self, missing, *orders):
        for order in orders:
            self.run("compensate", order, f"--for={self.id(missing)}", f"--out={self.folder}", self.folder / "tally.zip")
