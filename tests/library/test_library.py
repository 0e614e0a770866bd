"""What libelectionguard exports, and that a program built against nothing else runs an election."""

import os
import re
import subprocess

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def exported(path, *flags):
    """{(type, name)} of the symbols that others can link against."""
    lines = output("nm", "--defined-only", "--extern-only", *flags, path).splitlines()
    return {tuple(line.split()[1:]) for line in lines if re.match(r"[0-9a-f]+ [A-Z] eg_", line)}


def declared_functions(build, tmp_path):
    """Names of the functions that the installed headers declare."""
    listing = tmp_path / "declarations"
    source = tmp_path / "all.c"
    source.write_text("#include <electionguard/electionguard.h>\n")
    include = os.path.join(build, "include")
    output("gcc", "-std=c11", f"-I{include}", "-fsyntax-only", "-aux-info", listing, source)
    names = set()
    for line in listing.read_text().splitlines():
        found = re.match(r"/\* (\S+):\d+:\S+ \*/ extern .*?\b(eg_\w+) \(", line)
        if found and "/electionguard/" in found[1]:
            names.add(found[2])
    return names


def test_symbols_are_those_of_the_list(build):
    """A symbol more or less is a change of the ABI: it belongs into symbols.txt and the CHANGELOG."""
    with open(os.path.join(HERE, "symbols.txt")) as file:
        expected = [line.strip() for line in file if not line.startswith("#")]
    assert expected == sorted(expected)
    names = {name for _, name in exported(os.path.join(build, "libelectionguard.so"), "-D")}
    assert sorted(names) == expected


def test_nothing_but_eg_is_exported(build):
    lines = output("nm", "-D", "--defined-only", os.path.join(build, "libelectionguard.so")).split("\n")
    assert [line for line in lines if line and " eg_" not in line] == []


def test_archive_and_shared_library_have_the_same_names(build):
    shared = exported(os.path.join(build, "libelectionguard.so"), "-D")
    archive = exported(os.path.join(build, "libelectionguard.a"))
    assert {name for _, name in shared} == {name for _, name in archive}


def test_public_headers_declare_what_is_exported(build, tmp_path):
    symbols = exported(os.path.join(build, "libelectionguard.so"), "-D")
    functions = {name for kind, name in symbols if kind == "T"}
    assert len(functions) > 100
    assert declared_functions(build, tmp_path) == functions


@pytest.mark.parametrize("kernel", [[], ["portable"]], ids=["best", "portable"])
@pytest.mark.parametrize("kind", ["shared", "static"])
def test_example(build, kind, kernel):
    assert output(os.path.join(build, "examples", f"election-{kind}"), *kernel) == "Ann 2\nBob 0\nEve 3\n"


COMPILERS = [(compiler, std) for compiler in ("g++", "clang++") for std in ("c++11", "c++20")]
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]


@pytest.mark.parametrize("compiler, std", COMPILERS)
def test_every_header_in_cpp(build, compiler, std):
    """Each alone, as the first thing that a program includes."""
    include = os.path.join(build, "include")
    found = [os.path.relpath(os.path.join(at, f), include) for at, _, files in os.walk(include) for f in files]
    assert len(found) > 20
    for header in found:
        source = f"#include <{header}>\n#include <{header}>\n"
        command = [compiler, f"-std={std}", *WARNINGS, "-fsyntax-only", f"-I{include}", "-x", "c++", "-"]
        done = subprocess.run(command, input=source, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), header


def test_headers_need_nothing_of_c_alone(build):
    """What C++ has not, outside what C++ does not see."""
    include = os.path.join(build, "include")
    for at, _, files in os.walk(include):
        for name in files:
            with open(os.path.join(at, name)) as file:
                text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
            words = re.findall(r"\b(?:_Atomic|_Alignas|_Static_assert|_Bool|_Noreturn|_Generic|restrict|stdatomic)\b", text)
            assert words == [], name
            assert not re.search(r"\breturn \(\w+\)\{", text), name


@pytest.mark.parametrize("compiler, std", COMPILERS)
def test_example_in_cpp(build, root, tmp_path, compiler, std):
    program = tmp_path / "ballots"
    source = os.path.join(root, "examples", "ballots.cpp")
    options = [f"-std={std}", "-O2", *WARNINGS, "-I" + os.path.join(build, "include")]
    libraries = [f"-L{build}", "-lelectionguard", f"-Wl,-rpath,{build}", *os.environ.get("SANFLAGS", "").split()]
    output(compiler, *options, source, "-o", program, *libraries)
    assert output(program) == "Ann 2\nBob 0\nEve 3\n"


def test_unknown_kernel(build):
    done = subprocess.run([os.path.join(build, "examples", "election-shared"), "abacus"], capture_output=True)
    assert done.returncode == 1 and b"kernel" in done.stderr
