"""Sends mutated requests to a service of its own, over every endpoint, in JSON and MessagePack.

Fails when an answer is a 5xx, is not well formed, or comes too late; when a process of the service ends or its
memory grows. What failed is written to a file and can be sent again: the same --seed and --processes give the same
requests. `make fuzz-http FUZZ_HTTP_REQUESTS=200000`"""

import argparse
import collections
import json
import multiprocessing
import os
import random
import sys
import time
import traceback

import requests
from client import CODES, JSON, MSGPACK, Raw, decode
from mutate import Mutator
from samples import Samples, path_of
from service import MASTER_KEY, ROOT, Service

DEADLINE_S = 60
WARM_UP = 0.2  # of the requests come before memory is first looked at: key tables, arenas, threads' stacks
ORDER = ["status", "message", "error", "code", "field", "request_id"]
STATUSES = {200, 400, 401, 403, 404, 405, 408, 411, 413, 415, 431}
SCRYPT = ("/api/encrypt", "/api/decrypt")  # a lawful one takes 64 MiB and a tenth of a second
SLOW_SHARE = 0.02
LEAVING_SHARE = 0.005


def whole_requests():
    """(path, request) of each endpoint, from the recorded exchanges."""
    samples = Samples()
    found = [(path_of(name), samples.request(name, number)) for name, number in samples.exchanges()]
    tally = samples.request("create_encrypted_tally")
    counted = samples.response("create_encrypted_tally")["ciphertext_tally"]
    election = {k: v for k, v in tally.items() if k != "encrypted_ballots"}
    found.append(("/combine_encrypted_tallies", {**election, "ciphertext_tallies": [counted]}))
    published = samples.response("create_encrypted_tally")["submitted_ballots"]
    found.append(("/verify_ballots", {**election, "encrypted_ballots": published}))
    ballots = [{"ballot_id": f"c-{i}", "candidate_names_to_vote": election["candidate_names"][:1]} for i in range(2)]
    found.append(("/create_encrypted_ballot", {**election, "ballots": ballots}))
    sender = samples.response("generate_guardian_backup_shares")["guardian_data"]
    receiver = samples.response("generate_guardian_credentials", 2)
    check = {
        "guardian_id": "2",
        "sequence_order": 2,
        "number_of_guardians": 3,
        "quorum": 2,
        "private_key": receiver["private_key"],
        "backup": next(iter(sender["backups"].values())),
        "sender_election_public_key": sender["election_public_key"],
    }
    found.append(("/verify_guardian_backup", check))
    return found + general_requests()


def general_requests():
    """With a manifest: the examples of the documentation."""
    found = []
    for name in ("validate_manifest.1", "validate_manifest.2", "create_encrypted_ballot.3", "benaloh_challenge.3"):
        with open(os.path.join(ROOT, "tests", "data", "examples", f"{name}.request.json"), encoding="utf-8") as file:
            found.append(("/" + name.split(".")[0], json.load(file)))
    return found


# Paths that take no body.
OTHERS = [
    "/health", "/api/health", "/ready", "/metrics", "/status", "/ballots", "/ballots?status=CAST", "/ballots/b-1", "/ballots/b-1/nonces",
    "/ballots/%00%ff", "/openapi.json", "/", "/nothing",
]  # fmt: skip


class Failure(Exception):
    pass


def check_answer(answer, sent_post):
    status = answer.status
    if status not in STATUSES and not (status == 503 and answer.headers.get("Retry-After")):
        raise Failure(f"status {status}: {answer.raw[:300]!r}")
    if not answer.headers.get("X-Request-Id"):
        raise Failure(f"{status} without X-Request-Id")
    body = answer.body
    if status == 200:
        if sent_post and not isinstance(body, dict):
            raise Failure(f"a 200 that is no map: {answer.raw[:100]!r}")
        return
    names = [n for n in body if n in ORDER]
    if names != [n for n in ORDER if n in body] or not {"status", "message", "error", "code", "request_id"} <= set(body):
        raise Failure(f"error object {list(body)}")
    if body["status"] != "error" or body["request_id"] != answer.headers["X-Request-Id"]:
        raise Failure(f"error object {body}")
    if status in (400, 401, 403, 413, 503) and body["code"] not in CODES:
        raise Failure(f"code {body['code']}")
    if not 0 < len(body["message"]) <= 300 or len(answer.raw) > 16384:
        raise Failure(f"length of {answer.raw[:400]!r}")


