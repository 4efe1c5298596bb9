"""Chunks that come close together cross the handle together: each crossing costs about a millisecond of CPU."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def coalesced(items: AsyncGenerator[T, None], interval_s: float) -> AsyncGenerator[list[T], None]:
    """The items of ``items`` in lists: the first at once, later ones at most ``interval_s`` after they came.

    Nothing waits for company after the end or an error: what came before is yielded first. Closing this closes
    ``items`` before it returns.
    """
    if interval_s <= 0:
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
        sent_at = -interval_s
        while True:
            await came.wait()
            pause_s = sent_at + interval_s - loop.time()
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
