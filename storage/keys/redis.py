"""API keys in Redis: one hash per key, one set of ids per tenant, verified keys remembered for at most a second.

``<prefix>:{keys}:key:<id>``        hash: record = msgpack of ApiKey, digest = SHA-256, revoked = Unix seconds
``<prefix>:{keys}:tenant:<tenant>`` set of ids
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from interview import failures
from interview.errors import InternalError, NotFound
from storage.keys.port import ApiKey, CreatedKey, digest_of, key_id_of, new_key, same_digest
from storage.redis.client import DEFAULT_LIMITS, RedisLimits, RedisLink, Script

logger = logging.getLogger(__name__)

_CREATE = Script(
    """
if redis.call('HSETNX', KEYS[1], 'digest', ARGV[2]) == 0 then
  return redis.call('HGET', KEYS[1], 'digest') == ARGV[2] and 1 or 0
end
redis.call('HSET', KEYS[1], 'record', ARGV[1])
redis.call('SADD', KEYS[2], ARGV[3])
return 1
"""
)

_REVOKE = Script(
    """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSETNX', KEYS[1], 'revoked', ARGV[1])
return 1
"""
)

_REMEMBERED_AT_MOST = 10_000

_decode_key = msgspec.msgpack.Decoder(ApiKey).decode


class _Remembered(Struct, frozen=True):
    key: ApiKey
    digest: bytes
    until: float


def _now() -> datetime:
    return datetime.now(UTC)


class RedisApiKeys:
    """``ApiKeys`` on Redis. ``remember_s`` bounds how long a revoked key may still work in another process."""

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "interview",
        limits: RedisLimits = DEFAULT_LIMITS,
        remember_s: float = 1.0,
        clock: Callable[[], datetime] = _now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = RedisLink(url, limits)
        self._prefix = f"{prefix}:{{keys}}"
        self._remember_s = remember_s
        self._clock = clock
        self._monotonic = monotonic
        self._remembered: dict[str, _Remembered] = {}
        self._asked: dict[str, asyncio.Task[_Remembered | None]] = {}

    def _name(self, key_id: str) -> str:
        return f"{self._prefix}:key:{key_id}"

    def _tenant(self, tenant: str) -> str:
        return f"{self._prefix}:tenant:{tenant}"

    async def create(
        self, *, tenant: str, scopes: frozenset[str], label: str = "", expires_in: timedelta | None = None
    ) -> CreatedKey:
        made = new_key(tenant, scopes, label, expires_in, self._clock())
        names = (self._name(made.key.key_id), self._tenant(tenant))
        args = (msgspec.msgpack.encode(made.key), digest_of(made.secret), made.key.key_id)
        if not await self._link.script(_CREATE, names, args, what="keys.create"):
            raise InternalError("Two API keys drew the same id; try again.")
        return made

    async def list(self, tenant: str) -> list[ApiKey]:
        ids: list[bytes] = await self._link.command("SMEMBERS", self._tenant(tenant), what="keys.list")
        asked = [("HMGET", self._name(key_id.decode()), "record", "revoked") for key_id in ids]
        found = await self._link.pipeline(asked, what="keys.list")
        keys = []
        for record, revoked in found:
            try:
                keys += [_with_revocation(record, revoked)] if record is not None else []
            except msgspec.DecodeError as error:
                reason = failures.item_failed("keys", error)
                logger.error("a stored API key cannot be read and is not listed: error=%s", reason)
        return sorted(keys, key=lambda key: (key.created_at, key.key_id))

    async def revoke(self, key_id: str) -> ApiKey:
        args = (self._clock().timestamp(),)
        if not await self._link.script(_REVOKE, (self._name(key_id),), args, what="keys.revoke"):
            raise NotFound("There is no such API key.")
        self._remembered.pop(key_id, None)
        found = await self._look_up(key_id)
        if found is None:
            raise NotFound("There is no such API key.")
        return found.key

    async def verify(self, presented: str) -> ApiKey | None:
        key_id = key_id_of(presented)
        if key_id is None:
            return None
        found = self._remembered.get(key_id)
        if found is None or found.until <= self._monotonic():
            found = await self._looked_up(key_id)
        if found is None or not same_digest(found.digest, digest_of(presented)):
            return None
        return found.key if found.key.valid_at(self._clock()) else None

    async def _looked_up(self, key_id: str) -> _Remembered | None:
        """``_look_up``, shared by concurrent callers: a busy key expires for hundreds of requests at once."""
        asked = self._asked.get(key_id)
        if asked is None:
            asked = self._asked[key_id] = asyncio.create_task(self._look_up(key_id))
            asked.add_done_callback(lambda _: self._asked.pop(key_id, None))
        return await asyncio.shield(asked)

    async def _look_up(self, key_id: str) -> _Remembered | None:
        """Read a key and cache it; absent ones are not cached, so that a flood of guesses costs no memory."""
        asked_at = self._monotonic()
        record, digest, revoked = await self._link.command(
            "HMGET", self._name(key_id), "record", "digest", "revoked", what="keys.verify"
        )
        if record is None or digest is None:
            self._remembered.pop(key_id, None)
            return None
        if len(self._remembered) >= _REMEMBERED_AT_MOST:
            self._remembered.clear()
        # Counted from before the read: a revocation in another process since then must not be cached for longer.
        found = _Remembered(_with_revocation(record, revoked), digest, asked_at + self._remember_s)
        self._remembered[key_id] = found
        return found

    async def close(self) -> None:
        await self._link.close()


def _with_revocation(record: bytes, revoked: bytes | None) -> ApiKey:
    key = _decode_key(record)
    return key if revoked is None else replace(key, revoked_at=datetime.fromtimestamp(float(revoked), UTC))
