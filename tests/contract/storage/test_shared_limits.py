"""The shared limits on a real Redis, a real cluster, and in one process: no caller gets more; a lease expires."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from interview.errors import StorageUnavailable
from storage.limits.port import Rate, SharedRates, SharedSlots
from storage.limits.rates import local_rates, redis_rates
from storage.limits.slots import LocalSlots, RedisSlots


@pytest.fixture(params=["redis_url", "redis_cluster_url", "local"])
async def rates(request: pytest.FixtureRequest) -> AsyncIterator[SharedRates]:
    made = local_rates() if request.param == "local" else redis_rates(request.getfixturevalue(request.param))
    yield made
    await made.close()


@pytest.fixture(params=["redis_url", "redis_cluster_url", "local"])
async def slots(request: pytest.FixtureRequest) -> AsyncIterator[SharedSlots]:
    local = request.param == "local"
    made: SharedSlots = LocalSlots() if local else RedisSlots(request.getfixturevalue(request.param))
    yield made
    await made.close()


async def test_concurrent_takers_get_the_rate_and_no_more(rates: SharedRates) -> None:
    subject = uuid.uuid4().hex
    taken = await asyncio.gather(*(rates.take(Rate(100, 600), "key", subject, wanted=7) for _ in range(40)))
    assert sum(one.granted for one in taken) == 100
    assert (await rates.take(Rate(100, 600), "key", subject)).granted == 0
    assert (await rates.take(Rate(100, 600), "key", uuid.uuid4().hex)).granted == 1


async def test_what_is_left_and_when_it_renews_is_told(rates: SharedRates) -> None:
    taken = await rates.take(Rate(10, 600), "key", uuid.uuid4().hex, wanted=4)
    assert (taken.granted, taken.remaining) == (4, 6)
    assert 0 < taken.reset_s <= 1200


async def test_no_more_members_than_slots_hold_one(slots: SharedSlots) -> None:
    group = uuid.uuid4().hex
    took = await asyncio.gather(*(slots.take(group, f"m{n}", limit=5, ttl_s=60) for n in range(20)))
    assert sum(took) == 5
    held = next(f"m{n}" for n, one in enumerate(took) if one)
    assert await slots.take(group, held, limit=5, ttl_s=60), "renewing is not another slot"
    await slots.release(group, held)
    assert await slots.take(group, "late", limit=5, ttl_s=60)
    assert not await slots.take(group, "later", limit=5, ttl_s=60)


async def test_a_slot_that_is_not_renewed_is_free_again(slots: SharedSlots) -> None:
    group = uuid.uuid4().hex
    assert await slots.take(group, "dead", limit=1, ttl_s=0.05)
    while not await slots.take(group, "next", limit=1, ttl_s=60):
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+cluster://127.0.0.1:1,127.0.0.1:2"])
async def test_a_store_that_is_down_is_a_typed_error(url: str) -> None:
    rates, slots = redis_rates(url), RedisSlots(url)
    with pytest.raises(StorageUnavailable):
        await rates.take(Rate(1), "key", "a")
    with pytest.raises(StorageUnavailable):
        await slots.take("a", "b", limit=1, ttl_s=1)
    await rates.close()
    await slots.close()
