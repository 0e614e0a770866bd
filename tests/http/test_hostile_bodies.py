"""Rows 1 to 19 of docs/api-contract.md 8: bodies that no endpoint can read, at every endpoint."""

import json

import msgpack
import pytest
from client import JSON, MSGPACK, Raw, encode
from hostile import DEADLINE_S, ENDPOINTS, Wire, check_error, refuse

every_endpoint = pytest.mark.parametrize("path", ENDPOINTS)
both = pytest.mark.parametrize("encoding", ["json", "msgpack"])
# What the first check of an endpoint asks for. Empty: the whole map is what is missing.
FIRST_FIELD = {
    "/setup_guardians": "number_of_guardians",
    "/benaloh_challenge": None,
    "/verify_guardian_key": None,
    "/publish_ballot": "ballot_id",
    "/decode_artifact_to_json": "payload",
    "/combine_guardian_public_keys": "public_keys",
}
NO_DATA = "No data provided"


def refused_bytes(wire, path, body, media_type, status=400, code=None, field=None, answered_in=None):
    answer = wire.send_bytes(path, body, media_type)
    if answered_in:
        assert answer.media_type == answered_in
    error = check_error(answer, status, code, field, sent=body)
    wire.check_usable()
    return error


@every_endpoint
@both
def test_row1_empty_map(wire, path, encoding):
    field = FIRST_FIELD.get(path, "number_of_guardians")
    message = NO_DATA if field is None else None
    body = refuse(wire, path, {}, encoding, "missing_field", field, message)
    assert field is None or body["message"] in (f"Missing required field: {field}", "Missing required fields")


@every_endpoint
def test_row2_empty_body(wire, path):
    refused_bytes(wire, path, b"", JSON, code="bad_encoding")


@every_endpoint
@pytest.mark.parametrize("body", [b"null", b"[]", b"5", b'"text"', b"true"])
def test_row3_no_map_json(wire, path, body):
    refused_bytes(wire, path, body, JSON, code="bad_type")


@every_endpoint
@pytest.mark.parametrize("body", [b"\xc0", b"\x90", b"\x05", b"\xa1a", b"\xc3"])
def test_row3_no_map_msgpack(wire, path, body):
    refused_bytes(wire, path, body, MSGPACK, code="bad_type")


@every_endpoint
@pytest.mark.parametrize("body", [b"{", b'{"a"', b'{"a":', b'{"a":1', b'{"a":"b', b'{"a":[1,', b'{"a":tru'])
def test_row4_truncated_json(wire, path, body):
    error = wire.send_bytes(path, body, JSON)
    check_error(error, 400, "bad_encoding", error.body.get("field"), sent=body)
    assert error.body.get("field") in (None, "a", "a[1]")
    assert f"near byte {len(body)}" in error.body["message"]
    wire.check_usable()


@pytest.mark.parametrize(
    "label, text",
    [
        ("comma at the end", b'{"a":1,}'),
        ("no colon", b'{"a" 1}'),
        ("single quotes", b"{'a':1}"),
        ("bare name", b"{a:1}"),
        ("comment", b'{"a":1}/*'),
        ("NaN", b'{"a":NaN}'),
        ("infinity", b'{"a":Infinity}'),
        ("hexadecimal", b'{"a":0x10}'),
        ("leading zero", b'{"a":01}'),
        ("plus", b'{"a":+1}'),
        ("bare point", b'{"a":.5}'),
        ("point at the end", b'{"a":1.}'),
        ("control character", b'{"a":"\x01"}'),
        ("line feed in a string", b'{"a":"\n"}'),
        ("unknown escape", b'{"a":"\\x41"}'),
        ("short escape", b'{"a":"\\u12"}'),
        ("second value", b'{"a":1}{}'),
        ("letter behind", b'{"a":1}x'),
        ("zero byte behind", b'{"a":1}\0'),
        ("wrong bracket", b'{"a":[1}'),
        ("second BOM", b'\xef\xbb\xbf\xef\xbb\xbf{"a":1}'),
        ("half a BOM", b'\xef\xbb{"a":1}'),
    ],
)
def test_json_that_is_none(wire, label, text):
    answer = wire.send_bytes("/decode_artifact_to_json", text, JSON)
    check_error(answer, 400, "bad_encoding", answer.body.get("field"), sent=text)
    wire.check_usable()


