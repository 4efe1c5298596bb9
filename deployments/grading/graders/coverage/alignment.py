"""Soft alignment: how much of a key point's meaning a passage of the answer contains.

Each token is matched with the most similar token of the other text, as in BERTScore (Zhang et al., 2020,
https://arxiv.org/abs/1904.09675). The alignment is the weighted mean of the recall of the key point in the passage by
contextual vectors, the same recall by lexical vectors and, for the sentences of a reference answer, the precision of
the passage against all of them. Texts are compared without case, punctuation and fillers. Function words, and words of
the question, weigh a fifth (question demoting: Sultan, Salazar and Sumner, 2016, https://aclanthology.org/N16-1123).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from deployments.grading.graders import answer_text
from deployments.retrieval.engines.token_encoder import EncodedText, TokenEncoder
from interview.text.stop_words import STOP_WORDS
from storage.weights.resolve import resolve_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHIPPED_ENCODER = "minilm-l6-v2-int8"

#: The weight of a function word, and the factor for a word of the question.
_MINOR = 0.2
#: The weights of contextual recall, lexical recall and precision.
_MIX = (2, 3, 2)
#: Encoded key points to keep: about 30 kB each.
_KEPT = 1024

#: The score of an answer by the mean alignment of a reference answer's sentences, fitted to human grades and to answers
#: to other questions (``python -m benchmarks.open_answers --fit``).
_REFERENCE = (
    (0.0, 0.15, 0.21, 0.27, 0.33, 0.39, 0.45, 0.51, 0.6, 0.7),
    (0.0, 0.06, 0.15, 0.28, 0.56, 0.68, 0.81, 0.9, 0.93, 0.98),
)
#: The credit of one key point by its alignment: the same curve, without credit for what foreign answers reach.
_POINT = ((0.0, 0.27, 0.33, 0.39, 0.45, 0.51, 0.6, 0.7), (0.0, 0.0, 0.38, 0.58, 0.75, 0.86, 0.93, 0.98))


def reference_credit(alignment: float) -> float:
    """The score in [0, 1] for a mean alignment with a reference answer: people's mean grade of such answers."""
    return float(np.interp(alignment, *_REFERENCE))


def point_credit(alignment: float) -> float:
    """The credit in [0, 1] of a key point whose best passage is aligned so well."""
    return float(np.interp(alignment, *_POINT))


#: How much a point found in other words counts, by the cosine of the whole answer with the key points: answers to other
#: questions of the field lie at 0.25, average answers at 0.54 (docs/measurements/2026-12-01-foreign-answers.md).
_ON_TOPIC = ((0.25, 0.45), (0.0, 1.0))


def topic_factor(relatedness: float) -> float:
    """The factor in [0, 1] on the credit of points that are found by meaning alone."""
    return float(np.interp(relatedness, *_ON_TOPIC))


#: The share of graded answers whose score is at most 0.2 from people's mean grade, by the score (same set).
_RIGHT = ((0.0, 0.3, 0.45, 0.65, 0.78, 0.85, 0.93, 1.0), (0.2, 0.3, 0.45, 0.55, 0.58, 0.85, 0.94, 0.95))


def confidence(score: float) -> float:
    """The probability that people's mean grade differs from the score by at most 0.2."""
    return float(np.interp(score, *_RIGHT))


