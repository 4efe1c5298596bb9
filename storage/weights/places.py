"""The locations of weights: this machine's models directory and installed packages."""

from __future__ import annotations

import os
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from interview.errors import InvalidInput
from interview.shipped import shipped_root
from storage.private_directory import make_private
from storage.weights.manifest import Manifest

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)


def models_dir() -> Path:
    """``INTERVIEW_MODELS_DIR``, or ``interview-serve/models`` in the user's data directory (XDG)."""
    given = os.environ.get("INTERVIEW_MODELS_DIR")
    if given:
        return Path(given).expanduser().resolve()
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "interview-serve" / "models"


def made_models_dir() -> Path:
    """The models directory, made if it is missing.

    The default one lies in the data directory of recordings and keys, which only its owner may enter. Raises OSError.
    """
    directory = models_dir()
    if not os.environ.get("INTERVIEW_MODELS_DIR"):
        make_private(directory.parent)
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def stored_dir(name: str) -> Path:
    """The directory of a model in the models directory, whether or not it exists.

    Raises:

        InvalidInput: the name could lead outside the models directory.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{name!r} is not a model name: use letters, digits, '.', '_', '-' and at most one '/'.")
    return models_dir() / name.replace("/", "--")


def shipped_dir(name: str) -> Path:
    """The directory of a model whose weights ship with the platform, whether or not it exists."""
    return shipped_root() / "models" / name.replace("/", "--")


def packaged_parts(manifest: Manifest) -> dict[str, tuple[Path, ...]] | None:
    """File name → its parts in the installed packages; None unless every package and every part is installed."""
    if not manifest.packages or len(manifest.pip_packages) != len(manifest.packages):
        return None
    try:
        roots = [Path(str(distribution(name).locate_file(""))) for name, _ in manifest.pip_packages]
    except PackageNotFoundError:
        return None
    found: dict[str, tuple[Path, ...]] = {}
    for file in manifest.files:
        parts = []
        for member in file.parts:
            path = next((root / member for root in roots if (root / member).is_file()), None)
            if path is None:
                return None
            parts.append(path)
        if not parts:
            return None
        found[file.name] = tuple(parts)
    return found
