"""A tenant that floods the pool delays the others by at most one task."""

from __future__ import annotations

import asyncio

import pytest

from deployments.shell.fair_pool import FairPool
from interview.errors import Overloaded


class Work:
    """Tasks that hold an item for a stated time of a manual clock and note the order in which they ran."""

    def __init__(self, items: int = 1, waiting_per_tenant: int = 1000) -> None:
        self.now = 0.0
        self.order: list[str] = []
        self.pool = FairPool(range(items), waiting_per_tenant=waiting_per_tenant, clock=lambda: self.now)

    async def all_at_once(self, *tasks: tuple[str, float]) -> None:
        """Queue all, in this order, before the first may run."""
        async with self.pool.lend("first"):
            queued = [asyncio.create_task(self.task(tenant, seconds)) for tenant, seconds in tasks]
            await asyncio.sleep(0)
        await asyncio.gather(*queued)

    async def task(self, tenant: str, seconds: float = 1.0) -> None:
        async with self.pool.lend(tenant):
            self.order.append(tenant)
            await asyncio.sleep(0)
            self.now += seconds


async def test_a_flood_delays_another_tenants_task_by_one() -> None:
    work = Work()
    await work.all_at_once(*[("flood", 1.0)] * 50, *[("other", 1.0)] * 3)
    assert work.order[:7] == ["flood", "other", "flood", "other", "flood", "other", "flood"]
    assert len(work.order) == 53


async def test_slow_tasks_pay_for_their_time() -> None:
    """Ten seconds of one tenant weigh as much as ten tasks of a second."""
    work = Work()
    await work.all_at_once(*[("slow", 10.0)] * 5, *[("quick", 1.0)] * 9)
    assert work.order[:10] == ["slow", *["quick"] * 9]


async def test_a_tenant_alone_never_holds_the_last_of_several() -> None:
    work, held = Work(items=3), asyncio.Event()

    async def hold() -> None:
        async with work.pool.lend("flood"):
            await held.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(hold())
        await asyncio.sleep(0)
        assert work.pool.idle == 1
        await work.task("other")
        held.set()
    assert work.order == ["other"]
    assert work.pool.idle == 3


async def test_too_many_waiting_callers_are_refused() -> None:
    work = Work(waiting_per_tenant=2)
    async with work.pool.lend("acme"):
        waiting = [asyncio.create_task(work.task("acme")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await work.task("acme")
    await asyncio.gather(*waiting)


async def test_a_cancelled_caller_keeps_nothing() -> None:
    work = Work()
    async with work.pool.lend("acme"):
        waiting = asyncio.create_task(work.task("acme"))
        admitted = asyncio.create_task(work.task("other"))
        await asyncio.sleep(0)
        waiting.cancel()
    admitted.cancel()  # it was given the item in the same moment
    await asyncio.gather(waiting, admitted, return_exceptions=True)
    await work.task("third")
    assert work.order == ["third"]
    assert work.pool.idle == 1
