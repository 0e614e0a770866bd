"""docs/openapi.json as the tests use it: schemas closed against unknown fields, artifacts opened, and a note of
every documented field that was met."""

import base64
import copy
import json
import os
import re
import subprocess

import jsonschema
import msgpack
from service import ROOT, program

DOCUMENT = os.path.join(ROOT, "docs", "openapi.json")
OWN = {"/health", "/ready", "/metrics", "/status"}  # answered by the server itself, not in the route table
JSON, MSGPACK = "application/json", "application/msgpack"


def load():
    with open(DOCUMENT, encoding="utf-8") as file:
        return json.load(file)


def tables():
    """The program's own tables: routes and error codes."""
    printer = os.path.join(os.path.dirname(program()), "print-routes")
    return json.loads(subprocess.run([printer], check=True, capture_output=True, timeout=60).stdout)


def schemas_in(node, at=()):
    """Every schema below a node, with the way to it. Examples are no schemas."""
    if isinstance(node, list):
        for i, entry in enumerate(node):
            yield from schemas_in(entry, (*at, i))
    elif isinstance(node, dict):
        if at and at[-1] in ("schema", "contentSchema", "items", "additionalProperties") or (
            len(at) > 1 and at[-2] in ("schemas", "properties", "anyOf", "oneOf")
        ):
            yield at, node
        for name, entry in node.items():
            if name not in ("examples", "value"):
                yield from schemas_in(entry, (*at, name))


def opened(text, schema):
    data = base64.b64decode(text, validate=True) if schema.get("contentEncoding") == "base64" else text
    return json.loads(data) if schema["contentMediaType"] == JSON else msgpack.unpackb(data)


def leaves(error):
    """The errors below one of `anyOf` or `oneOf`: the deepest says most."""
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from leaves(inner)


class Document:
    def __init__(self):
        self.document = load()
        self.closed = copy.deepcopy(self.document)
        for _, schema in schemas_in(self.closed):
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
        self.met = set()
        closed = jsonschema.validators.extend(
            jsonschema.Draft202012Validator,
            {"contentSchema": self._content, "properties": self._properties},
        )
        self.validator = closed({}, resolver=jsonschema.RefResolver("", self.closed))

    @staticmethod
    def _content(validator, inner, instance, schema):
        """An artifact: what the string holds must be of the schema given for it."""
        if not isinstance(instance, str):
            return
        try:
            value = opened(instance, schema)
        except Exception:  # whatever the codec says: it is not of this form
            yield jsonschema.ValidationError(f"no {schema['contentMediaType']} in the text")
            return
        yield from validator.descend(value, inner)

    def _properties(self, validator, properties, instance, schema):
        if not isinstance(instance, dict):
            return
        for name in properties.keys() & instance.keys():
            errors = list(validator.descend(instance[name], properties[name], path=name, schema_path=name))
            if not errors:
                self.met.add((id(properties), name))
            yield from errors

    def template(self, path):
        """The documented path that a path is of."""
        for template in self.closed["paths"]:
            if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path):
                return template
        raise AssertionError(f"{path} is not in the document")

    def operation(self, method, path):
        return self.closed["paths"][self.template(path)][method.lower()]

    def conforms(self, schema, value, what):
        errors = list(self.validator.evolve(schema=schema).iter_errors(value))
        if errors:
            worst = max((leaf for e in errors for leaf in leaves(e)), key=lambda e: len(e.absolute_path))
            raise AssertionError(f"{what}: {worst.json_path}: {worst.message[-300:]}")

    def check_request(self, method, path, body):
        content = self.operation(method, path)["requestBody"]["content"]
        assert set(content) == {JSON, MSGPACK} and content[JSON]["schema"] == content[MSGPACK]["schema"]
        self.conforms(content[JSON]["schema"], body, f"request of {path}")

    def check_answer(self, method, path, status, media_type, body):
        responses = self.operation(method, path)["responses"]
        assert str(status) in responses, f"{path} answers {status}, which is not documented"
        response = responses[str(status)]
        if "$ref" in response:
            response = self.closed["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        kind = media_type.split(";")[0]
        assert kind in response["content"], f"{path} answers {kind}"
        self.conforms(response["content"][kind]["schema"], body, f"answer {status} of {path}")

    def unmet(self):
        """Documented fields that no exchange checked so far has held."""
        for at, schema in schemas_in(self.closed):
            for name in schema.get("properties", ()):
                if (id(schema["properties"]), name) not in self.met:
                    yield "/".join(map(str, at)) + "/" + name
