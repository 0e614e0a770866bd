"""make install and make uninstall: into any folders, found through pkg-config, without a trace afterwards."""

import os
import re
import subprocess

import pytest

MULTIARCH = "x86_64-linux-gnu"


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def environment(**more):
    inherited = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return {**inherited, **more}


@pytest.fixture
def make(build, root, tmp_path):
    """make(target, NAME=value, ...): what it printed. ldconfig only notes that it was called."""
    ldconfig = tmp_path / "ldconfig"
    ldconfig.write_text(f"#!/bin/sh\necho called >>{tmp_path}/ldconfig.calls\n")
    ldconfig.chmod(0o755)

    def run(target, **variables):
        words = [*os.environ.get("MAKE", "make").split(), "--no-print-directory", "-C", root, target, f"BUILD={build}"]
        words += [f"{name}={value}" for name, value in {"LDCONFIG": ldconfig, **variables}.items()]
        return output(*words, env=environment())

    run.calls = tmp_path / "ldconfig.calls"
    return run


def files(folder):
    return sorted(os.path.relpath(os.path.join(at, f), folder) for at, _, fs in os.walk(folder) for f in fs)


def pkg_config(folder, *words, **more):
    return output("pkg-config", *words, "electionguard", env=environment(PKG_CONFIG_PATH=str(folder), **more)).split()


def sections(path):
    return set(re.findall(r"\] (\.[\w.]+)", output("readelf", "-SW", path)))


def test_below_destdir(make, root, tmp_path):
    """As a package is made: nothing outside, and the example builds against it."""
    make("install", PREFIX="/opt/eg", DESTDIR=tmp_path / "stage")
    prefix = tmp_path / "stage/opt/eg"
    assert os.listdir(tmp_path / "stage") == ["opt"] and os.listdir(tmp_path / "stage/opt") == ["eg"]
    assert output(prefix / "bin/egserve", "version").startswith("egserve ")
    flags = pkg_config(
        prefix / "lib/pkgconfig", "--cflags", "--libs", PKG_CONFIG_SYSROOT_DIR=str(tmp_path / "stage")
    )  # fmt: skip
    program = tmp_path / "example"
    source = os.path.join(root, "examples/election.c")
    output("gcc", "-o", program, source, *flags, f"-Wl,-rpath,{prefix}/lib")
    assert "Eve 3" in output(program)
    assert f"{prefix}/lib/libelectionguard.so.1" in output("ldd", program)
    static = tmp_path / "static"
    archive = prefix / "lib/libelectionguard.a"
    output("gcc", "-o", static, source, f"-I{prefix}/include", archive, "-lyajl", "-lmpack", "-lcrypto", "-lgmp", "-lm", "-pthread")
    assert "Eve 3" in output(static)
    assert not make.calls.exists(), "the list of libraries is of the system that runs"


def test_another_prefix_the_next_time(make, tmp_path):
    """Each install writes its own folders into the .pc file."""
    for name in ("first", "second", "first"):
        prefix = tmp_path / name
        make("install", PREFIX=prefix)
        folder = prefix / "lib/pkgconfig"
        assert pkg_config(folder, "--cflags", "--libs") == [
            f"-I{prefix}/include", f"-L{prefix}/lib", "-lelectionguard",
        ]  # fmt: skip
        assert output("pkg-config", "--variable=prefix", folder / "electionguard.pc").strip() == str(prefix)


def test_folders_of_ones_own(make, tmp_path):
    """LIBDIR as Debian has it, and headers elsewhere."""
    prefix = tmp_path / "usr"
    libdir, includedir = prefix / "lib" / MULTIARCH, tmp_path / "headers"
    make("install", PREFIX=prefix, LIBDIR=libdir, INCLUDEDIR=includedir, BINDIR=prefix / "sbin")
    assert os.listdir(prefix) and sorted(os.listdir(prefix)) == ["lib", "sbin"]
    assert os.listdir(prefix / "lib") == [MULTIARCH]
    assert (libdir / "libelectionguard.so").resolve().exists()
    assert (includedir / "electionguard/electionguard.h").exists()
    assert pkg_config(libdir / "pkgconfig", "--cflags", "--libs") == [
        f"-I{includedir}", f"-L{libdir}", "-lelectionguard",
    ]  # fmt: skip
    text = (libdir / "pkgconfig/electionguard.pc").read_text()
    assert f"libdir=${{prefix}}/lib/{MULTIARCH}\n" in text and f"includedir={includedir}\n" in text


def test_what_is_installed_is_stripped(make, tmp_path):
    make("install", PREFIX=tmp_path / "p")
    program, library = tmp_path / "p/bin/egserve", tmp_path / "p/lib/libelectionguard.so"
    for path in (program, library):
        assert not {".symtab", ".debug_info"} & sections(path), path
    assert ".debug_info" not in output("readelf", "-SW", tmp_path / "p/lib/libelectionguard.a")
    make("install", PREFIX=tmp_path / "q", STRIP=":")
    assert ".debug_info" in sections(tmp_path / "q/bin/egserve")


@pytest.mark.skipif(os.geteuid() != 0, reason="the list of libraries is root's")
def test_root_refreshes_the_list_of_libraries(make, tmp_path):
    make("install", PREFIX=tmp_path / "p")
    assert make.calls.read_text() == "called\n"
    make("uninstall", PREFIX=tmp_path / "p")
    assert make.calls.read_text() == "called\n" * 2


@pytest.mark.parametrize("below", [False, True], ids=["live", "DESTDIR"])
def test_uninstall_leaves_nothing_and_takes_nothing(make, tmp_path, below):
    prefix = "/opt/eg" if below else tmp_path / "root/opt/eg"
    place = {"PREFIX": prefix, **({"DESTDIR": tmp_path / "root"} if below else {})}
    others = ["bin/other", "include/electionguard/base/mine.h", "lib/libother.so", "lib/pkgconfig/other.pc"]
    for name in others:
        file = tmp_path / "root/opt/eg" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    make("install", **place)
    assert len(files(tmp_path / "root")) > len(others) + 20
    make("uninstall", **place)
    assert files(tmp_path / "root/opt/eg") == others
    assert not (tmp_path / "root/opt/eg/include/electionguard/crypto").exists()
    make("uninstall", **place)  # nothing there: nothing to do
