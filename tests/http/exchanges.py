"""Exchanges that show every field of every endpoint: an election in each form, a ceremony in rounds, refusals."""

from client import Client, Raw, encode
from election import Election
from general import GeneralElection, recorded_ballots, recorded_manifest
from service import wait_until
from manifest_election import ManifestElection


class Recorder(Client):
    """A client that notes what it sends and gets: (method, path, body sent, answer)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.exchanges = []

    def post(self, path, body, **headers):
        answer = super().post(path, body, **headers)
        self.exchanges.append(("POST", path, body, answer))
        return answer

    def get(self, path, **headers):
        answer = super().get(path, **headers)
        self.exchanges.append(("GET", path.split("?")[0], None, answer))
        return answer


def vote(client):
    """A whole election with an audited ballot, a chunk, a spoiled ballot and a missing guardian."""
    election = Election(client, candidates=["Ann", "Bo", "Cy"], max_choices=1 if client.texts else 2)
    election.setup()
    audited = election.encrypt("audited", "Cy", "AUDITED")
    for parts in ("published", "with_nonces"):
        client.post("/create_encrypted_ballot", {**election.ballot_request("half", "Ann"), "ballot_parts": parts}).ok()
    ballots = [election.encrypt("one", "Ann"), *election.encrypt_chunk([("two", "Ann"), ("three", "Bo", "CAST")])]
    election.encrypt_chunk([("four", "Ann", "AUDITED")])
    challenge(client, election, audited)
    publish(client, audited)
    spoiled = election.spoiled([election.encrypt("spoiled", "Bo")])
    first = election.tally(ballots[:2], include_submitted_ballots=True, verify_ballots=True)
    second = election.tally(ballots[2:])
    cast = {**election.fields(), "encrypted_ballots": [first["submitted_ballots"][0]] * 2}
    assert client.post("/verify_ballots", cast).ok()["verified_count"] == 1
    tallies = [t["ciphertext_tally"] for t in (first, second)]
    whole = client.post("/combine_encrypted_tallies", {**election.fields(), "ciphertext_tallies": tallies}).ok()
    submitted = first["submitted_ballots"] + second["submitted_ballots"] + spoiled
    results = election.decrypt(whole["ciphertext_tally"], submitted, ["1", "2"])
    assert results["results"]["candidates"]["Ann"]["votes"] == "2"
    together(client, election, tallies)


def challenge(client, election, audited, names=("Cy", "Bo")):
    """names: whom the ballot is for, and another."""
    name = "candidate_name" if client.texts else "candidate_names_to_verify"
    ballot = audited["encrypted_ballot_with_nonce"]
    for expected in names:
        request = {**election.fields(), "encrypted_ballot_with_nonce": ballot, name: expected}
        answer = client.post("/benaloh_challenge", {**request, "ballot_id": "audited"}).ok()
        assert answer["match"] == (expected == names[0])


def publish(client, audited):
    request = {"ballot_id": "audited", "encrypted_ballot_response": audited, "ballot_status": "AUDITED"}
    client.post("/publish_ballot", request).ok()


def together(client, election, tallies):
    """Shares of several tallies in one request."""
    several = {"ciphertext_tallies": tallies, "submitted_ballots": []}
    for path, request in (
        ("/create_partial_decryption", election.partial_request("1", None, [])),
        ("/create_compensated_decryption", election.compensated_request("1", "3", "{}", [])),
    ):
        del request["ciphertext_tally"]
        assert client.post(path, {**request, **several}).ok()["count"] == 2


def general(client):
    """An election from a manifest through every endpoint that takes one."""
    manifest = recorded_manifest("minimal")
    election = ManifestElection(client, manifest, guardians=2, quorum=1)
    election.setup()
    plain = recorded_ballots("minimal")
    chunk = {"ballots": [plain[0], {"ballot": plain[1], "ballot_id": plain[1]["object_id"], "ballot_status": "CAST"}]}
    ballots = client.post("/create_encrypted_ballot", {**election.fields(), **chunk}).ok()["ballots"]
    tally = election.tally(ballots)
    client.post("/verify_ballots", {**election.fields(), "encrypted_ballots": tally["submitted_ballots"]}).ok()
    whole = {**election.fields(), "ciphertext_tallies": [tally["ciphertext_tally"]]}
    total = client.post("/combine_encrypted_tallies", whole).ok()["ciphertext_tally"]
    spoiled = election.encrypt_plain(plain[2:3])
    submitted = tally["submitted_ballots"] + election.spoiled(spoiled)
    own, compensated = election.shares(total, submitted, ["1"])
    election.combine(total, submitted, own, compensated)
    keys = [k["public_key"] for k in election.public_keys]
    client.post("/combine_guardian_public_keys", {"public_keys": keys, "manifest": manifest}).ok()


def general_ballots(client):
    """Every field of a ballot in clear, and of a challenge."""
    manifest = recorded_manifest("full")
    election = GeneralElection(client, manifest, guardians=1, quorum=1)
    contest, selection = "justice-supreme-court", "write-in-selection"
    chosen = [
        {"object_id": selection, "vote": 1, "write_in": "Eve", "is_placeholder_selection": False},
        {"object_id": "john-adams-selection", "vote": 0, "extended_data": ""},
    ]
    plain = {
        "object_id": "b", "style_id": "jefferson-county-ballot-style", "ballot_status": "AUDITED",
        "contests": [{"object_id": contest, "ballot_selections": chosen}],
    }  # fmt: skip
    body = {"ballot": plain, "ballot_id": "b", "ballot_status": "AUDITED"}
    ballot = election.post(body).ok()["encrypted_ballot_with_nonce"]
    challenge = {"encrypted_ballot_with_nonce": ballot, "selections_to_verify": {contest: selection}}
    assert election.post(challenge, "/benaloh_challenge").ok()["match"] is True
    client.post("/validate_manifest", {"manifest": manifest}).ok()
    client.post("/validate_manifest", {"manifest": {**manifest, "type": "other", "parties": []}}).ok()
    client.post("/validate_manifest", {"manifest": recorded_manifest("hamilton")}).ok()


def rounds(client):
    """The ceremony in rounds, two guardians; every field by each of its names."""
    counts = {"number_of_guardians": 2, "quorum": 2}
    made = [
        client.post("/generate_guardian_credentials", {**counts, "guardian_id": str(i), "sequence_order": i}).ok()
        for i in (1, 2)
    ]
    one, two = made
    recipient = {
        "guardianId": "2", "sequenceOrder": 2, "publicKey": {"publicKey": two["public_key"]["public_key"]},
    }  # fmt: skip
    polynomial = one["polynomial"]
    shares = client.post(
        "/generate_guardian_backup_shares",
        {
            **counts, "guardian_id": "1", "sequence_order": 1, "sender_polynomial": polynomial["polynomial"],
            "sender_private_key": {"privateKey": one["private_key"]["private_key"]},
            "sender_public_key": one["public_key"], "recipients": [recipient],
        },
    ).ok()  # fmt: skip
    assert shares["backup_count"] == 1
    verified = client.post(
        "/verify_guardian_backup",
        {
            **counts, "guardian_id": "2", "sequence_order": 2, "private_key": two["private_key"],
            "backup": shares["guardian_data"]["backups"]["2"],
            "sender_election_public_key": one["guardian_data"]["election_public_key"],
        },
    ).ok()  # fmt: skip
    assert verified["verified"] is True
    names = {"party_names": ["p", "q"], "candidate_names": ["a", "b"]}
    keys = [m["public_key"]["public_key"] for m in made]
    records = [m["guardian_data"]["election_public_key"] for m in made]
    request = {**names, **counts, "public_keys": keys, "election_public_keys": records}
    client.post("/combine_guardian_public_keys", request).ok()
    pair = {"private_key": one["private_key"], "stored_public_key": one["public_key"]}
    assert client.post("/verify_guardian_key", pair).ok()["verified"] is True
    client.post("/decode_artifact_to_json", {"payload": records[0]}).ok()


def protect(client):
    """A private key protected and opened again."""
    made = client.post("/api/encrypt", {"private_key": "a key", "password": "p" * 32}).ok()
    files = {name: made[name] for name in ("encrypted_data", "credentials")}
    assert client.post("/api/decrypt", files).ok()["private_key"] == "a key"


def look(client):
    """Everything that is asked for by GET, but for the page's own files."""
    for path in ("/health", "/ready", "/api/health", "/ballots", "/ballots?status=cast"):
        client.get(path).ok()
    for path in ("/ballots/one", "/ballots/one/nonces", "/docs/nothing"):
        client.get(path).refused(404)
    with Raw(client.url) as slow:
        slow.send(b"POST /setup_guardians HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
        wait_until(lambda: client.get("/status").ok()["oldest_requests"], what="a request in work")


def refusals(client):
    """Each kind of refusal of an endpoint; their requests are wrong on purpose."""
    names = {"party_names": ["p"], "candidate_names": ["c"]}
    setup = {**names, "number_of_guardians": 1, "quorum": 1}
    made = client.post("/setup_guardians", setup).ok()
    election = {**setup, "joint_public_key": made["joint_public_key"], "commitment_hash": made["commitment_hash"]}
    yield "/setup_guardians", client.post("/setup_guardians", {**names, "quorum": 1})
    files = client.post("/api/encrypt", {"private_key": "a key"}).ok()
    tampered = {"encrypted_data": "AAAA", "credentials": files["credentials"]}
    yield "/api/decrypt", client.post("/api/decrypt", tampered)
    yield "/publish_ballot", client.post("/publish_ballot", {"ballot_id": "x"})
    chunk = {**election, "ballots": [{"ballot_id": "1", "candidate_name": "nobody"}]}
    yield "/create_encrypted_ballot", client.post("/create_encrypted_ballot", chunk)
    yield "/ballots", client.get("/ballots?status=none")
    body = encode(setup, client.encoding)
    yield "/setup_guardians", client.send("POST", "/setup_guardians", body, {"Content-Type": "text/plain"})
    too_large = {**client.headers, "Content-Type": "application/json"}
    yield "/setup_guardians", client.send("POST", "/setup_guardians", b" " * (17 << 20), too_large)
