"""Reads the weights of a small trained model from its file in the package, which the module that uses it pins."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TypeVar

import msgspec

from interview.errors import ConfigError

Weights = TypeVar("Weights")


def pinned_weights(package: str, name: str, sha256: str, kind: type[Weights]) -> Weights:
    """The JSON file ``name`` of ``package``, decoded as ``kind``.

    Raises:

        ConfigError: the file is not the one with that SHA-256.
    """
    content = (files(package) / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ConfigError(f"{package.replace('.', '/')}/{name} has the SHA-256 {found}, not {sha256}.")
    return msgspec.json.decode(content, type=kind)
