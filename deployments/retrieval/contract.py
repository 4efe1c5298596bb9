"""The contract of search by meaning: how near texts are to queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Characters of a passage: longer ones mix subjects (docs/adr/0029-search-by-meaning.md).
PASSAGE_CHARS = 240


class Hit(Struct, frozen=True):
    """A text's position among those searched, and its nearness to the query, in [-1, 1]."""

    position: int
    score: float


class Retrieval(Protocol):
    async def scores(self, queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float32]:
        """How near every text (columns) is to every query (rows), in [-1, 1]; off the event loop.

        Raises:

            ModelMissing, ModelCorrupt, ConfigError: the encoder's files are absent or unusable.
            EngineFailed: the encoder failed on a text.
        """
        ...


async def nearest(retrieval: Retrieval, query: str, texts: Sequence[str], count: int) -> list[Hit]:
    """At most ``count`` texts, the nearest first; the earlier one of equals first. Raises as ``Retrieval.scores``."""
    row = (await retrieval.scores([query], texts))[0].tolist()
    found = [Hit(position, score) for position, score in enumerate(row)]
    return sorted(found, key=lambda hit: (-hit.score, hit.position))[:count]
