"""The port of the metrics board: every replica publishes there, and one scrape shows them all."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class StoreHealth(Struct, frozen=True):
    """The state of the server behind the board. ``max_memory_bytes`` 0 is no limit."""

    used_memory_bytes: int
    max_memory_bytes: int
    persistence_ok: bool


class MetricsBoard(Protocol):
    async def put(self, replica: str, exposition: bytes, *, ttl_s: float) -> None:
        """Publish ``replica``'s metrics (Prometheus text format); they expire after ``ttl_s``.

        Raises StorageUnavailable.
        """
        ...

    async def all(self) -> dict[str, bytes]:
        """The latest metrics by replica. Raises StorageUnavailable."""
        ...

    async def server(self) -> StoreHealth:
        """Raises StorageUnavailable."""
        ...
