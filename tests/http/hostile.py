"""Requests that must be refused, and what is asserted of each refusal.

A case is a line of a table: (row of docs/api-contract.md 8, what is odd, the change to a good request, code, field,
message). The change is a map of fields to set, Without(names) to leave out, or a function (world, request) that
changes the request in place. Row 0: not among the contract's rows.
"""

import copy
import json

import msgpack
import pytest
import verify
from client import JSON, MSGPACK, Raw, encode

DEADLINE_S = 30  # generous: what is refused is refused at once, but not when a sanitizer shares a busy machine
ECHO_MAX = 64  # bytes of a request's value that a message may repeat: a name to recognise
ORDER = ["status", "message", "error", "code", "field", "request_id", "errors", "required", "optional"]
MEDIA_TYPES = {"json": JSON, "msgpack": MSGPACK}


class Without(list):
    """Names of fields to leave out."""


def without(*names):
    return Without(names)


def at(value, path, new):
    """Sets what lies at a path such as ("contests", 0, "proof"); in place."""
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new


def changed(request, change, world=None):
    request = copy.deepcopy(request)
    if isinstance(change, Without):
        for name in change:
            del request[name]
    elif callable(change):
        change(world, request)
    else:
        request.update(change)
    return request


def fits_msgpack(change):
    """MessagePack has no integers beyond 64 bits."""
    try:
        msgpack.packb(change if isinstance(change, dict) else {})
    except OverflowError:
        return False
    return True


def cases(table):
    """Parameters `encoding, change, expected` for each line of the table in each encoding."""
    params = []
    for row, label, change, *expected in table:
        for encoding in MEDIA_TYPES:
            if encoding == "json" or fits_msgpack(change):
                name = f"row{row}-{label}-{encoding}" if row else f"{label}-{encoding}"
                params.append(pytest.param(encoding, change, expected, id=name))
    return pytest.mark.parametrize("encoding, change, expected", params)


class Wire:
    """One connection, never opened again: a service that hangs up after a refusal is found out."""

    def __init__(self, url):
        self.raw = Raw(url, timeout=DEADLINE_S)

    def close(self):
        self.raw.__exit__()

    def request(self, method, path, body, headers):
        lines = [f"{method} {path} HTTP/1.1", "Host: service"]
        lines += [f"{name}: {value}" for name, value in headers.items() if value is not None]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.raw.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))
        return self.raw.answer()

    def send_bytes(self, path, body, media_type, accept="*/*"):
        return self.request("POST", path, body, {"Content-Type": media_type, "Accept": accept})

    def send(self, path, request, encoding):
        return self.send_bytes(path, encode(request, encoding), MEDIA_TYPES[encoding])

    def check_usable(self):
        """The next request on the connection is served as if nothing had been."""
        answer = self.send("/decode_artifact_to_json", {"payload": ["still", 1]}, "json")
        assert answer.ok() == {"status": "success", "decoded": ["still", 1]}


def check_error(answer, status, code=None, field=None, message=None, sent=b""):
    """The error object of docs/api-contract.md 1.3, whole and exact."""
    body = answer.refused(status, code)
    assert list(body) == [name for name in ORDER if name in body], f"fields {list(body)}"
    assert body.get("field") == field, f"field {body.get('field')}: {body['message']}"
    if message is not None:
        assert body["message"] == message
    assert answer.is_shortest()
    assert len(answer.raw) < 4096
    for shown in (body["message"], body.get("field", "")):
        shown = shown.encode()
        for start in range(len(shown) - ECHO_MAX):
            assert shown[start : start + ECHO_MAX + 1] not in sent, "a long value is repeated"
    return body


def refuse(wire, path, request, encoding, code, field, message=None):
    sent = encode(request, encoding)
    answer = wire.send_bytes(path, sent, MEDIA_TYPES[encoding])
    assert answer.media_type == MEDIA_TYPES[encoding]
    body = check_error(answer, 400, code, field, message, sent)
    wire.check_usable()
    return body


def serve(wire, path, request, encoding):
    """A request that looks odd but is good."""
    answer = wire.send(path, request, encoding)
    body = answer.ok()
    wire.check_usable()
    return body