class Aligner:
    """Aligns key points with passages of an answer. Safe to call from several threads.

    ``is_shipped``: the encoder is the platform's own, whose weights are pinned.
    """

    def __init__(self, encoder: TokenEncoder, *, is_shipped: bool = False) -> None:
        self.is_shipped = is_shipped
        self._encoder = encoder
        self._kept: OrderedDict[str, EncodedText] = OrderedDict()
        self._lock = Lock()
        self._last: tuple[str, EncodedText] | None = None
        self._minor = frozenset().union(*(encoder.token_ids(word) for word in (*STOP_WORDS, *".,;:!?()-\"'")))

    def align(
        self,
        prompt: str,
        wordings: Sequence[str],
        answer: str,
        passages: Sequence[tuple[int, int]],
        *,
        precisely: bool = False,
    ) -> NDArray[np.float32]:
        """The alignment of every wording (rows) with every passage (columns, offsets in ``answer``), in [-1, 1].

        ``precisely``: include the precision. A wording or a passage without words aligns with nothing (0).

        Raises:

            EngineFailed: the encoder failed.
        """
        found = np.zeros((len(wordings), len(passages)), np.float32)
        asked = self._encoder.token_ids(_bare(prompt)[0])
        text, starts = _bare(answer)
        said = self._said(text)
        if not len(said.ids):
            return found
        places = np.array([starts[start] for start in said.spans[:, 0].tolist()], np.int64)
        columns = [(places >= start) & (places < end) for start, end in passages]
        points = [self._encoded(wording) for wording in wordings]
        contextual = [point.contextual @ said.contextual.T for point in points]
        lexical = [point.lexical @ said.lexical.T for point in points]
        precision = [0.0] * len(columns)
        if precisely and points:
            nearest = np.max([one.max(axis=0, initial=-1.0) for one in contextual], axis=0, initial=-1.0)
            precision = [_mean(nearest, self._weights(said.ids, asked), within) for within in columns]
        mix = np.array(_MIX if precisely else (*_MIX[:2], 0), np.float32)
        for row, point in enumerate(points):
            weights = self._weights(point.ids, asked)
            for column, within in enumerate(columns):
                if within.any() and weights.any():
                    recalls = [_mean(one[row][:, within].max(axis=1), weights) for one in (contextual, lexical)]
                    found[row, column] = mix @ np.array([*recalls, precision[column]]) / mix.sum()
        # Machines differ in the last digits of a sum; a replay must not.
        return found.round(3)

    def relatedness(self, wordings: Sequence[str], answer: str) -> float:
        """The cosine of the mean vectors of all wordings and of the answer, in [-1, 1]; 0 without words.

        Raises:

            EngineFailed: the encoder failed.
        """
        said = self._said(_bare(answer)[0])
        points = [one.contextual for one in map(self._encoded, wordings) if len(one.ids)]
        if not points or not len(said.ids):
            return 0.0
        one, other = np.concatenate(points).mean(axis=0), said.contextual.mean(axis=0)
        lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
        return round(float(one @ other) / lengths, 3) if lengths > 0 else 0.0

    def _said(self, text: str) -> EncodedText:
        """The answer's encoding. The last one is kept, because an answer is asked about twice."""
        with self._lock:
            if self._last is not None and self._last[0] == text:
                return self._last[1]
        encoded = self._encoder.encode(text)
        with self._lock:
            self._last = (text, encoded)
        return encoded

    def _weights(self, ids: NDArray[np.int64], asked: frozenset[int]) -> NDArray[np.float32]:
        return np.array(
            [(_MINOR if one in self._minor else 1.0) * (_MINOR if one in asked else 1.0) for one in ids.tolist()],
            np.float32,
        )

    def _encoded(self, wording: str) -> EncodedText:
        with self._lock:
            known = self._kept.get(wording)
            if known is not None:
                self._kept.move_to_end(wording)
                return known
        encoded = self._encoder.encode(_bare(wording)[0])
        with self._lock:
            self._kept[wording] = encoded
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return encoded


def _bare(text: str) -> tuple[str, dict[int, int]]:
    """The words of a text without case, punctuation and fillers; for each offset, the start of its word in the text."""
    starts: dict[int, int] = {}
    words: list[str] = []
    at = 0
    for word in answer_text.tokens(text):
        if word.text not in answer_text.FILLERS:
            starts.update({at + offset: word.start for offset in range(len(word.text))})
            words.append(word.text)
            at += len(word.text) + 1
    return " ".join(words), starts


def _mean(values: NDArray[np.float32], weights: NDArray[np.float32], within: NDArray[np.bool_] | None = None) -> float:
    """The weighted mean of the values, of those ``within``; 0 without weight."""
    weights = weights if within is None else weights * within
    total = float(weights.sum())
    return float(weights @ values) / total if total > 0 else 0.0


@cache
def load_aligner(model: str = SHIPPED_ENCODER) -> Aligner:
    """The aligner over an encoder, loaded once in a process.

    ``model``: a name from ``interview models list`` or a directory.

    Raises:

        ConfigError: the directory holds no token encoder.
        ModelMissing, ModelCorrupt: the model's files are absent or differ from their manifest.
    """
    directory = Path(model).expanduser()
    if directory.is_dir():
        return Aligner(TokenEncoder(directory))
    return Aligner(TokenEncoder(resolve_weights(model).path), is_shipped=model == SHIPPED_ENCODER)
