"""How many interviews a tenant holds at once, and how many signals one of them takes."""

from __future__ import annotations

from interview.errors import Overloaded
from serve.http.settings import CallerLimits
from storage.limits.port import Rate, SharedRates, SharedSlots

_RETRY_S = 60.0
_DAY_S = 86_400


class InterviewLimits:
    """Live interviews and their signals. ``live_s`` is a session's time to live."""

    def __init__(self, slots: SharedSlots, rates: SharedRates, limits: CallerLimits, live_s: float) -> None:
        self._slots = slots
        self._rates = rates
        self._limits = limits
        self._live_s = live_s

    async def starting(self, tenant: str, interview_id: str) -> None:
        """Count an interview, once. Raises Overloaded: the tenant holds too many; StorageUnavailable."""
        limit = self._limits.tenant_live_interviews
        if not await self._slots.take(_group(tenant), interview_id, limit=limit, ttl_s=self._live_s):
            raise Overloaded(
                f"{limit} interviews are running already; end one first.",
                retry_after_s=_RETRY_S,
                detail={"limit": "tenant_live_interviews", "max": limit},
            )

    async def ended(self, tenant: str, interview_id: str) -> None:
        await self._slots.release(_group(tenant), interview_id)

    async def signalled(self, tenant: str, interview_id: str) -> None:
        """Count a signal. Raises Overloaded: the interview has had too many; StorageUnavailable."""
        rate = Rate(self._limits.interview_signals, _DAY_S)
        taken = await self._rates.take(rate, "signals", tenant, interview_id)
        if not taken.granted:
            raise Overloaded(
                f"This interview has recorded {rate.amount} signals, the most there may be in a day.",
                retry_after_s=taken.reset_s,
                detail={"limit": "interview_signals", "max": rate.amount},
            )


def _group(tenant: str) -> str:
    return f"interviews of {tenant}"
