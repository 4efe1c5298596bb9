"""A deadline on a whole stream, without a timeout held open across a ``yield``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

from interview.errors import DeadlineExceeded, InterviewError

T = TypeVar("T")


async def bounded(items: AsyncGenerator[T, None], deadline_s: float) -> AsyncGenerator[T, None]:
    """The items of ``items`` until ``deadline_s`` seconds from now; always closes ``items``.

    ``asyncio.timeout`` around a ``yield`` would cancel the consumer's work, so it is entered again for every item and
    never spans one.

    Raises:

        DeadlineExceeded: the last item did not arrive in time.
    """
    until = asyncio.get_running_loop().time() + deadline_s
    expired = DeadlineExceeded(f"The language model did not finish within {deadline_s:g} s.", retry_after_s=1)
    async with aclosing(items):
        while True:
            timer = asyncio.timeout_at(until)
            try:
                async with timer:
                    item = await anext(items)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise expired from error
            except InterviewError as error:
                if timer.expired():
                    raise expired from error
                raise
            if timer.expired():
                # vLLM answers a cancellation with its own error instead of propagating it.
                raise expired
            yield item
