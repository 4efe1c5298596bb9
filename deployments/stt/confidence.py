"""Calibrated confidence: the expected share of right words, from the decoder's scores.

The decoder's own probability is its certainty about the next token, not about the audio: on foreign speech or babble it
invents fluent sentences. The coefficients are fitted per model on mixes of human and synthetic speech with noise,
music, other languages, overlapping voices and room responses (``benchmarks/stt/calibrate.py``) and are stored in the
model's manifest.
"""

from __future__ import annotations

import math

from msgspec import Struct

#: Below one in a hundred and fifty the language's probability says nothing more.
LEAST_LANGUAGE_LOGPROB = -5.0


class ConfidenceModel(Struct, frozen=True, forbid_unknown_fields=True):
    """A logistic regression (Platt scaling) of word accuracy on the scores of a segment.

    ``evidence``: the source of the coefficients. The defaults belong to no model: they return the mean probability of a
    token.
    """

    intercept: float | None = None
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    language_logprob: float = 0.0
    brevity: float = 0.0
    evidence: str = ""

    def confidence(
        self, avg_logprob: float, no_speech_prob: float, language_logprob: float = 0.0, words: int = 0
    ) -> float:
        """Expected word accuracy in [0, 1].

        Args:

            avg_logprob: mean natural log-probability of the tokens.
            no_speech_prob: the decoder's probability that the audio holds no speech.
            language_logprob: natural log of the probability that the transcript's language is spoken.
            words: in the text; 0 if unknown. A right answer of one word has a lower mean than a right sentence.
        """
        if self.intercept is None:
            return math.exp(min(0.0, avg_logprob))
        z = self.intercept + self.avg_logprob * avg_logprob
        z += self.no_speech_prob * no_speech_prob
        z += self.language_logprob * max(LEAST_LANGUAGE_LOGPROB, language_logprob)
        z += self.brevity * brevity_of(words)
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, z))))


def brevity_of(words: int) -> float:
    """1 for a single word, and less the longer the text; 0 without a word."""
    return 1.0 / words if words else 0.0


def words_in(text: str) -> int:
    """The number of words that hold a letter or a digit."""
    return sum(any(map(str.isalnum, word)) for word in text.split())