NOT_UTF8 = [b"\xff\xfe", b"\x80", b"\xc0\x80", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88"]
not_utf8 = pytest.mark.parametrize("bad", NOT_UTF8, ids=[b.hex() for b in NOT_UTF8])


@every_endpoint
def test_row5_json_is_not_utf8(wire, path):
    refused_bytes(wire, path, b'{"a":"\xff\xfe"}', JSON, code="bad_encoding", field="a")


@not_utf8
def test_row5_each_kind_of_bad_bytes(wire, bad):
    body = b'{"payload":["x' + bad + b'"]}'
    refused_bytes(wire, "/decode_artifact_to_json", body, JSON, 400, "bad_encoding", "payload[0]")


@not_utf8
def test_row5_in_a_key(wire, bad):
    refused_bytes(wire, "/decode_artifact_to_json", b'{"' + bad + b'":1}', JSON, code="bad_encoding")


HALVES = ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud800x", "\\ud800\\u0041", "\\ud800\\n", "\\udbff", "\\uDFFF"]


@pytest.mark.parametrize("half", HALVES)
def test_row6_half_a_surrogate_pair(wire, world, half):
    request = json.dumps({**world.setup(), "candidate_names": ["HALF", "b", "c"]})
    body = request.replace("HALF", half).encode()
    refused_bytes(wire, "/setup_guardians", body, JSON, 400, "bad_encoding", "candidate_names[0]")


@every_endpoint
@both
def test_row7_one_key_twice(wire, path, encoding):
    twice = b'{"a":1,"a":2}' if encoding == "json" else b"\x82\xa1a\x01\xa1a\x02"
    refused_bytes(wire, path, twice, JSON if encoding == "json" else MSGPACK, code="duplicate", field="a")


@both
def test_row7_one_key_twice_deep_inside(wire, encoding):
    if encoding == "json":
        body = b'{"payload":[{"x":{"k":1,"l":2,"\\u006b":3}}]}'
    else:
        body = b"\x81\xa7payload\x91\x81\xa1x\x82\xa1k\x01\xc4\x01k\x02"
    media_type = JSON if encoding == "json" else MSGPACK
    refused_bytes(wire, "/decode_artifact_to_json", body, media_type, 400, "duplicate", "payload[0].x")


@every_endpoint
@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", None]
)
def test_row8_other_media_types(wire, path, media_type):
    answer = wire.request("POST", path, b'{"a":1}', {"Content-Type": media_type, "Accept": "*/*"})
    assert answer.media_type == JSON
    body = check_error(answer, 415, None)
    assert "application/json" in body["message"] and "application/msgpack" in body["message"]
    wire.check_usable()


def test_row8_is_answered_in_messagepack_when_asked_for(wire):
    answer = wire.send_bytes("/setup_guardians", b"x=1", "text/plain", accept=MSGPACK)
    assert answer.media_type == MSGPACK
    check_error(answer, 415)
    wire.check_usable()


@every_endpoint
@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_row9_wide_json(wire, path, charset):
    body = json.dumps({"number_of_guardians": 1}).encode(charset)
    refused_bytes(wire, path, body, JSON, 415)


@every_endpoint
@pytest.mark.parametrize(
    "body", [b"", b"\x81", b"\x81\xa1", b"\x81\xa1a", b"\x81\xa1a\xcd\x01", b"\x81\xa1a\x92\x01", b"\xdf\0\0"]
)
def test_row10_truncated_msgpack(wire, path, body):
    answer = wire.send_bytes(path, body, MSGPACK)
    check_error(answer, 400, "bad_encoding", answer.body.get("field"), sent=body)
    wire.check_usable()


@every_endpoint
@pytest.mark.parametrize("behind", [b"\0", b"\xc0", b"\x80", b"\xff"])
def test_row11_bytes_behind_the_map(wire, path, behind):
    refused_bytes(wire, path, b"\x81\xa1a\x01" + behind, MSGPACK, code="bad_encoding")


