#!/usr/bin/env python3
"""Where the time of a request goes, from socket to socket: arithmetic, hashing, encoding, memory, HTTP.

    bench/breakdown.py [chunk|tally|ballot] [--ballots N] [--requests N]

Starts a service with one compute thread, sends it the same request again and again and samples it with perf (Debian:
linux-perf). Samples are sorted by the source file of the sampled instruction; what other processes do on the machine
does not count.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench"))

from bench_http import Timed, encode, make_requests  # noqa: E402
from service import Service  # noqa: E402

FOLDERS = {  # of src/: what its files count as
    "group": "arithmetic",
    "crypto": "proofs and elections",
    "election": "proofs and elections",
    "base": "encoding",
    "wire": "encoding",
    "api": "encoding",
    "vault": "encoding",
    "server": "HTTP and system",
    "cli": "HTTP and system",
}
OBJECTS = {  # shared objects
    "libgmp": "arithmetic",
    "libcrypto": "hashing",
    "libyajl": "encoding",
    "libmpack": "encoding",
    "libmicrohttpd": "HTTP and system",
    "[kernel": "HTTP and system",
    "[vdso]": "HTTP and system",
    "libc.so": "copying, wiping, allocation",
}
FILES = {
    "hash.c": "hashing",
    "hmac.c": "hashing",
    "arena.c": "copying, wiping, allocation",
    "secret.c": "copying, wiping, allocation",
}
OVERHEAD = ("hashing", "encoding", "copying, wiping, allocation", "HTTP and system")


def categories():
    known = {}
    for folder, category in FOLDERS.items():
        for _, _, names in os.walk(os.path.join(ROOT, "src", folder)):
            known.update({name: category for name in names})
    return {**known, **FILES}


def processes(root):
    found = subprocess.run(["pgrep", "-P", str(root)], capture_output=True, text=True, check=False)
    return [str(root), *found.stdout.split()]


def sample(service, path, body, requests, data):
    connection = Timed(service.url)
    connection.seconds(path, body)  # tables are made
    command = ["perf", "record", "-q", "-F", "2000", "-o", data, "-p", ",".join(processes(service.process.pid))]
    perf = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    for _ in range(requests):
        connection.seconds(path, body)
    perf.send_signal(signal.SIGINT)
    perf.wait()


def shares(data):
    """Percent by category."""
    command = ["perf", "report", "-i", data, "--no-children", "-g", "none", "--sort", "dso,srcfile"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    known, sums = categories(), {}
    for line in lines:
        words = line.split()
        if not words or not words[0].endswith("%"):
            continue
        name = words[2] if len(words) > 2 else ""
        by_object = next((c for o, c in OBJECTS.items() if words[1].startswith(o)), None)
        category = by_object or known.get(name, "the rest")
        sums[category] = sums.get(category, 0) + float(words[0].rstrip("%"))
    return sums


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("request", nargs="?", choices=["ballot", "chunk", "tally"], default="chunk")
    parser.add_argument("--ballots", type=int, default=320)
    parser.add_argument("--requests", type=int, default=10)
    options = parser.parse_args()
    service = Service(args=["--workers", "1", "--threads", "1"])
    try:
        rows = {row[0]: row for row in make_requests(service.url, options.ballots)}
        _, path, body, _, _ = rows[options.request]
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "perf.data")
            sample(service, path, encode(body, "json"), options.requests, data)
            sums = shares(data)
    except FileNotFoundError as missing:
        raise SystemExit(f"{missing.filename} is not installed (Debian: linux-perf)") from missing
    finally:
        service.stop()
    print(f"{options.request} of {options.ballots} ballots, one compute thread: part of the time in percent")
    for category, percent in sorted(sums.items(), key=lambda item: -item[1]):
        print(f"  {category:<30}{percent:>7.1f}")
    print(f"  hashing, encoding, copying and HTTP together {sum(sums.get(c, 0) for c in OVERHEAD):.1f}")


if __name__ == "__main__":
    main()
