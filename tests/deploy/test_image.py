"""The Dockerfile: its stages fit each other, its user is nobody special, its commands are the program's."""

import os
import re
import subprocess

import dockerfile
import pytest
from conftest import ROOT, text_of
from service import Service, program


@pytest.fixture(scope="module")
def stages():
    return dockerfile.read(text_of("Dockerfile"))


@pytest.fixture(scope="module")
def build(stages):
    return stages[0]


@pytest.fixture(scope="module")
def runtime(stages):
    return stages[-1]


def test_two_stages_of_one_distribution(stages):
    assert [name for name, _ in stages] == ["build", None]
    froms = re.findall(r"^FROM (\S+)", text_of("Dockerfile"), re.M)
    assert set(froms) == {"${DEBIAN}"}
    assert re.search(r"^ARG DEBIAN=debian:bookworm-slim$", text_of("Dockerfile"), re.M)


def ignored():
    return [line for line in text_of(".dockerignore").split() if not line.startswith("#")]


def test_what_is_copied_is_there(build):
    for origin, sources, _ in dockerfile.copies(build):
        assert origin is None
        for source in sources:
            assert os.path.exists(os.path.join(ROOT, source)), source
            assert source not in ignored()


def test_the_build_needs_nothing_that_is_ignored():
    """Every file that `make build/egserve` reads is sent to the builder."""
    needed = ["Makefile", "VERSION", "docs", "mk", "scripts", "src", "deploy", "apps", "packages", "package.json", "package-lock.json"]
    assert not set(needed) & set(ignored())
    assert {".git", "build", "node_modules"} <= set(ignored())


def test_what_runs_comes_from_the_build(runtime):
    origins = [origin for origin, _, _ in dockerfile.copies(runtime)]
    assert origins and set(origins) == {"build"}
    assert ("build", ["/src/build/egserve"], "/usr/local/bin/egserve") in dockerfile.copies(runtime)


def test_packages_come_from_the_one_list(build, runtime):
    runs = {name: " ".join(dockerfile.arguments(stage, "RUN")) for name, stage in (("b", build), ("r", runtime))}
    assert "scripts/install-deps.sh" in runs["b"] and "--runtime" in runs["r"]
    assert "apt-get" not in runs["b"] + runs["r"]


def test_nobody_special_runs_it(runtime):
    user = dockerfile.arguments(runtime, "USER")
    assert len(user) == 1 and int(user[0]) > 0
    order = [name for name, _ in runtime[1]]
    assert order.index("USER") > max(i for i, name in enumerate(order) if name in ("RUN", "COPY"))


def image_environment(runtime):
    return dict(argument.split("=", 1) for argument in dockerfile.arguments(runtime, "ENV"))


def test_the_command_is_accepted_and_listens_on_the_exposed_port(runtime):
    words = [w for name in ("ENTRYPOINT", "CMD") for w in dockerfile.words(dockerfile.arguments(runtime, name)[0])]
    assert words[0] == "egserve"
    done = subprocess.run(
        [program(), *words[1:], "--print-config"], capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], **image_environment(runtime)},
    )
    assert done.returncode == 0, done.stderr
    port = dockerfile.arguments(runtime, "EXPOSE")[0]
    assert f"bind = 0.0.0.0:{port}" in done.stdout


def test_the_health_check_is_the_programs_own(runtime):
    command = dockerfile.arguments(runtime, "HEALTHCHECK")[0].split("CMD ", 1)[1]
    name, *words = dockerfile.words(command)
    assert name == "egserve"
    port = dockerfile.arguments(runtime, "EXPOSE")[0]
    service = Service()
    try:
        asked = [word.replace(f"http://127.0.0.1:{port}", service.url) for word in words]
        assert asked != words
        assert subprocess.run([program(), *asked], stdout=subprocess.DEVNULL).returncode == 0
    finally:
        assert service.stop() == 0
    assert subprocess.run([program(), *asked], stderr=subprocess.DEVNULL).returncode == 1


def listed(name):
    found = re.search(rf"^{name}=\(([^)]*)\)", text_of("scripts/install-deps.sh"), re.M)
    return [entry.strip("'").split("|") for entry in found.group(1).split()]


def test_every_library_of_the_program_is_in_the_runtime_list():
    needed = subprocess.run(["objdump", "-p", program()], capture_output=True, text=True, check=True).stdout
    libraries = re.findall(r"NEEDED +(\S+)", needed)
    assert libraries
    for library in libraries:
        if re.match(r"lib(c|m)\.so|ld-linux|lib(asan|ubsan|gcc_s|pthread)", library):
            continue
        paths = subprocess.run(["dpkg-query", "-S", f"*/{library}"], capture_output=True, text=True).stdout
        packages = {line.split(":")[0] for line in paths.splitlines()}
        assert any(packages & set(names) for names in listed("runtime")), f"{library} of {packages}"
