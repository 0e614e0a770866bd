"""Protected credentials: what the recorded service made opens here, what is made here opens by an implementation
of its own (credential.py), and whatever does not authenticate has one answer."""

import base64
import json

import credential
import pytest
from client import Client
from service import MASTER_KEY, Service

PASSWORD = "correct horse battery staple, with 37"
TAMPERED = "Authentication failed - credentials tampered"


def decrypt(client, files, **changes):
    return client.post("/api/decrypt", {**files, **changes})


def files_of(body):
    return {name: body[name] for name in ("encrypted_data", "credentials")}


@pytest.fixture(scope="module")
def made(json_client):
    """One private key, protected by the service."""
    body = json_client.post("/api/encrypt", {"private_key": "the key", "password": PASSWORD}).ok()
    return files_of(body)


# ---- both directions


@pytest.mark.parametrize("number", [1, 2])
def test_recorded_credentials_open(client, samples, number):
    answer = client.post("/api/decrypt", samples.request("api_decrypt", number))
    assert answer.ok() == samples.response("api_decrypt", number)
    assert list(answer.body) == ["status", "private_key"]
    assert answer.is_shortest()


def test_recorded_credentials_open_by_the_formulas(samples):
    for number in (1, 2):
        request = samples.request("api_decrypt", number)
        private_key, password = credential.opened(**files_of(request))
        assert private_key == samples.response("api_decrypt", number)["private_key"]
        assert len(password) == 32
    assert password == "p" * 31 + "é"


@pytest.mark.parametrize("number", [1, 2])
def test_made_credentials_open_by_the_formulas(client, samples, number):
    request = samples.request("api_encrypt", number)
    answer = client.post("/api/encrypt", request)
    body = answer.ok()
    assert list(body) == ["status", "encrypted_data", "credentials"] and body["status"] == "success"
    assert answer.is_shortest()
    private_key, password = credential.opened(**files_of(body))
    assert private_key == request["private_key"]
    if "password" in request:
        assert password == request["password"]
    else:
        assert len(password) == 32 and set(password) <= credential.ALPHABET
    assert decrypt(client, files_of(body)).ok()["private_key"] == request["private_key"]


def test_a_credential_is_written_byte_for_byte(made):
    text = base64.b64decode(made["credentials"], validate=True).decode("ascii")
    fields = json.loads(text)
    assert list(fields) == credential.FIELDS
    assert text == credential.compact(fields)
    assert fields["version"] == "1.0" and fields["algorithm"] == "ML-KEM-1024"
    for name, n in {**credential.LENGTHS, "encrypted_password": 28 + len(PASSWORD)}.items():
        assert len(base64.b64decode(fields[name], validate=True)) == n, name
    assert len(base64.b64decode(made["encrypted_data"], validate=True)) == len("the key")


def test_each_credential_is_its_own(json_client, made):
    again = json_client.post("/api/encrypt", {"private_key": "the key", "password": PASSWORD}).ok()
    old, new = credential.unwrap(made["credentials"]), credential.unwrap(again["credentials"])
    for name in credential.FIELDS[2:]:
        assert old[name] != new[name], name


@pytest.mark.parametrize("private_key", ["x", "é€😀 \u0000\n\"\\/", "k" * 100_000], ids=["one", "signs", "longest"])
def test_any_text_comes_back(client, private_key):
    body = client.post("/api/encrypt", {"private_key": private_key, "password": None}).ok()
    assert decrypt(client, files_of(body)).ok()["private_key"] == private_key
    assert credential.opened(**files_of(body))[0] == private_key


def test_what_others_made_opens(client):
    for private_key, password in (("a key", "p" * 5000), ("", "é" * 32), ("x" * 100_000, PASSWORD)):
        assert decrypt(client, credential.seal(private_key, password)).ok()["private_key"] == private_key


def test_signed_fields_are_repeated_as_python_writes_them(json_client):
    more = {
        "created": 1764000000.0, "small": 1e-5, "large": 1e16, "below": 123456789012345.6, "tenth": 0.1,
        "edge": 0.0001, "negative": -0.0, "count": -7, "big": 2**80, "none": None, "yes": True, "no": False,
        "text": "é€😀 \x7f\x00\b\f\n\r\t\"\\/", "ключ": [], "nested": {"b": [1, {"a": {}}], "a": ["x", [[]]]},
    }  # fmt: skip
    files = credential.seal("a key", PASSWORD, **more)
    assert decrypt(json_client, files).ok()["private_key"] == "a key"
    spaced = json.dumps(credential.unwrap(files["credentials"]), indent=1, ensure_ascii=False)
    assert decrypt(json_client, files, credentials=credential.b64(spaced.encode())).ok()


def test_passwords_are_counted_in_characters(json_client):
    for password in ("é" * 32, "😀" * 1024):
        body = json_client.post("/api/encrypt", {"private_key": "k", "password": password}).ok()
        assert credential.opened(**files_of(body)) == ("k", password)


# ---- what does not authenticate


