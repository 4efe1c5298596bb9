"""Résumé and role description of a session: loaded once, split into passages, selected by relevance."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Iterable

from msgspec import Struct

from deployments.agent.model.untrusted_data import inert, tokens_at_most
from deployments.retrieval.contract import PASSAGE_CHARS
from interview.sessions.session import SessionState
from interview.text.chunks import chunks
from interview.text.stems import stem
from interview.text.visible_text import words_of
from storage.blobs.port import BlobStore

#: Longer documents are cut; the first pages describe the person.
MAX_DOCUMENT_CHARS = 40_000


class Passage(Struct, frozen=True):
    """A piece of a document as inert text, with the stems of its words. ``score``: its nearness to the turn by meaning,
    None where it is ranked by words."""

    position: int
    text: str
    stems: frozenset[str]
    tokens: int
    score: float | None = None


class DocumentShelf:
    """Documents by blob path, the last ``capacity`` of them split in memory; the content of a path never changes."""

    def __init__(self, blobs: BlobStore, *, capacity: int = 64) -> None:
        self._blobs = blobs
        self._capacity = capacity
        self._passages: OrderedDict[str, tuple[Passage, ...]] = OrderedDict()

    async def of(self, state: SessionState) -> dict[str, tuple[Passage, ...]]:
        """The session's documents by kind (``resume``, ``role_description``). Raises NotFound, StorageUnavailable."""
        return {kind: await self._read(path) for kind, path in state.documents.items()}

    async def _read(self, path: str) -> tuple[Passage, ...]:
        found = self._passages.get(path)
        if found is None:
            raw = await self._blobs.get(path)
            found = self._passages[path] = passages(raw.decode("utf-8", "replace"))
            while len(self._passages) > self._capacity:
                self._passages.popitem(last=False)
        else:
            self._passages.move_to_end(path)
        return found


def passages(text: str) -> tuple[Passage, ...]:
    """The text as passages of at most ``PASSAGE_CHARS``: whole paragraphs if short, else whole lines."""
    made = []
    for position, piece in enumerate(chunks(text[:MAX_DOCUMENT_CHARS], PASSAGE_CHARS)):
        shown = inert(piece)
        made.append(Passage(position, shown, frozenset(_stems(piece)), tokens_at_most(shown)))
    return tuple(made)


def relevant(found: tuple[Passage, ...], query: str, budget: int) -> str:
    """The passages nearest by their scores, or else most similar to ``query`` (rarer stems weigh more), in document
    order, within ``budget`` tokens. Pure; a document that fits is included whole."""
    if sum(passage.tokens + 1 for passage in found) <= budget:
        return "\n".join(passage.text for passage in found)
    spread = Counter(stem for passage in found for stem in passage.stems)
    wanted = set(_stems(query))

    def weight(passage: Passage) -> float:
        if passage.score is not None:
            return passage.score
        shared = passage.stems & wanted
        return sum(math.log(1 + len(found) / spread[stem]) for stem in shared) / math.sqrt(1 + len(passage.stems))

    chosen: list[Passage] = []
    for passage in sorted(found, key=lambda one: (-weight(one), one.position)):
        if passage.tokens + 2 <= budget:
            chosen.append(passage)
            budget -= passage.tokens + 2
    return "\n".join(passage.text for passage in sorted(chosen, key=lambda one: one.position))


def _stems(text: str) -> Iterable[str]:
    return (stem(word) for word in words_of(text) if len(word) > 2)
