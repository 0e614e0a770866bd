#!/usr/bin/env python3
"""Follows the Dockerfile step by step in bare Debian systems (debootstrap, chroot) and tries what comes out: that it
starts as its user, that its health check and a request are answered, that it ends cleanly. Not Docker, but the same steps
on the same packages. Needs root, debootstrap and the network; takes about five minutes.

A network with a certificate authority of its own: NODE_EXTRA_CA_CERTS names the file; npm in the build is given it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import dockerfile  # noqa: E402

RELEASE = "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PORT = 15099
AUTHORITY = "/tmp/authority.crt"


def say(text):
    print(f"    {text}", flush=True)


def run(*command, **options):
    subprocess.run(command, check=True, **options)


class Stage:
    """One stage: a tree, and what its instructions have set so far."""

    def __init__(self, folder):
        self.folder = folder
        self.directory = "/"
        self.environment = {"PATH": PATH}
        self.user = "0"
        # only what removing the tree cannot reach through: device nodes are debootstrap's own
        run("mount", "-t", "proc", "proc", self.inside("proc"))
        shutil.copy("/etc/resolv.conf", self.inside("etc/resolv.conf"))

    def inside(self, path):
        return os.path.join(self.folder, path.lstrip("/"))

    def command(self, words):
        step = f"cd {self.directory} && exec \"$@\""
        return ["chroot", f"--userspec={self.user}:{self.user}", self.folder, "/bin/sh", "-c", step, "sh", *words]

    def run(self, script):
        environment = dict(self.environment)
        if "NODE_EXTRA_CA_CERTS" in os.environ:
            shutil.copy(os.environ["NODE_EXTRA_CA_CERTS"], self.inside(AUTHORITY))
            environment["NODE_EXTRA_CA_CERTS"] = AUTHORITY
        run(*self.command(["/bin/sh", "-c", script]), env=environment, stdout=subprocess.DEVNULL)

    def copy(self, origin, sources, target):
        """origin: the folder that sources are taken from."""
        to = self.inside(os.path.join(self.directory, target))
        for source in sources:
            path = os.path.join(origin, source.lstrip("/"))
            if os.path.isdir(path):
                shutil.copytree(path, to, symlinks=True, dirs_exist_ok=True)
            else:
                os.makedirs(to if target.endswith("/") else os.path.dirname(to), exist_ok=True)
                shutil.copy(path, to)

    def size(self):
        done = subprocess.run(["du", "-sxm", self.folder], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[0])


def context(folder):
    """What `docker build .` would send: the committed files without those of .dockerignore."""
    with open(os.path.join(ROOT, ".dockerignore"), encoding="utf-8") as file:
        ignored = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if name.split("/")[0] not in ignored:
            target = os.path.join(folder, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.join(ROOT, name), target)


def follow(stage, steps, built, sent):
    for instruction, argument in steps:
        say(f"{instruction} {argument[:90]}")
        if instruction == "RUN":
            stage.run(argument)
        elif instruction == "WORKDIR":
            stage.directory = argument
            os.makedirs(stage.inside(argument), exist_ok=True)
        elif instruction == "ENV":
            name, value = argument.split("=", 1)
            stage.environment[name] = value
        elif instruction == "USER":
            stage.user = argument
        elif instruction == "COPY":
            origin, sources, target = dockerfile.copies((None, [(instruction, argument)]))[0]
            stage.copy(built[origin].folder if origin else sent, sources, target)


def wait_for_health(stage, words, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done = subprocess.run(stage.command(words), env=stage.environment, capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.strip()
        time.sleep(0.2)
    raise AssertionError(f"not well: {done.stderr}")


def try_image(stage, steps):
    """Starts it on a port of this machine, as `docker run -e EGSERVE_BIND=...` would."""
    last = dict(steps)
    stage.environment["EGSERVE_BIND"] = f"127.0.0.1:{PORT}"
    start = dockerfile.words(last["ENTRYPOINT"]) + dockerfile.words(last["CMD"])
    process = subprocess.Popen(stage.command(start), env=stage.environment)
    try:
        check = dockerfile.words(last["HEALTHCHECK"].split("CMD ", 1)[1])
        say(wait_for_health(stage, [word.replace(":5000", f":{PORT}") for word in check], 20))
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            user = next(line.split()[1] for line in file if line.startswith("Uid:"))
        assert user == stage.user != "0", user
        body = {"number_of_guardians": 3, "quorum": 2, "party_names": ["P", "Q"], "candidate_names": ["Ann", "Bo"]}
        request = urllib.request.Request(
            f"http://127.0.0.1:{PORT}/setup_guardians", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            assert len(json.load(answer)["guardian_data"]) == 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
    finally:
        if process.poll() is None:
            process.kill()


def main():
    if os.environ.get("EGSERVE_IMAGE_UNSHARED") is None:
        # the mounts below end with this process
        os.execvpe("unshare", ["unshare", "-m", sys.executable, "-B", __file__],
                   {**os.environ, "EGSERVE_IMAGE_UNSHARED": "1"})  # fmt: skip
    with open(os.path.join(ROOT, "Dockerfile"), encoding="utf-8") as file:
        stages = dockerfile.read(file.read())
    folder = tempfile.mkdtemp(prefix="egserve-image-")
    built = {}
    try:
        bare = os.path.join(folder, "bare")
        run("debootstrap", "--variant=minbase", RELEASE, bare, stdout=subprocess.DEVNULL)
        context(os.path.join(folder, "context"))
        for i, (name, steps) in enumerate(stages):
            tree = os.path.join(folder, f"stage-{i}")
            run("cp", "-a", bare, tree)
            stage = Stage(tree)
            before = stage.size()
            follow(stage, steps, built, os.path.join(folder, "context"))
            say(f"stage {name or 'to run'}: {stage.size()} MB, {stage.size() - before} of them over the base")
            built[name] = stage
        try_image(stage, stages[-1][1])
    finally:
        for i in range(len(stages)):
            subprocess.run(["umount", "-l", os.path.join(folder, f"stage-{i}", "proc")], stderr=subprocess.DEVNULL)
        run("rm", "-rf", "--one-file-system", folder)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
