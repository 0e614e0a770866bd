"""Clients that load the service, and what became of their requests."""

import json
import statistics
import threading
import time

import requests
from client import Client, Raw


def percentile(values, p):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))]


median = statistics.median


class Outcome:
    """One request: when, and its status or what went wrong."""

    def __init__(self, began, ended, status, problem=None, headers=None, body=None):
        self.began = began
        self.ended = ended
        self.status = status
        self.problem = problem
        self.headers = headers or {}
        self.body = body

    @property
    def seconds(self):
        return self.ended - self.began

    def __repr__(self):
        return f"<{self.status or self.problem} after {self.seconds:.2f} s>"


def timed(send):
    """Outcome of send(), which answers a client.Answer."""
    began = time.monotonic()
    try:
        answer = send()
    except (requests.RequestException, OSError, AssertionError, ValueError) as problem:
        return Outcome(began, time.monotonic(), 0, problem)
    return Outcome(began, time.monotonic(), answer.status, None, answer.headers, answer.body)


class Crowd:
    """Clients side by side: work(index, stop) in each, a list of outcomes from each.

    `with Crowd(n, work) as crowd: ...` tells them to stop at the end of the block; `stop` is an Event."""

    def __init__(self, count, work, patience=300):
        self.stop = threading.Event()
        self.patience = patience
        self._results = [[] for _ in range(count)]
        self._errors = []
        self._threads = [
            threading.Thread(target=self._run, args=(work, i), daemon=True) for i in range(count)
        ]

    def _run(self, work, index):
        try:
            for outcome in work(index, self.stop):
                self._results[index].append(outcome)
        except Exception as error:  # told to the test by join()
            self._errors.append(error)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self.stop.set()
        if kind is None:
            self.join()

    def join(self):
        """Waits until all are done."""
        deadline = time.monotonic() + self.patience
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
            assert not thread.is_alive(), "a client still waits for its answer"
        if self._errors:
            raise self._errors[0]

    @property
    def outcomes(self):
        return [outcome for own in self._results for outcome in own]


def run_crowd(count, work, patience=300):
    crowd = Crowd(count, work, patience)
    with crowd:
        crowd.join()
    return crowd.outcomes


# ---- requests, made once and sent often


def chunk(election, count, prefix):
    """The body of a chunk of `count` ballots with ids of this prefix."""
    return json.dumps(election.chunk_request(count, prefix)).encode()


def single(election, ballot_id="voter"):
    return json.dumps(election.ballot_request(ballot_id, election.candidates[0])).encode()


def post(client, path, raw):
    return client.send("POST", path, raw, client.headers)


def encrypt(url, raw, timeout=300):
    """One encryption on a connection of its own."""
    client = Client(url, timeout=timeout)
    try:
        return timed(lambda: post(client, "/create_encrypted_ballot", raw))
    finally:
        client.close()


def encrypt_times(url, raw, count):
    """Seconds of `count` encryptions one after another on connections of their own; each must succeed."""
    outcomes = [encrypt(url, raw) for _ in range(count)]
    assert all(o.status == 200 for o in outcomes), [o for o in outcomes if o.status != 200][:3]
    return [o.seconds for o in outcomes]


def raw_request(method, path, body=b"", more=""):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}"
    if method == "POST":
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class KeepAlive:
    """A client that keeps its connection until the service says `Connection: close`, as HTTP/1.1 has it."""

    def __init__(self, url):
        self.url = url
        self.connection = None
        self.connections = 0

    def send(self, data):
        if self.connection is None:
            self.connection = Raw(self.url, timeout=60)
            self.connections += 1
        self.connection.send(data)
        status, headers = self.connection.head()
        self.connection.body(headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return status

    def close(self):
        if self.connection is not None:
            self.connection.__exit__()
            self.connection = None
