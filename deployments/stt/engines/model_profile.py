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

#: With half of the words wrong, the words that are right no longer say what was meant.
USELESS_WORD_ERROR_RATE = 0.5


class ModelProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """The serving settings of a set of weights.

    ``windows_s``: the encoder windows measured with the model, ascending; empty means the full 30 s only.
    ``window_margin_s``: silence that a window must leave after the audio. ``accepts_prompts``: trained with text before
    ``<|startoftranscript|>``; if not, prompts and hotwords are ignored and the transcript says so. ``confidence``: the
    mapping from scores to a transcript's confidence. ``word_error_rates``: measured on clear speech, by ISO 639-1
    code; a language without one is unmeasured. ``notice``: a limitation in plain words for readers of the transcript.
    ``evidence``: the source of the figures.
    """

    segmentation: Segmentation = Segmentation()
    windows_s: tuple[float, ...] = ()
    window_margin_s: float = 0.5
    accepts_prompts: bool = True
    confidence: ConfidenceModel = ConfidenceModel()
    word_error_rates: dict[str, float] = {}
    notice: str | None = None
    evidence: str = ""

    def is_useless_in(self, language: str) -> bool:
        """Whether the model was measured in ``language`` and gets half of the words wrong or more."""
        return self.word_error_rates.get(language, 0.0) >= USELESS_WORD_ERROR_RATE


def read_profile(model_dir: Path) -> ModelProfile:
    """The profile stored with the weights, or the defaults for pretrained Whisper.

    Raises:

        ConfigError: the file exists and is invalid.
    """
    file = model_dir / PROFILE_FILE
    if not file.is_file():
        return ModelProfile()
    try:
        return msgspec.json.decode(file.read_bytes(), type=ModelProfile)
    except msgspec.DecodeError as error:
        raise ConfigError.at(str(file), None, "", str(error)) from error
