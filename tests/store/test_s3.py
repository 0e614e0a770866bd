"""Objects in S3, against a server that checks every signature with an implementation of its own (s3_peer.mjs)."""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from s3 import ACCESS, REGION, SECRET, Peer, write_credentials

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.environ["STORE_TOOL"]


def codes():
    """The numbers of src/base/error.h."""
    with open(os.path.join(HERE, "../../src/base/error.h")) as file:
        names = re.findall(r"^    (EG_\w+)(?: = 0)?,", file.read(), re.M)
    return {name.removeprefix("EG_").removeprefix("E_"): number for number, name in enumerate(names)}


CODES = codes()


@pytest.fixture
def peer():
    started = Peer()
    yield started
    started.stop()


class Store:
    """A handle by the command line."""

    def __init__(self, tmp_path, url, secret=SECRET, access=ACCESS, token=None, place="s3://ballots/county", ca="-", region=REGION):
        self.credentials = write_credentials(tmp_path / "credentials", secret, access, token)
        self.place, self.ca = f"{place}?endpoint={url}&region={region}", str(ca)

    def run(self, *args, stdin=b""):
        command = [TOOL, self.place, str(self.credentials), self.ca, *args]
        return subprocess.run(command, input=stdin, capture_output=True, timeout=60)

    def put(self, name, content):
        return self.run("put", name, stdin=content)

    def get(self, name, most=1 << 20):
        return self.run("get", name, str(most))


def assert_fails(done, code, words):
    assert (done.returncode, done.stdout) == (CODES[code], b""), done.stderr
    assert words in done.stderr.decode(), done.stderr
    assert SECRET.encode() not in done.stderr


@pytest.mark.parametrize("content", [b"", b"{}\n", os.urandom(3_000_000)], ids=["empty", "small", "large"])
def test_what_is_put_is_got(peer, tmp_path, content):
    store = Store(tmp_path, peer.url)
    for _ in range(2):
        done = store.put("e/ballots/1-abc", content)
        assert done.returncode == 0, done.stderr
    done = store.get("e/ballots/1-abc", len(content) + 1)
    assert (done.returncode, done.stdout) == (0, content), done.stderr
    assert [line[1:] for line in peer.said(3)] == [
        ["/ballots/county/e/ballots/1-abc", what] for what in ("put", "put", "got")
    ]


def test_objects_go_there_and_back(peer, tmp_path):
    store = Store(tmp_path, peer.url)
    lines = b"".join(b'{"ballot_id": "b-%d"}\n' % i for i in range(1000))
    name, digest = store.run("object", "e/ballots/7", stdin=lines).stdout.decode().split()
    assert name == "e/ballots/7-" + digest
    assert store.run("lines", name, digest).stdout == lines
    assert_fails(store.run("lines", name, "0" * 64), "TAMPERED", "another digest")


def test_a_session_token_is_signed(peer, tmp_path):
    """Of a length that keys in files of settings do not have."""
    assert Store(tmp_path, peer.url, token="T" * 1500 + "/+=").put("a", b"x").returncode == 0


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"secret": SECRET[:-1]}, "403 SignatureDoesNotMatch"),
        ({"access": "AKIAOTHER"}, "403 InvalidAccessKeyId"),
        ({"region": "eu-other-1"}, "403 AuthorizationHeaderMalformed"),
        ({"place": "s3://others"}, "404 NoSuchBucket"),
    ],
)
def test_who_may_not_is_told(peer, tmp_path, wrong, words):
    store = Store(tmp_path, peer.url, **wrong)
    assert_fails(store.put("a", b"x"), "UNAVAILABLE", f"the store refuses: {words}")
    assert_fails(store.get("a"), "UNAVAILABLE", f"the store refuses: {words}")


def test_what_is_not_there_or_too_long(peer, tmp_path):
    store = Store(tmp_path, peer.url)
    assert_fails(store.get("none"), "NOT_FOUND", "no such object")
    assert store.put("five", b"12345").returncode == 0
    assert_fails(store.get("five", 4), "TOO_LARGE", "longer than the 4 bytes")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_stumbles_is_asked_again(peer, tmp_path, status):
    store = Store(tmp_path, peer.url)
    peer.ask_for(status=status, code="SlowDown", times=2)
    assert store.put("a", b"x").returncode == 0
    assert [line[2] for line in peer.said(3)] == ["SlowDown", "SlowDown", "put"]


