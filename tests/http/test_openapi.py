"""docs/openapi.json against the program: its tables, the field names in its sources, the recorded exchanges and
live ones, with unknown fields forbidden. A route or a field that is missing from it fails here."""

import glob
import json
import os
import re
import subprocess
import sys

import exchanges
import jsonschema
import openapi
import pytest
import requests
from client import JSON, Client
from openapi import OWN, Document, schemas_in
from samples import path_of
from service import ROOT


# Nothing in their answers is random.
SAME_EACH_TIME = {
    "/verify_guardian_key", "/verify_guardian_backup", "/combine_guardian_public_keys", "/benaloh_challenge",
    "/publish_ballot", "/create_encrypted_tally", "/combine_encrypted_tallies", "/combine_decryption_shares",
    "/api/decrypt", "/decode_artifact_to_json", "/validate_manifest", "/verify_ballots",
}  # fmt: skip


@pytest.fixture(scope="module")
def document():
    return Document()


@pytest.fixture(scope="module")
def tables():
    return openapi.tables()


# ---- the document itself


def test_the_document_is_openapi_3_1(document):
    """By the specification's own schema, as a validator from npm has it."""
    assert document.document["openapi"].startswith("3.1.")
    validator = os.path.join(ROOT, "node_modules", "@seriousme", "openapi-schema-validator", "bin", "validate-api-cli.js")
    run = subprocess.run(["node", validator, openapi.DOCUMENT], capture_output=True, text=True, timeout=60)
    assert json.loads(run.stdout) == {"valid": True}, run.stdout[:2000] + run.stderr


