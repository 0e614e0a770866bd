"""egserve keygen: a master key that the service takes, on paper once and never over an older one."""

import base64
import os
import stat
import subprocess

import pytest
from service import Service, program


def key_of(text):
    assert text.endswith("\n") and text.count("\n") == 1
    return base64.b64decode(text.strip(), validate=True)


def test_keys_are_random_and_of_32_bytes(egserve):
    runs = [egserve("keygen") for _ in range(4)]
    assert all((run.returncode, run.stderr) == (0, "") for run in runs)
    keys = {key_of(run.stdout) for run in runs}
    assert len(keys) == 4 and {len(key) for key in keys} == {32}


def test_a_file_is_for_its_owner_alone(egserve, tmp_path):
    file = tmp_path / "master.key"
    old = os.umask(0)
    try:
        done = egserve("keygen", "--out", file)
    finally:
        os.umask(old)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(key_of(file.read_text())) == 32
    assert os.listdir(tmp_path) == ["master.key"]


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_what_is_there_stays(egserve, tmp_path, kind):
    place = tmp_path / "master.key"
    if kind == "file":
        place.write_text("precious")
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to(tmp_path / "elsewhere")
    done = egserve("keygen", "--out", place)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"egserve keygen: {place}: it is there already, and is not overwritten\n"
    assert os.listdir(tmp_path) == ["master.key"]
    assert kind != "file" or place.read_text() == "precious"


def test_what_cannot_be_written_is_said(egserve, tmp_path):
    done = egserve("keygen", "--out", tmp_path / "no such folder" / "key")
    assert done.returncode == 1 and "cannot be written: No such file or directory" in done.stderr
    with open("/dev/full", "w") as full:
        done = subprocess.run([program(), "keygen"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "egserve keygen: the output cannot be written\n")
    done = egserve("keygen", "--out=")
    assert done.returncode == 2


@pytest.mark.parametrize("arguments", [[], ["--env"]], ids=["value", "line"])
def test_a_service_takes_it(egserve, arguments):
    text = egserve("keygen", *arguments).stdout.strip()
    name, value = text.split("=", 1) if arguments else ("MASTER_KEY_PQ", text)
    assert name == "MASTER_KEY_PQ"
    service = Service(env={name: value})
    try:
        asked = egserve("health", service.url)
        assert asked.returncode == 0
    finally:
        assert service.stop() == 0
