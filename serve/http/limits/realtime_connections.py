"""How many realtime connections a replica and a tenant hold open at once."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from interview import failures
from interview.errors import Overloaded, StorageUnavailable
from serve.http.settings import RealtimeSettings
from storage.limits.port import SharedSlots

#: Seconds. A connection that is not renewed, because its replica died, counts for so long.
LEASE_S, RENEW_EVERY_S = 60.0, 20.0

_RETRY_S = 5.0


class Place:
    """One connection's place; ``renew`` it every ``RENEW_EVERY_S``."""

    def __init__(self, slots: SharedSlots, group: str, limit: int) -> None:
        self._slots = slots
        self._group = group
        self._limit = limit
        self._member = uuid.uuid4().hex

    async def renew(self) -> bool:
        """False: the tenant has no place left. Raises StorageUnavailable."""
        return await self._slots.take(self._group, self._member, limit=self._limit, ttl_s=LEASE_S)

    async def release(self) -> None:
        try:
            await self._slots.release(self._group, self._member)
        except StorageUnavailable as error:  # the lease ends by itself
            failures.item_failed("limits", error)


class RealtimeConnections:
    """The connections of this replica, and through ``slots`` those of all. Belongs to one event loop."""

    def __init__(self, slots: SharedSlots, settings: RealtimeSettings) -> None:
        self._slots = slots
        self._settings = settings
        self._here = 0

    @asynccontextmanager
    async def open(self, tenant: str) -> AsyncIterator[Place]:
        """A place for one more connection.

        Raises:

            Overloaded: this replica or the tenant has no place left.
            StorageUnavailable: the store does not answer.
        """
        settings = self._settings
        if self._here >= settings.replica_connections:
            raise _overloaded("replica_connections", settings.replica_connections)
        self._here += 1
        place = Place(self._slots, f"realtime of {tenant}", settings.tenant_connections)
        try:
            if not await place.renew():
                raise _overloaded("tenant_connections", settings.tenant_connections)
            try:
                yield place
            finally:
                await place.release()
        finally:
            self._here -= 1


def _overloaded(name: str, limit: int) -> Overloaded:
    return Overloaded(
        f"{limit} conversations are open already.", retry_after_s=_RETRY_S, detail={"limit": name, "max": limit}
    )
