"""Start scripts, the systemd unit, the balancers' files, and the settings in docs/operations.md."""

import os
import re
import shutil
import socket
import subprocess

import pytest
from conftest import ROOT, text_of
from service import Service, program


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **options)


@pytest.mark.parametrize("name", ["start-prod.sh", "scripts/install-deps.sh", ".ci/run"])
def test_shell_scripts(name):
    done = run("shellcheck", name)
    assert done.returncode == 0, done.stdout
    assert os.access(os.path.join(ROOT, name), os.X_OK)


@pytest.mark.parametrize("said", ["flag", "file", "environment", "nobody"])
def test_it_listens_where_it_is_told(said, tmp_path):
    """And on all addresses where neither a flag nor the environment nor a file says anything."""
    settings = tmp_path / "egserve.conf"
    settings.write_text("bind = 127.0.0.1:5051\n" if said == "file" else "workers = 2\n")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EGSERVE")}
    environment |= {"EGSERVE_BIND": "127.0.0.1:5051"} if said == "environment" else {}
    flags = ["--bind", "127.0.0.1:5051"] if said == "flag" else []
    done = run("./start-prod.sh", "--config", str(settings), *flags, "--print-config", env=environment)
    assert done.returncode == 0, done.stderr
    expected = "0.0.0.0:5000" if said == "nobody" else "127.0.0.1:5051"
    assert re.search(rf"^bind = {re.escape(expected)}\b", done.stdout, re.M)


# ---- the package's scripts


@pytest.mark.parametrize(
    "script, arguments, asked",
    [
        ("prerm", ["remove"], ["stop egserve.socket egserve.service egserve-worker@*.service"]),
        ("prerm", ["upgrade", "2-1"], []),
        ("postinst", ["configure", "1-1"], ["try-restart egserve.service egserve-worker@*.service"]),
        ("postinst", ["configure", ""], []),
    ],
)
def test_what_runs_does_not_outlive_its_package(tmp_path, script, arguments, asked):
    """Stopped when the package is removed, restarted when it is upgraded, left alone when it is new."""
    for name in ("systemctl", "getent", "adduser"):
        (tmp_path / name).write_text("#!/bin/sh\n")
    (tmp_path / "deb-systemd-invoke").write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/asked\n')
    for made in tmp_path.iterdir():
        made.chmod(0o755)
    (tmp_path / "asked").touch()
    text = text_of(f"debian/egserve.{script}").replace("/run/systemd/system", str(tmp_path))
    (tmp_path / script).write_text(text)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = run("sh", str(tmp_path / script), *arguments, env=environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asked").read_text().splitlines() == asked


# ---- start-prod.bat


def test_the_batch_file_has_the_line_ends_of_its_system():
    lines = text_of("start-prod.bat").split("\n")
    assert lines[-1] == "" and all(line.endswith("\r") for line in lines[:-1])
    assert re.search(r"^\*\.bat .*eol=crlf", text_of(".gitattributes"), re.M)


def test_every_jump_of_the_batch_file_has_a_target():
    text = text_of("start-prod.bat")
    targets = set(re.findall(r"^:(\w+)", text, re.M))
    assert set(re.findall(r"\bgoto (\w+)", text)) == targets
    # no path runs on into the next label
    for label in targets:
        before = text.split(f":{label}\r\n")[0].rstrip().splitlines()[-1]
        assert before.startswith("exit /b"), before


def test_the_batch_file_starts_what_is_there():
    text = text_of("start-prod.bat")
    for name in re.findall(r"(?:-f |bash \./)(\S+)", text):
        assert os.path.exists(os.path.join(ROOT, name)), name
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if re.match(r"(docker|wsl) ", line) and " ps" not in line:
            assert lines[i + 1].startswith("if errorlevel 1 goto"), line


# ---- systemd


@pytest.fixture
def unit(tmp_path):
    """The unit with the program of this build in it."""
    text = text_of("deploy/egserve.service")
    assert text.count("/usr/local/bin/egserve serve") == 1
    path = tmp_path / "egserve.service"
    path.write_text(text.replace("/usr/local/bin/egserve serve", f"{os.path.abspath(program())} serve"))
    (tmp_path / "egserve.socket").write_text(text_of("deploy/egserve.socket"))
    return path


needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


@needs_systemd
def test_the_unit_is_understood(unit):
    done = run("systemd-analyze", "verify", str(unit), str(unit.with_suffix(".socket")))
    assert done.returncode == 0 and "egserve" not in done.stderr, done.stderr


@needs_systemd
def test_the_unit_is_shut_in(unit):
    done = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout[-300:]


def test_the_unit_gives_time_to_end(default_of):
    stop = int(re.search(r"^TimeoutStopSec=(\d+)$", text_of("deploy/egserve.service"), re.M).group(1))
    assert stop > int(default_of("--graceful-timeout"))


def wait_to_be_told(notifications, name):
    """Until systemd would get that message."""
    while name not in notifications.recv(4096).decode().splitlines():
        pass


def test_systemd_is_told(tmp_path):
    """Ready once it serves, alive again and again, ending."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications:
        notifications.bind(str(tmp_path / "notify"))
        notifications.settimeout(20)
        service = Service(env={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000000"})
        try:
            wait_to_be_told(notifications, "READY=1")
            wait_to_be_told(notifications, "WATCHDOG=1")
            wait_to_be_told(notifications, "WATCHDOG=1")
        finally:
            assert service.stop() == 0
        wait_to_be_told(notifications, "STOPPING=1")


# ---- balancers


@pytest.mark.parametrize(
    "name, command",
    [("haproxy.cfg", ["haproxy", "-c", "-q", "-f"]), ("nginx.conf", ["nginx", "-t", "-q", "-c"])],
)
def test_balancers_accept_their_files(name, command, tmp_path):
    path = "/usr/sbin:" + os.environ["PATH"]
    if shutil.which(command[0], path=path) is None:
        pytest.skip(f"{command[0]} is not installed")
    text = re.sub(r"microservice-(\d)", r"127.0.0.\1", text_of(f"deploy/{name}"))
    text = text.replace("/tmp/nginx.pid", str(tmp_path / "pid"))
    (tmp_path / name).write_text(text)
    done = run(*command, str(tmp_path / name), env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stderr


# ---- documentation


def rows_of_operations():
    """The cells of the table of settings."""
    section = text_of("docs/operations.md").split("## Settings", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return rows[2:]


def test_documented_settings_are_the_programs(settings):
    """Same settings in the same order, with the same names and defaults."""
    rows = [(re.findall(r"--[a-z-]+", row[0]), re.findall(r"\b[A-Z]+_[A-Z_]+\b", row[1])) for row in rows_of_operations()]
    own = [([s.flag] if s.flag else [], s.names) for s in settings if s.names or s.flag == "--dev"]
    assert rows == own
    for row, setting in zip(rows_of_operations(), [s for s in settings if s.names or s.flag == "--dev"]):
        if setting.default is not None:
            assert f"`{setting.default}`" == row[2], row


def test_files_that_operations_names_are_there():
    for name in re.findall(r"`((?:deploy|tests|scripts)/[\w./-]+)`", text_of("docs/operations.md")):
        assert os.path.exists(os.path.join(ROOT, name)), name
