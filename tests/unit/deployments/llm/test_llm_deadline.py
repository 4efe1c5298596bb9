"""A deadline covers the whole stream, leaves the consumer alone and always closes the source."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from deployments.llm.deadline import bounded
from interview.errors import DeadlineExceeded, InvalidInput


class Source:
    def __init__(self, pause_s: float = 0.0, error: Exception | None = None) -> None:
        self.pause_s = pause_s
        self.error = error
        self.closed = False

    async def items(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(3):
                yield number
            try:
                await asyncio.sleep(self.pause_s)
            except asyncio.CancelledError:
                if self.error is not None:
                    raise self.error from None
                raise
            yield 3
        finally:
            self.closed = True


async def test_items_within_the_deadline_come_through() -> None:
    source = Source()

    assert [item async for item in bounded(source.items(), 5)] == [0, 1, 2, 3]
    assert source.closed


async def test_the_deadline_ends_the_stream_and_closes_the_source() -> None:
    source = Source(pause_s=60)
    items = bounded(source.items(), 0.02)

    assert [await anext(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(DeadlineExceeded):
        await anext(items)
    assert source.closed


async def test_an_engine_that_answers_its_cancellation_with_an_error_is_still_late() -> None:
    with pytest.raises(DeadlineExceeded):
        async for _ in bounded(Source(pause_s=60, error=InvalidInput("Client disconnected")).items(), 0.02):
            pass


async def test_a_slow_consumer_is_not_cancelled_in_its_own_work() -> None:
    source = Source()
    with pytest.raises(DeadlineExceeded):
        async for _ in bounded(source.items(), 0.01):
            await asyncio.sleep(0.03)  # would raise CancelledError here if the timeout spanned the yield

    assert source.closed