@pytest.mark.parametrize("bad", NOT_UTF8, ids=[b.hex() for b in NOT_UTF8])
def test_row12_msgpack_string_is_not_utf8(wire, bad):
    value = bytes([0xA0 | len(bad)]) + bad
    body = b"\x81\xa7payload\x91" + value
    refused_bytes(wire, "/decode_artifact_to_json", body, MSGPACK, 400, "bad_encoding", "payload[0]")


def test_row12_as_a_name(wire, world):
    """The whole message was read again with the bad bytes replaced; two names became one."""
    body = msgpack.packb(world.setup()).replace(b"\xa3Ann", b"\xa3A\xff\xfe")
    refused_bytes(wire, "/setup_guardians", body, MSGPACK, 400, "bad_encoding", "candidate_names[0]")


def test_row13_bin_where_text_belongs(wire, world):
    good = {**world.setup(), "candidate_names": [b"Ann", "Bo"], b"quorum": 2}
    good.pop("quorum")
    assert wire.send("/setup_guardians", good, "msgpack").ok()["quorum"] == 2
    bad = {**world.setup(), "candidate_names": ["Ann", b"\xff\xfe"]}
    refuse(wire, "/setup_guardians", bad, "msgpack", "bad_encoding", "candidate_names[1]")


@every_endpoint
@pytest.mark.parametrize("key", [1, -1, None, True, 1.5, b"\xff"])
def test_row14_keys_that_are_no_strings(wire, path, key):
    answer = wire.send_bytes(path, msgpack.packb({key: 1}), MSGPACK)
    check_error(answer, 400, "bad_encoding")
    wire.check_usable()


# A list, a map, a string, a binary that claim four billion; alone and as a field.
@every_endpoint
@pytest.mark.parametrize("kind", [0xDD, 0xDF, 0xDB, 0xC6])
@pytest.mark.parametrize("prefix", [b"", b"\x81\xa1a"], ids=["alone", "field"])
def test_row15_counts_beyond_the_body(wire, path, kind, prefix):
    body = prefix + bytes([kind]) + b"\xff\xff\xff\xff" + b"\xa1b"
    answer = wire.send_bytes(path, body, MSGPACK)
    expected = ("bad_encoding", "bad_type") if prefix == b"" else "bad_encoding"
    check_error(answer, 400, expected, answer.body.get("field"), sent=body)
    wire.check_usable()


@pytest.mark.parametrize("field", ["encrypted_ballots", "submitted_ballots", "ballots", "public_keys"])
def test_row15_in_the_streamed_lists(wire, field):
    """The lists that are handled element by element as they arrive."""
    for path in ENDPOINTS:
        body = b"\x81" + msgpack.packb(field) + b"\xdd\xff\xff\xff\xff\x80\x80"
        answer = wire.send_bytes(path, body, MSGPACK)
        check_error(answer, 400, ("bad_encoding", "bad_type", "missing_field"), answer.body.get("field"))
    wire.check_usable()


@every_endpoint
def test_row16_the_other_encoding(wire, world, path):
    request = getattr(world, ENDPOINTS[path])()
    answer = wire.send_bytes(path, json.dumps(request).encode(), MSGPACK)
    check_error(answer, 400, ("bad_encoding", "bad_type"))
    answer = wire.send_bytes(path, msgpack.packb(request), JSON)
    check_error(answer, 400, "bad_encoding")
    wire.check_usable()


NESTED = {
    "json": [b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000],
    "msgpack": [b"\x91" * 100_000 + b"\x01", b"\x81\xa1a" * 100_000 + b"\x01"],
}


@every_endpoint
@both
def test_row17_nested_100000_deep(wire, path, encoding):
    media_type = JSON if encoding == "json" else MSGPACK
    for body in NESTED[encoding]:
        answer = wire.send_bytes(path, body, media_type)
        check_error(answer, 400, None, answer.body.get("field"))
        prefix = b'{"a":' if encoding == "json" else b"\x81\xa1a"
        answer = wire.send_bytes(path, prefix + body + (b"}" if encoding == "json" else b""), media_type)
        check_error(answer, 400, None, answer.body.get("field"))
        assert answer.body["field"].startswith("a")
    wire.check_usable()


