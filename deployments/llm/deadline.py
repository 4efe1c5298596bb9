"""A deadline on a whole stream, kept without holding a timeout open across a ``yield``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

from interview.errors import DeadlineExceeded

T = TypeVar("T")


async def bounded(items: AsyncGenerator[T, None], deadline_s: float) -> AsyncGenerator[T, None]:
    """The items of ``items`` until ``deadline_s`` seconds from now; always closes ``items``.

    ``asyncio.timeout`` around a ``yield`` would cancel whatever the consumer does then, so it is entered anew for
    every item and never spans one.

    Raises:
        DeadlineExceeded: the last item did not come in time.
    """
    until = asyncio.get_running_loop().time() + deadline_s
    async with aclosing(items):
        while True:
            try:
                async with asyncio.timeout_at(until):
                    item = await anext(items)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise DeadlineExceeded(
                    f"The language model did not finish within {deadline_s:g} s.", retry_after_s=1
                ) from error
            yield item
