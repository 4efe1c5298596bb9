"""A bounded number of slots, granted to waiting requests by priority: live turns before background grading."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PrioritySlots:
    """``places`` slots; a lower ``priority`` is served sooner, equals in order of arrival. One event loop only."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        return sum(not future.done() for _, _, future in self._waiting)

    @asynccontextmanager
    async def taken(self, priority: int) -> AsyncIterator[None]:
        """Wait for a slot and hold it. A cancelled waiter passes its turn on and never loses a slot."""
        await self._take(priority)
        try:
            yield
        finally:
            self._release()

    async def _take(self, priority: int) -> None:
        if self._free and not self.waiting:
            self._free -= 1
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._release()  # the slot was granted at the moment of the cancellation
            raise

    def _release(self) -> None:
        while self._waiting:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)
                return
        self._free += 1
