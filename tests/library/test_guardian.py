"""The example of a guardian by the C library, at a ceremony with the command's."""

import os
import subprocess

import pytest

PHRASE = b"the pass phrase of a guardian\n"


@pytest.fixture(params=["shared", "static"])
def library(build, request, tmp_path):
    program = os.path.join(build, "examples", f"guardian-{request.param}")

    def run(*arguments, phrase=PHRASE, status=0):
        done = subprocess.run([program, *map(str, arguments)], input=phrase, capture_output=True, cwd=tmp_path, timeout=60)
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr.decode()

    return run


def command(build, tmp_path, *arguments):
    read, write = os.pipe()
    os.write(write, PHRASE)
    os.close(write)
    done = subprocess.run([os.path.join(build, "egserve"), "guardian", *arguments, f"--passphrase-fd={read}"],
                          capture_output=True, cwd=tmp_path, pass_fds=(read,), timeout=60)  # fmt: skip
    os.close(read)
    assert done.returncode == 0, done.stderr


def test_ceremony_with_the_command(build, library, tmp_path):
    library("new", "key-1", "by the library", 1, 2, 2)
    assert os.stat(tmp_path / "key-1").st_mode & 0o777 == 0o600
    (tmp_path / "record-1.json").write_bytes(library("record", "key-1"))
    command(build, tmp_path, "new", "--key=key-2", "--id=by the command", "--order=2", "--guardians=2", "--quorum=2")
    command(build, tmp_path, "record", "--key=key-2", "--out=.")
    command(build, tmp_path, "backups", "--key=key-2", "--out=.", "record-1.json")
    library("take", "key-1", "record-2.json", "backup-2-1.json")
    (tmp_path / "backup-1-2.json").write_bytes(library("backup", "key-1", 2))
    command(build, tmp_path, "receive", "--key=key-2", "backup-1-2.json")


def test_what_is_refused(library, tmp_path):
    library("new", "key-1", "one", 1, 2, 2)
    library("new", "key-2", "two", 2, 2, 2)
    (tmp_path / "record-2.json").write_bytes(library("record", "key-2"))
    assert "pass phrase" in library("record", "key-1", phrase=b"another pass phrase\n", status=1)
    assert "key-1" in library("take", "key-1", "key-1", status=1)
    (tmp_path / "backup-2-1.json").write_text("{}")
    library("take", "key-1", "record-2.json")
    assert "backup-2-1.json" in library("take", "key-1", "backup-2-1.json", status=1)
    assert "not taken" in library("backup", "key-2", 1, status=1)
    assert library("new", "key-3", "three", 3, 2, 2, status=1)
    assert not (tmp_path / "key-3").exists()
