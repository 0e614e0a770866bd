"""Requests and answers of hundreds of megabytes, streamed: neither side is ever held whole."""

import json

import requests
import traffic


def elements(pieces, name):
    """The elements of the array `name` of a JSON object that arrives in pieces, without holding it whole."""
    decoder = json.JSONDecoder()
    text, found = "", False
    for piece in pieces:
        text += piece.decode("utf-8")
        if not found:
            at = text.find(f'"{name}":[')
            if at < 0:
                continue
            text, found = text[at + len(name) + 4 :], True
        at = 0
        while at < len(text):
            at += text[at] == ","
            if text[at : at + 1] == "]":
                return
            try:
                value, at = decoder.raw_decode(text, at)
            except ValueError:
                break  # the rest of it is still to come
            yield value
        text = text[at:]
    raise AssertionError("the answer ended in the middle")


class Sent:
    """Streams the answer of a POST; `pieces` once the status is known."""

    def __init__(self, url, path, data):
        self.reply = requests.post(
            url + path, data=data, headers={"Content-Type": "application/json"}, stream=True, timeout=300
        )
        assert self.reply.status_code == 200, self.reply.content[:500]

    def elements(self, name):
        return elements(self.reply.iter_content(1 << 16), name)


def encrypt_to(path, service, election, count, **fields):
    """Encrypts `count` ballots in one request and writes a tally request of them, with further fields."""
    sent = Sent(service.url, "/create_encrypted_ballot", traffic.chunk(election, count, "b"))
    seen, hashes = 0, set()
    with open(path, "w", encoding="utf-8") as file:
        head = json.dumps({**election.fields(), **fields}, separators=(",", ":"))
        file.write(head[:-1] + ',"encrypted_ballots":[')
        for ballot in sent.elements("ballots"):
            assert ballot["ballot_id"] == f"b-{seen}"
            hashes.add(ballot["ballot_hash"])
            file.write("," if seen else "")
            json.dump(ballot["encrypted_ballot_with_nonce"], file, separators=(",", ":"))
            seen += 1
        file.write("]}")
    assert seen == len(hashes) == count
