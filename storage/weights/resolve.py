"""Resolves a model's name to a directory of verified weights, without network access."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Literal

from msgspec import Struct

from interview.errors import ModelMissing
from storage.weights.manifest import Manifest, catalogue, catalogued, read_manifest
from storage.weights.places import made_models_dir, models_dir, packaged_parts, shipped_dir, stored_dir
from storage.weights.verification import verify_files

MANIFEST_FILE = "manifest.json"

Place = Literal["store", "shipped", "package"]


class Weights(Struct, frozen=True):
    """Verified weights. ``path``: a directory with the manifest's files under their names."""

    manifest: Manifest
    path: Path
    place: Place


def known(name: str) -> Manifest | None:
    """The manifest of a model of the catalogue, or of a pulled or unbundled one."""
    return catalogued(name) or pulled().get(name)


def pulled() -> dict[str, Manifest]:
    """Models in the models directory that the catalogue does not list, by name."""
    found = (read_manifest(path) for path in sorted(models_dir().glob(f"*/{MANIFEST_FILE}")))
    return {manifest.name: manifest for manifest in found if manifest.name not in catalogue()}


def resolve_weights(name: str, *, trust_remembered: bool = True) -> Weights:
    """The verified weights of a model, from the models directory, the platform's own files or an installed package.

    Parts of a file that come in several packages are joined once, into the models directory. Blocking. A file whose
    size and modification time have not changed is not hashed again, unless ``trust_remembered`` is false.

    Raises:

        ModelMissing: the model is unknown or not on this machine; the message says how to get it.
        ModelCorrupt: a file differs from the manifest.
    """
    manifest = known(name)
    if manifest is None:
        raise ModelMissing(
            f"There is no model {name!r}. Known models: {', '.join(sorted(catalogue()))}; `interview models list` "
            "shows all; a directory or a model hub id also works.",
            detail={"model": name},
        )
    place = place_of(manifest)
    if place is None:
        raise ModelMissing(
            f"The weights of {manifest.name} are not on this machine. Get them with "
            f"`interview models pull {manifest.name}`{_or_install(manifest)}, or copy a bundle here and run "
            "`interview models unbundle FILE`.",
            detail={"model": manifest.name},
        )
    if place == "store":
        return _verified(manifest, stored_dir(manifest.name), place, trust_remembered)
    if place == "shipped":
        return _verified(manifest, shipped_dir(manifest.name), place, trust_remembered)
    parts = packaged_parts(manifest) or {}
    in_place = _directory_of(parts)
    if in_place is not None:
        return _verified(manifest, in_place, place, trust_remembered)
    return _verified(manifest, assemble(manifest, parts), "store", trust_remembered)


def place_of(manifest: Manifest) -> Place | None:
    """The location of a model's files on this machine, unverified; None when they are absent."""
    if (stored_dir(manifest.name) / manifest.files[0].name).is_file():
        return "store"
    if (shipped_dir(manifest.name) / manifest.files[0].name).is_file():
        return "shipped"
    return "package" if packaged_parts(manifest) is not None else None


def assemble(manifest: Manifest, parts: dict[str, tuple[Path, ...]]) -> Path:
    """Join the parts of every file into the model's directory, atomically.

    Raises:

        ModelCorrupt: the joined files differ from the manifest.
    """
    target = stored_dir(manifest.name)
    made_models_dir()
    with tempfile.TemporaryDirectory(prefix=".assembling-", dir=target.parent) as scratch:
        directory = Path(scratch) / "model"
        directory.mkdir()
        for name, members in parts.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as joined:
                for member in members:
                    with member.open("rb") as source:
                        shutil.copyfileobj(source, joined, 1 << 20)
        verify_files(manifest, {file.name: directory / file.name for file in manifest.files}, trust_remembered=False)
        publish(directory, target)
    return target


def publish(directory: Path, target: Path) -> None:
    """Rename a complete directory to its final name. If another process was first, its copy stays."""
    try:
        directory.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _verified(manifest: Manifest, directory: Path, place: Place, trust_remembered: bool) -> Weights:
    paths = {file.name: directory / file.name for file in manifest.files}
    verify_files(manifest, paths, trust_remembered=trust_remembered)
    return Weights(manifest, directory, place)


def _directory_of(parts: dict[str, tuple[Path, ...]]) -> Path | None:
    """The one directory that holds every file whole and under its own name, or None."""
    roots: set[Path] = set()
    for name, members in parts.items():
        if len(members) != 1 or not members[0].as_posix().endswith(f"/{name}"):
            return None
        roots.add(members[0].parents[name.count("/")])
    return roots.pop() if len(roots) == 1 else None


def _or_install(manifest: Manifest) -> str:
    pinned = " ".join(f"{name}=={version}" for name, version in manifest.pip_packages)
    return f" or `pip install {pinned}`" if pinned else ""
