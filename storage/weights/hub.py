"""The model hub, or the mirror that ``HF_ENDPOINT`` names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from interview.errors import EngineUnavailable, ModelMissing
from storage.weights.manifest import HubSource, Manifest, WeightFile

#: Files that engines read; a repository may hold the same weights in several formats.
_PATTERNS = ("*.safetensors", "model.bin", "*.json", "*.txt", "*.model", "*.jinja", "onnx/model.onnx")
_NO_HUB = "This machine may have no access to the model hub: pull on one that has, then `interview models bundle`."


def describe(repo: str) -> Manifest:
    """A manifest of a repository's newest revision, with the hashes that the hub states for its large files.

    Raises:

        ModelMissing: the hub has no such repository, or requires a licence acceptance or a token.
        EngineUnavailable: the hub cannot be reached.
    """
    from fnmatch import fnmatch

    from huggingface_hub import HfApi

    info = _asked(repo, lambda: HfApi().model_info(repo, files_metadata=True))
    listed = [one for one in info.siblings or () if any(fnmatch(one.rfilename, pattern) for pattern in _PATTERNS)]
    files = [
        WeightFile(one.rfilename, one.lfs.sha256 if one.lfs else _small(repo, info.sha, one.rfilename), one.size or 0)
        for one in listed
    ]
    names = {file.name for file in files}
    kind = "speech-to-text" if {"model.bin", "tokenizer.json"} <= names else "language-model"
    licence = next((tag.removeprefix("license:") for tag in info.tags or () if tag.startswith("license:")), "unknown")
    return Manifest(
        name=repo,
        kind=kind,
        licence=licence,
        origin=f"model hub, {repo}",
        languages=tuple(tag for tag in info.tags or () if len(tag) == 2),
        files=tuple(files),
        hub=HubSource(repo, info.sha),
    )


def download(source: HubSource, names: list[str], into: Path) -> None:
    """Fetch files of a repository; the hub's library resumes and draws the progress bar.

    Raises: as ``describe``.
    """
    from huggingface_hub import hf_hub_download

    for name in names:
        _asked(
            source.repo, lambda name=name: hf_hub_download(source.repo, name, revision=source.revision, local_dir=into)
        )


def _small(repo: str, revision: str | None, name: str) -> str:
    """The SHA-256 of a small file, for which the hub states only a git hash."""
    from huggingface_hub import hf_hub_download

    path = _asked(repo, lambda: hf_hub_download(repo, name, revision=revision))
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _asked(repo: str, ask: Any) -> Any:
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

    try:
        return ask()
    except RepositoryNotFoundError as error:
        raise ModelMissing(f"The hub has no model {repo!r}, or it requires a licence or a token (HF_TOKEN).") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise EngineUnavailable(f"The model hub cannot be reached for {repo!r}. {_NO_HUB}") from error
