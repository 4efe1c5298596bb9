"""Worker slots, granted to the sentence that a listener needs first (earliest due date first)."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count


class Slots:
    """``total`` slots. Belongs to one event loop.

    A listener without audio needs it now; one with ten seconds buffered can wait that long. Due dates are absolute, so
    no request starves.
    """

    def __init__(self, total: int) -> None:
        self._free = total
        self._order = count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    def locked(self) -> bool:
        return self._free == 0

    async def acquire(self, due: float) -> None:
        """Wait for a slot. ``due`` is the event loop's time at which the audio is needed."""
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (due, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()  # the slot was granted at the moment of the cancellation
            raise

    def release(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
