"""docs/api.md: its examples, run in their order as somebody would paste them, and its fields and endpoints against
docs/openapi.json."""

import os
import re
import shutil
import subprocess

import openapi
import pytest
from service import ROOT, program

PAGE = os.path.join(ROOT, "docs", "api.md")
WAIT_S = 120


def page():
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


def sections():
    """{(method, path): text below its heading}."""
    parts = re.split(r"^### (GET|POST) (\S+)$", page(), flags=re.M)
    found = {}
    for method, path, text in zip(parts[1::3], parts[2::3], parts[3::3]):
        assert (method, path) not in found
        found[method, path] = text.split("\n## ")[0]
    return found


def blocks(text):
    """(script, what it prints) of each sh block; None where nothing is said."""
    pattern = r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?"
    return [(b.group(1), b.group(2)) for b in re.finditer(pattern, text, flags=re.M | re.S)]


def test_examples_make_an_election(start_service, tmp_path):
    """Against a service started as the page says."""
    assert shutil.which("jq"), "jq is missing: scripts/install-deps.sh --dev"
    assert "MASTER_KEY_PQ=$(build/egserve keygen) ./start-prod.sh" in page()
    key = subprocess.run([program(), "keygen"], capture_output=True, text=True, check=True).stdout.strip()
    service = start_service(env={"MASTER_KEY_PQ": key})
    examples = blocks(page())
    assert len(examples) > 25
    # one shell for all, since variables and files go from one to the next; a line of its own between their outputs
    script = "set -euo pipefail\n" + "".join(f"{code}\necho '--- next'\n" for code, _ in examples)
    env = {"PATH": os.environ["PATH"], "URL": service.url, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    run = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=WAIT_S
    )
    printed = run.stdout.split("--- next\n")
    for (code, expected), got in zip(examples, printed):
        if expected is not None:
            assert got == expected, f"{code}\n{run.stderr}"
    assert run.returncode == 0, f"{examples[len(printed) - 1][0]}\n{printed[-1]}\n{run.stderr}"
    assert run.stderr == ""


def readme():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        return file.read()


def test_the_first_steps_of_the_readme(service, tmp_path):
    """Pasted one after another into a shell: what is printed is what the page shows."""
    examples = blocks(readme())
    assert len(examples) == 2
    for code, expected in examples:
        script = "set -euo pipefail\n" + code.replace("localhost:5000", service.url.removeprefix("http://"))
        run = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=WAIT_S)
        assert (run.returncode, run.stderr, run.stdout) == (0, "", expected)


def test_the_demo_of_the_readme():
    run = subprocess.run([program(), "demo"], capture_output=True, text=True, timeout=WAIT_S)
    assert run.returncode == 0
    result = run.stdout.split("\n", 1)[1]
    assert result.startswith("candidate") and f"```text\n{result}```" in readme()


def test_every_endpoint_has_an_example():
    documented = {(m.upper(), p) for p, ms in openapi.load()["paths"].items() for m in ms}
    found = sections()
    assert set(found) == documented
    for (_, path), text in found.items():
        asked = re.escape(path).replace(r"\{id\}", r"[\w-]+").replace(r"\{file\}", r"[\w.-]+")
        assert any(re.search(rf'"\$URL{asked}"', code) for code, _ in blocks(text)), path


def fields_of(document, schema):
    """Names of a request's or answer's own fields, all of its variants together."""
    if "$ref" in schema:
        return fields_of(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    names = set(schema.get("properties", ()))
    for variant in schema.get("oneOf", ()):
        names |= fields_of(document, variant)
    return names


ELECTION_FIELDS = {
    "party_names", "candidate_names", "joint_public_key", "commitment_hash", "number_of_guardians", "quorum",
    "max_choices", "manifest",
}  # fmt: skip


@pytest.mark.parametrize("part", ["request", "answer"])
def test_every_field_is_described(part):
    document = openapi.load()
    checked = 0
    for (method, path), text in sections().items():
        operation = document["paths"][path][method.lower()]
        if part == "request":
            content = operation.get("requestBody", {}).get("content", {})
        else:
            content = operation["responses"].get("200", {}).get("content", {})
        for name in fields_of(document, content.get("application/json", {}).get("schema", {})):
            by_table = part == "request" and name in ELECTION_FIELDS and "election fields" in text.lower()
            assert by_table or f"`{name}`" in text, f"{method} {path}: {part} field {name}"
            checked += 1
    assert checked > 50
