"""Null is absent: for every optional field of docs/openapi.json, wherever it stands in a request.

Many clients write the fields that nobody set as null. A good request of each endpoint is sent again with each of its
optional fields in turn set to null: if it is served without the field, it must be served with null in it.
"""

import copy

import exchanges
import openapi
import pytest
from election import Election

COPIES_MAX = 8  # of requests of one endpoint that differ in their fields


@pytest.fixture(scope="module")
def document():
    return openapi.load()


def resolved(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def branches(document, schema):
    """The schemas without alternatives that a schema stands for."""
    schema = resolved(document, schema)
    inner = [b for word in ("anyOf", "oneOf", "allOf") for b in schema.get(word, ()) if set(b) != {"required"}]
    if "properties" in schema or "items" in schema:
        yield schema
    for branch in inner:
        yield from branches(document, branch)


def optional_fields(document, schema, value, at=()):
    """(way to a map, name) of every field that some branch lists and does not require. Of lists the first entry."""
    for branch in branches(document, schema):
        if isinstance(value, list) and value and "items" in branch:
            yield from optional_fields(document, branch["items"], value[0], (*at, 0))
        if not isinstance(value, dict):
            continue
        for name, inner in branch.get("properties", {}).items():
            if name not in branch.get("required", ()):
                yield at, name
            if name in value:
                yield from optional_fields(document, inner, value[name], (*at, name))


def changed(request, at, name, null):
    request = copy.deepcopy(request)
    inner = request
    for step in at:
        inner = inner[step]
    inner.pop(name, None)
    if null:
        inner[name] = None
    return request


def shape(value):
    """What a request consists of: names, not values."""
    if isinstance(value, dict):
        return tuple(sorted((name, shape(inner)) for name, inner in value.items()))
    return (shape(value[0]),) if isinstance(value, list) and value else type(value).__name__


def small(client):
    """An election that needs no optional field: one vote a ballot, nobody missing."""
    election = Election(client, guardians=2, quorum=2)
    election.setup()
    ballot = election.encrypt("b", "Ann", "AUDITED")
    exchanges.challenge(client, election, election.encrypt("audited", "Dee", "AUDITED"), ("Dee", "Bo"))
    tally = election.tally([ballot])
    election.decrypt(tally["ciphertext_tally"], tally["submitted_ballots"], ["1", "2"])


@pytest.fixture(scope="module")
def good_requests(service):
    """[(encoding, path, request)], served, a few of each endpoint."""
    found = []
    for options in ({"encoding": "json"}, {"encoding": "msgpack"}, {"encoding": "json", "texts": True}):
        client = exchanges.Recorder(service.url, **options)
        small(client)
        exchanges.vote(client)
        exchanges.protect(client)
        if not client.texts:
            exchanges.general(client)
            exchanges.general_ballots(client)
        if not client.texts:
            exchanges.rounds(client)
        seen = {}
        for method, path, sent, answer in client.exchanges:
            shapes = seen.setdefault(path, set())
            if method == "POST" and answer.status == 200 and shape(sent) not in shapes and len(shapes) < COPIES_MAX:
                shapes.add(shape(sent))
                found.append((options, path, sent))
        client.close()
    return found


@pytest.mark.slow
def test_null_is_absent(service, document, good_requests):
    met, served = set(), set()
    for options, path, request in good_requests:
        client = exchanges.Client(service.url, **options)
        schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        for at, name in sorted(set(optional_fields(document, schema, request)), key=str):
            place = (path, *(step for step in at if isinstance(step, str)), name)
            met.add(place)
            without = client.post(path, changed(request, at, name, null=False))
            with_null = client.post(path, changed(request, at, name, null=True))
            if without.status == 200:
                assert with_null.status == 200, f"{place} null: {with_null.raw[:300]!r}"
                served.add(place)
            else:
                assert (without.status, with_null.status) == (400, 400), place
        client.close()
    documented = {(path, name) for path, name in top_level(document)}
    assert documented <= {(place[0], place[-1]) for place in served}, documented - {(p[0], p[-1]) for p in served}
    assert len(met) > 60 and ("/create_encrypted_ballot", "ballots", "ballot_status") in served


# Optional only where the other of two names is given, or with several tallies: served without in no recorded request.
ONE_OF_TWO = {
    ("/benaloh_challenge", "candidate_names_to_verify"),
    ("/create_encrypted_ballot", "candidate_names_to_vote"),
}


def top_level(document):
    for path, operations in document["paths"].items():
        if "requestBody" not in operations.get("post", {}):
            continue
        schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
        for branch in branches(document, schema):
            for name in branch.get("properties", {}):
                if name not in branch.get("required", ()) and (path, name) not in ONE_OF_TWO:
                    yield path, name


# What clients of the field send with every member written.
EVERYDAY = [
    ("/create_encrypted_ballot", {"candidate_name": None, "ballot_status": None, "ballots": None, "max_choices": None}),
    ("/create_encrypted_tally", {"verify_ballots": None, "include_submitted_ballots": None, "max_choices": None}),
    ("/combine_decryption_shares", {"max_choices": None}),
    ("/benaloh_challenge", {"candidate_name": None, "ballot_id": None, "max_choices": None}),
]


@pytest.mark.parametrize("path, nulls", EVERYDAY, ids=[path for path, _ in EVERYDAY])
@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_unset_members_of_everyday_requests(service, good_requests, encoding, path, nulls):
    client = exchanges.Client(service.url, encoding)
    wanted = {"encoding": encoding}
    request = next(r for options, p, r in good_requests if options == wanted and p == path)
    client.post(path, {**request, **nulls}).ok()
    client.close()


MISSING = ["missing_guardian_ids", "compensating_guardian_ids", "compensated_tally_shares", "compensated_ballot_shares"]


@pytest.mark.parametrize("left", [[], MISSING[:1], MISSING[1:]])
def test_nobody_is_missing_and_the_lists_are_null(shared_election, left):
    """All of them null or absent; or some, beside empty ones."""
    election = shared_election
    tally = election.tally([election.encrypt("b", "Ann")])
    own, other = election.shares(tally["ciphertext_tally"], [], election.guardian_ids)
    request = election.combine_request(tally["ciphertext_tally"], [], own, other)
    request.update({name: None for name in MISSING if name not in left})
    election.client.post("/combine_decryption_shares", request).ok()
    for name in MISSING:
        if name not in left:
            del request[name]
    election.client.post("/combine_decryption_shares", request).ok()


def test_required_fields_stay_required(service, document, good_requests):
    """Null in place of a required field is refused, and the field named."""
    checked = 0
    for options, path, request in good_requests:
        if options.get("texts"):
            continue
        client = exchanges.Client(service.url, **options)
        schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        all_of = [set(b.get("required", ())) for b in branches(document, schema) if "properties" in b]
        for name in sorted(set.intersection(*all_of) & request.keys()):
            answer = client.post(path, {**request, name: None})
            if path == "/verify_guardian_key":
                assert answer.ok()["verified"] is False
                continue
            body = answer.refused(400, field=name)
            assert body["code"] in ("bad_type", "missing_field", "out_of_range", "bad_encoding"), (path, name, body)
            checked += 1
        client.close()
    assert checked > 80


def test_null_in_a_field_that_is_not_known(json_client, shared_election):
    request = {**shared_election.ballot_request("b", "Ann"), "unheard_of": None}
    json_client.post("/create_encrypted_ballot", request).ok()
