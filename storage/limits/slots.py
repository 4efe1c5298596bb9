"""``SharedSlots`` in Redis: a sorted set for each group, members scored by the end of their lease."""

from __future__ import annotations

import time

from storage.redis.client import DEFAULT_LIMITS, RedisLimits, RedisLink, Script
from storage.stored_names import encoded

#: The server's clock decides, so that replicas' clocks need not agree.
_TAKE = Script(
    """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
"""
)


class RedisSlots:
    """``SharedSlots`` on Redis ≥ 6.2."""

    def __init__(self, url: str, *, prefix: str = "interview", limits: RedisLimits = DEFAULT_LIMITS) -> None:
        self._link = RedisLink(url, limits)
        self._prefix = prefix

    def _key(self, group: str) -> str:
        return f"{self._prefix}:slots:{{{encoded(group)}}}"

    async def take(self, group: str, member: str, *, limit: int, ttl_s: float) -> bool:
        arguments = (member, limit, max(1, round(ttl_s * 1000)))
        return bool(await self._link.script(_TAKE, [self._key(group)], arguments, what="take a slot"))

    async def release(self, group: str, member: str) -> None:
        await self._link.command("ZREM", self._key(group), member, what="release a slot")

    async def close(self) -> None:
        await self._link.close()


class LocalSlots:
    """``SharedSlots`` of one process, for tests and a bare application."""

    def __init__(self) -> None:
        self._ends: dict[str, dict[str, float]] = {}

    async def take(self, group: str, member: str, *, limit: int, ttl_s: float) -> bool:
        now = time.monotonic()
        held = {one: end for one, end in self._ends.get(group, {}).items() if end > now}
        self._ends[group] = held
        if member not in held and len(held) >= limit:
            return False
        held[member] = now + ttl_s
        return True

    async def release(self, group: str, member: str) -> None:
        self._ends.get(group, {}).pop(member, None)

    async def close(self) -> None: ...
