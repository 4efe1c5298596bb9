"""Lends a few items (processes) to many tenants, fairly: the waiting tenant that has used them least goes first."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from interview.errors import Overloaded

Item = TypeVar("Item")

_BUSY_RETRY_S = 1.0


class _Account:
    """One tenant's callers. ``tag`` is the virtual time at which its next use may start."""

    __slots__ = ("borrowed", "tag", "waiting")

    def __init__(self, tag: float) -> None:
        self.tag = tag
        self.borrowed = 0
        self.waiting: deque[asyncio.Future[None]] = deque()


class FairPool(Generic[Item]):
    """Start-time fair queueing (Goyal, Vin and Cheng 1996) of tenants, by the seconds for which they held an item.

    With two or more items a tenant never holds the last one, so that another tenant's first task starts at once.
    Belongs to one event loop. ``clock`` is monotonic, in seconds.
    """

    def __init__(
        self, items: Iterable[Item], *, waiting_per_tenant: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._idle = list(items)
        self._unpromised = len(self._idle)
        self._per_tenant = max(1, len(self._idle) - 1)
        self._waiting_per_tenant = waiting_per_tenant
        self._clock = clock
        self._accounts: dict[str, _Account] = {}
        self._now = 0.0

    @property
    def idle(self) -> int:
        return len(self._idle)

    @asynccontextmanager
    async def lend(self, tenant: str) -> AsyncIterator[Item]:
        """Wait for an item and hold it inside the block.

        Raises:

            Overloaded: ``waiting_per_tenant`` callers of this tenant wait already.
        """
        account = await self._admitted(tenant)
        item, began = self._idle.pop(), self._clock()
        start = self._now = max(self._now, account.tag)
        try:
            yield item
        finally:
            account.tag = max(account.tag, start) + (self._clock() - began)
            self._idle.append(item)
            self._returned(account)

    async def _admitted(self, tenant: str) -> _Account:
        """The tenant's account, once it may take an item: ``borrowed`` counts that item already."""
        account = self._accounts.setdefault(tenant, _Account(self._now))
        if len(account.waiting) >= self._waiting_per_tenant:
            raise Overloaded(
                "Too many of your answers wait for the graders; try again in a moment.",
                retry_after_s=_BUSY_RETRY_S,
                detail={"limit": "waiting_per_tenant", "max": self._waiting_per_tenant},
            )
        turn = asyncio.get_running_loop().create_future()
        account.waiting.append(turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # admitted in the moment of its cancellation
                self._returned(account)
            elif turn in account.waiting:
                account.waiting.remove(turn)
            raise
        return account

    def _returned(self, account: _Account) -> None:
        account.borrowed -= 1
        self._unpromised += 1
        self._admit()
        self._forget()

    def _admit(self) -> None:
        """Give each free item to the waiting tenant with the earliest tag."""
        while self._unpromised:
            ready = [one for one in self._accounts.values() if one.waiting and one.borrowed < self._per_tenant]
            if not ready:
                return
            account = min(ready, key=lambda one: (max(self._now, one.tag), one.borrowed))
            turn = account.waiting.popleft()
            if turn.cancelled():
                continue
            account.borrowed += 1
            self._unpromised -= 1
            turn.set_result(None)

    def _forget(self) -> None:
        """Drop the accounts that equal a new one; when no tenant is busy, that is every account."""
        busy = {tenant: one for tenant, one in self._accounts.items() if one.waiting or one.borrowed}
        if busy:
            busy |= {tenant: one for tenant, one in self._accounts.items() if one.tag > self._now}
        else:
            self._now = 0.0
        self._accounts = busy
