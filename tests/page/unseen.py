"""Looking for secrets where none may be: in what went over a connection, in a log, in the memory of processes.

A secret number is looked for in every spelling that a program may have of it: hexadecimal of either case, decimal, base64, and
its bytes from either end."""

import base64
import pathlib
import re
import socket
import subprocess
import threading

BYTES = 32
PIECE = 1 << 20


class Wire:
    """Passes connections on to a service, and keeps every byte of both directions in a file."""

    def __init__(self, port, folder):
        self.target = ("127.0.0.1", port)
        self.path = pathlib.Path(folder) / "wire"
        self.kept = open(self.path, "wb")
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            service = socket.create_connection(self.target)
            for source, sink in ((client, service), (service, client)):
                threading.Thread(target=self.pass_on, args=(source, sink), daemon=True).start()

    def pass_on(self, source, sink):
        try:
            while piece := source.recv(PIECE):
                with self.lock:
                    self.kept.write(piece)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()
        with self.lock:
            self.kept.flush()


def spellings(number):
    """Each long enough not to be there by chance; none with a line end, which divides patterns."""
    raw = number.to_bytes(BYTES, "big")
    texts = [f"{number:X}".encode(), f"{number:x}".encode(), str(number).encode(), base64.b64encode(raw)[:40]]
    pieces = [piece for order in (raw, raw[::-1]) for piece in re.findall(rb"[^\n\0]{12,}", order)]
    return texts + pieces


class Secrets:
    """Numbers below q and texts that must be nowhere, by a name for whoever finds one."""

    def __init__(self, folder):
        self.names = {}
        self.patterns = pathlib.Path(folder) / "patterns"

    def number(self, name, value):
        number = int(value, 16) if isinstance(value, str) else value
        assert number.bit_length() > 200, name  # else it might be there by chance
        for spelling in spellings(number):
            self.names[spelling] = name

    def text(self, name, text):
        self.names[text.encode()] = name

    def found_in(self, path):
        """The names of those in a file."""
        self.patterns.write_bytes(b"\n".join(self.names) + b"\n")
        done = subprocess.run(["grep", "-a", "-o", "-F", "-f", self.patterns, path], stdout=subprocess.PIPE,
                              env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, check=False)  # fmt: skip
        assert done.returncode in (0, 1)
        return sorted({self.names.get(hit, repr(hit)) for hit in done.stdout.split(b"\n") if hit})


def children(pid):
    listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [each for child in listed for each in children(int(child))]


def memory_of(pid, path):
    """Everything that a process and its children can read, into a file: its writable memory and its own files."""
    with open(path, "wb") as out:
        for process in children(pid):
            with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
                for line in pathlib.Path(f"/proc/{process}/maps").read_text().splitlines():
                    span, rights = line.split()[:2]
                    if "r" not in rights or "[v" in line:  # vvar and vsyscall cannot be read
                        continue
                    start, end = (int(x, 16) for x in span.split("-"))
                    copy(memory, start, end, out)
    return path


def copy(memory, start, end, out):
    """What is there: memory that was given back meanwhile is gone."""
    try:
        memory.seek(start)
        while start < end and (piece := memory.read(min(PIECE, end - start))):
            out.write(piece)
            start += len(piece)
    except OSError:
        pass