def test_every_reference_leads_somewhere(document):
    text = json.dumps(document.document)
    for pointer in set(re.findall(r'"\$ref": "([^"]*)"', text)):
        assert pointer.startswith("#/")
        assert target(document, pointer)
    for name in document.document["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, f"the schema {name} is used nowhere"


def test_no_schema_stands_three_times(document):
    """What several fields share is a component, so that a change is made in one place."""
    places = {}
    for at, schema in schemas_in(document.document):
        if len(json.dumps(schema, indent=1).splitlines()) > 6:
            places.setdefault(json.dumps(schema, sort_keys=True), []).append("/".join(map(str, at)))
    assert len(places) > 100
    assert [where for where in places.values() if len(where) > 2] == []


def test_every_schema_is_one(document):
    count = 0
    for _, schema in schemas_in(document.document):
        jsonschema.Draft202012Validator.check_schema(schema)
        count += 1
    assert count > 500


def target(document, pointer):
    node = document.document
    for step in pointer.removeprefix("#/").split("/"):
        node = node[step]
    return node


# Schemas that mean the same wherever they stand; all others need a word at each place.
ONE_MEANING = {
    "BallotParts",
    "Success", "PartyNames", "CandidateNames", "MaxChoices", "JointPublicKey", "CommitmentHash", "NullableNonce",
    "ManifestUnits", "ManifestStyles",
}  # fmt: skip


def meaning(document, schema):
    """What is said of a field, here or at the schema that it names, if that is about this field."""
    if "description" in schema or "$ref" not in schema:
        return schema.get("description")
    name = schema["$ref"].rsplit("/", 1)[1]
    return target(document, schema["$ref"])["description"] if name in ONE_MEANING else None


def test_everything_is_described(document):
    for at, schema in schemas_in(document.document):
        if len(at) > 1 and at[-2] == "properties":
            assert meaning(document, schema), f"{at} has no meaning given"
    tags = {t["name"] for t in document.document["tags"]}
    ids = []
    for path, methods in document.document["paths"].items():
        for operation in methods.values():
            assert operation["summary"] and operation["description"].endswith("."), path
            assert set(operation["tags"]) <= tags and len(operation["tags"]) == 1
            assert {"$ref": "#/components/parameters/RequestId"} in operation["parameters"]
            named = {p["name"] for p in operation["parameters"] if p.get("in") == "path"}
            assert named == set(re.findall(r"\{(.*?)\}", path))
            ids.append(operation["operationId"])
    assert len(set(ids)) == len(ids)


def test_examples_are_the_recorded_exchanges():
    """And the layout of the file is the one that its tool writes."""
    tool = os.path.join(ROOT, "tools", "openapi_examples")
    subprocess.run([sys.executable, "-B", tool, "--check"], check=True, timeout=60)


def examples(document, part):
    """(path, name, example) of each operation that takes a body."""
    for path, methods in document.document["paths"].items():
        if "post" in methods:
            where = methods["post"]
            where = where["requestBody"] if part == "request" else where["responses"]["200"]
            for name, example in where["content"][JSON]["examples"].items():
                yield path, name, example


def test_every_request_of_the_examples_can_be_sent(document, service):
    """As it stands in the document; the answer is the one shown beside it, as far as nothing in it is random."""
    client = Client(service.url)
    answers = {(path, name): example for path, name, example in examples(document, "answer")}
    sent = set()
    for path, name, example in examples(document, "request"):
        document.check_request("POST", path, example["value"])
        answer = client.post(path, example["value"])
        body = answer.ok()
        document.check_answer("POST", path, 200, answer.media_type, body)
        shown = answers[path, name]
        assert list(body) == list(shown["value"]), path
        if path in SAME_EACH_TIME and "cut" not in shown["summary"]:
            assert body == shown["value"], path
        sent.add(path)
    client.close()
    assert sent == {path for path, methods in document.document["paths"].items() if "post" in methods}
    assert len(answers) == len(list(examples(document, "request"))) > 19


# ---- against the program's tables


def test_every_route_is_documented(document, tables):
    routes = {(r["path"], r["method"].lower()): r for r in tables["routes"]}
    documented = {(p, m): o for p, ms in document.document["paths"].items() for m, o in ms.items()}
    assert set(documented) - {(p, "get") for p in OWN} == set(routes)
    assert {p for p, _ in documented} >= OWN
    for key, route in routes.items():
        assert documented[key]["summary"] == route["summary"], key
        assert documented[key]["x-max-body-bytes"] == route["max_body_bytes"], key
        assert ("requestBody" in documented[key]) == (route["method"] == "POST"), key


def codes(tables):
    """As clients see them: a shortage of memory and a full service are one to them."""
    return list(dict.fromkeys(e["body"]["code"] for e in tables["errors"]))


def test_every_error_code_is_documented(document, tables):
    assert document.document["components"]["schemas"]["Error"]["properties"]["code"]["enum"] == codes(tables)
    for error in tables["errors"]:
        document.conforms({"$ref": "#/components/schemas/Error"}, error["body"], error["body"]["code"])


def test_every_error_code_is_in_the_contract(tables):
    with open(os.path.join(ROOT, "docs", "api-contract.md"), encoding="utf-8") as file:
        row = next(line for line in file if line.startswith("| `code` |"))
    assert re.findall(r"`(\w+)`", row)[1:] == codes(tables)


# ---- against the names in the sources

NAME = re.compile(r'"([a-z_][a-z_0-9]*)"')


def names_in(path):
    """Everything in a source file that could be the name of a field."""
    with open(path, encoding="utf-8") as file:
        source = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    return set(NAME.findall(re.sub(r"^#include.*$", "", source, flags=re.M)))


# Named only to say that the endpoint does not take it.
REFUSED = {"/combine_decryption_shares": {"ciphertext_tallies"}}
# Sent by clients and not looked at.
NOT_READ = {"available_polynomial"}
# Words in the sources that are no fields: values, what media types and queries are made of, pieces of sentences.
VALUES = {
    "success", "error", "healthy", "stateless", "cast", "spoiled", "available", "null", "ok",
    "published_with_nonces", "published_without_nonces", "msgpack", "charset", "artifacts", "objects", "texts", "utf8",
    "q", "candidate", "selection", "none", "which", "hidden", "_nonce", "uri", "overvote", "en", "both", "published",
    "with_nonces",
}  # fmt: skip
def properties_below(document, node, seen):
    """Names of all properties that can occur below a node of the document, references followed."""
    if isinstance(node, list):
        for entry in node:
            yield from properties_below(document, entry, seen)
    elif isinstance(node, dict):
        if "$ref" in node and node["$ref"] not in seen:
            seen.add(node["$ref"])
            target = document.document
            for step in node["$ref"][2:].split("/"):
                target = target[step]
            yield from properties_below(document, target, seen)
        yield from node.get("properties", {}) if isinstance(node.get("properties"), dict) else ()
        for name, entry in node.items():
            if name not in ("examples", "value"):
                yield from properties_below(document, entry, seen)


def test_every_field_of_the_sources_is_documented(document):
    known = {name for _, s in schemas_in(document.document) for name in s.get("properties", ())}
    codes = set(document.document["components"]["schemas"]["Error"]["properties"]["code"]["enum"])
    sources = glob.glob(f"{ROOT}/src/api/**/*.c", recursive=True) + glob.glob(f"{ROOT}/src/wire/objects/*.c")
    assert len(sources) > 30
    checked = 0
    for path in sources:
        names = names_in(path) - VALUES - codes
        checked += len(names)
        assert names <= known, f"{os.path.relpath(path, ROOT)}: {sorted(names - known)} not in docs/openapi.json"
    assert checked > 250


# endpoints whose file has another name than their path
OWN_FILE = {"/api/encrypt": "seal", "/api/decrypt": "open", "/api/health": "health"}


def test_every_field_of_an_endpoint_is_documented_there(document, tables):
    """What an endpoint's own file reads or writes is below that endpoint in the document."""
    for route in tables["routes"]:
        files = glob.glob(f"{ROOT}/src/api/*/{OWN_FILE.get(route['path'], route['path'].strip('/'))}.c")
        if not files:
            continue
        (file,) = files
        here = document.document["paths"][route["path"]]
        known = set(properties_below(document, here, set())) | {p.get("name") for p in here.get("parameters", ())}
        missing = names_in(file) - VALUES - known - REFUSED.get(route["path"], set())
        assert not missing, f"{route['path']}: {sorted(missing)}"


def test_every_documented_field_is_in_the_sources(document):
    text = ""
    for path in [name for room in ("api", "election", "wire/objects", "server", "vault")
                 for name in glob.glob(f"{ROOT}/src/{room}/**/*.c", recursive=True)]:  # fmt: skip
        with open(path, encoding="utf-8") as file:
            text += re.sub(r'"\s*\n\s*"', "", file.read())  # a literal may go on in the next line
    for at, schema in schemas_in(document.document):
        for name in schema.get("properties", ()):
            if name in NOT_READ:
                continue
            assert f'"{name}"' in text or f'\\"{name}\\"' in text, f"{'/'.join(map(str, at))}: no source has {name}"


# ---- against exchanges


@pytest.fixture(scope="module")
def checked_exchanges(document, service, samples):
    """Every exchange, checked: unknown fields are forbidden both ways."""
    for endpoint, number in samples.exchanges():
        if path_of(endpoint) in document.document["paths"]:
            document.check_request("POST", path_of(endpoint), samples.request(endpoint, number))
            document.check_answer("POST", path_of(endpoint), 200, JSON, samples.response(endpoint, number))
    checked = 0
    for options in ({"encoding": "json"}, {"encoding": "msgpack"}, {"encoding": "json", "texts": True}):
        client = exchanges.Recorder(service.url, **options)
        exchanges.vote(client)
        exchanges.look(client)
        exchanges.protect(client)
        if not client.texts:
            exchanges.general(client)
            exchanges.general_ballots(client)
            exchanges.rounds(client)
        for method, path, sent, answer in client.exchanges:
            if sent is not None:
                document.check_request(method, path, sent)
            document.check_answer(method, path, answer.status, answer.media_type, answer.body)
            checked += 1
        for path, answer in exchanges.refusals(client):
            answer.refused(answer.status)
            method = "GET" if path == "/ballots" else "POST"
            document.check_answer(method, path, answer.status, answer.media_type, answer.body)
        client.close()
    return checked


@pytest.mark.slow
def test_exchanges_are_as_documented(checked_exchanges):
    assert checked_exchanges > 80


# Not to be had from a short run: requests that run while /health is asked, a service that is not ready.
RARE = re.compile(r"^components/schemas/RequestInFlight/|^paths//ready/.*/503/")


@pytest.mark.slow
def test_every_documented_field_was_met(document, checked_exchanges):
    unmet = [u for u in document.unmet() if not RARE.search(u)]
    assert unmet == []


def test_a_missing_field_would_be_noticed(service):
    """The check itself: take any one field out of the document, and live answers no longer conform."""
    document = Document()
    client = exchanges.Recorder(service.url)
    client.post("/setup_guardians", {"number_of_guardians": 1, "quorum": 1, "party_names": ["p"], "candidate_names": ["c"]})
    _, path, sent, answer = client.exchanges[0]
    client.close()
    schemas = document.closed["components"]["schemas"]
    for schema, check in (
        (schemas["SetupGuardiansRequest"], lambda: document.check_request("POST", path, sent)),
        (schemas["SetupGuardiansAnswer"], lambda: document.check_answer("POST", path, 200, JSON, answer.body)),
    ):
        check()
        for name in list(schema["properties"].keys() - {"manifest"}):
            kept = schema["properties"].pop(name)
            with pytest.raises(AssertionError):
                check()
            schema["properties"][name] = kept


# ---- served


def test_the_access_key_is_as_documented(document, start_service):
    """Operations without `security` answer without the key; all others refuse."""
    scheme = document.document["components"]["securitySchemes"]["internalKey"]
    service = start_service(env={"ELECTIONGUARD_INTERNAL_API_KEY": "key of this test"})
    session = requests.Session()
    session.trust_env = False

    def ask(method, path, key):
        data = b"{}" if method == "post" else None
        headers = {"Content-Type": JSON, **({scheme["name"]: key} if key else {})}
        return session.request(method, service.url + path, data=data, headers=headers, timeout=60)

    for path, methods in document.document["paths"].items():
        for method, operation in methods.items():
            asked = re.sub(r"\{[^}]*\}", "x", path)
            answer = ask(method, asked, None)
            if operation.get("security") == []:
                assert answer.status_code != 401, path
                continue
            document.check_answer(method, asked, 401, answer.headers["Content-Type"], answer.json())
            assert answer.status_code == 401 == ask(method, asked, "another key").status_code, path
            assert ask(method, asked, "key of this test").status_code != 401, path
    session.close()
    assert service.stop() == 0


def test_served_as_it_is_in_the_tree(json_client):
    answer = json_client.get("/openapi.json")
    assert answer.ok() == openapi.load()
    assert answer.media_type == JSON
