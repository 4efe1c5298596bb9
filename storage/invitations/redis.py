"""Invitations in Redis: one string per interview, in the slot of its session, remembered for at most a second.

``<prefix>:{<tenant>/<interview_id>}:invitation``   msgpack of Invitation, expires with it
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from interview import failures
from interview.sessions.invitation import Invitation
from storage.invitations.port import KEPT_AFTER_EXPIRY
from storage.redis.client import DEFAULT_LIMITS, RedisLimits, RedisLink, Script
from storage.sessions.port import SessionKey
from storage.stored_names import encoded

logger = logging.getLogger(__name__)

_REMEMBERED_AT_MOST = 10_000

_decode = msgspec.msgpack.Decoder(Invitation).decode

#: Only ever lengthens a life, and leaves the value alone: no revocation is undone.
_KEEP = Script(
    """
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return left
"""
)


class _Remembered(Struct, frozen=True):
    invitation: Invitation
    until: float


def _readable(stored: bytes) -> Invitation | None:
    """None for a damaged one, which is logged and counted: the others must not fail with it."""
    try:
        return _decode(stored)
    except msgspec.DecodeError as error:
        logger.error("a stored invitation cannot be read: error=%s", failures.item_failed("invitations", error))
        return None


def _now() -> datetime:
    return datetime.now(UTC)


class RedisInvitations:
    """``Invitations`` on Redis. ``remember_s`` bounds how long a revoked link may still work in another process."""

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
        self._prefix = prefix
        self._remember_s = remember_s
        self._clock = clock
        self._monotonic = monotonic
        self._remembered: dict[SessionKey, _Remembered] = {}

    def _name(self, key: SessionKey) -> str:
        return f"{self._prefix}:{{{encoded(key.tenant)}/{encoded(key.interview_id)}}}:invitation"

    async def put(self, invitation: Invitation) -> None:
        key = SessionKey(invitation.tenant, invitation.interview_id)
        kept_ms = int((invitation.expires_at + KEPT_AFTER_EXPIRY - self._clock()).total_seconds() * 1000)
        value = msgspec.msgpack.encode(invitation)
        await self._link.command("SET", self._name(key), value, "PX", max(1, kept_ms), what="invitations.put")
        self._remembered.pop(key, None)

    async def find(self, key: SessionKey) -> Invitation | None:
        asked_at = self._monotonic()
        known = self._remembered.get(key)
        if known is not None and asked_at < known.until:
            return known.invitation
        found = await self._link.command("GET", self._name(key), what="invitations.find")
        if found is None:
            self._remembered.pop(key, None)
            return None
        invitation = _readable(found)
        if invitation is None:
            return None
        if len(self._remembered) >= _REMEMBERED_AT_MOST:
            self._remembered.clear()
        # Counted from before the read: a revocation in another process since then must not be missed for longer.
        self._remembered[key] = _Remembered(invitation, asked_at + self._remember_s)
        return invitation

    async def keep(self, key: SessionKey, until: datetime) -> None:
        left_ms = int((until - self._clock()).total_seconds() * 1000)
        await self._link.script(_KEEP, (self._name(key),), (max(1, left_ms),), what="invitations.keep")

    async def of_candidate(self, tenant: str, reference: str) -> list[SessionKey]:
        kept = await self.of_tenant(tenant)
        of_candidate = [each for each in kept if each.start.candidate_reference == reference]
        return [SessionKey(each.tenant, each.interview_id) for each in of_candidate]

    async def of_tenant(self, tenant: str) -> list[Invitation]:
        found: dict[str, Invitation] = {}  # a scan may meet a key twice
        pattern = f"{self._prefix}:{{{encoded(tenant)}/*}}:invitation"  # an encoded name has no pattern characters
        async for names in self._link.scan(match=pattern, what="invitations.scan"):
            values = await self._link.pipeline([("GET", name) for name in names], what="invitations.scan")
            read = [_readable(value) for value in values if value is not None]
            found |= {each.interview_id: each for each in read if each is not None}
        return [found[interview_id] for interview_id in sorted(found)]

    async def delete(self, key: SessionKey) -> bool:
        self._remembered.pop(key, None)
        return bool(await self._link.command("DEL", self._name(key), what="invitations.delete"))

    async def close(self) -> None:
        await self._link.close()
