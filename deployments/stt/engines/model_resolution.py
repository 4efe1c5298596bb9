"""Resolves the speech model to serve and explains the choice for ``interview doctor``.

Order: a model of the catalogue or a pulled one → a directory → a snapshot in the local cache of the hub. A model found
in none of them is an error: there is no fallback model and no download.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from deployments.stt.config import SttConfig
from deployments.stt.engines.model_profile import ModelProfile, read_profile
from interview.errors import ConfigError, ModelMissing
from storage.weights.manifest import catalogue
from storage.weights.resolve import Weights, known, resolve_weights

Source = Literal["package", "shipped", "store", "path", "cache"]

_KIND = "speech-to-text"


class ResolvedModel(Struct, frozen=True):
    """``path``: directory with the CTranslate2 weights. ``reason``: the reason for the choice, in one sentence."""

    path: str
    name: str
    source: Source
    reason: str
    profile: ModelProfile = ModelProfile()


def resolve_model(config: SttConfig) -> ResolvedModel:
    """Find the weights of ``config.model`` on this machine and verify them. Blocking.

    Raises:

        ModelMissing: they are not installed; the message says how to get them.
        ModelCorrupt: a file differs from the model's manifest.
        ConfigError: the model is not a speech model, or its profile is invalid.
    """
    name = config.model
    if known(name) is not None:
        return _from_weights(resolve_weights(name))
    path = Path(name).expanduser()
    if name.startswith(("/", "./", "../", "~")) or path.is_dir():
        return _from_directory(path)
    cached = _hub_snapshot(config)
    if cached is not None:
        return ResolvedModel(str(cached), name, "cache", f"{name} is in the local hub cache", read_profile(cached))
    raise ModelMissing(
        f"The speech model {name} is not on this machine. Run `interview models pull {name}`, or set stt.model to a "
        f"directory with CTranslate2 Whisper weights or to one of {', '.join(_speech_models())}.",
        detail={"model": name},
    )


def _from_weights(weights: Weights) -> ResolvedModel:
    manifest = weights.manifest
    if manifest.kind != _KIND:
        raise ConfigError.at("stt", None, "model", f"{manifest.name} is a model for {manifest.kind}")
    try:
        profile = msgspec.convert(manifest.serving, ModelProfile)
    except msgspec.ValidationError as error:
        raise ConfigError.at(f"models/{manifest.name}.json", None, "serving", str(error)) from error
    reason = f"its files at {weights.path} match the SHA-256 of its manifest"
    return ResolvedModel(str(weights.path), manifest.name, weights.place, reason, profile)


def _from_directory(path: Path) -> ResolvedModel:
    if not (path / "model.bin").is_file():
        raise ModelMissing(
            f"No speech model at {path}: expected a CTranslate2 Whisper directory with model.bin. "
            f"Correct stt.model, or set it to one of {', '.join(_speech_models())}."
        )
    return ResolvedModel(str(path), path.name, "path", f"model directory {path}", read_profile(path))


def _hub_snapshot(config: SttConfig) -> Path | None:
    """The snapshot of a hub id or a faster-whisper size in the hub library's cache."""
    from faster_whisper.utils import download_model
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(download_model(config.model, local_files_only=True, cache_dir=config.download_dir))
    except (LocalEntryNotFoundError, HFValidationError, ValueError):
        return None  # not cached, or not a valid hub id


def _speech_models() -> list[str]:
    return [manifest.name for manifest in catalogue().values() if manifest.kind == _KIND]
