"""docs/api-contract.md 2.2 and 2.5: the encoding of an answer, and every byte of the texts within it."""

import json

import msgpack
import pytest
import verify
from client import JSON, MSGPACK
from election import Election

X_MSGPACK, VND_MSGPACK, PLUS_JSON = "application/x-msgpack", "application/vnd.msgpack", "application/problem+json"


@pytest.mark.parametrize(
    "sent, accept, expected",
    [
        (JSON, None, JSON),
        (MSGPACK, None, MSGPACK),
        (JSON, "*/*", JSON),
        (MSGPACK, "*/*", MSGPACK),
        (X_MSGPACK, "*/*", MSGPACK),
        (VND_MSGPACK, "*/*", MSGPACK),
        (PLUS_JSON, "*/*", JSON),
        (JSON + "; charset=UTF-8", "*/*", JSON),
        (JSON, MSGPACK, MSGPACK),
        (MSGPACK, JSON, JSON),
        (JSON, X_MSGPACK, MSGPACK),
        (MSGPACK, PLUS_JSON, JSON),
        (MSGPACK, f"{JSON}, {MSGPACK}", MSGPACK),
        (JSON, f"{MSGPACK}, {JSON}", JSON),
        (JSON, f"{MSGPACK};q=0.9, {JSON};q=0.8", MSGPACK),
        (MSGPACK, f"{MSGPACK};q=0.1, {JSON};q=0.2", JSON),
        (MSGPACK, f"{MSGPACK};q=0, {JSON}", JSON),
        (MSGPACK, f"*/*;q=1, {JSON};q=0.5", JSON),
        (MSGPACK, "text/html, image/png", MSGPACK),
        (JSON, "text/html;q=0.9", JSON),
        (JSON, ";;,,q=", JSON),
        (JSON, "APPLICATION/MSGPACK", MSGPACK),
    ],
)
@pytest.mark.parametrize("good", [True, False], ids=["answer", "error"])
def test_encoding_of_the_answer(json_client, sent, accept, expected, good):
    body = {"payload": 1} if good else {"other": 1}
    raw = msgpack.packb(body) if "msgpack" in sent else json.dumps(body).encode()
    headers = {"Content-Type": sent, "Accept": accept}
    answer = json_client.send("POST", "/decode_artifact_to_json", raw, headers)
    assert answer.status == (200 if good else 400)
    assert answer.media_type == expected
    assert answer.is_shortest()


@pytest.mark.parametrize("accept, expected", [(None, JSON), ("*/*", JSON), (MSGPACK, MSGPACK), (JSON, JSON)])
def test_encoding_without_a_body(json_client, accept, expected):
    answer = json_client.send("GET", "/ballots/b-1", headers={"Accept": accept})
    assert answer.status == 404 and answer.media_type == expected


def test_a_byte_order_mark_is_skipped(json_client):
    body = b"\xef\xbb\xbf" + json.dumps({"payload": ["ä"]}, ensure_ascii=False).encode()
    assert json_client.send("POST", "/decode_artifact_to_json", body, json_client.headers).ok()["decoded"] == ["ä"]


# Every escape, both sides of each change of length in UTF-8, and what other encoders escape for their own reasons.
ODD_NAMES = [
    "".join(map(chr, range(1, 0x20))) + "\0",
    '"\\/\b\f\n\r\t',
    "\x7f\x80\u07ff\u0800\ud7ff\ue000\ufffd\uffff",
    "\U00010000\U0001f600\U0010ffff",
    "\u2028\u2029<>&'",
    "ÄÖÜ — Ünïcödé",
    " leading and trailing ",
    "contest-1",
    "{}",
    "[1]",
    "null",
]


@pytest.mark.parametrize("form", ["json", "msgpack", "texts"])
def test_texts_are_those_of_pythons_encoder(json_client, msgpack_client, texts_client, form):
    """`encrypted_ballot` must equal them byte for byte: its hash is published."""
    client = {"json": json_client, "msgpack": msgpack_client, "texts": texts_client}[form]
    election = Election(client, guardians=1, quorum=1, candidates=ODD_NAMES)
    election.setup()
    ballot_id = "id: " + ODD_NAMES[0] + ODD_NAMES[2] + ODD_NAMES[3]
    for vote in ODD_NAMES[:4]:
        answer = election.encrypt(ballot_id, vote)
        ballot = verify.artifact(answer["encrypted_ballot_with_nonce"])
        nonce = verify.element(ballot["nonce"])
        expected = verify.encrypt_ballot(election.reference, ballot_id, [vote], nonce, ballot["timestamp"])
        assert answer["ballot_id"] == ballot_id
        assert answer["encrypted_ballot"] == json.dumps(verify.published(expected))
        if form == "texts":
            assert answer["encrypted_ballot_with_nonce"] == json.dumps(expected)
        else:
            assert answer["encrypted_ballot_with_nonce"] == verify.transport(expected)
    tally = election.tally([answer])
    text = tally["ciphertext_tally"]
    if form == "texts":
        assert text == json.dumps(json.loads(text))
    results = election.decrypt(text, tally["submitted_ballots"], ["1"])
    assert results["results"]["candidates"][ODD_NAMES[3]]["votes"] == "1"


@pytest.mark.parametrize("count", [15, 16, 31, 32, 255, 256, 65535, 65536])
def test_shortest_forms_of_messagepack(msgpack_client, count):
    """On both sides of each change of form: strings, lists, maps; and integers."""
    for value in ("x" * count, list(range(count % 1000)) + [0] * (count - count % 1000), {str(i): i for i in range(count)}):
        answer = msgpack_client.post("/decode_artifact_to_json", {"payload": value})
        assert answer.ok()["decoded"] == value and answer.is_shortest()


def test_integers_and_floats_of_messagepack(msgpack_client):
    edges = [2**n + d for n in (0, 5, 7, 8, 15, 16, 31, 32, 62) for d in (-1, 0, 1)]
    value = edges + [-e for e in edges] + [2**63 - 1, -(2**63), 0.5, -0.0, 1e300]
    answer = msgpack_client.post("/decode_artifact_to_json", {"payload": value})
    assert answer.ok()["decoded"] == value and answer.is_shortest()
