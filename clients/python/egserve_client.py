"""A client of egserve: one method for each step of an election. Python 3.9 or newer, standard library alone.

    client = Client("http://127.0.0.1:5000")
    election, guardians = client.setup_guardians(["Ann", "Bob"], ["P", "Q"], guardians=3, quorum=2)
    ballots = client.encrypt_chunk(election, [Vote("b-1", ["Ann"]), Vote("b-2", ["Bob"])])
    tally = client.tally(election, ballots)
    results = client.decrypt(election, guardians, tally, available=["1", "3"])
    print(results.votes)

An election of several contests has a manifest, as electionguard-python writes it, in place of the names:

    election, guardians = client.setup_from_manifest(manifest, guardians=3, quorum=2)
    ballots = client.encrypt_plain(election, plaintext_ballots)
    ...
    print(results.contests["mayor"])

What the service makes (ballots, tallies, shares) is kept as it came and sent back as it is; only what a caller
needs is taken out of it. A Client may be used by one thread at a time.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse
from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Optional, Sequence

TRIES = 6  # of a request that finds the service full
WAIT_MAX_S = 30.0
Artifact = Any  # JSON of the service, opaque to a client


class ServiceError(Exception):
    """The service refused, or answered what it should not. `field` is the path of what is at fault."""

    def __init__(self, status: int, code: str, message: str, field: Optional[str], request_id: Optional[str]):
        super().__init__(f"{status} {code}: {message}" + (f" ({field})" if field else ""))
        self.status, self.code, self.message = status, code, message
        self.field, self.request_id = field, request_id


@dataclass(frozen=True)
class Election:
    """What every request says about the election."""

    candidates: Sequence[str]
    parties: Sequence[str]
    guardians: int
    quorum: int
    max_choices: int
    joint_public_key: str = ""
    commitment_hash: str = ""
    manifest: Optional[Artifact] = field(default=None, repr=False)  # in place of names and max_choices

    def fields(self) -> dict[str, Any]:
        return {
            **self.voted_on(),
            "joint_public_key": self.joint_public_key,
            "commitment_hash": self.commitment_hash,
            "number_of_guardians": self.guardians,
            "quorum": self.quorum,
        }

    def voted_on(self) -> dict[str, Any]:
        if self.manifest is not None:
            return {"manifest": self.manifest}
        return {
            "party_names": list(self.parties),
            "candidate_names": list(self.candidates),
            "max_choices": self.max_choices,
        }


@dataclass(frozen=True)
class Guardian:
    """One guardian. Keys and polynomial are secret and do not show in its repr."""

    id: str
    data: Artifact = field(repr=False)
    private_key: Artifact = field(repr=False)
    public_key: Artifact = field(repr=False)
    polynomial: Artifact = field(repr=False)


@dataclass(frozen=True)
class Vote:
    ballot_id: str
    candidates: Sequence[str]
    audited: bool = False  # to be challenged and opened instead of cast


@dataclass(frozen=True)
class Ballot:
    ballot_id: str
    ballot_hash: str
    published: str  # JSON text without nonces: what is tallied and shown to everybody
    with_nonces: Artifact = field(repr=False)  # opens the ballot; secret unless it is audited


@dataclass(frozen=True)
class Challenge:
    matches: bool
    message: str
    candidates: Sequence[str]  # what the ballot holds


@dataclass(frozen=True)
class Share:
    """One guardian's share of a tally; `missing`: for whom it stands in, or None."""

    guardian: Guardian
    missing: Optional[Guardian]
    record: Artifact  # the guardian's public record; None when it stands in
    share: Artifact
    ballot_shares: Artifact


@dataclass(frozen=True)
class Results:
    votes: Mapping[str, int]  # by candidate; empty for an election from a manifest
    contests: Mapping[str, Mapping[str, int]]  # of that: by contest, by selection
    cast: int
    everything: Mapping[str, Any]


