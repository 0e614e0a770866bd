"""Manual pages and completions have every command and flag, and shells and man understand them."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from service import program


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manual")
    made = [sys.executable, "-B", os.path.join(ROOT, "tools", "make_manual"), program(), str(folder)]
    subprocess.run(made, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "0"})
    return folder


def help_of(*words):
    return subprocess.run([program(), *words, "--help"], capture_output=True, text=True, check=True).stdout


COMMANDS = [["serve"], ["election", "run"], ["verify"], ["health"]]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_flag_is_there(manual, words):
    flags = set(re.findall(r"^  (--[a-z-]+)", help_of(*words), re.M))
    assert flags
    page = (manual / f"egserve-{'-'.join(words)}.1").read_text().replace("\\-", "-")
    assert page.startswith(f'.TH EGSERVE-{"-".join(words).upper()} 1 "1970-01-01"')
    assert flags <= set(re.findall(r"^\\fB(--[a-z-]+)", page, re.M))
    command = " ".join(["egserve", *words])
    listed = re.search(rf'^ +"{command}"\) words="([^"]*)"', (manual / "egserve.bash").read_text(), re.M).group(1)
    assert flags | {"--help"} == set(listed.split())
    zsh = (manual / "_egserve").read_text().split(f"'{command}')\n", 1)[1].split(";;", 1)[0]
    assert flags <= set(re.findall(r"'(--[a-z-]+)\[", zsh))


def test_every_command_has_a_page(manual):
    commands = re.findall(r"^  ([a-z]+) ", help_of(), re.M)
    assert {f"egserve-{command}.1" for command in commands} <= {page.name for page in manual.iterdir()}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [(["ver"], {"verify", "version"}), (["election", "run", "--max"], {"--max-choices"}), (["el"], {"election"})],
    ids=str,
)
def test_bash_completes(manual, typed, offered):
    script = f'source "$0"; COMP_WORDS=(egserve "$@"); COMP_CWORD={len(typed)}; _egserve; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script, str(manual / "egserve.bash"), *typed], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == offered and done.stderr == ""


@pytest.mark.skipif(shutil.which("man") is None, reason="no man here")
def test_man_has_nothing_to_warn_of(manual):
    for page in sorted(manual.glob("*.1")):
        done = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True, env={**os.environ, "MANPAGER": "cat"})
        assert done.returncode == 0 and done.stderr == "", done.stderr


def test_a_source_archive_needs_neither_npm_nor_clang(tmp_path):
    """scripts/install-deps.sh notices its parts."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / ".egserve-vendored").touch()
    shutil.copy(os.path.join(ROOT, "scripts", "install-deps.sh"), tmp_path / "scripts")
    for name in ("dpkg-query", "npm", "node", "clang"):  # everything is installed; npm must not be called
        stub = tmp_path / "bin" / name
        stub.parent.mkdir(exist_ok=True)
        stub.write_text("#!/bin/sh\necho installed\n" if name == "dpkg-query" else f"#!/bin/sh\ntouch {tmp_path}/called\n")
        stub.chmod(0o755)
    path = f"{tmp_path}/bin:{os.environ['PATH']}"
    subprocess.run([tmp_path / "scripts" / "install-deps.sh"], check=True, env={**os.environ, "PATH": path})
    assert not (tmp_path / "called").exists()
