#!/usr/bin/env python3
"""Requests over HTTP beside GMP's mpz_powm, turn about in one run.

    bench/bench_http.py [--ballots N] [--rounds N] [--kernel NAME]

A service with one compute thread and one with two are started; each round sends every request once to each, from
the first byte of the request to the last of the answer, over one kept connection, and times mpz_powm (through
gmpy2) once more. The table shows medians, their ratio to mpz_powm's, and what the second thread brings.
"""

import argparse
import os
import statistics
import sys
import time

import gmpy2

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "http"))

from client import Client, Raw, encode  # noqa: E402
from election import Election  # noqa: E402
from service import Service  # noqa: E402
from verify import G, P, Q  # noqa: E402

GUARDIANS, QUORUM, CANDIDATES = 5, 3, ["Ann", "Bo", "Cy", "Dee"]
POWERS_PER_ROUND = 5


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
    """One kept connection to one service."""

    def __init__(self, url):
        self.raw = Raw(url, timeout=600)
        self.host = url.removeprefix("http://")

    def seconds(self, path, body):
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
        message = (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        started = time.perf_counter()
        self.raw.send(message)
        status, headers = self.raw.head()
        answer = self.raw.body(headers)
        taken = time.perf_counter() - started
        if status != 200:
            raise SystemExit(f"{path}: {status} {answer[:300]!r}")
        return taken


def measure(services, requests, rounds):
    """Medians: of mpz_powm, and by (service, request)."""
    connections = [Timed(service.url) for service in services]
    powm, times = [], {(s, r): [] for s in range(len(services)) for r in range(len(requests))}
    for round_number in range(rounds + 1):
        powm.append(powm_seconds())
        for s, connection in enumerate(connections):
            for r, (_, path, body, _, _) in enumerate(requests):
                taken = connection.seconds(path, body)
                if round_number > 0:  # the first round makes tables
                    times[s, r].append(taken)
    return statistics.median(powm), {key: statistics.median(values) for key, values in times.items()}


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
        powm, medians = measure(services, requests, options.rounds)
    finally:
        for service in services:
            service.stop()
    print(f"over HTTP, {options.ballots} ballots, medians of {options.rounds} rounds; mpz_powm {powm * 1e3:.2f} ms")
    print(f"  {'request':<26}{'1 thread, ms':>14}{'2 threads, ms':>15}{'times as fast':>15}   mpz_powm's worth, 1 thread")
    for r, (name, _, _, count, unit) in enumerate(requests):
        one, two = medians[0, r], medians[1, r]
        worth = one / powm / count
        print(f"  {name:<26}{one * 1e3:>14.1f}{two * 1e3:>15.1f}{one / two:>15.2f}   {worth:.2f} for each {unit}")


if __name__ == "__main__":
    main()
