"""The audit log in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, insert, or_, select

from storage.archive.database import Database
from storage.archive.tables import audit_log
from storage.audit.port import AuditEntry, subject_digest

_ENTRIES_AT_MOST = 10_000
_ENTER = insert(audit_log)  # once: building the statement costs as much CPU as its execution


class SqlAuditLog:
    """``AuditLog`` over a ``Database``, which the archive closes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, entry: AuditEntry) -> None:
        row = audit_row(entry)
        await self._database.write("audit", lambda connection: connection.execute(_ENTER, row))

    async def entries(
        self,
        tenant: str | None = None,
        *,
        subject: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        wanted = select(audit_log)
        if tenant is not None:
            wanted = wanted.where(audit_log.c.tenant == tenant)
        if subject is not None:
            digest = subject_digest(tenant, subject) if tenant is not None else subject
            wanted = wanted.where(or_(audit_log.c.subject == subject, audit_log.c.subject == digest))
        if since is not None:
            wanted = wanted.where(audit_log.c.time >= since)
        wanted = wanted.order_by(audit_log.c.id.desc()).limit(min(limit, _ENTRIES_AT_MOST))
        rows = await self._database.read("audit_log", lambda connection: connection.execute(wanted).all())
        return [
            AuditEntry(
                tenant=row.tenant,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                detail=msgspec.json.decode(row.detail, type=dict),
                time=row.time,
            )
            for row in rows
        ]

    async def drop_before(self, before: datetime) -> int:
        gone = delete(audit_log).where(audit_log.c.time < before)
        return await self._database.write("audit_drop", lambda connection: connection.execute(gone).rowcount)


def audit_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "time": entry.time,
        "tenant": entry.tenant,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": msgspec.json.encode(entry.detail).decode(),
    }
