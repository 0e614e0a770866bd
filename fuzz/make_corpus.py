#!/usr/bin/python3 -B
"""Writes fuzz/corpus from the recorded exchanges of tests/data/samples: what the fuzz targets start from.

Run it when a format changes, and commit what it writes (under 800 KB in all)."""

import base64
import hashlib
import io
import json
import os
import shutil
import sys
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "http"))

import msgpack  # noqa: E402
import verify  # noqa: E402
import zstandard  # noqa: E402
from fuzz_http import whole_requests  # noqa: E402
from general import recorded_manifest  # noqa: E402
from samples import Samples  # noqa: E402

CORPUS = os.path.join(ROOT, "fuzz", "corpus")
MAX_BYTES = 800_000
# The order of fuzz_request.c.
PATHS = [
    "/setup_guardians", "/create_encrypted_ballot", "/create_encrypted_tally", "/combine_encrypted_tallies",
    "/create_partial_decryption", "/create_compensated_decryption", "/combine_decryption_shares",
    "/generate_guardian_credentials", "/generate_guardian_backup_shares", "/combine_guardian_public_keys",
    "/verify_guardian_key", "/verify_guardian_backup", "/benaloh_challenge", "/publish_ballot", "/ballots", "/ballots/{id}",
    "/ballots/{id}/nonces", "/decode_artifact_to_json", "/api/encrypt", "/api/decrypt",
    "/validate_manifest", "/verify_ballots",
]  # fmt: skip


