"""Synthesises planned sentences ahead, one at a time, and yields to live requests at once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deployments.tts.sentence_store import SentenceKey, SentenceStore
from interview.errors import InterviewError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

#: More than the sentences of a hundred plans; beyond it the oldest are dropped.
MAX_QUEUED = 10_000


class SpeakAhead:
    """Belongs to one event loop. ``speak`` synthesises one key; it is cancelled when a request arrives."""

    def __init__(self, store: SentenceStore, speak: Callable[[SentenceKey], Awaitable[NDArray[np.int16]]]) -> None:
        self._store = store
        self._speak = speak
        self._queue: OrderedDict[SentenceKey, None] = OrderedDict()
        self._worker: asyncio.Task[None] | None = None
        self._current: asyncio.Task[NDArray[np.int16]] | None = None
        self._requests = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def queued(self) -> int:
        return len(self._queue)

    def add(self, keys: list[SentenceKey]) -> None:
        """Queue ``keys`` before those already waiting, because an interview that begins now needs its own first."""
        for key in reversed(keys):
            self._queue[key] = None
            self._queue.move_to_end(key, last=False)
        while len(self._queue) > MAX_QUEUED:
            self._queue.popitem()
        if self._queue and (self._worker is None or self._worker.done()):
            self._worker = asyncio.create_task(self._run())

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """Suspends background synthesis while a request is served."""
        self._requests += 1
        self._idle.clear()
        if self._current is not None:
            self._current.cancel()
        try:
            yield
        finally:
            self._requests -= 1
            if not self._requests:
                self._idle.set()

    async def drained(self) -> None:
        """Wait until the queue is empty."""
        if self._worker is not None:
            await self._worker

    async def close(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait((self._worker,))

    async def _run(self) -> None:
        while self._queue:
            await self._idle.wait()
            key = next(iter(self._queue))
            self._current = asyncio.ensure_future(self._speak(key))
            try:
                samples = await self._current
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                continue  # a request came first, and will speak the sentence itself
            except InterviewError as error:
                logger.warning("a planned sentence could not be synthesized ahead: %s", error.code)
                self._queue.pop(key, None)
                continue
            finally:
                self._current = None
            self._queue.pop(key, None)
            try:
                await asyncio.to_thread(self._store.keep, key, samples)
            except OSError as error:
                logger.error("planned sentences cannot be stored: %s; background synthesis stops", error.strerror)
                self._queue.clear()
