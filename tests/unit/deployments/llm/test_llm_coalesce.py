"""Chunks travel together without holding the first back, losing any, or hiding an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from deployments.llm.coalesce import Pacing, coalesced
from interview.errors import EngineFailed


class Source:
    """Items that come when the test lets them."""

    def __init__(self) -> None:
        self.steps: asyncio.Queue[int | Exception | None] = asyncio.Queue()
        self.closed = False

    async def items(self) -> AsyncGenerator[int, None]:
        try:
            while (step := await self.steps.get()) is not None:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self.closed = True


def source(*steps: int | Exception | None) -> Source:
    made = Source()
    for step in steps:
        made.steps.put_nowait(step)
    return made


@pytest.mark.parametrize("interval_s", [0.0, 0.01, 60.0])
async def test_every_item_comes_out_once_and_in_order(interval_s: float) -> None:
    batches = [batch async for batch in coalesced(source(1, 2, 3, 4, 5, None).items(), lambda: interval_s)]

    assert [item for batch in batches for item in batch] == [1, 2, 3, 4, 5]


async def test_the_first_item_waits_for_no_other() -> None:
    made = source(1)
    async with aclosing(coalesced(made.items(), lambda: 60)) as batches, asyncio.timeout(5):
        assert await anext(batches) == [1]


async def test_items_that_come_close_together_travel_together() -> None:
    made = source(1)
    async with aclosing(coalesced(made.items(), lambda: 0.05)) as batches:
        await anext(batches)
        for item in (2, 3, 4):
            made.steps.put_nowait(item)

        assert await anext(batches) == [2, 3, 4]


async def test_the_end_is_not_waited_out() -> None:
    made = source(1)
    async with aclosing(coalesced(made.items(), lambda: 60)) as batches, asyncio.timeout(5):
        await anext(batches)
        made.steps.put_nowait(2)
        made.steps.put_nowait(None)

        assert await anext(batches) == [2]
        with pytest.raises(StopAsyncIteration):
            await anext(batches)


async def test_an_error_comes_after_the_items_before_it() -> None:
    made = source(1)
    async with aclosing(coalesced(made.items(), lambda: 60)) as batches:
        await anext(batches)
        made.steps.put_nowait(2)
        made.steps.put_nowait(EngineFailed("broke"))

        assert await anext(batches) == [2]
        with pytest.raises(EngineFailed):
            await anext(batches)


async def test_closing_it_closes_the_source_before_it_returns() -> None:
    made = source(1)
    batches = coalesced(made.items(), lambda: 60)
    await anext(batches)
    await batches.aclose()

    assert made.closed


async def test_many_streams_share_a_bounded_number_of_messages() -> None:
    pacing = Pacing(0.02, 500)
    assert pacing.interval_s == 0.02
    streams = [pacing.paced(source(1).items()) for _ in range(100)]
    for stream in streams:
        await anext(stream)
    assert pacing.interval_s == pytest.approx(0.2)

    for stream in streams:
        await stream.aclose()
    assert pacing.interval_s == 0.02


async def test_pacing_that_is_off_stays_off_under_load() -> None:
    pacing = Pacing(0, 500)
    streams = [pacing.paced(source(1, 2).items()) for _ in range(50)]

    assert [await anext(stream) for stream in streams] == [[1]] * 50
    assert pacing.interval_s == 0
    for stream in streams:
        await stream.aclose()
