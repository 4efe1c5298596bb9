"""``SharedRates`` over the library ``limits``: sliding-window counters in Redis, or in this process for tests."""

from __future__ import annotations

import time

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, SlidingWindowCounterSupport, Storage
from limits.aio.storage.redis.bridge import RedisBridge
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from interview.errors import StorageUnavailable
from storage.limits.port import Rate, Taken
from storage.redis.client import RedisLink, Script

_TAKE = Script(RedisBridge.SCRIPT_ACQUIRE_SLIDING_WINDOW.decode())
_LOOK = Script(RedisBridge.SCRIPT_SLIDING_WINDOW.decode())


class SlidingWindowRates:
    """Rates in ``storage``, a storage of ``limits``."""

    def __init__(self, storage: LinkStorage | MemoryStorage) -> None:
        self._storage = storage
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    async def take(self, rate: Rate, *subject: str, wanted: int = 1) -> Taken:
        item = RateLimitItemPerSecond(rate.amount, rate.per_s)
        granted = 0
        for amount in dict.fromkeys((wanted, 1)):
            if await self._limiter.hit(item, *subject, cost=amount):
                granted = amount
                break
        left = await self._limiter.get_window_stats(item, *subject)
        reset_s = left.reset_time - time.time()
        # a first window in Redis has no end yet by the library's account
        return Taken(granted, int(left.remaining), reset_s if reset_s > 0 else float(rate.per_s))

    async def close(self) -> None:
        if isinstance(self._storage, LinkStorage):
            await self._storage.close()


class LinkStorage(Storage, SlidingWindowCounterSupport):
    """The sliding windows of ``limits`` through ``RedisLink``, under the keys of the library's own storage.

    The library's scripts run unchanged. Its clients do not, because on a cluster redis-py's breaks under concurrent
    first commands. The two windows of a rate share a hash tag. A take whose reply was lost may count twice.
    """

    def __init__(self, link: RedisLink, prefix: str) -> None:
        super().__init__(wrap_exceptions=False)
        self._link = link
        self._prefix = prefix

    @property
    def base_exceptions(self) -> type[Exception]:
        return StorageUnavailable

    def _windows(self, key: str) -> tuple[str, str]:
        """The keys of the previous window and of the current one."""
        current = f"{self._prefix}:{{{key}}}"
        return f"{current}/-1", current

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return bool(await self._link.script(_TAKE, self._windows(key), (limit, expiry, amount), what="rates.take"))

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Count and time to live (seconds) of the previous window, then of the current one."""
        before, before_ms, now, now_ms = await self._link.script(
            _LOOK, self._windows(key), (expiry,), what="rates.look"
        )
        return int(before or 0), max(0, before_ms) / 1000, int(now or 0), max(0, now_ms) / 1000

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        await self._link.command("DEL", *self._windows(key), what="rates.clear")

    async def clear(self, key: str) -> None:
        await self.clear_sliding_window(key, 0)

    async def check(self) -> bool:
        await self._link.each_server("PING", what="rates.check")
        return True

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("only sliding windows are kept")

    async def get(self, key: str) -> int:
        raise NotImplementedError("only sliding windows are kept")

    async def get_expiry(self, key: str) -> float:
        raise NotImplementedError("only sliding windows are kept")

    async def reset(self) -> int | None:
        raise NotImplementedError("only sliding windows are kept")

    async def close(self) -> None:
        await self._link.close()


def redis_rates(url: str) -> SlidingWindowRates:
    """Shared by every process on this Redis (a URL of ``storage.redis.endpoint``)."""
    return SlidingWindowRates(LinkStorage(RedisLink(url), "interview:rates"))


def local_rates() -> SlidingWindowRates:
    return SlidingWindowRates(MemoryStorage())
