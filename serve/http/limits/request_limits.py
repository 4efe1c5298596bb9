"""The limits of authenticated requests, and the RateLimit headers that tell a client where it stands.

Headers: draft-ietf-httpapi-ratelimit-headers-10, one policy for the key and one for its tenant.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol

from msgspec import Struct

from serve.http.limits.rates import ReplicaRate, Share
from serve.http.settings import CallerLimits
from storage.limits.port import Rate, SharedRates

_KIB = 1024


class Caller(Protocol):
    @property
    def tenant(self) -> str: ...
    @property
    def key_id(self) -> str: ...


class RequestAccount:
    """One request as the limits see it: set by the middleware, filled when the caller is known."""

    __slots__ = ("_bytes", "charge", "shares")

    def __init__(self) -> None:
        self.shares: tuple[tuple[ReplicaRate, Share], ...] = ()
        #: Charges KiB of the body; None until the caller is known.
        self.charge: Callable[[int], None] | None = None
        self._bytes = 0

    def received(self, count: int) -> None:
        """Bytes of the body have arrived."""
        self._bytes += count
        if self.charge is not None and self._bytes >= _KIB:
            self.charge(self._bytes // _KIB)
            self._bytes %= _KIB

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The RateLimit headers; none for a caller that is not known."""
        if not self.shares:
            return []
        policy = ", ".join(f'"{one.name}";q={one.rate.amount};w={one.rate.per_s}' for one, _ in self.shares)
        state = ", ".join(
            f'"{one.name}";r={one.remaining(share)};t={math.ceil(one.reset_s(share))}' for one, share in self.shares
        )
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]


#: The running request's account.
ACCOUNT: ContextVar[RequestAccount | None] = ContextVar("request_account", default=None)


class _Rates(Struct, frozen=True):
    key: ReplicaRate
    tenant: ReplicaRate
    kib: ReplicaRate


class RequestLimits:
    """Requests per key and tenant, and bytes per tenant, over all replicas."""

    def __init__(self, shared: SharedRates, limits: CallerLimits) -> None:
        self._rates = _Rates(
            ReplicaRate(shared, Rate(limits.key_requests_per_minute), name="key", unit="requests of this key"),
            ReplicaRate(shared, Rate(limits.tenant_requests_per_minute), name="tenant", unit="requests"),
            ReplicaRate(shared, Rate(limits.tenant_kib_per_minute), name="kib", unit="KiB sent"),
        )

    async def admit(self, caller: Caller) -> None:
        """Count a request of ``caller``.

        Raises:

            Overloaded: the key or its tenant is at a limit.
        """
        rates, account = self._rates, ACCOUNT.get()
        key = await rates.key.admit(caller.key_id)
        if account is not None:
            account.shares = ((rates.key, key),)
        tenant = await rates.tenant.admit(caller.tenant)
        if account is not None:
            account.shares = ((rates.key, key), (rates.tenant, tenant))
            account.charge = lambda kib: rates.kib.spend(caller.tenant, kib)
        await rates.kib.admit(caller.tenant, 0)
