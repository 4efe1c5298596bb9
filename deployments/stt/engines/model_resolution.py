"""Which weights serve, decided in one place and explained: ``interview doctor`` prints what this returns.

Order: explicit local path → local hub cache → hub when reachable → built-in model.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Literal

from msgspec import Struct

from deployments.stt.config import SttConfig
from interview.errors import ModelMissing

logger = logging.getLogger(__name__)

BUILTIN = "builtin"
BUILTIN_NOTICE = "built-in demo speech model: trained on synthetic voices only, not for people's voices"
BUILTIN_NAME = "stt-tiny-en"

Source = Literal["path", "cache", "hub", "builtin"]


class Attempt(Struct, frozen=True):
    """One step of the chain and how it ended."""

    step: Source
    ok: bool
    reason: str


class ResolvedModel(Struct, frozen=True):
    """``path``: directory with the CTranslate2 weights. ``reason``: why this one, in one sentence."""

    path: str
    name: str
    source: Source
    builtin: bool
    reason: str
    tried: tuple[Attempt, ...] = ()
    notice: str | None = None


def builtin_model_dir() -> Path:
    """Where the built-in weights lie: ``INTERVIEW_MODELS_DIR`` or the repository's ``models/``."""
    root = os.environ.get("INTERVIEW_MODELS_DIR")
    base = Path(root) if root else Path(__file__).resolve().parents[3] / "models"
    return base / BUILTIN_NAME


def resolve_model(config: SttConfig, *, download: bool = True) -> ResolvedModel:
    """Find the weights for ``config.model``. Blocking; fetching from the hub can take minutes.

    ``download=False`` stops before fetching anything: what ``doctor`` wants.

    Raises:
        ModelMissing: nothing found and the built-in model may not stand in; the message says how to mend it.
    """
    if config.model == BUILTIN:
        return _builtin("the configuration asks for the built-in model", ())
    tried: list[Attempt] = []

    if _looks_like_path(config.model):
        path = Path(config.model).expanduser()
        if (path / "model.bin").is_file():
            return _found(path, path.name, "path", f"model directory {path}", tried)
        # A mistyped path must never quietly become the demo model.
        raise ModelMissing(
            f"No speech model at {path}: expected a CTranslate2 Whisper directory with model.bin. "
            "Correct stt.model, or set it to 'builtin' or a hub id."
        )
    tried.append(Attempt("path", False, f"{config.model} is not a directory"))

    cached = _from_hub(config, local_files_only=True, tried=tried)
    if cached is not None:
        return _found(cached, config.model, "cache", f"{config.model} is in the local hub cache", tried)

    if not config.allow_download:
        tried.append(Attempt("hub", False, "downloads are switched off (stt.allow_download)"))
    elif not _hub_reachable(config, tried):
        pass
    elif not download:
        tried.append(Attempt("hub", True, "reachable; the replica would fetch it at start"))
    else:
        fetched = _from_hub(config, local_files_only=False, tried=tried)
        if fetched is not None:
            return _found(fetched, config.model, "hub", f"{config.model} was fetched from the hub", tried)

    if not config.builtin_fallback:
        raise ModelMissing(
            f"The speech model {config.model} is not on this machine: {tried[-1].reason}. "
            f"Run 'interview models pull {config.model}', or set stt.model to a local directory or 'builtin'."
        )
    return _builtin(f"{config.model} could not be had: {tried[-1].reason}", tuple(tried))


def _looks_like_path(model: str) -> bool:
    return model.startswith(("/", "./", "../", "~")) or Path(model).is_dir()


def _builtin(reason: str, tried: tuple[Attempt, ...]) -> ResolvedModel:
    path = builtin_model_dir()
    if not (path / "model.bin").is_file():
        raise ModelMissing(
            f"The built-in speech model is missing at {path}. Install from a full checkout, "
            "or set INTERVIEW_MODELS_DIR to the folder that holds stt-tiny-en."
        )
    if tried:
        logger.warning("speech to text falls back to the built-in demo model: %s", reason)
    attempts = (*tried, Attempt("builtin", True, str(path)))
    return ResolvedModel(str(path), BUILTIN_NAME, "builtin", True, reason, attempts, BUILTIN_NOTICE)


def _found(path: Path, name: str, source: Source, reason: str, tried: list[Attempt]) -> ResolvedModel:
    attempts = (*tried, Attempt(source, True, reason))
    if path.resolve() == builtin_model_dir().resolve():
        return ResolvedModel(str(path), BUILTIN_NAME, source, True, reason, attempts, BUILTIN_NOTICE)
    return ResolvedModel(str(path), name, source, False, reason, attempts)


def _from_hub(config: SttConfig, *, local_files_only: bool, tried: list[Attempt]) -> Path | None:
    from faster_whisper.utils import download_model
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    step: Source = "cache" if local_files_only else "hub"
    try:
        path = download_model(config.model, local_files_only=local_files_only, cache_dir=config.download_dir)
    except LocalEntryNotFoundError:
        tried.append(Attempt(step, False, "not in the local hub cache" if local_files_only else "the hub has it not"))
    except (HfHubHTTPError, HFValidationError, OSError, ValueError) as error:
        tried.append(Attempt(step, False, f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"))
    else:
        return Path(path)
    return None


def _hub_reachable(config: SttConfig, tried: list[Attempt]) -> bool:
    import httpx

    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        tried.append(Attempt("hub", False, "HF_HUB_OFFLINE is set"))
        return False
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        httpx.head(endpoint, timeout=config.hub_probe_timeout_s, follow_redirects=False)
    except httpx.HTTPError as error:
        tried.append(Attempt("hub", False, f"the model hub is not reachable ({type(error).__name__})"))
        return False
    return True
