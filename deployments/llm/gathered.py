"""Runs the choices of one request at the same time; the first failure ends them all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def gathered(calls: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """The results in order. When one call fails or the caller is cancelled, the others have ended before this returns.

    Raises:
        Exception: the first failure.
    """
    if len(calls) == 1:
        return [await calls[0]]
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