def flipped(text):
    data = bytearray(base64.b64decode(text))
    data[len(data) // 2] ^= 1
    return credential.b64(data)


def changed(files, **fields):
    return {**files, "credentials": credential.wrap({**credential.unwrap(files["credentials"]), **fields})}


def tampered(made):
    """Each way to change a pair of files that stays well formed."""
    fields = credential.unwrap(made["credentials"])
    yield "data", {**made, "encrypted_data": flipped(made["encrypted_data"])}
    yield "longer data", {**made, "encrypted_data": credential.b64(b"the key and more")}
    yield "no data", {**made, "encrypted_data": ""}
    for name in credential.FIELDS[2:]:
        yield name, changed(made, **{name: flipped(fields[name])})
    yield "algorithm", changed(made, algorithm="ML-KEM-768")
    yield "added", changed(made, comment="hello")
    reordered = {name: fields[name] for name in ["algorithm", "version", *credential.FIELDS[2:]]}
    yield "order", {**made, "credentials": credential.wrap(reordered)}
    missing = {name: fields[name] for name in credential.FIELDS if name != "algorithm"}
    yield "missing", {**made, "credentials": credential.wrap(missing)}
    empty = credential.b64(bytes(28))
    yield "empty password", changed(made, encrypted_password=empty)
    key = bytearray(base64.b64decode(fields["pq_private_key"]))
    key[1:3] = b"\xff\xff"
    yield "key not reduced", changed(made, pq_private_key=credential.b64(key))
    other = credential.seal("the key", PASSWORD)
    yield "other data", {**made, "encrypted_data": other["encrypted_data"]}
    yield "other credential", {**made, "credentials": other["credentials"]}
    yield "other master key", credential.seal("the key", PASSWORD, master=bytes(32))


def test_what_does_not_authenticate_has_one_answer(json_client, msgpack_client, made):
    seen = []
    for i, (name, files) in enumerate(tampered(made)):
        body = decrypt((json_client, msgpack_client)[i % 2], files).refused(403, "tampered")
        assert body["message"] == TAMPERED and "field" not in body, name
        seen.append({k: v for k, v in body.items() if k != "request_id"})
    assert len(seen) == 19 and all(body == seen[0] for body in seen)


def test_a_valid_mac_does_not_save_a_wrong_tag(json_client):
    """Upstream answered this one differently: the MAC is right, and the data does not open."""
    data, fields, mac_key = credential.seal_with_key("the key", PASSWORD)
    fields["tag"] = flipped(fields["tag"])
    fields["hmac_tag"] = credential.b64(credential.mac(mac_key, credential.compact(fields)))
    files = {"encrypted_data": data, "credentials": credential.wrap(fields)}
    decrypt(json_client, files).refused(403, "tampered", message=TAMPERED)


# ---- what is malformed


def malformed(made):
    """(credentials or data, field, message)."""
    failed = "Decryption failed"
    fields = credential.unwrap(made["credentials"])

    def text(value):
        return {"credentials": credential.b64(value if isinstance(value, bytes) else value.encode())}

    yield {"credentials": "%%%"}, "credentials", failed
    yield {"credentials": made["credentials"][:-1]}, "credentials", failed
    yield {"credentials": 5}, "credentials", failed
    yield {"credentials": None}, "credentials", failed
    yield {"credentials": fields}, "credentials", failed
    yield {"encrypted_data": "$$"}, "encrypted_data", failed
    yield {"encrypted_data": ["x"]}, "encrypted_data", failed
    yield {"encrypted_data": credential.b64(bytes(400_001))}, "encrypted_data", failed
    yield text(""), "credentials", failed
    yield text("[]"), "credentials", failed
    yield text('"text"'), "credentials", failed
    yield text('{"version":'), "credentials", failed
    yield text(b"\xff\xfe"), "credentials", failed
    yield text('{"version":"1.0","version":"1.0"}'), "credentials", failed
    yield text('{"version":"1.0","hmac_tag":"","x":' + "[" * 40 + "]" * 40 + "}"), "credentials", failed
    yield text('{"version":"1.0","hmac_tag":"","x":1e999}'), "credentials", failed
    yield changed(made, version="2.0"), "credentials.version", "Unsupported credential version"
    yield changed(made, version=1.0), "credentials.version", "Unsupported credential version"
    yield text("{}"), "credentials.version", "Unsupported credential version"
    rest = {name: fields[name] for name in credential.FIELDS[:-1]}
    yield {"credentials": credential.wrap(rest)}, "credentials.hmac_tag", "Missing HMAC tag in credentials"
    for name in credential.FIELDS[2:]:
        yield changed(made, **{name: "?"}), f"credentials.{name}", failed
        yield changed(made, **{name: None}), f"credentials.{name}", failed
        data = base64.b64decode(fields[name])
        short = data[:27] if name == "encrypted_password" else data[:-1]
        yield changed(made, **{name: credential.b64(short)}), f"credentials.{name}", failed
        if name != "encrypted_password":
            yield changed(made, **{name: credential.b64(data + b"x")}), f"credentials.{name}", failed
        if name != "hmac_tag":
            left = {other: fields[other] for other in credential.FIELDS if other != name}
            yield {"credentials": credential.wrap(left)}, f"credentials.{name}", failed
    endless = credential.b64(bytes(28 + 1024 * 1024 + 1))
    yield changed(made, encrypted_password=endless), "credentials.encrypted_password", failed


def test_what_is_malformed_is_named(client, made):
    for change, field, message in malformed(made):
        body = decrypt(client, made, **change).refused(400, field=field)
        assert body["message"] == message, change


def test_missing_fields(client, made):
    client.post("/api/decrypt", {}).refused(400, "missing_field", message="No data provided")
    client.post("/api/encrypt", {}).refused(400, "missing_field", message="No data provided")
    client.post("/api/encrypt", {"password": PASSWORD}).refused(
        400, "missing_field", "private_key", "Missing required field: private_key"
    )
    for name in made:
        left = {other: value for other, value in made.items() if other != name}
        client.post("/api/decrypt", left).refused(400, "missing_field", name, f"Missing required field: {name}")


@pytest.mark.parametrize("value", ["", 5, None, True, ["k"], {"k": 1}, "k" * 100_001], ids=lambda v: str(v)[:8])
def test_private_keys_that_are_none(client, value):
    client.post("/api/encrypt", {"private_key": value}).refused(
        400, {"bad_type", "out_of_range"}, "private_key", "Invalid private key format or size"
    )


@pytest.mark.parametrize("value", ["", "short", "é" * 31, 5, [PASSWORD]], ids=lambda v: str(v)[:8])
def test_passwords_that_are_none(client, value):
    client.post("/api/encrypt", {"private_key": "k", "password": value}).refused(
        400, {"bad_type", "out_of_range"}, "password", "Invalid password format. Minimum length is 32 characters."
    )


def test_a_password_has_a_longest(client):
    client.post("/api/encrypt", {"private_key": "k", "password": "p" * 1025}).refused(400, "out_of_range", "password")


# ---- the service


def test_health(client):
    answer = client.get("/api/health")
    assert answer.ok() == {
        "status": "healthy",
        "pq_available": True,
        "algorithm": "ML-KEM-1024",
        "storage_design": "2-storage (encrypted_data + credentials_with_hmac)",
    }
    assert list(answer.body) == ["status", "pq_available", "algorithm", "storage_design"]


def test_without_a_master_key(start_service, made):
    bare = start_service()
    for encoding in ("json", "msgpack"):
        client = Client(bare.url, encoding)
        for answer in (client.post("/api/encrypt", {"private_key": "k"}), decrypt(client, made)):
            answer.refused(503, "unavailable", message="MASTER_KEY_PQ")
            assert answer.headers["Retry-After"]
        assert client.get("/api/health").ok()["pq_available"] is False
        assert client.get("/api/health").ok()["algorithm"] is None
        client.close()


def test_scrypt_counts_in_admission(start_service):
    """A service that may hold less than one run of scrypt says that it never will, and serves what is smaller."""
    small = start_service(env={"MASTER_KEY_PQ": MASTER_KEY}, args=["--max-memory", str(48 << 20)])
    client = Client(small.url)
    for body in ({"private_key": "k"}, {"private_key": "k", "password": PASSWORD}):
        client.post("/api/encrypt", body).refused(413, "too_large")
    client.post("/setup_guardians", {}).refused(400)
    assert client.get("/api/health").ok()["pq_available"] is True
    client.close()


@pytest.mark.parametrize("value", ["short", MASTER_KEY[:-4], MASTER_KEY + "AAAA", "!" * 44], ids=range(4))
def test_a_malformed_master_key_stops_the_start(value):
    with pytest.raises(RuntimeError) as stopped:
        Service(env={"MASTER_KEY_PQ": value})
    assert "MASTER_KEY_PQ" in str(stopped.value) and value not in str(stopped.value)


def test_another_service_with_the_key_opens_and_one_without_does_not(start_service, made):
    same = start_service(env={"MASTER_KEY_PQ": MASTER_KEY})
    other = start_service(env={"MASTER_KEY_PQ": credential.b64(bytes(32))})
    for service, status in ((same, 200), (other, 403)):
        client = Client(service.url)
        assert decrypt(client, made).status == status
        client.close()


def test_nothing_secret_is_logged(start_service):
    service = start_service(env={"MASTER_KEY_PQ": MASTER_KEY}, args=["--access-log"])
    client = Client(service.url)
    secret, password = "a-private-key-to-look-for", "a-password-to-look-for-in-the-log"
    body = client.post("/api/encrypt", {"private_key": secret, "password": password}).ok()
    files = files_of(body)
    decrypt(client, files).ok()
    decrypt(client, files, encrypted_data=flipped(files["encrypted_data"])).refused(403)
    client.post("/api/encrypt", {"private_key": secret, "password": "short"}).refused(400)
    client.close()
    assert service.stop() == 0
    log = service.log()
    assert log.count("/api/decrypt") == 2
    for hidden in (secret, password, MASTER_KEY, files["encrypted_data"], files["credentials"][:60]):
        assert hidden not in log
