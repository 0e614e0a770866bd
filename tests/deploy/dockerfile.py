"""Reads a Dockerfile: stages with their instructions."""

import json
import re
import shlex

KNOWN = {
    "ARG", "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD",
}  # fmt: skip


def _lines(text):
    """Instructions, continued lines joined, comments left out."""
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [" ".join(line.split()) for line in re.sub(r"\\\n", " ", "\n".join(kept)).splitlines() if line.strip()]


def words(argument):
    """The exec form or the words of the shell form."""
    return json.loads(argument) if argument.startswith("[") else shlex.split(argument)


def read(text):
    """[(name of the stage or None, [(instruction, argument), ...]), ...]; what stands before FROM is left out."""
    stages = []
    for line in _lines(text):
        instruction, argument = line.split(" ", 1)
        if instruction not in KNOWN:
            raise ValueError(f"unknown instruction {instruction}")
        if instruction == "FROM":
            named = re.search(r" AS (\S+)$", argument)
            stages.append((named.group(1) if named else None, []))
        elif stages:
            stages[-1][1].append((instruction, argument))
        elif instruction != "ARG":
            raise ValueError(f"{instruction} before FROM")
    return stages


def arguments(stage, instruction):
    return [argument for name, argument in stage[1] if name == instruction]


def copies(stage):
    """(stage it comes from or None, sources, destination)."""
    found = []
    for argument in arguments(stage, "COPY"):
        parts = argument.split()
        origin = parts.pop(0).removeprefix("--from=") if parts[0].startswith("--from=") else None
        found.append((origin, parts[:-1], parts[-1]))
    return found
