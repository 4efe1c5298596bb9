"""The ports of shared limits: rates (so many in a period) and slots (so many at once)."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class Rate(Struct, frozen=True):
    """``amount`` units in any ``per_s`` seconds."""

    amount: int
    per_s: int = 60


class Taken(Struct, frozen=True):
    """``granted`` units are the caller's to use; ``remaining`` are left for all, renewed within ``reset_s`` seconds."""

    granted: int
    remaining: int
    reset_s: float


class SharedRates(Protocol):
    async def take(self, rate: Rate, *subject: str, wanted: int = 1) -> Taken:
        """Take ``wanted`` units of ``subject``'s rate, or one when so many are not left, or none.

        Raises StorageUnavailable.
        """
        ...

    async def close(self) -> None: ...


class SharedSlots(Protocol):
    async def take(self, group: str, member: str, *, limit: int, ttl_s: float) -> bool:
        """Hold a slot of ``group`` as ``member`` for ``ttl_s``, or renew it; False when ``limit`` members hold theirs.

        Raises StorageUnavailable.
        """
        ...

    async def release(self, group: str, member: str) -> None:
        """Give the slot back. Idempotent. Raises StorageUnavailable."""
        ...

    async def close(self) -> None: ...