class Client:
    def __init__(self, url: str, internal_key: Optional[str] = None, timeout_s: float = 600.0):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the url must begin with http:// or https:// and name a host")
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = make(parts.hostname, parts.port, timeout=timeout_s)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json; artifacts=objects"}
        if internal_key is not None:
            self._headers["X-ElectionGuard-Internal-Key"] = internal_key

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- set-up

    def setup_guardians(
        self, candidates: Sequence[str], parties: Sequence[str], guardians: int, quorum: int, max_choices: int = 1
    ) -> tuple[Election, list[Guardian]]:
        """All guardians made in one place: for trials. docs/api.md has the rounds of a real ceremony."""
        return self._setup(Election(list(candidates), list(parties), guardians, quorum, max_choices))

    def setup_from_manifest(self, manifest: Artifact, guardians: int, quorum: int) -> tuple[Election, list[Guardian]]:
        """The same for an election of several contests."""
        return self._setup(Election([], [], guardians, quorum, 1, manifest=manifest))

    def _setup(self, election: Election) -> tuple[Election, list[Guardian]]:
        counts = {"number_of_guardians": election.guardians, "quorum": election.quorum}
        answer = self._post("/setup_guardians", {**election.voted_on(), **counts})
        election = replace(
            election, joint_public_key=answer["joint_public_key"], commitment_hash=answer["commitment_hash"]
        )
        lists = (answer[name] for name in ("guardian_data", "private_keys", "public_keys", "polynomials"))
        return election, [Guardian(data["id"], data, *rest) for data, *rest in zip(*lists)]

    # ---- ballots

    def encrypt(self, election: Election, vote: Vote) -> Ballot:
        return _ballot(self._post("/create_encrypted_ballot", {**election.fields(), **_vote(vote)}))

    def encrypt_chunk(self, election: Election, votes: Sequence[Vote]) -> list[Ballot]:
        """In the order of votes; all or none."""
        return self._encrypt(election, [_vote(vote) for vote in votes], [vote.ballot_id for vote in votes])

    def encrypt_plain(self, election: Election, ballots: Sequence[Mapping[str, Any]]) -> list[Ballot]:
        """PlaintextBallots of electionguard-python, of an election from a manifest; in their order, all or none."""
        return self._encrypt(election, list(ballots), [ballot["object_id"] for ballot in ballots])

    def _encrypt(self, election: Election, entries: list[Any], ids: list[str]) -> list[Ballot]:
        request = {**election.fields(), "ballots": entries}
        ballots = [_ballot(entry) for entry in self._post("/create_encrypted_ballot", request)["ballots"]]
        if [ballot.ballot_id for ballot in ballots] != ids:
            raise ServiceError(200, "unexpected", "the answer is about other ballots", "ballots", None)
        return ballots

    def challenge(self, election: Election, ballot: Ballot, expected: Sequence[str]) -> Challenge:
        """Has a ballot opened and compared with what the voter chose. It must not be cast afterwards."""
        request = {
            **election.fields(),
            "encrypted_ballot_with_nonce": ballot.with_nonces,
            "candidate_names_to_verify": list(expected),
        }
        answer = self._post("/benaloh_challenge", request)
        return Challenge(answer["match"], answer["message"], answer["verified_candidates"])

    # ---- tally

    def tally(self, election: Election, ballots: Sequence[Ballot]) -> Artifact:
        """Every proof of every ballot is verified; one that does not hold is refused by its place."""
        request = {
            **election.fields(),
            "encrypted_ballots": [ballot.published for ballot in ballots],
            "include_submitted_ballots": False,
        }
        return self._post("/create_encrypted_tally", request)["ciphertext_tally"]

    def combine_tallies(self, election: Election, tallies: Sequence[Artifact]) -> Artifact:
        """The tallies of chunks as one, so that guardians decrypt once and no chunk's own result is seen."""
        request = {**election.fields(), "ciphertext_tallies": list(tallies)}
        return self._post("/combine_encrypted_tallies", request)["ciphertext_tally"]

    # ---- decryption

    def share(self, election: Election, guardian: Guardian, tally: Artifact) -> Share:
        request = {
            **election.fields(),
            "guardian_id": guardian.id,
            "guardian_data": guardian.data,
            "private_key": guardian.private_key,
            "public_key": guardian.public_key,
            "polynomial": guardian.polynomial,
            "ciphertext_tally": tally,
            "submitted_ballots": [],
        }
        answer = self._post("/create_partial_decryption", request)
        return Share(guardian, None, answer["guardian_public_key"], answer["tally_share"], answer["ballot_shares"])

    def compensate(self, election: Election, available: Guardian, missing: Guardian, tally: Artifact) -> Share:
        """What `available` contributes in place of `missing`."""
        request = {
            **election.fields(),
            "available_guardian_id": available.id,
            "missing_guardian_id": missing.id,
            "available_guardian_data": available.data,
            "missing_guardian_data": missing.data,
            "available_private_key": available.private_key,
            "available_public_key": available.public_key,
            "available_polynomial": available.polynomial,
            "ciphertext_tally": tally,
            "submitted_ballots": [],
        }
        answer = self._post("/create_compensated_decryption", request)
        return Share(
            available, missing, None, answer["compensated_tally_share"], answer["compensated_ballot_shares"]
        )

    def combine(
        self, election: Election, guardians: Sequence[Guardian], tally: Artifact, shares: Sequence[Share]
    ) -> Results:
        """shares: one of each available guardian, and for each missing one of every available guardian."""
        own = [share for share in shares if share.missing is None]
        others = [(share, share.missing) for share in shares if share.missing is not None]
        request = {
            **election.fields(),
            "ciphertext_tally": tally,
            "submitted_ballots": [],
            "guardian_data": [guardian.data for guardian in guardians],
            "available_guardian_ids": [share.guardian.id for share in own],
            "available_guardian_public_keys": [share.record for share in own],
            "available_tally_shares": [share.share for share in own],
            "available_ballot_shares": [share.ballot_shares for share in own],
            "missing_guardian_ids": [missing.id for _, missing in others],
            "compensating_guardian_ids": [share.guardian.id for share, _ in others],
            "compensated_tally_shares": [share.share for share, _ in others],
            "compensated_ballot_shares": [share.ballot_shares for share, _ in others],
        }
        results = self._post("/combine_decryption_shares", request)["results"]
        counted = results["results"]
        votes = {name: int(entry["votes"]) for name, entry in counted.get("candidates", {}).items()}
        contests = {
            contest["id"]: {selection["id"]: int(selection["votes"]) for selection in contest["selections"]}
            for contest in counted.get("contests", [])
        }
        return Results(votes, contests, counted["total_valid_ballots"], results)

    def decrypt(
        self, election: Election, guardians: Sequence[Guardian], tally: Artifact, available: Sequence[str]
    ) -> Results:
        """All of the above, for guardians whose keys are at hand: those named come, the others are missing."""
        here = [guardian for guardian in guardians if guardian.id in available]
        missing = [guardian for guardian in guardians if guardian.id not in available]
        shares = [self.share(election, guardian, tally) for guardian in here]
        shares += [self.compensate(election, a, m, tally) for m in missing for a in here]
        return self.combine(election, guardians, tally, shares)

    # ---- service

    def is_ready(self) -> bool:
        status, _, _ = self._exchange("GET", "/ready", None)
        return status == 200

    def _exchange(self, method: str, path: str, body: Optional[bytes]) -> tuple[int, bytes, str]:
        """Status, body and Retry-After. A kept connection that the service has closed is opened again."""
        fresh = self._connection.sock is None
        try:
            self._connection.request(method, self._prefix + path, body, self._headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read(), answer.headers.get("Retry-After", "")
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            if fresh:
                raise
            return self._exchange(method, path, body)
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise

    def _post(self, path: str, request: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(request).encode()
        status, content, retry_after = self._exchange("POST", path, body)
        for _ in range(TRIES - 1):
            if status != 503:
                break
            time.sleep(min(float(retry_after) if retry_after.isdigit() else 1.0, WAIT_MAX_S))
            status, content, retry_after = self._exchange("POST", path, body)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if status != 200 or not isinstance(answer, dict):
            raise _error(status, answer)
        return answer


def _error(status: int, answer: Any) -> ServiceError:
    about = answer if isinstance(answer, dict) else {}
    return ServiceError(
        status, about.get("code", "unexpected"), about.get("message", "the answer is not what it should be"),
        about.get("field"), about.get("request_id"),
    )  # fmt: skip


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "ballot_id": vote.ballot_id,
        "candidate_names_to_vote": list(vote.candidates),
        "ballot_status": "AUDITED" if vote.audited else "CAST",
    }


def _ballot(answer: Mapping[str, Any]) -> Ballot:
    return Ballot(
        answer["ballot_id"], answer["ballot_hash"], answer["encrypted_ballot"], answer["encrypted_ballot_with_nonce"]
    )
