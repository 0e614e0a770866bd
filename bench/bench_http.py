#!/usr/bin/env python3
"""Requests over HTTP beside GMP's mpz_powm, turn about in one run.

    bench/bench_http.py [--ballots N] [--rounds N] [--kernel NAME]

A service with one compute thread and one with two are started; each round sends every request to each, from the
first byte of the request to the last of the answer, over one kept connection, and times mpz_powm (through gmpy2)
once more. A chunk or a tally is sent once a round, a small request several times in a row, as voters come; its first
time in a round, after a pause of a second or so, is left out and shown beside: caches are cold and memory was given
back. The table shows medians, their ratio to mpz_powm's, and what the second thread brings.

The client has no processor of its own: on a machine with two, what it does to read an answer is taken from the second
compute thread. So it only receives, into memory that is there, and looks for the end.
"""

import argparse
import os
import socket
import statistics
import sys
import time

import gmpy2

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "http"))

from client import Client, encode  # noqa: E402
from election import Election  # noqa: E402
from service import Service  # noqa: E402
from verify import G, P, Q  # noqa: E402

GUARDIANS, QUORUM, CANDIDATES = 5, 3, ["Ann", "Bo", "Cy", "Dee"]
POWERS_PER_ROUND = 5
SMALL_PER_ROUND = 8  # of those that take milliseconds
BUFFER_BYTES = 1 << 20


def powm_seconds():
    exponent = Q - 12345
    started = time.perf_counter()
    for _ in range(POWERS_PER_ROUND):
        gmpy2.powmod(G, exponent, P)
    return (time.perf_counter() - started) / POWERS_PER_ROUND


def make_requests(url, ballots):
    """(name, path, body, how many, of what) for each row, from one election."""
    election = Election(Client(url, timeout=600), guardians=GUARDIANS, quorum=QUORUM, candidates=CANDIDATES)
    election.setup()
    chunk = election.chunk_request(ballots)
    encrypted = election.encrypt_chunk([(e["ballot_id"], e["candidate_names_to_vote"]) for e in chunk["ballots"]])
    sent = [ballot["encrypted_ballot"] for ballot in encrypted]
    tally = election.tally(encrypted)["ciphertext_tally"]
    fields = election.fields()
    return [
        ("ballot", "/create_encrypted_ballot", election.ballot_request("b", [CANDIDATES[0]]), 1, "ballot"),
        ("chunk", "/create_encrypted_ballot", chunk, ballots, "ballot"),
        ("tally", "/create_encrypted_tally", {**fields, "encrypted_ballots": sent}, ballots, "ballot"),
        (
            "shares of one guardian",
            "/create_partial_decryption",
            election.partial_request("1", tally, []),
            len(CANDIDATES),
            "selection",
        ),
    ]


class Timed:
    """A kept connection to one service. Of an answer nothing is kept but what the buffer holds."""

    def __init__(self, url):
        self.host = url.removeprefix("http://")
        self.buffer = bytearray(BUFFER_BYTES)
        self.view = memoryview(self.buffer)
        self.connect()

    def connect(self):
        name, port = self.host.rsplit(":", 1)
        self.socket = socket.create_connection((name, int(port)), timeout=600)
        self.at = self.end = 0  # received and not yet looked at

    def receive(self):
        if self.at == self.end:
            self.at = self.end = 0
        n = self.socket.recv_into(self.view[self.end :])
        if n == 0:
            raise SystemExit("the service closed the connection within an answer")
        self.end += n

    def through(self, mark):
        """The bytes up to the next mark, which is passed."""
        while (found := self.buffer.find(mark, self.at, self.end)) < 0:
            if self.end == BUFFER_BYTES:
                self.view[: self.end - self.at] = bytes(self.view[self.at : self.end])
                self.at, self.end = 0, self.end - self.at
            self.receive()
        text = bytes(self.view[self.at : found])
        self.at = found + len(mark)
        return text

    def skip(self, count):
        while count > 0:
            if self.at == self.end:
                self.receive()
            passed = min(count, self.end - self.at)
            self.at += passed
            count -= passed

    def answer(self):
        """Its head, and what its first 300 bytes are when it is short."""
        head = self.through(b"\r\n\r\n").decode("latin-1").lower()
        if "transfer-encoding: chunked" not in head:
            self.skip(int(head.split("content-length:")[1].split("\r\n")[0]))
            return head, bytes(self.view[max(self.at - 300, 0) : self.at])
        while (size := int(self.through(b"\r\n"), 16)) != 0:
            self.skip(size + 2)
        self.skip(2)
        return head, b""

    def seconds(self, path, body):
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
        message = (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        started = time.perf_counter()
        self.socket.sendall(message)
        answer_head, answer = self.answer()
        taken = time.perf_counter() - started
        if not answer_head.startswith("http/1.1 200 "):
            raise SystemExit(f"{path}: {answer_head.splitlines()[0]} {answer!r}")
        if "connection: close" in answer_head:  # the worker has served what it serves before it is replaced
            self.socket.close()
            self.connect()
        return taken


def measure(services, requests, rounds):
    """Medians: of mpz_powm, by (service, request), and the same of a small request's first time in a round."""
    connections = [Timed(service.url) for service in services]
    keys = [(s, r) for s in range(len(services)) for r in range(len(requests))]
    powm, times, firsts = [], {key: [] for key in keys}, {key: [] for key in keys}
    for round_number in range(rounds + 1):
        powm.append(powm_seconds())
        for s, r in keys:
            _, path, body, count, _ = requests[r]
            small = count <= len(CANDIDATES)
            taken = [connections[s].seconds(path, body) for _ in range(1 + SMALL_PER_ROUND if small else 1)]
            if round_number > 0:  # the first round makes tables
                firsts[s, r].append(taken[0])
                times[s, r] += taken[1:] if small else taken
    return statistics.median(powm), *({k: statistics.median(v) for k, v in of.items()} for of in (times, firsts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ballots", type=int, default=320)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kernel")
    options = parser.parse_args()
    env = {"EG_KERNEL": options.kernel} if options.kernel else {}
    services = [Service(env=env, args=["--workers", "1", "--threads", n]) for n in ("1", "2")]
    try:
        rows = make_requests(services[1].url, options.ballots)
        requests = [(name, path, encode(body, "json"), count, unit) for name, path, body, count, unit in rows]
        powm, medians, firsts = measure(services, requests, options.rounds)
    finally:
        for service in services:
            service.stop()
    print(f"over HTTP, {options.ballots} ballots, medians of {options.rounds} rounds; mpz_powm {powm * 1e3:.2f} ms")
    print(f"  {'request':<26}{'1 thread, ms':>14}{'2 threads, ms':>15}{'times as fast':>15}   mpz_powm's worth, 1 thread")
    for r, (name, _, _, count, unit) in enumerate(requests):
        one, two = medians[0, r], medians[1, r]
        worth = one / powm / count
        first = f", after a pause {firsts[0, r] / powm / count:.2f}" if count <= len(CANDIDATES) else ""
        print(f"  {name:<26}{one * 1e3:>14.1f}{two * 1e3:>15.1f}{one / two:>15.2f}   {worth:.2f} for each {unit}{first}")


if __name__ == "__main__":
    main()
