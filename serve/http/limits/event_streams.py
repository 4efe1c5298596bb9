"""How many event streams a key, a tenant and a replica hold open at once."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from interview import failures
from interview.errors import Overloaded, StorageUnavailable
from serve.http.limits.request_limits import Caller
from serve.http.settings import CallerLimits
from storage.limits.port import SharedSlots

#: Seconds. A stream that is not renewed, because its replica died, counts for so long.
LEASE_S, RENEW_EVERY_S = 60.0, 20.0

_RETRY_S = 5.0


class EventStreams:
    """The open streams of this replica, and through ``slots`` those of all. Belongs to one event loop."""

    def __init__(self, slots: SharedSlots, limits: CallerLimits) -> None:
        self._slots = slots
        self._limits = limits
        self._here = 0

    @property
    def open_here(self) -> int:
        return self._here

    async def open(self, caller: Caller) -> OpenStream:
        """A place for one more stream; the response that sends it releases the place.

        Raises:

            Overloaded: the key, its tenant or this replica has no place left.
            StorageUnavailable: the store does not answer.
        """
        limits = self._limits
        if self._here >= limits.replica_event_streams:
            raise _overloaded("replica_event_streams", limits.replica_event_streams)
        self._here += 1
        place = OpenStream(self, f"{caller.key_id}/{uuid.uuid4().hex}", caller)
        try:
            for name, (group, limit) in self._groups(caller).items():
                if not await self._slots.take(group, place.member, limit=limit, ttl_s=LEASE_S):
                    raise _overloaded(name, limit)
        except BaseException:
            await place.release()
            raise
        return place

    def _groups(self, caller: Caller) -> dict[str, tuple[str, int]]:
        limits = self._limits
        return {
            "key_event_streams": (f"streams of key {caller.key_id}", limits.key_event_streams),
            "tenant_event_streams": (f"streams of {caller.tenant}", limits.tenant_event_streams),
        }

    async def renew(self, place: OpenStream) -> None:
        for group, limit in self._groups(place.caller).values():
            await self._slots.take(group, place.member, limit=limit, ttl_s=LEASE_S)

    async def close(self, place: OpenStream) -> None:
        self._here -= 1
        try:
            for group, _ in self._groups(place.caller).values():
                await self._slots.release(group, place.member)
        except StorageUnavailable as error:  # the lease ends by itself
            failures.item_failed("limits", error)


class OpenStream:
    """One stream's place."""

    def __init__(self, streams: EventStreams, member: str, caller: Caller) -> None:
        self.member = member
        self.caller = caller
        self._streams = streams
        self._renewed_at = time.monotonic()
        self._released = False

    async def still_open(self) -> None:
        """Called with every batch of events. Raises StorageUnavailable."""
        if time.monotonic() - self._renewed_at >= RENEW_EVERY_S:
            self._renewed_at = time.monotonic()
            await self._streams.renew(self)

    async def release(self) -> None:
        """Idempotent."""
        if not self._released:
            self._released = True
            await self._streams.close(self)


class PlacedResponse(StreamingResponse):
    """Releases its place however it ends, also when the client leaves before the first byte."""

    def __init__(self, content: AsyncGenerator[bytes, None], place: OpenStream, **options: Any) -> None:
        super().__init__(content, **options)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._place.release()


def _overloaded(name: str, limit: int) -> Overloaded:
    return Overloaded(
        f"{limit} event streams are open already; close one, or poll the log as JSON.",
        retry_after_s=_RETRY_S,
        detail={"limit": name, "max": limit},
    )
