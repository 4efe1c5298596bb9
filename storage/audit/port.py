"""The port of the audit log: an append-only record of reads of personal data, overrides, plans, keys and erasures."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct, field

Action = Literal[
    "sessions.listed",
    "invitations.listed",
    "session.read",
    "events.read",
    "recording.read",
    "report.read",
    "interview.exported",
    "grade.overridden",
    "time.granted",
    "interview.erased",
    "recordings.deleted",
    "transcript.deleted",
    "plan.created",
    "plan.changed",
    "plan.approved",
    "plan.deleted",
    "key.created",
    "key.revoked",
]

#: The platform itself as an actor: sweeps and retention.
PLATFORM = "platform"

#: An operator at the command line of the machine.
COMMAND_LINE = "command line"


class AuditEntry(Struct, frozen=True):
    """One action of ``actor`` (a key's id, a person's name, ``platform``) on ``subject`` (an interview's or key's id).

    ``detail`` is small and holds no personal data: formats, counts, question ids.
    """

    tenant: str
    actor: str
    action: Action
    subject: str = ""
    detail: dict[str, Any] = {}
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


class AuditLog(Protocol):
    async def record(self, entry: AuditEntry) -> None:
        """Append an entry, durably.

        Raises:

            StorageUnavailable: it could not be recorded; the action must not happen.
        """
        ...

    async def entries(
        self,
        tenant: str | None = None,
        *,
        subject: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """The newest entries, newest first. ``subject`` also finds the entries of an erased interview by its id."""
        ...

    async def drop_before(self, before: datetime) -> int:
        """Delete the entries older than ``before``; returns their number."""
        ...


def subject_digest(tenant: str, subject: str) -> str:
    """The stand-in for an erased interview's id: 128 bits of SHA-256, the same in audit entries and proof log."""
    raw = msgspec.json.encode([tenant, subject])
    return f"erased-{hashlib.sha256(raw).hexdigest()[:32]}"