def put(target, name, data):
    folder = os.path.join(CORPUS, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def small_ballot():
    """Of one candidate."""
    fields = {"party_names": ["p"], "candidate_names": ["a"], "joint_public_key": str(verify.G), "commitment_hash": "1",
              "number_of_guardians": 1, "quorum": 1, "max_choices": 1}  # fmt: skip
    return verify.encrypt_ballot(verify.Election(fields), "b", ["a"], 7, 1700000000)


# Instructions of fuzz_combination.c: what, share, selection, with what.
PROGRAMS = {
    "sound": [], "nobody-missing": [(18, 0, 0, 7)], "others-available": [(18, 0, 0, 5)],
    "a-vote-more": [(1, 0, 0, 1), (11, 0, 0, 0)], "no-count": [(1, 0, 1, 3), (11, 0, 1, 0)],
    "no-vote": [(3, 0, 0, 0), (11, 0, 0, 0)], "signs": [(8, 0, 0, 3)], "shifted": [(14, 0, 0, 0x81)],
    "simulated": [(15, 5, 1, 0)], "pairs-in-another-order": [(20, 0, 0, 1)], "a-pair-less": [(21, 0, 0, 0)],
    "a-pair-twice": [(22, 0, 0, 1)],
}  # fmt: skip


def put_programs():
    for name, program in PROGRAMS.items():
        put("combination", name, b"".join(map(bytes, program)))


def shortened(request):
    """One ballot, no submitted ballots that are not needed: small, and as deep as before."""
    request = dict(request)
    if "encrypted_ballots" in request:
        request["encrypted_ballots"] = request["encrypted_ballots"][:1]
    if "submitted_ballots" in request:
        request["submitted_ballots"] = []
        for name in ("available_ballot_shares", "compensated_ballot_shares"):
            if name in request:
                request[name] = [{} for _ in request[name]]
    if "available_tally_shares" in request:  # the combination needs no backups
        request["guardian_data"] = [{**verify.artifact(d), "backups": {}} for d in request["guardian_data"]]
    if "encrypted_ballot_response" in request:
        ballot = small_ballot()
        request["ballot_id"] = ballot["object_id"]
        response = {"encrypted_ballot": ballot, "ballot_hash": ballot["crypto_hash"]}
        request["encrypted_ballot_response"] = response
    return {name: opened(value) for name, value in request.items()}


def opened(value):
    """Base64 takes a third more room than what it holds."""
    if isinstance(value, list):
        return [opened(v) for v in value]
    if isinstance(value, dict):
        return {name: opened(v) for name, v in value.items()}
    if not isinstance(value, str) or len(value) < 2000 or value.isdigit():
        return value
    try:
        return opened(verify.artifact(value))
    except (ValueError, msgpack.UnpackException):
        return value


def values():
    value = {
        "a": [1, -1, 127, 128, 65536, 2**32, 2**63 - 1, -(2**63), 1.5, -0.0, 1e300, True, False, None],
        "text": "ä\u2028\U0001f600\"\\/\b\f\n\r\t\x01",
        "": {"": [[], {}, [{}]]},
        "ballots": [{"ballot_id": "b"}, "x"],
        "long": "x" * 300,
    }
    put("json", "values", json.dumps(value))
    put("json", "values-utf8", b"\xef\xbb\xbf" + json.dumps(value, ensure_ascii=False, indent=1).encode())
    put("json", "beyond-a-double", '{"unknown": [1e400, -1e400, 12345678901234567e+300]}')
    put("json", "numbers", "[0,-0,1e5,1E-5,123456789012345678901234567890,-9223372036854775809]")
    put("json", "surrogates", '{"a":"\\ud83d\\ude00\\u0000\\uFFFF"}')
    put("json", "nested", "[" * 60 + "]" * 60)
    put("msgpack", "values", msgpack.packb(value))
    numbers = b"\xcc\x01\xcd\0\1\xce\0\0\0\1\xd0\xff\xd1\xff\xff\xca\x3f\x80\0\0"
    put("msgpack", "forms", b"\x9b" + numbers + b"\xd9\1a\xda\0\1b\xdb\0\0\0\1c\xc4\1d\xc0")
    put("msgpack", "containers", b"\xdc\0\2\xde\0\1\xa1a\xdd\0\0\0\1\xdf\0\0\0\0\x90")
    put("msgpack", "nested", b"\x91" * 60 + b"\x90")
    for text in ("", "AA==", "AAA=", "AAAA", " A A\nA=\t", "AB==", "////", "++++"):
        put("base64", f"text-{text.encode().hex() or 'empty'}", text)
    for i, number in enumerate((0, 1, verify.Q - 1, verify.Q, verify.P - 1, verify.P, verify.G)):
        put("numbers", f"decimal-{i}", str(number))
        put("numbers", f"hex-{i}", verify.to_hex(number))


def key_files(credentials, backup):
    """What is sealed in a guardian's key file, an envelope around nothing, and what other guardians send."""
    record = verify.artifact(credentials["guardian_data"]["election_public_key"])
    polynomial = verify.artifact(credentials["polynomial"]["polynomial"])
    head = {
        "owner_id": record["owner_id"], "sequence_order": record["sequence_order"],
        "number_of_guardians": 5, "quorum": len(record["coefficient_commitments"]),
    }  # fmt: skip
    other = {**record, "owner_id": "another", "sequence_order": record["sequence_order"] % 5 + 1}
    within = {**head, "polynomial": polynomial, "guardians": [other], "backups": [{**backup, "owner_id": "another"}]}
    put("key_file", "within", json.dumps(within))
    put("key_file", "within-new", json.dumps({**within, "guardians": [], "backups": []}))
    seal = {"kdf": "scrypt", "n": 65536, "r": 8, "p": 1, "salt": "A" * 43 + "=", "cipher": "AES-256-GCM"}
    rest = {"nonce": "A" * 16, "tag": "A" * 22 + "==", "sealed": "AAAA"}
    put("key_file", "envelope", json.dumps({"format": "egserve guardian key 1", **head, **seal, **rest}))
    put("key_file", "record", json.dumps(other))
    put("key_file", "backup", json.dumps({**backup, "owner_id": "2", "designated_id": "1"}))


def objects(samples):
    ballot = verify.artifact(samples.response("create_encrypted_ballot")["encrypted_ballot_with_nonce"])
    put("ballot", "with-nonces", verify.pack(ballot))
    put("ballot", "submitted", json.dumps(verify.submitted(small_ballot())))
    tally = samples.response("create_encrypted_tally")["ciphertext_tally"]
    put("tally", "map", verify.pack(tally))
    texts = {k: json.dumps(v) if k.startswith("_") else v for k, v in tally.items()}
    texts["contests"] = {i: json.dumps(c) for i, c in tally["contests"].items()}
    put("tally", "texts", json.dumps(texts))
    credentials = samples.response("generate_guardian_credentials")
    data = samples.response("generate_guardian_backup_shares")["guardian_data"]
    put("guardian", "record", verify.pack(verify.artifact(credentials["guardian_data"]["election_public_key"])))
    put("guardian", "polynomial", json.dumps(verify.artifact(credentials["polynomial"]["polynomial"])))
    backup = next(iter(data["backups"].values()))
    put("guardian", "backup", verify.pack(verify.artifact(backup)))
    key_files(credentials, verify.artifact(backup))
    share = samples.response("create_partial_decryption")["tally_share"]
    put("shares", "own", verify.pack(verify.artifact(share)))
    part = samples.response("create_compensated_decryption")["compensated_tally_share"]
    put("shares", "compensated", json.dumps(verify.artifact(part)))
    put("ballot_file", "good", 'ballot_id,1,2\r\n1,A\r\n2,"B,""b""",A\r\n3,,\xdc\r\n\r\n4\r\n')
    put("ballot_file", "marked", "\ufeffballot_id,1\n1,B\n1,A\n2,A,A\n,A\n3,\"A\n")
    put("artifact", "base64", backup)
    put("artifact", "text", " \n" + json.dumps(verify.artifact(backup)))
    put("artifact", "small", base64.b64encode(msgpack.packb({"a": [1, "x"]})))
    put("artifact", "list", "[{}, [1.5, null]]")


def general():
    for name in ("minimal", "full"):
        put("manifest", name, json.dumps(recorded_manifest(name)))
    put("manifest", "packed", msgpack.packb(recorded_manifest("small")))
    write_in = {"object_id": "b", "vote": 1, "write_in": "Zo\u00eb", "is_placeholder_selection": False}
    chosen = [{"object_id": i, "vote": 1} for i in "ca"]
    contests = [
        {"object_id": "k", "ballot_selections": [*chosen, write_in]},
        {"object_id": "l", "ballot_selections": [{"object_id": "a", "vote": 0, "extended_data": {"value": "x", "length": 1}}]},
    ]
    put("plain_ballot", "overvote", json.dumps({"object_id": "1", "style_id": "s", "contests": contests}))
    put("plain_ballot", "empty", msgpack.packb({"object_id": "2", "style_id": "t", "contests": []}))


# Instructions of record_changes.c: what, which file, where (two bytes), how.
RECORD_CHANGES = {
    "good": [], "a-number-more": [(0, 10, 0, 3, 1)], "a-digit": [(0, 11, 0, 40, 7)], "another-kind": [(1, 2, 0, 5, 0)],
    "from-elsewhere": [(2, 10, 0, 9, 30)], "removed": [(3, 5, 0, 8, 0)], "twice": [(4, 6, 0, 8, 1)], "renamed": [(5, 7, 0, 4, 4)],
    "cut": [(18, 9, 1, 0, 0)], "gone": [(19, 8, 0, 0, 0)], "exchanged": [(20, 7, 0, 0, 8)], "copied": [(21, 7, 0, 0, 9)],
    "stray": [(22, 7, 0, 0, 3)], "a-byte": [(23, 4, 0, 9, 48)],
}  # fmt: skip


def records():
    with zipfile.ZipFile(os.path.join(ROOT, "tests", "data", "records", "minimal.zip")) as archive:
        files = {name: archive.read(name) for name in sorted(archive.namelist()) if not name.endswith("/")}
    seen = set()
    for number, (name, data) in enumerate(files.items()):
        kind = os.path.dirname(name) or name
        if kind not in seen:
            put("record_file", os.path.basename(kind), bytes([number]) + data)
        seen.add(kind)
    for name, program in RECORD_CHANGES.items():
        put("record", name, b"".join(map(bytes, program)))
    small = {name: data for name, data in files.items() if len(data) < 2000}
    for method, name in ((zipfile.ZIP_STORED, "stored"), (zipfile.ZIP_DEFLATED, "packed")):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            for file, data in small.items():
                archive.writestr(zipfile.ZipInfo(file), data, method)
        put("record_zip", name, packed.getvalue())
    odd = io.BytesIO()
    with zipfile.ZipFile(odd, "w") as archive:
        for file in ("guardians/", "guardians/a", "../b", "c\\d", "tally.json"):
            archive.writestr(zipfile.ZipInfo(file), b"" if file.endswith("/") else b"{}")
    put("record_zip", "odd-names", odd.getvalue())


# The order of fuzz_module.c.
OPERATIONS = [
    "info", "manifest.check", "election.new", "election.open", "ballot.encrypt", "ballot.verify", "ballot.challenge",
    "guardian.new", "guardian.about", "guardian.record", "guardian.make_backup", "guardian.take_record",
    "guardian.take_backup", "guardian.share", "tally.make", "shares.combine", "record.verify",
]  # fmt: skip


def module(samples):
    """Requests of the module; handles as fuzz_module.c has them."""

    def request(operation, value, form=""):
        data = json.dumps(value, separators=(",", ":")).encode()
        put("module", operation + form, bytes([OPERATIONS.index(operation)]) + data)

    with zipfile.ZipFile(os.path.join(ROOT, "tests", "data", "records", "minimal.zip")) as archive:
        texts = {name: archive.read(name) for name in sorted(archive.namelist()) if not name.endswith("/")}
    guardians = []
    for guardian in (json.loads(text) for name, text in texts.items() if name.startswith("guardians/")):
        names = {"guardian_id": "owner_id", "election_public_key": "key", "election_commitments": "coefficient_commitments",
                 "election_proofs": "coefficient_proofs", "sequence_order": "sequence_order"}  # fmt: skip
        guardians.append({names[name]: value for name, value in guardian.items()})
    manifest, context = (json.loads(texts[name]) for name in ("manifest.json", "context.json"))
    device = {"device_id": 1, "session_id": 2, "launch_code": 3, "location": "here"}
    request("election.open", {"format": "egserve election 1", "manifest": manifest, "context": context, "guardians": guardians,
                              "device": device})  # fmt: skip
    names = {"party_names": ["p"], "candidate_names": ["a", "b"], "max_choices": 1}
    request("election.new", {**names, "guardians": guardians, "quorum": 1, "device": device})
    request("manifest.check", names)
    chosen = {"object_id": "contest-1", "ballot_selections": [{"object_id": "a", "vote": 1}]}
    plain = {"object_id": "b-1", "style_id": "ballot-style-1", "contests": [chosen]}
    request("ballot.encrypt", {"election": 3, "ballot": plain, "timestamp": 1700000000, "keep_nonces": True})
    request("ballot.verify", {"election": 3, "ballot": verify.submitted(small_ballot())})
    request("ballot.challenge", {"election": 3, "ballot": small_ballot()})
    request("tally.make", {"election": 3, "ballots": [verify.submitted(small_ballot())]})
    request("info", {})
    request("guardian.new", {"id": "2", "sequence_order": 2, "number_of_guardians": 3, "quorum": 2})
    request("guardian.about", {"guardian": 2})
    request("guardian.record", {"guardian": 1})
    request("guardian.make_backup", {"guardian": 2, "sequence_order": 2})
    record = verify.artifact(samples.response("generate_guardian_credentials")["guardian_data"]["election_public_key"])
    record = {**record, "owner_id": "2", "sequence_order": 2}
    request("guardian.take_record", {"guardian": 2, "text": json.dumps(record)})
    backup = next(iter(samples.response("generate_guardian_backup_shares")["guardian_data"]["backups"].values()))
    backup = {**verify.artifact(backup), "owner_id": "2", "designated_id": "1", "designated_sequence_order": 1}
    request("guardian.take_backup", {"guardian": 2, "text": json.dumps(backup)})
    files = [{"name": name, "bytes": len(text)} for name, text in texts.items()]
    closed = [file for file in files if not file["name"].startswith(("tally.json", "coefficients.json", "spoiled_ballots/"))]
    request("record.verify", {"files": files, "part": 0, "parts": 2})
    request("record.verify", {"files": closed, "closed": True}, "-closed")
    request("guardian.share", {"guardian": 1, "files": closed, "trust_tally": True})
    share = verify.artifact(samples.response("create_partial_decryption")["tally_share"])
    shares = [{"guardian_id": "1", "sequence_order": 1, "tally_share": share, "ballot_shares": {}}]
    request("shares.combine", {"files": closed, "shares": shares})


def framing():
    """The first byte is the length of the pieces."""
    line = b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\n"
    good = b"GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    put("framing", "length", b"\x03" + good + line + b"Content-Length: 2\r\n\r\n{}" + good)
    put("framing", "chunks", b"\x05" + line + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n" + good)
    put("framing", "fold", b"\x01" + good + line + b"Content-Length: 2\r\nTransfer-Encoding:\r\n chunked\r\n\r\n{}")


def whole():
    seen = set()
    for path, request in whole_requests():
        form = (path, tuple(request))
        if form in seen:
            continue
        seen.add(form)
        index = PATHS.index(path)
        name = path.strip("/").replace("/", "_") + f"-{len(seen)}"
        put("request", name, bytes([index, 1 | (len(seen) % 4) * 2]) + msgpack.packb(shortened(request)))
    for path in ("/ballots", "/ballots/{id}", "/ballots/{id}/nonces"):
        put("request", "get-" + path.strip("/").replace("/", "_").replace("{id}", "id"), bytes([PATHS.index(path), 0]))
    election = {"number_of_guardians": 2, "quorum": 2, "party_names": ["p", "q"], "candidate_names": ["a", "b"]}
    put("request", "setup-json", bytes([0, 2]) + json.dumps(election).encode())


def packed():
    """Objects of a store: the digest asked for, and a frame; one without a checksum, cut, doubled, of no stated length."""
    text = b"".join(b'{"ballot_id": "b-%d"}\n' % i for i in range(20))
    digest = hashlib.sha256(text).digest()
    frame = zstandard.ZstdCompressor(1).compress(text)
    put("object", "good", digest + frame)
    put("object", "checked", digest + zstandard.ZstdCompressor(write_checksum=True).compress(text))
    put("object", "cut", digest + frame[:-1])
    put("object", "twice", digest + frame + frame)
    put("object", "no-length", digest + zstandard.ZstdCompressor(write_content_size=False).compress(text))
    put("object", "bomb", digest + zstandard.ZstdCompressor().compress(bytes(1 << 20)))
    put("object", "empty", hashlib.sha256(b"").digest() + zstandard.ZstdCompressor().compress(b""))


def main():
    shutil.rmtree(CORPUS, ignore_errors=True)
    samples = Samples()
    values()
    objects(samples)
    general()
    records()
    module(samples)
    framing()
    whole()
    put_programs()
    packed()
    sizes = [os.path.getsize(os.path.join(folder, f)) for folder, _, files in os.walk(CORPUS) for f in files]
    print(f"{len(sizes)} files, {sum(sizes)} bytes")
    return 0 if sum(sizes) < MAX_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
