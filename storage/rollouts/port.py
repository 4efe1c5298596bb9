"""The port of prompt rollouts: the interviews of a prompt's versions, and the rollouts that a guardrail halted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from storage.sessions.port import SessionKey


class PinnedInterview(Struct, frozen=True):
    """An ended interview that was held with the version ``pin`` (``version@digest``) of a prompt. Times are UTC."""

    key: SessionKey
    pin: str
    started_at: datetime
    ended_at: datetime


class Rollout(Struct, frozen=True):
    """``percent`` of the new interviews get the version ``rolled_out`` of ``prompt`` in place of ``in_use``."""

    prompt: str
    in_use: str
    rolled_out: str
    percent: float


class Halt(Struct, frozen=True):
    """New interviews do not get the version ``pin`` of ``prompt`` by a rollout. ``reason`` tells the operator why."""

    prompt: str
    pin: str
    halted_at: datetime
    reason: str


class Rollouts(Protocol):
    async def interviews(
        self, prompt: str, pin: str, *, since: datetime | None = None, limit: int
    ) -> list[PinnedInterview]:
        """The first ``limit`` ended interviews with this version that began at ``since`` or later and whose transcript
        is kept, in the order of their ends. Of all tenants: never shown to one. Raises StorageUnavailable."""
        ...

    async def began(self, prompt: str, pin: str) -> datetime | None:
        """When the first archived interview with this version began. Raises StorageUnavailable."""
        ...

    async def running(self, rollouts: Sequence[Rollout], now: datetime) -> dict[str, datetime]:
        """Record that exactly ``rollouts`` run, one per prompt at most, and return since when each runs unchanged, by
        prompt: ``now`` for a new one, and for one whose versions or percentage changed. Raises StorageUnavailable."""
        ...

    async def since(self, prompt: str, in_use: str, rolled_out: str) -> datetime | None:
        """Since when the rollout runs, as last recorded; None when it does not. Raises StorageUnavailable."""
        ...

    async def halt(self, halt: Halt) -> bool:
        """Record ``halt``; False when the version was halted before, and nothing changed. Raises StorageUnavailable."""
        ...

    async def halts(self) -> list[Halt]:
        """All halts, the oldest first. Raises StorageUnavailable."""
        ...

    async def halted(self) -> frozenset[tuple[str, str]]:
        """Prompt and version of every halt. Raises StorageUnavailable."""
        ...
