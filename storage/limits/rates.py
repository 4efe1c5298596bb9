"""``SharedRates`` over the library ``limits``: sliding-window counters in Redis, or in this process for tests."""

from __future__ import annotations

import logging
import time

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from interview.errors import StorageUnavailable
from storage.limits.port import Rate, Taken
from storage.redis.endpoint import connection_pool

logger = logging.getLogger(__name__)

_UNAVAILABLE = "The store does not answer; try again shortly."
_RETRY_AFTER_S = 1.0


class SlidingWindowRates:
    """Rates in ``storage``, a storage of ``limits``."""

    def __init__(self, storage: RedisStorage | MemoryStorage) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    async def take(self, rate: Rate, *subject: str, wanted: int = 1) -> Taken:
        item = RateLimitItemPerSecond(rate.amount, rate.per_s)
        try:
            granted = 0
            for amount in dict.fromkeys((wanted, 1)):
                if await self._limiter.hit(item, *subject, cost=amount):
                    granted = amount
                    break
            left = await self._limiter.get_window_stats(item, *subject)
        except StorageError as error:
            logger.warning("the shared limits failed: error=%s", type(error.storage_error).__name__)
            raise StorageUnavailable(_UNAVAILABLE, retry_after_s=_RETRY_AFTER_S) from error
        reset_s = left.reset_time - time.time()
        # a first window in Redis has no end yet by the library's account
        return Taken(granted, int(left.remaining), reset_s if reset_s > 0 else float(rate.per_s))

    async def close(self) -> None:
        storage = self._limiter.storage
        if isinstance(storage, RedisStorage) and isinstance(storage.bridge, RedispyBridge):
            await storage.bridge.storage.aclose()


def redis_rates(url: str) -> SlidingWindowRates:
    """Shared by every process on this Redis (a URL of ``storage.redis.endpoint``)."""
    pool = connection_pool(url, connect_timeout_s=1.0, timeout_s=2.0)
    storage = RedisStorage(
        "async+redis://",  # the pool knows where
        implementation="redispy",
        wrap_exceptions=True,
        key_prefix="interview:rates",
        connection_pool=pool,  # type: ignore[arg-type]  # an option that the library's annotation omits
    )
    return SlidingWindowRates(storage)


def local_rates() -> SlidingWindowRates:
    return SlidingWindowRates(MemoryStorage())
