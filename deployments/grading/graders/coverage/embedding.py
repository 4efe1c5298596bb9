"""Semantic similarity for key-point coverage: the embedding port, and the mapping from cosine to share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from deployments.grading.config import MeaningThresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Embedder(Protocol):
    """A sentence-embedding model. Safe to call from several threads."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of Euclidean length 1 per text, shape (texts, dimensions). Raises EngineFailed."""
        ...


@dataclass(frozen=True)
class Meaning:
    """Compares wordings with sentences through ``embedder``."""

    embedder: Embedder
    thresholds: MeaningThresholds

    def cosines(self, wordings: Sequence[str], sentences: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of every wording (rows) with every sentence (columns). Raises EngineFailed."""
        rows = self.embedder.embed([*wordings, *sentences])
        likeness: NDArray[np.float32] = rows[: len(wordings)] @ rows[len(wordings) :].T
        return likeness

    def share(self, cosine: float, *, touched: float, made: float) -> float:
        """A cosine on the scale of word shares: linear between 0, the two thresholds and 1, so that ``thresholds.made``
        maps to the share at which words make the point."""
        at = [0.0, self.thresholds.touched, self.thresholds.made, 1.0]
        return float(np.interp(cosine, at, [0.0, touched, made, 1.0]))
