"""Places in the engine go to live turns before background grading, and are never lost."""

from __future__ import annotations

import asyncio

from deployments.llm.contract import PRIORITY_BACKGROUND, PRIORITY_LIVE
from deployments.llm.engines.priority_slots import PrioritySlots


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_live_turn_passes_background_work_that_came_first() -> None:
    slots = PrioritySlots(1)
    served: list[str] = []

    async def work(name: str, priority: int) -> None:
        async with slots.taken(priority):
            served.append(name)

    async with slots.taken(PRIORITY_LIVE):
        waiting = [asyncio.create_task(work(f"grade {number}", PRIORITY_BACKGROUND)) for number in range(3)]
        await settle()
        waiting.append(asyncio.create_task(work("turn", PRIORITY_LIVE)))
        await settle()
        assert slots.waiting == 4
        assert served == []
    await asyncio.gather(*waiting)

    assert served == ["turn", "grade 0", "grade 1", "grade 2"]


async def test_a_waiter_that_leaves_costs_no_place() -> None:
    slots = PrioritySlots(1)

    async def work() -> None:
        async with slots.taken(0):
            await asyncio.sleep(0)

    async with slots.taken(0):
        leaving = asyncio.create_task(work())
        staying = asyncio.create_task(work())
        await settle()
        leaving.cancel()
    await staying

    async with asyncio.timeout(1), slots.taken(0):
        assert slots.waiting == 0


async def test_a_waiter_cancelled_as_its_place_comes_passes_it_on() -> None:
    slots = PrioritySlots(1)

    async def work() -> None:
        async with slots.taken(0):
            await asyncio.sleep(0)

    async with slots.taken(0):
        leaving = asyncio.create_task(work())
        await settle()
    leaving.cancel()  # the place was given by the release a moment ago, but the waiter has not run since
    await asyncio.gather(leaving, return_exceptions=True)

    async with asyncio.timeout(1), slots.taken(0):
        pass
