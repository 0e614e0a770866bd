"""Guardians as people run them: a key file each, files in a folder that all of them see; and the record before its
decryption that they are asked to decrypt."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import verify
from client import Client
from general import GeneralElection, recorded_ballots, recorded_manifest
from made_record import DEVICE, MadeRecord, dump
from records import DATA
from service import program
from verify import P, mpz, to_hex

IDS = ["Ada é", "guardian 2", "3"]
TIMEOUT_S = 120


def run(*arguments, cwd=None, **options):
    """egserve guardian ..."""
    command = [program(), "guardian", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, cwd=cwd, **options)


def with_phrase(*arguments, phrase, cwd=None, **options):
    """The same with `--passphrase-fd` of a pipe that holds the line, or several."""
    read, write = os.pipe()
    try:
        os.write(write, phrase.encode() if isinstance(phrase, str) else phrase)
        os.close(write)
        return run(*arguments, f"--passphrase-fd={read}", cwd=cwd, pass_fds=[read], **options)
    finally:
        os.close(read)


class Guardian:
    def __init__(self, folder, shared, order, guardians=3, quorum=2):
        self.order, self.id, self.shared = order, IDS[order - 1], shared
        self.key = folder / f"guardian-{order}.key"
        self.phrase = f"the pass phrase of number {order}\n"
        self.ok("new", f"--id={self.id}", f"--order={order}", f"--guardians={guardians}", f"--quorum={quorum}", key=self.key)

    def call(self, *arguments, key=None, phrase=None):
        command, *rest = arguments
        return with_phrase(command, f"--key={key or self.key}", *rest, phrase=phrase or self.phrase)

    def ok(self, *arguments, **options):
        """What it answered with --json."""
        done = self.call(*arguments, "--json", **options)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert answer["ok"] and answer["error"] is None
        return answer

    def refused(self, *arguments, **options):
        """The answer, and what was said on stderr."""
        done = self.call(*arguments, "--json", "--quiet", **options)
        assert done.returncode == 1, (done.returncode, done.stderr)
        answer = json.loads(done.stdout)
        assert not answer["ok"] and answer["error"]
        return answer, done.stderr

    def record(self):
        return json.loads((self.shared / f"record-{self.order}.json").read_text())


class Ceremony:
    """Three guardians, two of whom decrypt, up to a step: "records", "backups", or all of it."""

    def __init__(self, folder, until="all"):
        self.folder, self.shared = Path(folder), Path(folder) / "shared"
        self.shared.mkdir()
        self.guardians = [Guardian(self.folder, self.shared, order) for order in (1, 2, 3)]
        for step in ("record", "backups", "receive")[: {"records": 1, "backups": 2, "all": 3}[until]]:
            for guardian in self.guardians:
                self.step(step, guardian)

    def step(self, step, guardian):
        if step == "receive":
            return guardian.ok("receive", self.shared)
        return guardian.ok(step, f"--out={self.shared}", *([self.shared] if step == "backups" else []))


class _Election(GeneralElection):
    """An election of guardians whose keys the service never sees."""

    def __init__(self, client, manifest, records, quorum):
        self.client, self.manifest, self.sent = client, manifest, manifest
        self.guardians, self.quorum = len(records), quorum
        self.key = verify.product(mpz(r["key"], 16) for r in records) % P
        commitments = [[mpz(c, 16) for c in r["coefficient_commitments"]] for r in records]
        hashed = verify.commitment_hash(commitments)
        self.answer = {"joint_public_key": str(self.key), "commitment_hash": str(mpz(hashed))}


class ClosedRecord(MadeRecord):
    """The record before its decryption, in a folder: ballots b-0 and on of a recorded manifest, some spoiled."""

    def __init__(self, folder, service, ceremony, count=6, spoiled=("b-1",), name="minimal"):
        self.folder, self.spoiled, self.sums = folder, set(spoiled), {}
        public = [g.record() for g in ceremony.guardians]
        self.election = _Election(Client(service.url), recorded_manifest(name), public, 2)
        self.guardians = [
            {
                "guardian_id": p["owner_id"],
                "sequence_order": p["sequence_order"],
                "election_public_key": p["key"],
                "election_commitments": p["coefficient_commitments"],
                "election_proofs": p["coefficient_proofs"],
            }
            for p in public
        ]
        dump(folder, "manifest.json", self.election.manifest)
        dump(folder, "constants.json", json.loads(zipfile.ZipFile(DATA / "minimal.zip").read("constants.json")))
        dump(folder, "encryption_devices/device_1.json", DEVICE)
        for guardian in self.guardians:
            dump(folder, f"guardians/guardian_{guardian['guardian_id']}.json", guardian)
        plain = recorded_ballots(name)
        self.plain = [{**plain[i % len(plain)], "object_id": f"b-{i}"} for i in range(count)]
        self.encrypt()
        self.finish()

    def encrypt(self):
        entries = [{"ballot": b, "ballot_status": "CAST"} for b in self.plain]
        self.answers = self.election.post({"ballots": entries}).ok()["ballots"]
        self.ballots = {}
        for answered in self.answers:
            ballot = json.loads(answered["encrypted_ballot"])
            self.manifest_hash = ballot["manifest_hash"]
            self.put(ballot, 2 if ballot["object_id"] in self.spoiled else 1)

    def put(self, ballot, state):
        ballot = {**ballot, "state": state}
        self.ballots[ballot["object_id"]] = ballot
        dump(self.folder, f"submitted_ballots/submitted_ballot_{ballot['object_id']}.json", ballot)

    def finish(self):
        self.sums = {}
        for ballot in self.ballots.values():
            if ballot["state"] == 1:
                self._count(ballot)
        encrypted = {}
        for (contest_id, object_id), (pad, data, contest, s) in self.sums.items():
            head = {k: contest[k] for k in ("object_id", "sequence_order", "description_hash")}
            encrypted.setdefault(contest_id, {**head, "selections": {}})["selections"][object_id] = {
                **{k: s[k] for k in ("object_id", "sequence_order", "description_hash")},
                "ciphertext": {"pad": to_hex(pad), "data": to_hex(data)},
            }
        dump(self.folder, "encrypted_tally.json", {"object_id": "tally", "contests": encrypted})
        self._finish_context()
        (self.folder / "coefficients.json").unlink()

    def load(self, file):
        return json.loads((self.folder / file).read_text())

    def zip(self, path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(self.folder.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(self.folder))
        return path

    # ---- the service's part

    def combined(self, own, compensated):
        """Results of /combine_decryption_shares, of files of shares: {order: file}, {(missing, available): file}."""
        election = self.election
        cast = [a for a in self.answers if a["ballot_id"] not in self.spoiled]
        tally = election.post({"encrypted_ballots": [a["encrypted_ballot"] for a in cast]}, "/create_encrypted_tally").ok()
        data = [
            {"id": g["guardian_id"], "sequence_order": g["sequence_order"], "election_public_key": p}
            for g, p in zip(self.guardians, self.public())
        ]
        ids = {g["sequence_order"]: g["guardian_id"] for g in self.guardians}
        request = {
            "ciphertext_tally": tally["ciphertext_tally"],
            "submitted_ballots": list(self.ballots.values()),
            "guardian_data": data,
            "available_guardian_ids": [ids[o] for o in own],
            "available_guardian_public_keys": [self.public()[o - 1] for o in own],
            "available_tally_shares": [s["tally_share"] for s in own.values()],
            "available_ballot_shares": [s["ballot_shares"] for s in own.values()],
            "missing_guardian_ids": [ids[m] for m, _ in compensated],
            "compensating_guardian_ids": [ids[a] for _, a in compensated],
            "compensated_tally_shares": [s["tally_share"] for s in compensated.values()],
            "compensated_ballot_shares": [s["ballot_shares"] for s in compensated.values()],
        }
        return verify.artifact(election.post(request, "/combine_decryption_shares").ok()["results"])

    def public(self):
        return [
            {
                "owner_id": g["guardian_id"], "sequence_order": g["sequence_order"], "key": g["election_public_key"],
                "coefficient_commitments": g["election_commitments"], "coefficient_proofs": g["election_proofs"],
            }
            for g in self.guardians
        ]  # fmt: skip

