"""Stored sentences: a bounded LRU in memory, and planned sentences on disk, where they outlive the replica.

Text from a model or a candidate's answer never reaches the disk: only ``keep`` writes there, and only planned texts are
kept.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

_SUFFIX = ".pcm"


class SentenceKey(NamedTuple):
    """All inputs that determine the samples of the result: ``version`` covers engine, weights and loudness."""

    version: str
    voice: str
    speed: float
    spoken: str


class SentenceStore:
    """PCM of sentences, int16 of shape ``[n]``. Belongs to one event loop; ``keep`` and ``load`` block on the disk."""

    def __init__(self, max_bytes: int, directory: Path | None, max_kept_bytes: int) -> None:
        """``directory`` None disables the disk store."""
        self._max_bytes = max_bytes
        self._entries: OrderedDict[SentenceKey, NDArray[np.int16]] = OrderedDict()
        self.size_bytes = 0
        self._directory = directory if max_kept_bytes > 0 else None
        self._max_kept_bytes = max_kept_bytes
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)

    @property
    def keeps(self) -> bool:
        return self._directory is not None

    def get(self, key: SentenceKey) -> NDArray[np.int16] | None:
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: SentenceKey, samples: NDArray[np.int16]) -> None:
        """Cache in memory, unless the sentence is larger than the whole bound."""
        if samples.nbytes > self._max_bytes or key in self._entries:
            return
        self._entries[key] = samples
        self.size_bytes += samples.nbytes
        while self.size_bytes > self._max_bytes:
            self.size_bytes -= self._entries.popitem(last=False)[1].nbytes

    def is_kept(self, key: SentenceKey) -> bool:
        return self._directory is not None and self._path(self._directory, key).is_file()

    def load(self, key: SentenceKey) -> NDArray[np.int16] | None:
        """Load a sentence from disk and mark it as recently used; None if it is absent or damaged."""
        if self._directory is None:
            return None
        path = self._path(self._directory, key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        if not data or len(data) % 2:
            logger.warning("the stored sentence %s is damaged and will be synthesized again", path.name)
            path.unlink(missing_ok=True)
            return None
        return np.frombuffer(data, dtype="<i2").astype(np.int16)

    def keep(self, key: SentenceKey, samples: NDArray[np.int16]) -> None:
        """Write to disk atomically; the least recently used are deleted beyond the bound."""
        if self._directory is None:
            return
        path = self._path(self._directory, key)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(samples.astype("<i2").tobytes())
        unfinished.replace(path)
        self._make_room(self._directory)

    def _make_room(self, directory: Path) -> None:
        found: list[tuple[os.stat_result, Path]] = []
        for entry in os.scandir(directory):
            if entry.name.endswith(_SUFFIX):
                with suppress(FileNotFoundError):  # another replica evicted it
                    found.append((entry.stat(), Path(entry)))
        excess = sum(stat.st_size for stat, _ in found) - self._max_kept_bytes
        for stat, path in sorted(found, key=lambda one: one[0].st_mtime_ns):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= stat.st_size

    @staticmethod
    def _path(directory: Path, key: SentenceKey) -> Path:
        return directory / f"{hashlib.sha256(msgspec.json.encode(key)).hexdigest()[:40]}{_SUFFIX}"
