"""Where the service listens: a socket in the file system, and one that systemd opened."""

import grp
import json
import os
import signal
import socket
import stat
import subprocess

import pytest
from service import Service, program, wait_until

GET = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n"


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "s")


@pytest.fixture
def run():
    started = []

    def start(bind, *args, **more):
        service = Service(args=("--workers", "1", "--bind", bind, *args), **more)
        started.append(service)
        return service

    yield start
    for service in started:
        service.stop()


def ask(path, what=b"/ready", headers=b""):
    """The first line of the answer; what follows is read to its end."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(path)
        client.sendall(GET % (what, headers))
        with client.makefile("rb") as answer:
            return answer.read().split(b"\r\n", 1)[0]


def refused(*args, cwd=None):
    done = subprocess.run([os.path.abspath(program()), "serve", *args], capture_output=True, text=True, timeout=30, cwd=cwd)
    assert done.stdout == ""
    return done.returncode, done.stderr


def is_socket(path):
    return stat.S_ISSOCK(os.lstat(path).st_mode)


def test_listens_at_a_path_and_removes_it(run, path):
    service = run(f"unix:{path}", "--access-log", "--socket-mode", "600")
    assert service.url == f"unix:{path}"
    assert stat.S_IMODE(os.lstat(path).st_mode) == 0o600 and is_socket(path)
    assert ask(path) == b"HTTP/1.1 200 OK"
    assert service.stop() == 0
    assert not os.path.lexists(path)
    lines = [json.loads(line) for line in service.lines if line.startswith("{")]
    assert [line["peer"] for line in lines] == ["unix"]
    assert f"serves at unix:{path}:" in service.log() and "other machines" not in service.log()


def test_the_commands_ask_a_path(run, path):
    run(f"unix:{path}")
    done = subprocess.run([program(), "health", "--ready", f"unix:{path}"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "/ready answered 200\n"), done.stderr


def test_the_client_behind_a_trusted_balancer_on_this_machine(run, path):
    for trusted, peer in (("unix", "203.0.113.9"), ("127.0.0.1", "unix")):
        service = run(f"unix:{path}", "--access-log", "--trusted-proxies", trusted)
        assert ask(path, headers=b"X-Forwarded-For: 203.0.113.9\r\n") == b"HTTP/1.1 200 OK"
        assert service.stop() == 0
        lines = [json.loads(line) for line in service.lines if line.startswith("{")]
        assert [line["peer"] for line in lines] == [peer]


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files away")
def test_the_socket_is_whose_it_shall_be(run, path):
    group = grp.getgrgid(65534).gr_name
    run(f"unix:{path}", "--socket-owner", f"nobody:{group}")
    there = os.lstat(path)
    assert (there.st_uid, there.st_gid, stat.S_IMODE(there.st_mode)) == (65534, 65534, 0o660)


def test_a_socket_that_is_left_behind_is_replaced(run, path):
    first = run(f"unix:{path}")
    os.killpg(first.process.pid, signal.SIGKILL)
    first.process.wait(10)
    assert is_socket(path)
    second = run(f"unix:{path}")
    assert ask(path) == b"HTTP/1.1 200 OK"
    assert "nobody answered on it" in second.log()


def test_what_is_in_the_way_stays(run, path, tmp_path):
    service = run(f"unix:{path}")
    status, said = refused("--bind", f"unix:{path}")
    assert status == 1 and f"cannot listen on unix:{path}: another process listens there" in said
    assert ask(path) == b"HTTP/1.1 200 OK"
    assert service.alive()
    file = tmp_path / "file"
    file.write_text("precious")
    (tmp_path / "link").symlink_to(file)
    for name in ("file", "link"):
        status, said = refused("--bind", f"unix:{tmp_path / name}")
        assert status == 1 and "something that is no socket has this name" in said
    assert file.read_text() == "precious" and (tmp_path / "link").is_symlink()


def test_another_services_socket_is_not_removed(run, path):
    first = run(f"unix:{path}")
    os.unlink(path)
    run(f"unix:{path}")
    assert first.stop() == 0
    assert ask(path) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--bind", "unix:"], 2, "not the path of a socket"),
        (["--bind", "unix:@name"], 2, "not the path of a socket"),
        (["--bind", "unix:/tmp/"], 2, "not the path of a socket"),
        (["--bind", "unix:/" + 107 * "x"], 2, "the path is 108 bytes long, and the system takes 107"),
        (["--bind", "unix:/nowhere/at/all/s"], 1, "its folder is not there"),
        (["--bind", "unix:s", "--socket-mode", "1777"], 2, "not a mode from 0 to 777"),
        (["--bind", "unix:s", "--socket-mode", "rw"], 2, "not a mode from 0 to 777"),
        (["--bind", "unix:s", "--socket-owner", "no.such"], 2, "no such user"),
        (["--bind", "unix:s", "--socket-owner", ":no.such"], 2, "no such group"),
    ],
)
def test_wrong_paths_modes_and_owners(arguments, status, words, tmp_path):
    code, said = refused(*arguments, cwd=tmp_path)
    assert code == status and words in said, said


def test_workers_and_their_successors_share_the_path(run, path):
    service = run(f"unix:{path}", "--max-requests", "3", "--max-requests-jitter", "0")
    inode = os.lstat(path).st_ino
    for _ in range(3):
        before = service.workers()
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: service.workers() and service.workers() != before, what="a new worker")
        assert ask(path, b"/openapi.json") == b"HTTP/1.1 200 OK"
    said = len(service.lines)
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "the settings are in force" in "\n".join(service.lines[said:]), what="the reload")
    assert ask(path) == b"HTTP/1.1 200 OK"
    assert os.lstat(path).st_ino == inode


# ---- systemd's ----


def start_passed(sockets, *args):
    """The service with sockets from 3 on: LISTEN_PID is known in the child alone, so that a shell sets it."""
    script = f'LISTEN_PID=$$ LISTEN_FDS={len(sockets)} LISTEN_FDNAMES=x exec "$0" serve "$@"'
    numbers = [s.fileno() for s in sockets]

    def move():
        for i, number in enumerate(numbers):
            os.dup2(number, 50 + i)
        for i in range(len(numbers)):
            os.dup2(50 + i, 3 + i, inheritable=True)

    return subprocess.Popen(
        ["sh", "-c", script, program(), "--workers", "1", *args],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=move, close_fds=False,
    )  # fmt: skip


def ended(process, line):
    """All that it said: up to the line, and after it was told to stop."""
    said = []
    while line not in said:
        said.append(process.stdout.readline())
        assert said[-1], said
    process.terminate()
    out = process.communicate(timeout=30)[0]
    assert process.returncode == 0, out


def test_takes_the_socket_that_systemd_opened(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        waiting = socket.socket(socket.AF_UNIX)  # who came before the service
        waiting.connect(path)
        process = start_passed([listener], "--bind", "127.0.0.1:1")
        with waiting, process:
            waiting.settimeout(30)
            waiting.sendall(GET % (b"/ready", b""))
            assert waiting.recv(100).startswith(b"HTTP/1.1 200")
            ended(process, f"listening on unix:{path}\n")
        assert is_socket(path), "it is systemd's"


def test_takes_an_address_from_systemd():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = start_passed([listener])
        with process, socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(GET % (b"/ready", b""))
            assert client.recv(100).startswith(b"HTTP/1.1 200")
            ended(process, f"listening on http://127.0.0.1:{port}\n")


def test_other_things_from_systemd_are_refused():
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            for sockets, words in (([one, two], "systemd passed 2 sockets"), ([datagrams], "takes no connections")):
                with start_passed(sockets) as process:
                    out = process.communicate(timeout=30)[0]
                assert process.returncode == 1 and words in out, out


def test_sockets_of_another_process_do_not_count(run):
    service = run("127.0.0.1:0", env={"LISTEN_PID": "1", "LISTEN_FDS": "1"})
    assert service.url.startswith("http://127.0.0.1:")
