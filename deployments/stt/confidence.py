"""Calibrated confidence: the expected share of right words, from the decoder's scores.

The decoder's own probability is its certainty about the next token, not about the audio: on foreign speech or babble it
invents fluent sentences. The coefficients are fitted per model on mixes of human and synthetic speech with noise,
music, other languages, overlapping voices and room responses (``benchmarks/stt/calibrate.py``) and are stored in the
model's manifest.
"""

from __future__ import annotations

import math

from msgspec import Struct


class ConfidenceModel(Struct, frozen=True, forbid_unknown_fields=True):
    """A logistic regression (Platt scaling) of word accuracy on the scores of a segment.

    ``evidence``: the source of the coefficients. The defaults belong to no model: they return the mean probability of a
    token.
    """

    intercept: float | None = None
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    evidence: str = ""

    def confidence(self, avg_logprob: float, no_speech_prob: float) -> float:
        """Expected word accuracy in [0, 1]. ``avg_logprob``: mean natural log-probability of the tokens."""
        if self.intercept is None:
            return math.exp(min(0.0, avg_logprob))
        z = self.intercept + self.avg_logprob * avg_logprob + self.no_speech_prob * no_speech_prob
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, z))))
