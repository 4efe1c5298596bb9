"""The metrics board in Redis: one expiring key a replica, all of them in one index."""

from __future__ import annotations

from redis.asyncio import Redis

from storage.redis_client import DEFAULT_LIMITS, RedisLimits, attempt, connect


class RedisMetricsBoard:
    """``MetricsBoard`` on Redis. The index is a set beside the entries; names of expired entries are dropped on read."""

    def __init__(self, url: str, *, prefix: str = "interview", limits: RedisLimits = DEFAULT_LIMITS) -> None:
        self._redis: Redis = connect(url, limits)
        self._limits = limits
        self._index = f"{prefix}:{{metrics}}:replicas"
        self._entry = f"{prefix}:{{metrics}}:of:"

    async def put(self, replica: str, exposition: bytes, *, ttl_s: float) -> None:
        async def write() -> None:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(self._entry + replica, exposition, px=int(ttl_s * 1000))
                pipe.sadd(self._index, replica)
                await pipe.execute()

        await attempt(write, self._limits, "metrics.put")

    async def all(self) -> dict[str, bytes]:
        async def read() -> dict[str, bytes]:
            names = sorted(raw.decode() for raw in await self._redis.smembers(self._index))
            if not names:
                return {}
            values = await self._redis.mget([self._entry + name for name in names])
            expired = [name for name, value in zip(names, values, strict=True) if value is None]
            if expired:
                await self._redis.srem(self._index, *expired)
            return {name: value for name, value in zip(names, values, strict=True) if value is not None}

        return await attempt(read, self._limits, "metrics.all")

    async def close(self) -> None:
        await self._redis.aclose()
