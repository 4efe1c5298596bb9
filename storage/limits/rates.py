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
    """Shared by every process on this Redis (``redis://``, ``rediss://``, ``unix://``)."""
    scheme, _, rest = url.partition("://")
    known = "redis+unix" if scheme == "unix" else scheme
    storage = RedisStorage(
        f"async+{known}://{rest}",
        implementation="redispy",
        wrap_exceptions=True,
        key_prefix="interview:rates",
        socket_timeout=2.0,
        socket_connect_timeout=1.0,
    )
    return SlidingWindowRates(storage)


def local_rates() -> SlidingWindowRates:
    return SlidingWindowRates(MemoryStorage())
