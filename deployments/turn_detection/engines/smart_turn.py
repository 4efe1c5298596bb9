"""Smart-turn: from a speaker's last seconds, the probability that the turn is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from deployments.turn_detection.contract import SAMPLE_RATE, Samples
from interview.errors import ModelCorrupt

#: The model's window in seconds; an earlier beginning of a turn is not seen.
WINDOW_S = 8

_SAMPLES = WINDOW_S * SAMPLE_RATE


class SmartTurn:
    """The model of ``weights``, an ONNX file. Blocking; calls may run at the same time."""

    def __init__(self, weights: Path, threads: int) -> None:
        """Raises ModelCorrupt: the file is no ONNX model."""
        import onnxruntime
        from faster_whisper.feature_extractor import FeatureExtractor

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = threads
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(weights), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no narrower class
            raise ModelCorrupt(f"{weights} cannot be read as an ONNX model: {error}") from error
        self._features: Any = FeatureExtractor(feature_size=80, chunk_length=WINDOW_S)

    def finished(self, turn: Samples) -> float:
        """The probability of an end of turn. ``turn`` includes the pause after it."""
        audio = turn[-_SAMPLES:].astype(np.float32) / 32_768.0
        audio = np.pad(audio, (_SAMPLES - len(audio), 0))
        audio = (audio - audio.mean()) / np.sqrt(audio.var() + 1e-7)  # as the model was trained
        features = self._features(audio, padding=0)[None]
        return float(np.ravel(self._session.run(None, {"input_features": features})[0])[0])
