"""Rates of one replica in front of the shared ones: it takes units in batches, so most requests ask no store.

Every replica holds at most one batch of a subject. A subject at its limit may therefore have up to one batch per
replica unused, and never more than its limit used.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from interview import failures
from interview.errors import Overloaded, StorageUnavailable
from storage.limits.port import Rate, SharedRates

logger = logging.getLogger(__name__)

#: A batch is this share of the rate, and a replica keeps an unused one this long.
BATCH_SHARE, KEEP_S = 0.01, 10.0
#: A refused subject is refused again for so long without asking the store.
REFUSE_S = 1.0
#: Subjects remembered before those at rest are dropped.
_REMEMBERED = 10_000


class Share:
    """What this replica holds of one subject's rate. ``units`` is negative after more was spent than taken."""

    __slots__ = ("asking", "refused_until", "remaining", "reset_at", "units", "until")

    def __init__(self) -> None:
        self.units = 0
        self.until = 0.0
        self.remaining = 0
        self.reset_at = 0.0
        self.refused_until = 0.0
        self.asking = asyncio.Lock()


class ReplicaRate:
    """One rate: ``name`` is the policy's name in the RateLimit headers, ``unit`` what it counts, in an error.

    Belongs to one event loop. ``clock`` is monotonic, in seconds.
    """

    def __init__(
        self, shared: SharedRates, rate: Rate, *, name: str, unit: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate = rate
        self.name = name
        self._shared = shared
        self._unit = unit
        self._clock = clock
        self._batch = max(1, round(rate.amount * BATCH_SHARE))
        self._shares: dict[str, Share] = {}

    async def admit(self, subject: str, cost: int = 1) -> Share:
        """Spend ``cost`` units of ``subject``; with 0, only require that it is not in debt.

        Raises:

            Overloaded: the rate is used up; ``retry_after_s`` says when to retry.
        """
        share = self._share(subject)
        if self._clock() >= share.until or share.units < cost:
            async with share.asking:
                if self._clock() >= share.until or share.units < cost:
                    await self._ask(share, subject, cost)
        share.units -= cost
        return share

    def spend(self, subject: str, cost: int) -> None:
        """Charge what was used after ``admit``; a debt is paid before the next admission."""
        self._share(subject).units -= cost

    def remaining(self, share: Share) -> int:
        return max(0, share.remaining + share.units)

    def reset_s(self, share: Share) -> float:
        return max(0.0, share.reset_at - self._clock())

    def _share(self, subject: str) -> Share:
        share = self._shares.get(subject)
        if share is None:
            if len(self._shares) >= _REMEMBERED:
                now = self._clock()
                self._shares = {one: held for one, held in self._shares.items() if held.until > now or held.units < 0}
            share = self._shares[subject] = Share()
        return share

    async def _ask(self, share: Share, subject: str, cost: int) -> None:
        now = self._clock()
        if now < share.refused_until:
            raise self._overloaded(share)
        debt = max(0, -share.units)
        try:
            taken = await self._shared.take(self.rate, self.name, subject, wanted=debt + max(cost, self._batch))
        except StorageUnavailable as error:
            # The store's own health has an alert. Without it this replica's batch is the limit.
            failures.item_failed("limits", error)
            share.units, share.until = self._batch, now + KEEP_S
            return
        share.units = taken.granted - debt
        share.until, share.remaining, share.reset_at = now + KEEP_S, taken.remaining, now + taken.reset_s
        if share.units < cost:
            share.refused_until = now + min(REFUSE_S, taken.reset_s)
            raise self._overloaded(share)

    def _overloaded(self, share: Share) -> Overloaded:
        return Overloaded(
            f"More than {self.rate.amount} {self._unit} in {self.rate.per_s} s; slow down.",
            retry_after_s=max(REFUSE_S, self.reset_s(share)),
            detail={"limit": self.name, "max": self.rate.amount},
        )
