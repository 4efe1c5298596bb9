"""Work that several callers want at the same time is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class SingleFlight(Generic[K, T]):
    """Belongs to one event loop.

    The work of a key continues while anyone waits for it, even if the caller who began it leaves. It is cancelled with
    the last of them. All of them get its result or its error.
    """

    def __init__(self) -> None:
        self._flights: dict[K, _Flight[T]] = {}

    def waiting(self, key: K) -> int:
        """The number of callers that wait for the work of ``key``."""
        flight = self._flights.get(key)
        return flight.waiting if flight is not None else 0

    async def run(self, key: K, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the work of ``key`` that is being done, or of ``work``."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(work()))
            flight.task.add_done_callback(lambda _, begun=flight: self._forget(key, begun))  # type: ignore[misc]
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._forget(key, flight)
                flight.task.cancel()
                await asyncio.wait((flight.task,))

    def _forget(self, key: K, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
