"""An LRU cache of encoded speech, bounded by bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from deployments.tts.contract import Speech


class SpeechKey(NamedTuple):
    """All inputs that determine the bytes of the result."""

    engine: str
    voice: str
    format: str
    speed: float
    language: str
    continues: bool
    text: str


class SpeechCache:
    """Evicts the least recently used first. Not thread-safe: it belongs to one event loop.

    A key counts its text's size, so that long texts with short audio cannot exceed the bound.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._entries: OrderedDict[SpeechKey, Speech] = OrderedDict()
        self.size_bytes = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._entries)

    @staticmethod
    def _weight(key: SpeechKey, speech: Speech) -> int:
        return len(speech.audio) + len(key.text.encode()) + 256

    def get(self, key: SpeechKey) -> Speech | None:
        found = self._entries.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._entries.move_to_end(key)
        return found

    def put(self, key: SpeechKey, speech: Speech) -> None:
        """Cache ``speech``, unless it is larger than the whole cache."""
        weight = self._weight(key, speech)
        if weight > self._max_bytes:
            return
        replaced = self._entries.pop(key, None)
        if replaced is not None:
            self.size_bytes -= self._weight(key, replaced)
        self._entries[key] = speech
        self.size_bytes += weight
        while self.size_bytes > self._max_bytes:
            oldest, evicted = self._entries.popitem(last=False)
            self.size_bytes -= self._weight(oldest, evicted)
