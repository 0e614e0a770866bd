"""Nothing secret is in a log, an error or a metric: a whole election with the log at its most talkative, and every
request that carries a secret sent again in bad shape."""

import copy

import pytest
import verify
from client import Client, Raw, encode
from election import Election
from hostile import at
from service import MASTER_KEY

INTERNAL_KEY = "an-internal-key-to-look-for-everywhere"
PASSWORD = "a password to look for in everything that is written"
WRONG_KEY = "a-wrong-internal-key-that-is-a-secret-as-well"
CANDIDATES = ["Quintessa", "Zephyrine", "Xanthippe"]
PIECE = 24  # characters of a secret that must not turn up


class Recording(Client):
    """Keeps the body of every refusal."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.refusals = []

    def send(self, *args, **options):
        answer = super().send(*args, **options)
        if answer.status >= 400:
            self.refusals.append(answer.raw)
        return answer


def spellings(number):
    """A number as any layer may write it."""
    return {str(number), verify.to_hex(number), verify.to_hex(number).lower()}


def secrets_of(election, ballots):
    found = set()
    for secret, polynomial in zip(election.secrets, election.polynomials):
        found |= spellings(secret)
        opened = verify.artifact(verify.artifact(polynomial)["polynomial"])
        for coefficient in opened["coefficients"]:
            found |= spellings(verify.element(coefficient["value"]))
    for ballot in ballots:
        contest = ballot["contests"][0]
        for nonce in (ballot["nonce"], contest["nonce"], *(s["nonce"] for s in contest["ballot_selections"])):
            found |= spellings(verify.element(nonce))
    return found


def whole_election(client):
    """Every endpoint that sees a secret, used as it should be; (secrets, the requests that carried them)."""
    e = Election(client, guardians=3, quorum=2, candidates=CANDIDATES)
    e.setup()
    votes = zip(("b-1", "b-2", "b-3"), CANDIDATES, ("CAST", "CAST", "AUDITED"))
    answers = e.encrypt_chunk(list(votes))
    ballots = [verify.artifact(a["encrypted_ballot_with_nonce"]) for a in answers]
    tally = e.tally(answers[:2])
    counted, submitted = tally["ciphertext_tally"], tally["submitted_ballots"] + e.spoiled(answers[2:])
    own, other = e.shares(counted, submitted, ["1", "2"])
    e.combine(counted, submitted, own, other)
    made = client.post(
        "/generate_guardian_credentials", {"sequence_order": 1, "number_of_guardians": 2, "quorum": 1}
    ).ok()
    receiver = client.post(
        "/generate_guardian_credentials", {"sequence_order": 2, "number_of_guardians": 2, "quorum": 1}
    ).ok()
    carriers = {
        "/create_encrypted_tally": {**e.fields(), "encrypted_ballots": ballots},
        "/create_partial_decryption": e.partial_request("1", counted, submitted),
        "/create_compensated_decryption": e.compensated_request("1", "3", counted, submitted),
        "/benaloh_challenge": {
            **e.fields(),
            "encrypted_ballot_with_nonce": ballots[0],
            "candidate_names_to_verify": CANDIDATES[:1],
        },
        "/verify_guardian_key": {"private_key": e.private_keys[0], "stored_public_key": e.public_keys[0]},
        "/generate_guardian_backup_shares": {
            "sender_guardian_id": "1",
            "sender_sequence_order": 1,
            "number_of_guardians": 2,
            "quorum": 1,
            "sender_private_key": made["private_key"],
            "sender_public_key": made["public_key"],
            "sender_polynomial": made["polynomial"],
            "recipients": [{"guardian_id": "2", "sequence_order": 2, "public_key": receiver["public_key"]}],
        },
        "/publish_ballot": {
            "ballot_id": "b-3",
            "encrypted_ballot_response": {"encrypted_ballot": ballots[2], "ballot_hash": ballots[2]["crypto_hash"]},
        },
        "/decode_artifact_to_json": {"payload": [e.polynomials[0], ballots[0]]},
        "/api/encrypt": {"private_key": str(e.secrets[0]), "password": PASSWORD},
    }
    for path, request in carriers.items():
        client.post(path, request).ok()
    secrets = secrets_of(e, ballots)
    for key in (made, receiver):
        secrets |= spellings(int(verify.artifact(key["private_key"])["private_key"]))
    return secrets, carriers


def places(value, path=()):
    """Paths of all scalars."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from places(child, (*path, name))
    elif isinstance(value, list):
        for i, child in enumerate(value):
            yield from places(child, (*path, i))
    else:
        yield path