def media_type(rng, encoding):
    if rng.random() < 0.95:
        return JSON if encoding == "json" else MSGPACK
    return rng.choice(
        [JSON, MSGPACK, "application/x-msgpack", "application/vnd.api+json", JSON + "; charset=utf-8", "text/plain", "", None,
         JSON + "; charset=utf-16", "a" * 3000, "application/json;;;=\"", "\x7f/\x01"]
    )  # fmt: skip


def accept(rng):
    if rng.random() < 0.8:
        return "*/*"
    return rng.choice(
        [JSON, MSGPACK, JSON + "; artifacts=texts", JSON + "; artifacts=objects", f"{JSON};q=0.1, {MSGPACK};q=0.2", "text/html",
         ",,;;q=", f"{JSON};q=9999999999", "x" * 2000, None]
    )  # fmt: skip


class Client:
    """One process's share of the work."""

    def __init__(self, url, seed, number):
        self.url = url
        self.rng = random.Random(f"{seed}/{number}")
        self.whole = whole_requests()
        self.quick = [r for r in self.whole if r[0] not in SCRYPT]
        self.slow = [r for r in self.whole if r[0] in SCRYPT]
        self.mutator = Mutator(self.rng, [r for _, r in self.whole])
        self.raw = None
        self.statuses = collections.Counter()
        self.endpoints = collections.Counter()
        self.latest_s = 0.0
        self.last = None

    def make(self):
        """(method, path, media type, accept, body)"""
        rng = self.rng
        if rng.random() < 0.02:
            method = rng.choice(["GET", "HEAD", "OPTIONS", "PUT"])
            path = rng.choice(OTHERS + [p for p, _ in self.whole])
            return method, path, None, accept(rng), b"{}" if method == "PUT" else None
        path, request = rng.choice(self.slow if rng.random() < SLOW_SHARE else self.quick)
        for _ in range(rng.choice([0, 1, 1, 1, 2, 4])):
            request = self.mutator.value(request)
        if rng.random() < 0.01:
            path = rng.choice(self.whole)[0]
        encoding, body = self.mutator.encode(request)
        if rng.random() < 0.3:
            body = self.mutator.bytes(body)
        return "POST", path, media_type(rng, encoding), accept(rng), body

    def bytes_of(self, method, path, content_type, accepted, body):
        lines = [f"{method} {path} HTTP/1.1", "Host: x"]
        if content_type is not None:
            lines.append(f"Content-Type: {content_type}")
        if accepted is not None:
            lines.append(f"Accept: {accepted}")
        if body is None:
            return "\r\n".join(lines + ["", ""]).encode("latin-1")
        if self.rng.random() < 0.9:
            lines.append(f"Content-Length: {len(body)}")
            return "\r\n".join(lines + ["", ""]).encode("latin-1") + body
        lines.append("Transfer-Encoding: chunked")
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in self.pieces(body))
        return "\r\n".join(lines + ["", ""]).encode("latin-1") + chunks + b"0\r\n\r\n"

    def pieces(self, body):
        """Small ones first, then large ones."""
        small = self.rng.randrange(50)
        at = 0
        while at < len(body):
            n = self.rng.choice([1, 7, 100]) if small > 0 else 70000
            yield body[at : at + n]
            at, small = at + n, small - 1

    def hang_up(self):
        if self.raw is not None:
            self.raw.__exit__()
            self.raw = None

    def give_up_midway(self, data):
        """A client that goes away within its request."""
        self.raw.send(data[: self.rng.randrange(len(data))])
        self.hang_up()
        self.statuses["left"] += 1

    def one(self):
        self.last = self.make()
        data = self.bytes_of(*self.last)
        self.raw = self.raw or Raw(self.url, timeout=DEADLINE_S)
        if self.rng.random() < LEAVING_SHARE:
            self.give_up_midway(data)
            return
        started = time.monotonic()
        try:
            self.raw.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was read: the answer is there
        status, headers = self.raw.head()
        method = self.last[0]
        body = b"" if method == "HEAD" else self.raw.body(headers)
        self.latest_s = max(self.latest_s, time.monotonic() - started)
        self.judge(method, status, headers, body)
        if headers.get("connection", "").lower() == "close":
            self.hang_up()

    def judge(self, method, status, headers, raw):
        answer = Reply(status, requests.structures.CaseInsensitiveDict(headers), raw)
        self.statuses[status] += 1
        self.endpoints[self.last[1]] += 1
        if method != "HEAD" and raw and answer.media_type in (JSON, MSGPACK):
            answer.body = decode(raw, answer.media_type)
            check_answer(answer, method == "POST")
        elif status >= 400 and method != "HEAD":
            raise Failure(f"{status} with media type {answer.media_type}")

    def run(self, count):
        for _ in range(count):
            self.one()
        self.hang_up()


