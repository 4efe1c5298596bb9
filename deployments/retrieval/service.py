"""``Retrieval`` in this process: an exact scan in NumPy over token vectors that one thread computes and remembers.

A text's nearness to a query is the mean, over the query's tokens, of the best cosine with a token of the text (late
interaction, Khattab & Zaharia 2020); function words count a quarter. docs/adr/0029-search-by-meaning.md gives the
reasons and the figures.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from deployments.retrieval.config import RetrievalConfig
from interview.text.stop_words import STOP_WORDS
from storage.weights.resolve import resolve_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deployments.retrieval.engines.token_encoder import TokenEncoder

_MINOR = 0.25


class _Tokens(Struct, frozen=True):
    """``vectors``: shape (tokens, dimensions), half precision; ``weights``: shape (tokens,), of sum 1 or 0."""

    vectors: NDArray[np.float16]
    weights: NDArray[np.float32]


class RetrievalService:
    """Encodes on one thread, so that the event loop stays free.

    ``model``: a name from ``interview models list`` or a directory; loaded with the first text. Vectors stay in memory:
    those of a résumé are personal data, and a store of them would have to be erased with it.
    """

    def __init__(self, model: str, *, remembered_bytes: int = RetrievalConfig().remembered_bytes) -> None:
        self._model = model
        self._room = remembered_bytes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="retrieval")
        self._encoder: TokenEncoder | None = None
        self._minor: frozenset[int] = frozenset()
        self._kept: OrderedDict[str, _Tokens] = OrderedDict()

    async def scores(self, queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Retrieval.scores``."""
        work = (tuple(queries), tuple(texts))
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._scores, *work)

    def close(self) -> None:
        """Drop waiting calls; the one being computed is finished."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _scores(self, queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float32]:
        asked = [self._tokens(query) for query in queries]
        found = np.zeros((len(queries), len(texts)), np.float32)
        for column, text in enumerate(texts):
            vectors = self._tokens(text).vectors.astype(np.float32)
            if not len(vectors):
                continue
            for row, query in enumerate(asked):
                if len(query.weights):
                    best = (query.vectors.astype(np.float32) @ vectors.T).max(axis=1)
                    found[row, column] = best @ query.weights
        # Machines differ in the last digits of a sum.
        return found.round(3)

    def _tokens(self, text: str) -> _Tokens:
        known = self._kept.pop(text, None)
        if known is None:
            known = self._encoded(text)
            self._room -= known.vectors.nbytes
        self._kept[text] = known
        while self._room < 0 and len(self._kept) > 1:
            self._room += self._kept.popitem(last=False)[1].vectors.nbytes
        return known

    def _encoded(self, text: str) -> _Tokens:
        if self._encoder is None:
            self._encoder = encoder = _load(self._model)
            self._minor = frozenset().union(*(encoder.token_ids(word) for word in (*STOP_WORDS, *".,;:!?()-\"'")))
        encoded = self._encoder.encode(text)
        weights = np.array([_MINOR if one in self._minor else 1.0 for one in encoded.ids.tolist()], np.float32)
        return _Tokens(encoded.contextual.astype(np.float16), weights / max(float(weights.sum()), 1e-6))


def retrieval_of(config: RetrievalConfig) -> RetrievalService | None:
    """The configured service; None when the configuration names no encoder."""
    if config.embeddings is None:
        return None
    return RetrievalService(config.embeddings, remembered_bytes=config.remembered_bytes)


def _load(model: str) -> TokenEncoder:
    from deployments.retrieval.engines.token_encoder import TokenEncoder

    directory = Path(model).expanduser()
    return TokenEncoder(directory if directory.is_dir() else resolve_weights(model).path)
