"""electionguard-python 1.4 from a checkout, as today's Python and libraries run it. ELECTIONGUARD_PYTHON names the checkout.

Three things in it are older than what is installed: a mutable default of a dataclass, a type that dacite must not cast
twice, and the version that it asks the package manager for."""

import dataclasses
import importlib.metadata
import logging
import os
import sys

import dacite

CHECKOUT = os.environ.get("ELECTIONGUARD_PYTHON", "")
sys.path.insert(0, os.path.join(CHECKOUT, "src"))

_dataclass, _version, _config = dataclasses.dataclass, importlib.metadata.version, dacite.Config


def hashable_dataclass(cls=None, **options):
    def made(plain):
        found = _dataclass(plain, **options)
        if found.__hash__ is None:
            found.__hash__ = object.__hash__
        return found

    return made if cls is None else made(cls)


def config(cast=(), **options):
    return _config(cast=[c for c in cast if c not in options.get("type_hooks", {})], **options)


dataclasses.dataclass = hashable_dataclass
importlib.metadata.version = lambda name: "1.4.0" if name == "electionguard" else _version(name)
dacite.Config = config
logging.disable(logging.CRITICAL)
