"""Coalesces chunks of a stream that are close in time, because each RPC message costs CPU whatever its size."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


class Pacing:
    """The coalescing interval, which bounds the number of messages of all a replica's streams together.

    Sending a message costs CPU on the replica's event loop and at its caller. With many streams, a message per token
    would cost more than a small model's inference.
    """

    def __init__(self, interval_s: float, messages_per_s: float) -> None:
        """``interval_s`` is the shortest wait, 0 to disable; ``messages_per_s`` is shared by all streams."""
        self._least_s = interval_s
        self._messages_per_s = messages_per_s
        self._streams = 0

    @property
    def interval_s(self) -> float:
        return max(self._least_s, self._streams / self._messages_per_s) if self._least_s > 0 else 0.0

    async def paced(self, items: AsyncGenerator[T, None]) -> AsyncGenerator[list[T], None]:
        """``coalesced`` by the current interval."""
        self._streams += 1
        try:
            async with aclosing(coalesced(items, lambda: self.interval_s)) as batches:
                async for batch in batches:
                    yield batch
        finally:
            self._streams -= 1


async def coalesced(items: AsyncGenerator[T, None], interval_s: Callable[[], float]) -> AsyncGenerator[list[T], None]:
    """The items of ``items`` in lists: the first at once, later ones at most ``interval_s()`` after they arrived.

    The end or an error flushes the waiting items first. Closing this closes ``items`` before it returns.
    """
    if interval_s() <= 0:
        async with aclosing(items):
            async for item in items:
                yield [item]
        return
    waiting: list[T] = []
    came = asyncio.Event()

    async def read() -> None:
        try:
            async with aclosing(items):
                async for item in items:
                    waiting.append(item)
                    came.set()
        finally:
            came.set()

    loop = asyncio.get_running_loop()
    reader = asyncio.create_task(read())
    try:
        sent_at = -math.inf
        while True:
            await came.wait()
            pause_s = sent_at + interval_s() - loop.time()
            if pause_s > 0 and not reader.done():
                await asyncio.wait((reader,), timeout=pause_s)
            came.clear()
            if waiting:
                batch, waiting[:] = waiting[:], []
                sent_at = loop.time()
                yield batch
            if reader.done() and not waiting:
                break
    finally:
        reader.cancel()
        await asyncio.wait((reader,))
        failure = None if reader.cancelled() else reader.exception()
    if failure is not None:
        raise failure
