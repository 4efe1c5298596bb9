"""Weights in one file, for sites without a network: a tar with a manifest and the files of each model."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from interview.errors import InvalidInput, ModelCorrupt
from storage.weights.manifest import Manifest, catalogued
from storage.weights.places import made_models_dir, stored_dir
from storage.weights.pull import install
from storage.weights.resolve import MANIFEST_FILE, Weights, resolve_weights

_BLOCK_BYTES = 1 << 20


def bundle(names: Sequence[str], target: Path) -> list[Manifest]:
    """Write the verified weights of models into one file. An interrupted call leaves no file of that name.

    Raises:

        ModelMissing, ModelCorrupt: as ``resolve_weights``.
    """
    found = [resolve_weights(name) for name in names]
    written = target.with_name(f".{target.name}.part")
    with tarfile.open(written, "w") as tar:
        for weights in found:
            folder = weights.manifest.name.replace("/", "--")
            encoded = msgspec.json.format(msgspec.json.encode(weights.manifest), indent=2)
            entry = tarfile.TarInfo(f"{folder}/{MANIFEST_FILE}")
            entry.size = len(encoded)
            tar.addfile(entry, io.BytesIO(encoded))
            for file in weights.manifest.files:
                tar.add((weights.path / file.name).resolve(), f"{folder}/{file.name}", recursive=False)
    written.replace(target)
    return [weights.manifest for weights in found]


def unbundle(source: Path) -> list[Weights]:
    """Install every model of a bundle, each verified against its manifest.

    For a model in the catalogue, the catalogue's hashes apply, not the bundle's.

    Raises:

        InvalidInput: the file is not a bundle.
        ModelCorrupt: a file differs from its manifest.
    """
    try:
        with tarfile.open(source, "r:") as tar:
            return [_installed(tar, entry) for entry in tar.getmembers() if _is_manifest(entry)]
    except (tarfile.TarError, msgspec.DecodeError, FileNotFoundError) as error:
        raise InvalidInput(f"{source} is not a bundle made by `interview models bundle`: {error}") from error


def _is_manifest(entry: tarfile.TarInfo) -> bool:
    return entry.isfile() and PurePosixPath(entry.name).name == MANIFEST_FILE


def _installed(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Weights:
    stated = msgspec.json.decode(_read(tar, entry.name).read(), type=Manifest)
    manifest = catalogued(stated.name) or stated
    staging = made_models_dir() / f".unbundling-{stored_dir(manifest.name).name}"
    shutil.rmtree(staging, ignore_errors=True)
    folder = PurePosixPath(entry.name).parent
    try:
        for file in manifest.files:
            # The manifest's names become paths: none may lead out of the model's directory.
            path = (staging / file.name).resolve()
            if not path.is_relative_to(staging.resolve()):
                raise InvalidInput(f"The bundle names a file outside its model: {file.name!r}.")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as target:
                shutil.copyfileobj(_read(tar, f"{folder}/{file.name}"), target, _BLOCK_BYTES)
        return install(manifest, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _read(tar: tarfile.TarFile, name: str) -> io.BufferedIOBase:
    try:
        content = tar.extractfile(name)
    except KeyError as error:
        raise ModelCorrupt(f"The bundle does not contain {name}.") from error
    if content is None:
        raise InvalidInput(f"{name} in the bundle is not a regular file.")
    return content  # type: ignore[return-value]
