"""The service's processes as the system sees them: memory, descriptors, threads; a memory cgroup around them."""

import contextlib
import os
import threading
import time

import pytest

MB = 1024 * 1024
CGROUP = "/sys/fs/cgroup"


def children(pid):
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += [int(child) for child in file.read().split()]
    return found


def family(pid):
    """The process and all below it."""
    found = [pid]
    for member in found:
        found += children(member)
    return found


def _status(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(name + ":"):
                return line.split()[1]
    return "0"


def is_running(pid):
    """There, and no zombie."""
    try:
        return _status(pid, "State") not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _memory_of(pid, names):
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(names))
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has just ended
    except PermissionError:
        pytest.fail("needs root: the service lets nobody else read its memory map")


def pss(pid):
    """Bytes of all processes together, shared pages counted once."""
    return sum(_memory_of(member, ("Pss:",)) for member in family(pid))


def own_memory(pid):
    """The same without the pages of programs and libraries, whose share depends on what else runs here."""
    return sum(_memory_of(member, ("Pss_Anon:", "Pss_Shmem:")) for member in family(pid))


def descriptors(pid):
    return sum(len(os.listdir(f"/proc/{member}/fd")) for member in family(pid))


def threads(pid):
    return sum(len(os.listdir(f"/proc/{member}/task")) for member in family(pid))


def turns(pid):
    """How often its main thread has been put on a processor."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[2])


def wait_until(condition, seconds, pause=0.05):
    """The seconds until condition() was true; None when it never was."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if condition():
            return time.monotonic() - started
        time.sleep(pause)
    return None


def set_priority(pid, nice):
    """Of the process and its session before all else that runs on the machine (negative), or as usual (0). Where that
    is not allowed nothing changes."""
    with contextlib.suppress(PermissionError, FileNotFoundError):
        os.setpriority(os.PRIO_PROCESS, pid, nice)
        with open(f"/proc/{pid or 'self'}/autogroup", "w", encoding="ascii") as file:
            file.write(str(nice))


class Peak:
    """Samples the memory of a service while a block runs."""

    def __init__(self, pid, every=0.05):
        self.pid = pid
        self.every = every
        self.bytes = 0
        self.samples = 0
        self._over = threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def _sample(self):
        while not self._over.is_set():
            self.bytes = max(self.bytes, pss(self.pid))
            self.samples += 1
            self._over.wait(self.every)

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


class MemoryGroup:
    """A memory cgroup of this limit, version 2 or 1; `enter` is for a child before it executes."""

    def __init__(self, limit):
        self.limit = limit
        self.version = 2 if os.path.exists(f"{CGROUP}/cgroup.controllers") else 1
        parent = CGROUP if self.version == 2 else f"{CGROUP}/memory"
        self.path = f"{parent}/egserve-load-{os.getpid()}"
        try:
            os.mkdir(self.path)
            self._write("memory.max" if self.version == 2 else "memory.limit_in_bytes", limit)
        except OSError as problem:
            pytest.skip(f"no memory cgroup to be had here: {problem}")

    def _write(self, name, value):
        with open(os.path.join(self.path, name), "w", encoding="ascii") as file:
            file.write(str(value))

    def _read(self, name):
        with open(os.path.join(self.path, name), encoding="ascii") as file:
            return file.read()

    def enter(self):
        self._write("cgroup.procs", os.getpid())

    def peak(self):
        """The most that was ever held; None where the kernel does not say."""
        name = "memory.peak" if self.version == 2 else "memory.max_usage_in_bytes"
        try:
            return int(self._read(name))
        except FileNotFoundError:
            return None

    def kills(self):
        """Processes that the kernel ended for want of memory."""
        text = self._read("memory.events" if self.version == 2 else "memory.oom_control")
        return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill "))

    def remove(self):
        wait_until(self._is_removed, 10)

    def _is_removed(self):
        with contextlib.suppress(OSError):
            os.rmdir(self.path)
        return not os.path.exists(self.path)
