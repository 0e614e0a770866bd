#!/usr/bin/python3
"""What zstd saves and costs on a chunk: bytes of requests and answers, and the service's processor time.

    bench/bench_codings.py [--ballots N] [--rounds N] [--kernel NAME]

A service of one compute thread; the same requests as they are and packed, turn about. Processor time is the workers' own, by
/proc, so that neither the client nor others on the machine count; medians. The first line is the published ballots as
`egserve election run` writes them into a record and as the objects of a cluster.
"""

import argparse
import json
import os
import statistics
import sys
import time

import requests
import zstandard

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "http"))

from client import Client  # noqa: E402
from election import Election  # noqa: E402
from service import Service  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
CANDIDATES = ["Ann", "Bo", "Cy", "Dee"]


def packed(raw):
    return zstandard.ZstdCompressor(1).compress(raw)


def processor_seconds(service):
    total = 0
    for pid in service.workers():
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def exchange(service, path, raw, coded):
    """Bytes there and back, the workers' seconds, seconds on the clock."""
    body = packed(raw) if coded else raw
    headers = {"Content-Type": "application/json", "Accept-Encoding": "zstd" if coded else "identity"}
    if coded:
        headers["Content-Encoding"] = "zstd"
    before, started = processor_seconds(service), time.perf_counter()
    with requests.post(service.url + path, data=body, headers=headers, stream=True, timeout=600) as reply:
        answer = b"".join(reply.raw.stream(1 << 20, decode_content=False))
        assert reply.status_code == 200, answer[:300]
    return len(body), len(answer), processor_seconds(service) - before, time.perf_counter() - started


def rows(service, count):
    election = Election(Client(service.url, timeout=600), guardians=5, quorum=3, candidates=CANDIDATES)
    election.setup()
    chunk = election.chunk_request(count)
    encrypted = election.encrypt_chunk([(e["ballot_id"], e["candidate_names_to_vote"]) for e in chunk["ballots"]])
    sent = [ballot["encrypted_ballot"] for ballot in encrypted]
    lines = "".join(text + "\n" for text in sent).encode()
    print(f"{count} published ballots, {len(CANDIDATES)} candidates: {len(lines) / count:.0f} bytes each as JSON lines, "
          f"{len(packed(lines)) / count:.0f} in an object")  # fmt: skip
    tally = {**election.fields(), "encrypted_ballots": sent}
    return [
        ("encrypt, both parts", "/create_encrypted_ballot", chunk),
        ("encrypt, published part", "/create_encrypted_ballot", {**chunk, "ballot_parts": "published"}),
        ("verify and tally", "/create_encrypted_tally", tally),
    ]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ballots", type=int, default=1000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--kernel", default="auto")
    given = arguments.parse_args()
    service = Service(args=["--workers", "1", "--threads", "1", "--max-body", "1g", "--timeout", "600", "--kernel", given.kernel])
    try:
        print(next((line for line in service.lines if "kernel" in line), ""))
        print(f"{'of ' + str(given.ballots) + ' ballots':26}{'':10}{'request, MB':>13}{'answer, MB':>13}{'processor, s':>14}{'clock, s':>10}")
        for name, path, body in rows(service, given.ballots):
            raw = json.dumps(body).encode()
            taken = {False: [], True: []}
            for _ in range(given.rounds):
                for coded, found in taken.items():
                    found.append(exchange(service, path, raw, coded))
            for coded, found in taken.items():
                there, back, cpu, clock = (statistics.median(column) for column in zip(*found))
                print(f"{name:26}{'zstd' if coded else 'plain':10}{there / 1e6:13.2f}{back / 1e6:13.2f}{cpu:14.2f}{clock:10.2f}")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