@both
def test_row17_nesting_is_counted_through_texts(wire, encoding):
    """64 maps and lists, the request's own map among them, whatever they are wrapped in."""
    path = "/decode_artifact_to_json"
    for levels in (2, 30, 62):
        value = nested(levels)
        decoded = [value, nested(levels - 1)]
        sent = [value, json.dumps(nested(levels - 1))]
        assert wire.send(path, {"payload": sent}, encoding).ok()["decoded"] == decoded
    for levels in (64, 65, 300):
        answer = wire.send(path, {"payload": nested(levels)}, encoding)
        check_error(answer, 400, ("out_of_range", "bad_encoding"), answer.body.get("field"))
    # within a text within a list: too deep together, so the text stays a text
    deep = json.dumps(nested(40))
    for _ in range(24):
        deep = [deep]
    assert wire.send(path, {"payload": deep}, encoding).ok()["decoded"] == deep
    wire.check_usable()


def nested(levels):
    value = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@every_endpoint
def test_row18_other_methods(wire, path, method):
    answer = wire.request(method, path, b'{"a":1}' if method != "GET" else None, {"Content-Type": JSON})
    check_error(answer, 405)
    assert sorted(answer.headers["Allow"].replace(" ", "").split(",")) == ["OPTIONS", "POST"]
    wire.check_usable()


@every_endpoint
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_row18_trailing_slash_and_unknown_paths(wire, path, method):
    for other in (path + "/", path + "x", "/" + path, "/api" + path, path.upper()):
        answer = wire.request(method, other, b"{}" if method == "POST" else None, {"Content-Type": JSON})
        check_error(answer, 404)
    wire.check_usable()


@every_endpoint
def test_row19_refused_at_the_header(service, path):
    """Nothing of the body is sent, and the answer comes all the same."""
    with Raw(service.url, timeout=DEADLINE_S) as raw:
        raw.send(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n"
            "Content-Length: 99999999999999\r\n\r\n".encode()
        )
        check_error(raw.answer(), 413, "too_large")
    wire = Wire(service.url)
    wire.check_usable()
    wire.close()


BEYOND = ["1e400", "-1e999", "1" * 400 + ".5", "0." + "3" * 5000, "1" * 5000]


@pytest.mark.parametrize("number", BEYOND, ids=lambda n: n[:6])
def test_numbers_beyond_a_double_in_fields_that_nobody_knows(wire, world, number):
    """They do not matter, at the top or within."""
    body = encode(world.setup(), "json")[:-1] + f',"unknown":{number},"other":{{"in":[1,{number}]}}}}'.encode()
    wire.send_bytes("/setup_guardians", body, JSON).ok()
    wire.check_usable()


@pytest.mark.parametrize("number", BEYOND, ids=lambda n: n[:6])
def test_numbers_beyond_a_double_where_they_matter(wire, world, number):
    request = {**world.setup(), "quorum": 77}
    body = encode(request, "json").replace(b"77", number.encode())
    answer = wire.send_bytes("/setup_guardians", body, JSON)
    check_error(answer, 400, ("bad_type", "out_of_range"), "quorum", sent=body)
    body = b'{"payload":[' + number.encode() + b"]}"
    if number.isdigit():
        wire.send_bytes("/decode_artifact_to_json", body, JSON).ok()
    else:
        check_error(wire.send_bytes("/decode_artifact_to_json", body, JSON), 400, "out_of_range", "payload", sent=body)
    wire.check_usable()


@pytest.mark.parametrize("before", [0, 10, 70_000])
def test_the_place_of_a_string_that_is_no_text(wire, before):
    """The offset is the string's, not that of the piece of the body that it came in."""
    head = b'{"long":"' + b"x" * before + b'","payload":["good","'
    body = head + b'\xed\xa0\x80"]}'  # half a surrogate pair, encoded
    message = wire.send_bytes("/decode_artifact_to_json", body, JSON).refused(400, "bad_encoding")["message"]
    near = int(message.rsplit(" ", 1)[1].rstrip(")"))
    assert len(head) - 1 <= near <= len(body), message
