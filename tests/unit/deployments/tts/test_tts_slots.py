"""The sentence that a listener needs first is spoken first, and no slot is lost."""

from __future__ import annotations

import asyncio

import pytest

from deployments.tts.slots import Slots


async def waiting(slots: Slots, due: float, served: list[float]) -> None:
    await slots.acquire(due)
    served.append(due)


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_the_earliest_due_is_served_first_and_equals_in_order() -> None:
    slots, served = Slots(1), []
    await slots.acquire(0)
    tasks = [asyncio.create_task(waiting(slots, due, served)) for due in (9.0, 2.0, 5.0)]
    await turns()
    for _ in tasks:
        slots.release()
        await turns()
    assert served == [2.0, 5.0, 9.0]
    slots.release()
    assert not slots.locked()


@pytest.mark.parametrize("granted_first", [False, True])
async def test_who_leaves_takes_no_slot_along(granted_first: bool) -> None:
    slots, served = Slots(1), []
    await slots.acquire(0)
    leaving = asyncio.create_task(waiting(slots, 1.0, served))
    staying = asyncio.create_task(waiting(slots, 2.0, served))
    await turns()
    if granted_first:
        slots.release()
        leaving.cancel()
    else:
        leaving.cancel()
        await turns()
        slots.release()
    await turns()
    assert served == [2.0]
    assert leaving.cancelled()
    await staying
    slots.release()
    assert not slots.locked()