def test_who_stays_away_is_given_up(peer, tmp_path):
    """One server that answers 503, and one that is gone, beside one another: each takes three seconds."""
    gone = Peer()
    gone.stop()
    peer.ask_for(status=503, code="SlowDown", times=100)
    answers_503, gone_store = Store(tmp_path, peer.url), Store(tmp_path, gone.url)
    with ThreadPoolExecutor() as both:
        down = both.submit(answers_503.put, "a", b"x")
        none = both.submit(gone_store.get, "a")
    assert_fails(down.result(), "UNAVAILABLE", "not reached: it answers 503 SlowDown")
    assert_fails(none.result(), "UNAVAILABLE", "the store is not reached")
    assert len(peer.said(5)) == 5


def test_an_answer_that_breaks_off_is_asked_for_again(peer, tmp_path):
    store = Store(tmp_path, peer.url)
    assert store.put("a", b"content").returncode == 0
    assert len(peer.said(1)) == 1
    peer.ask_for(cut=2)
    done = store.get("a")
    assert (done.returncode, done.stdout) == (0, b"content")


@pytest.mark.parametrize("status, code", [(507, "InsufficientStorage"), (403, "QuotaExceeded"), (500, "XMinioStorageFull")])
def test_a_full_store_says_so(peer, tmp_path, status, code):
    peer.ask_for(status=status, code=code, times=100)
    assert_fails(Store(tmp_path, peer.url).put("a", b"x"), "UNAVAILABLE", "the store is full")


def test_certificates_are_verified(tmp_path):
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=store", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    peer = Peer(str(key), str(certificate))
    try:
        assert Store(tmp_path, peer.url, ca=certificate).put("a", b"x").returncode == 0
        assert_fails(Store(tmp_path, peer.url).put("a", b"x"), "UNAVAILABLE", "not reached: SSL")
        named = peer.url.replace("127.0.0.1", "localhost")
        assert_fails(Store(tmp_path, named, ca=certificate).put("a", b"x"), "UNAVAILABLE", "not reached: SSL")
    finally:
        peer.stop()


@pytest.mark.parametrize(
    "place, words",
    [
        ("s3://", "the bucket must be"),
        ("s3://a", "the bucket must be"),
        ("s3://b_c", "the bucket must be"),
        ("s3://bucket/a//b", "behind the bucket"),
        ("s3://bucket/../b", "behind the bucket"),
        ("s3://bucket?endpoint=ftp://h", "behind '?'"),
        ("s3://bucket?endpoint=http://h/path", "behind '?'"),
        ("s3://bucket?endpoint=http://u:p@h", "behind '?'"),
        ("s3://bucket?region=a/b", "behind '?'"),
        ("s3://bucket?secret=x", "behind '?'"),
    ],
)
def test_places_that_are_none(tmp_path, place, words):
    store = Store(tmp_path, "http://127.0.0.1:1")
    store.place = place
    done = store.get("a")
    assert_fails(done, "OUT_OF_RANGE", words)
    assert done.stderr.startswith(b"--store:")


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "needs a section [default]"),
        ("[default]\naws_access_key_id = a\n", "needs a section [default]"),
        ("[other]\naws_access_key_id = a\naws_secret_access_key = b\n", "needs a section [default]"),
        ("[default]\naws_access_key_id a\n", "line 2"),
        ("[default]\naws_access_key_id = a b\n", "line 2"),
        ("[default]\n\naws_secret_access_key = " + "s" * 256, "line 3"),
        ("x" * 20000, "cannot be read"),
    ],
)
def test_credentials_that_are_none(tmp_path, text, words):
    store = Store(tmp_path, "http://127.0.0.1:1")
    store.credentials.write_text(text)
    done = store.get("a")
    assert done.returncode != 0 and words in done.stderr.decode()
    assert done.stderr.startswith(b"--store-credentials:")


@pytest.mark.parametrize("text, words", [("[default]\naws_access_key_id = a\n", "needs a section"), ("x\n", "line 1"), (None, "read")])
def test_credentials_that_go_while_the_store_is_open(tmp_path, text, words):
    """Waiting may mend it, and nothing is wrong with what is asked for."""
    store = Store(tmp_path, "http://127.0.0.1:1")
    command = [TOOL, store.place, str(store.credentials), store.ca, "get-later", "a", "10"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"open\n"
    store.credentials.unlink() if text is None else store.credentials.write_text(text)
    _, said = process.communicate(timeout=60)
    assert process.returncode == CODES["UNAVAILABLE"] and words in said.decode(), said
    assert said.startswith(b"--store-credentials:") and SECRET.encode() not in said


def test_without_credentials(tmp_path):
    store = Store(tmp_path, "http://127.0.0.1:1")
    store.credentials = "-"
    assert_fails(store.get("a"), "OUT_OF_RANGE", "--store-credentials FILE")
    store.credentials = tmp_path / "none"
    assert_fails(store.get("a"), "UNAVAILABLE", "cannot be read: No such file")