class Reply:
    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = headers
        self.raw = raw
        self.media_type = headers.get("Content-Type")
        self.body = None


def keep(folder, number, client):
    """Writes the request that failed."""
    if client.last is None:
        return "no request"
    os.makedirs(folder, exist_ok=True)
    method, path, content_type, accepted, body = client.last
    name = os.path.join(folder, f"failed-{number}")
    with open(name + ".json", "w", encoding="utf-8") as file:
        json.dump({"method": method, "path": path, "content_type": content_type, "accept": accepted}, file)
    with open(name + ".body", "wb") as file:
        file.write(body or b"")
    return name


def work(url, seed, number, count, folder, results):
    client = Client(url, seed, number)
    error = None
    try:
        client.run(count)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the request is what matters
        kind = type(failure).__name__
        where = "" if isinstance(failure, Failure) else traceback.format_exc(limit=-2)
        error = f"{kind}: {failure} {where} ({keep(folder, number, client)})"
    results.put((client.statuses, client.endpoints, client.latest_s, error))


def processes_of(pid):
    """The process and all below it."""
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            for child in file.read().split():
                found += processes_of(int(child))
    return found


def resident_mb(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            total += sum(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    return total / 1024


def run_round(url, args, seed, count):
    """Runs all clients; their results."""
    results = multiprocessing.Queue()
    share = [count // args.processes + (i < count % args.processes) for i in range(args.processes)]
    clients = [
        multiprocessing.Process(target=work, args=(url, seed, i, n, args.keep, results)) for i, n in enumerate(share)
    ]
    for client in clients:
        client.start()
    got = [results.get() for _ in clients]
    for client in clients:
        client.join()
    return got


def left_behind(url):
    """What /health still counts as running when every client has gone; it is given a while to notice."""
    for _ in range(100):
        with Raw(url, timeout=DEADLINE_S) as raw:
            raw.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            running = raw.answer().body["active_requests"]
        if running <= 1:  # this one may count itself
            return 0
        time.sleep(0.1)
    return running


def report(got, args, seconds, before, after):
    statuses, endpoints = collections.Counter(), collections.Counter()
    for each, where, _, _ in got:
        statuses.update(each)
        endpoints.update(where)
    total = sum(statuses.values())
    print(f"{total} requests in {seconds:.0f} s ({total / seconds:.0f}/s), slowest answer {max(g[2] for g in got):.2f} s")
    print("  by status: " + ", ".join(f"{k}: {v}" for k, v in sorted(statuses.items(), key=str)))
    posts = [p for p, _ in whole_requests()]
    print("  least sent: " + ", ".join(f"{p} {endpoints[p]}" for p in sorted(set(posts), key=lambda p: endpoints[p])[:3]))
    print(f"  resident: {before:.0f} MiB after {WARM_UP:.0%} of them, {after:.0f} MiB at the end")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20000)
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(2**32)))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--growth-mb", type=float, default=64, help="allowed growth of resident memory")
    parser.add_argument("--keep", default="build/fuzz-http", help="where failing requests are written")
    args = parser.parse_args()
    print(f"fuzz-http: {args.requests} requests, --seed {args.seed} --processes {args.processes}", flush=True)
    service = Service(env={"MASTER_KEY_PQ": MASTER_KEY, "EGSERVE_MAX_REQUESTS": "0"})
    first = int(args.requests * WARM_UP)
    pids = processes_of(service.process.pid)
    started = time.monotonic()
    got = run_round(service.url, args, args.seed + "-warm", first)
    before = resident_mb(pids)
    if not any(g[3] for g in got):
        got += run_round(service.url, args, args.seed, args.requests - first)
    problems = [g[3] for g in got if g[3]]
    took_s = time.monotonic() - started
    after = before
    if not service.alive() or processes_of(service.process.pid) != pids:
        problems.append("a process of the service ended")
    else:
        after = resident_mb(pids)
    report(got, args, took_s, before, after)
    if after - before > args.growth_mb:
        problems.append(f"resident memory grew by {after - before:.0f} MiB")
    if not problems and (left := left_behind(service.url)) > 0:
        problems.append(f"{left} requests still run after their clients have gone")
    code = service.stop()
    if code != 0:
        problems.append(f"the service ended with {code}")
    for problem in problems:
        print("FAILED: " + problem)
    if problems:
        print("end of the service's log:\n" + service.log()[-3000:])
    print(f"{0 if problems else 1} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
