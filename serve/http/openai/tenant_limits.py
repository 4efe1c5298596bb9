"""Per-tenant limits on the inference tier, concurrent and per minute, checked before a body is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from msgspec import Struct

from interview.errors import Overloaded

#: The number of accounts kept before idle ones are dropped.
MAX_REMEMBERED = 10_000

#: Retry-After at the concurrency limit; a request of this tier rarely ends sooner.
BUSY_RETRY_S = 1.0


class TenantLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of one tenant in one ingress process; with N ingress replicas a tenant gets up to N times as much.

    - ``max_concurrent``: requests in progress, including streams until their last byte.
    - ``requests_per_minute``: sustained rate; the bucket refills evenly.
    - ``burst``: simultaneous requests after an idle period.
    """

    max_concurrent: int = 64
    requests_per_minute: float = 1200.0
    burst: int = 120

    def __post_init__(self) -> None:
        if self.max_concurrent < 1 or self.burst < 1 or self.requests_per_minute <= 0:
            raise ValueError("tenant limits must be positive")


class _Account:
    __slots__ = ("filled_at", "running", "tokens")

    def __init__(self, tokens: float, now: float) -> None:
        self.tokens = tokens
        self.filled_at = now
        self.running = 0


class Lease:
    """One admitted request. Released at the end of its ``with`` block, or by the receiver after ``hand_over``."""

    def __init__(self, account: _Account) -> None:
        self._account: _Account | None = account
        self._handed_over = False

    def release(self) -> None:
        """Release the slot. Idempotent."""
        if self._account is not None:
            self._account.running -= 1
            self._account = None

    def hand_over(self) -> Self:
        """Outlive the ``with`` block: the receiver (a response still to be sent) calls ``release``."""
        self._handed_over = True
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._handed_over or error is not None:
            self.release()


class TenantLimiter:
    """A token bucket and a concurrency count per tenant; belongs to one event loop.

    ``overrides`` sets limits for single tenants. ``clock`` is monotonic, in seconds.
    """

    def __init__(
        self,
        limits: TenantLimits | None = None,
        *,
        overrides: dict[str, TenantLimits] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits or TenantLimits()
        self._overrides = overrides or {}
        self._clock = clock
        self._accounts: dict[str, _Account] = {}

    def running(self, tenant: str) -> int:
        """The number of ``tenant``'s requests in progress."""
        account = self._accounts.get(tenant)
        return account.running if account else 0

    def admit(self, tenant: str) -> Lease:
        """Admit one request of ``tenant``. A rejected request costs nothing.

        Raises:

            Overloaded: the tenant is at one of its limits; ``retry_after_s`` says when to retry.
        """
        limits = self._overrides.get(tenant, self._limits)
        now = self._clock()
        account = self._accounts.get(tenant)
        if account is None:
            self._forget_those_at_rest(now)
            account = self._accounts[tenant] = _Account(float(limits.burst), now)
        per_s = limits.requests_per_minute / 60
        account.tokens = min(float(limits.burst), account.tokens + (now - account.filled_at) * per_s)
        account.filled_at = now
        if account.running >= limits.max_concurrent:
            raise Overloaded(
                f"{limits.max_concurrent} of your requests are already in progress; wait for one to end.",
                retry_after_s=BUSY_RETRY_S,
                detail={"limit": "max_concurrent", "max": limits.max_concurrent},
            )
        if account.tokens < 1:
            raise Overloaded(
                f"More than {limits.requests_per_minute:g} requests a minute; slow down.",
                retry_after_s=(1 - account.tokens) / per_s,
                detail={"limit": "requests_per_minute", "max": limits.requests_per_minute},
            )
        account.tokens -= 1
        account.running += 1
        return Lease(account)

    def _forget_those_at_rest(self, now: float) -> None:
        """Drop accounts equal to a new one: no request in progress, bucket full."""
        if len(self._accounts) < MAX_REMEMBERED:
            return
        for tenant, account in list(self._accounts.items()):
            limits = self._overrides.get(tenant, self._limits)
            refilled = account.tokens + (now - account.filled_at) * limits.requests_per_minute / 60
            if account.running == 0 and refilled >= limits.burst:
                del self._accounts[tenant]
