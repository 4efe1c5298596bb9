"""The metrics board in Redis: one expiring key per replica, listed in one index."""

from __future__ import annotations

import math

from msgspec.structs import replace

from storage.metrics.port import StoreHealth
from storage.redis.client import DEFAULT_LIMITS, RedisLimits, RedisLink


class RedisMetricsBoard:
    """``MetricsBoard`` on Redis. The index is a set next to the entries; reading it removes the names of expired
    entries."""

    def __init__(self, url: str, *, prefix: str = "interview", limits: RedisLimits = DEFAULT_LIMITS) -> None:
        self._link = RedisLink(url, limits)
        self._index = f"{prefix}:{{metrics}}:replicas"
        self._entry = f"{prefix}:{{metrics}}:of:"

    async def put(self, replica: str, exposition: bytes, *, ttl_s: float) -> None:
        await self._link.pipeline(
            [
                ("SET", self._entry + replica, exposition, "PX", int(ttl_s * 1000)),
                ("SADD", self._index, replica),
            ],
            what="metrics.put",
        )

    async def all(self) -> dict[str, bytes]:
        names: list[bytes] = sorted(await self._link.command("SMEMBERS", self._index, what="metrics.all"))
        if not names:
            return {}
        entries = [self._entry.encode() + name for name in names]
        values: list[bytes | None] = await self._link.command("MGET", *entries, what="metrics.all")
        found = list(zip(names, values, strict=True))
        expired = [name for name, value in found if value is None]
        if expired:
            await self._link.command("SREM", self._index, *expired, what="metrics.all")
        return {name.decode(): value for name, value in found if value is not None}

    async def server(self) -> StoreHealth:
        replies: list[bytes] = await self._link.each_server("INFO", what="metrics.server")
        servers = [_health(reply) for reply in replies]
        fullest = max(servers, key=lambda one: one.used_memory_bytes / (one.max_memory_bytes or math.inf))
        return replace(fullest, persistence_ok=all(one.persistence_ok for one in servers))

    async def close(self) -> None:
        await self._link.close()


def _health(info: bytes) -> StoreHealth:
    """From a server's reply to INFO."""
    fields = dict(line.split(":", 1) for line in info.decode().splitlines() if ":" in line)
    return StoreHealth(
        used_memory_bytes=int(fields.get("used_memory", 0)),
        max_memory_bytes=int(fields.get("maxmemory", 0)),
        persistence_ok=fields.get("aof_last_write_status", "ok") == "ok"
        and fields.get("aof_last_bgrewrite_status", "ok") == "ok",
    )
