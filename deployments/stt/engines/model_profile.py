"""Serving parameters of a set of weights: ``serving`` in its manifest, or ``serving.json`` in its directory.

Without either, weights are served as pretrained Whisper: 30 s windows, prompts accepted.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from deployments.stt.audio.vad import Segmentation
from deployments.stt.confidence import ConfidenceModel
from interview.errors import ConfigError

PROFILE_FILE = "serving.json"


class ModelProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """``windows_s``: encoder windows the model was measured with, ascending; empty means the full 30 s only.

    ``window_margin_s``: silence a window must leave after the audio. ``accepts_prompts``: trained with text before
    ``<|startoftranscript|>``; if not, prompts and hotwords are ignored and the transcript says so. ``confidence``: how
    scores become the confidence of a transcript. ``notice``: plain words for whoever reads the transcript.
    ``evidence``: where the figures come from.
    """

    segmentation: Segmentation = Segmentation()
    windows_s: tuple[float, ...] = ()
    window_margin_s: float = 0.5
    accepts_prompts: bool = True
    confidence: ConfidenceModel = ConfidenceModel()
    notice: str | None = None
    evidence: str = ""


def read_profile(model_dir: Path) -> ModelProfile:
    """The profile beside the weights, or the defaults for pretrained Whisper.

    Raises:
        ConfigError: the file is there and wrong.
    """
    file = model_dir / PROFILE_FILE
    if not file.is_file():
        return ModelProfile()
    try:
        return msgspec.json.decode(file.read_bytes(), type=ModelProfile)
    except msgspec.DecodeError as error:
        raise ConfigError.at(str(file), None, "", str(error)) from error
