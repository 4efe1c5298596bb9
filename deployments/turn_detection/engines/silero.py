"""Silero's voice activity detector as a stream: the recurrent state is kept between frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from deployments.turn_detection.contract import FRAME_SAMPLES, Samples

NAME = "silero-vad"

#: Samples of the frame before that the model sees again.
_CONTEXT = 64


def load() -> Any:
    """The model's session, shared by all streams. Blocking."""
    from faster_whisper.vad import get_vad_model

    return get_vad_model().session


class SileroStream:
    """``VoiceActivity`` of one speaker."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)
        self._rest = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> list[float]:
        audio = np.concatenate([self._rest, samples.astype(np.float32) / 32_768.0])
        whole = len(audio) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = audio[whole:]
        return [self._frame(audio[start : start + FRAME_SAMPLES]) for start in range(0, whole, FRAME_SAMPLES)]

    def _frame(self, frame: Any) -> float:
        seen = np.concatenate([self._context, frame])[None]
        output, self._h, self._c = self._session.run(None, {"input": seen, "h": self._h, "c": self._c})
        self._context = frame[-_CONTEXT:]
        return float(np.ravel(output)[0])
