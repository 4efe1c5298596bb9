"""Work that several callers want at the same time is done once, for as long as one of them waits."""

import asyncio

import pytest

from deployments.tts.single_flight import SingleFlight


class Work:
    """Counts how often it began, and ends when the test says so."""

    def __init__(self) -> None:
        self.begun = 0
        self.running = 0
        self.end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __call__(self) -> str:
        self.begun += 1
        self.running += 1
        try:
            return await asyncio.shield(self.end)
        finally:
            self.running -= 1


async def wanted(flights: SingleFlight[str, str], work: Work, count: int) -> list[asyncio.Task[str]]:
    """``count`` callers of one key, all of them waiting."""
    callers = [asyncio.create_task(flights.run("key", work)) for _ in range(count)]
    while flights.waiting("key") != count or not work.running:
        await asyncio.sleep(0)
    return callers


async def test_callers_at_the_same_time_share_one_result_and_later_ones_begin_anew() -> None:
    flights, work = SingleFlight[str, str](), Work()
    callers = await wanted(flights, work, 3)
    work.end.set_result("spoken")
    assert await asyncio.gather(*callers) == ["spoken"] * 3
    assert work.begun == 1
    assert await flights.run("key", work) == "spoken"
    assert work.begun == 2


async def test_the_work_survives_the_caller_who_began_it_and_ends_with_the_last() -> None:
    flights, work = SingleFlight[str, str](), Work()
    callers = await wanted(flights, work, 2)
    for caller, running in zip(callers, (1, 0), strict=True):
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert work.running == running
    assert flights.waiting("key") == 0


async def test_all_callers_get_the_error_and_it_is_not_remembered() -> None:
    flights, work = SingleFlight[str, str](), Work()
    callers = await wanted(flights, work, 2)
    work.end.set_exception(ValueError("broken"))
    assert [str(error) for error in await asyncio.gather(*callers, return_exceptions=True)] == ["broken"] * 2
    assert flights.waiting("key") == 0
