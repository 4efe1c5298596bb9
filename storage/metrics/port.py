"""The port of the metrics board: every replica publishes there, and one scrape shows them all."""

from __future__ import annotations

from typing import Protocol


class MetricsBoard(Protocol):
    async def put(self, replica: str, exposition: bytes, *, ttl_s: float) -> None:
        """Publish ``replica``'s metrics (Prometheus text format); they expire after ``ttl_s``.

        Raises StorageUnavailable.
        """
        ...

    async def all(self) -> dict[str, bytes]:
        """The latest metrics by replica. Raises StorageUnavailable."""
        ...