def spoilt(request, path):
    """The value at a path, made wrong in a way that keeps it recognisable."""
    value = request
    for step in path:
        value = value[step]
    for wrong in ([value], {"v": value}, f"{value}!", f"{value} ", None, f"[{value}", str(value) * 20):
        changed = copy.deepcopy(request)
        at(changed, path, wrong)
        yield changed


def carrying(request, secrets):
    """Places of a request that hold one of the secrets, whole or within an artifact."""
    for path in places(request):
        value = request
        for step in path:
            value = value[step]
        text = str(value)
        if text in secrets or "private" in str(path) or "polynomial" in str(path) or path[-1] == "password":
            yield path


def send_bad(client, path, request, secrets):
    """As the text is cut, with fields missing, and with each secret spoilt; how many were refused."""
    before = len(client.refusals)
    raw = encode(request, client.encoding)
    for cut in (len(raw) // 3, len(raw) // 2, len(raw) - 1):
        client.send("POST", path, raw[:cut], client.headers)
        client.send("POST", path, raw[:cut] + b"\xff" + raw[cut:], client.headers)
    for name in request:
        client.post(path, {n: v for n, v in request.items() if n != name})
    for at_secret in list(carrying(request, secrets))[:12]:
        for changed in spoilt(request, at_secret):
            client.post(path, changed)
    return len(client.refusals) - before


def in_places_of_their_own(client, secrets):
    """In a path, a query, a header and a key of a map."""
    for secret in sorted(secrets)[:4]:
        for path in (f"/ballots/{secret}", f"/{secret}", f"/ballots?status={secret}", f"/health?{secret}"):
            client.send("GET", path)
        client.send("POST", "/setup_guardians", b"{}", {**client.headers, "Content-Type": secret})
        client.send("POST", "/setup_guardians", b"{}", {**client.headers, "Accept": secret})
        client.post("/verify_guardian_key", {"private_key": {secret: 1}, "stored_public_key": secret})
    headers = {**client.headers, "X-ElectionGuard-Internal-Key": WRONG_KEY}
    client.send("POST", "/verify_guardian_key", b"{}", headers)


def page(service, path):
    with Raw(service.url) as raw:
        raw.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        status, headers = raw.head()
        assert status == 200, path
        return raw.body(headers).decode()


def leaked(text, secrets):
    """Secrets of which the beginning or the end stands in the text."""
    return [s for s in secrets if s[:PIECE] in text or s[-PIECE:] in text]


@pytest.mark.parametrize(
    "encoding, log_format",
    [
        ("json", "json"),
        pytest.param("msgpack", "json", marks=pytest.mark.slow),
        pytest.param("json", "gunicorn", marks=pytest.mark.slow),
    ],
)
def test_no_secret_leaves(start_service, tmp_path, encoding, log_format):
    service = start_service(
        env={"MASTER_KEY_PQ": MASTER_KEY, "ELECTIONGUARD_INTERNAL_API_KEY": INTERNAL_KEY},
        args=["--access-log", "--log-format", log_format, "--audit-log", "-"],
        cwd=tmp_path,
    )
    client = Recording(service.url, encoding, headers={"X-ElectionGuard-Internal-Key": INTERNAL_KEY})
    secrets, carriers = whole_election(client)
    assert client.refusals == [] and len(secrets) > 60
    for path, request in carriers.items():
        assert send_bad(client, path, request, secrets) >= 5, path
    echoed = [leaked(raw.decode("utf-8", "replace"), secrets | {PASSWORD}) for raw in client.refusals]
    assert not any(echoed), f"in an error: {next(e for e in echoed if e)}"
    in_places_of_their_own(client, secrets)
    seen = "".join(page(service, path) for path in ("/metrics", "/health", "/status", "/api/health", "/ready"))
    client.close()
    assert service.stop() == 0
    log = service.log()
    assert "/create_partial_decryption" in log and len(log.splitlines()) > 100
    hidden = secrets | {PASSWORD, MASTER_KEY, INTERNAL_KEY, WRONG_KEY}
    assert leaked(log, hidden) == []
    assert leaked(seen, hidden) == []
    assert not [name for name in CANDIDATES if name in log or name in seen], "a vote can be told from it"
    assert list(tmp_path.iterdir()) == [], "a file was written"