class World:
    """One election and a good request to each endpoint. Built once; requests are copied before they are changed."""

    def __init__(self, election, client):
        self.election = election
        self.client = client
        self.names = election.candidates
        self.answers = election.encrypt_chunk([("b-1", "Ann"), ("b-2", "Bo"), ("b-3", ["Cy"], "AUDITED")])
        self.ballots = [verify.artifact(a["encrypted_ballot_with_nonce"]) for a in self.answers]
        self.tallied = election.tally(self.answers)
        self.counted = self.tallied["ciphertext_tally"]
        self.submitted = self.tallied["submitted_ballots"]
        self.shares, self.compensated_shares = election.shares(self.counted, self.submitted, ["1", "2"])
        self.guardians = [self._credentials(i) for i in (1, 2, 3)]

    def _credentials(self, order):
        return self.client.post("/generate_guardian_credentials", self.credentials(order)).ok()

    def setup(self):
        return {
            "number_of_guardians": 3,
            "quorum": 2,
            "party_names": self.election.parties,
            "candidate_names": self.names,
        }

    def ballot(self):
        return self.election.ballot_request("b", "Ann")

    def chunk(self):
        votes = [{"ballot_id": f"c-{i}", "candidate_names_to_vote": ["Ann"]} for i in range(2)]
        return {**self.election.fields(), "ballots": votes}

    def tally(self):
        return {**self.election.fields(), "encrypted_ballots": self.ballots[:2]}

    def partial(self):
        return self.election.partial_request("1", self.counted, self.submitted)

    def compensated(self):
        return self.election.compensated_request("1", "3", self.counted, self.submitted)

    def combination(self):
        return self.election.combine_request(
            self.counted, self.submitted, self.shares, self.compensated_shares
        )

    def challenge(self):
        return {
            **self.election.fields(),
            "encrypted_ballot_with_nonce": self.answers[0]["encrypted_ballot_with_nonce"],
            "candidate_names_to_verify": ["Ann"],
            "ballot_id": "b-1",
        }

    def keys(self):
        return {
            "public_keys": [g["public_key"]["public_key"] for g in self.guardians],
            "party_names": self.election.parties,
            "candidate_names": self.names,
            "number_of_guardians": 3,
            "quorum": 2,
        }

    @staticmethod
    def credentials(order=1):
        return {
            "guardian_id": str(order),
            "sequence_order": order,
            "number_of_guardians": 3,
            "quorum": 2,
        }

    def backups(self):
        sender, *others = self.guardians
        recipients = [
            {
                "guardian_id": g["guardian_data"]["id"],
                "sequence_order": g["guardian_data"]["sequence_order"],
                "public_key": g["public_key"]["public_key"],
            }
            for g in others
        ]
        return {
            "sender_guardian_id": "1",
            "sender_sequence_order": 1,
            "number_of_guardians": 3,
            "quorum": 2,
            "sender_private_key": sender["private_key"]["private_key"],
            "sender_public_key": sender["public_key"]["public_key"],
            "sender_polynomial": sender["polynomial"]["polynomial"],
            "recipients": recipients,
        }

    def backup_check(self):
        answer = self.client.post("/generate_guardian_backup_shares", self.backups()).ok()
        data = verify.artifact(answer["guardian_data"])
        return {
            "guardian_id": "2",
            "sequence_order": 2,
            "number_of_guardians": 3,
            "quorum": 2,
            "private_key": self.guardians[1]["private_key"],
            "backup": data["backups"]["2"],
            "sender_election_public_key": data["election_public_key"],
        }

    def tallies(self):
        return {**self.election.fields(), "ciphertext_tallies": [self.counted]}

    def key_check(self):
        own = self.guardians[0]
        return {"private_key": own["private_key"], "stored_public_key": own["public_key"]}

    def publication(self):
        answer = self.answers[2]
        response = {
            "encrypted_ballot": answer["encrypted_ballot_with_nonce"],
            "ballot_hash": answer["ballot_hash"],
        }
        return {
            "ballot_id": "b-3",
            "encrypted_ballot_response": json.dumps(response),
            "ballot_status": "AUDITED",
        }

    @staticmethod
    def decoding():
        return {"payload": {"a": ["gqFhAQ=="]}}


# Every endpoint that takes a body, with the World method that makes a good request for it.
ENDPOINTS = {
    "/setup_guardians": "setup",
    "/create_encrypted_ballot": "ballot",
    "/create_encrypted_tally": "tally",
    "/create_partial_decryption": "partial",
    "/create_compensated_decryption": "compensated",
    "/combine_decryption_shares": "combination",
    "/benaloh_challenge": "challenge",
    "/combine_guardian_public_keys": "keys",
    "/generate_guardian_credentials": "credentials",
    "/generate_guardian_backup_shares": "backups",
    "/verify_guardian_key": "key_check",
    "/verify_guardian_backup": "backup_check",
    "/combine_encrypted_tallies": "tallies",
    "/publish_ballot": "publication",
    "/decode_artifact_to_json": "decoding",
}
