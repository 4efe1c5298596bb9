"""The list of interviews of a data directory, for ``interview sessions``."""

from __future__ import annotations

from pathlib import Path

from serve.composition.local_stores import open_stores
from serve.settings import StorageSettings
from storage.archive.directory import list_sessions
from storage.archive.port import SessionQuery, SessionSummary
from storage.audit.port import COMMAND_LINE, AuditEntry


async def sessions_of(settings: StorageSettings, data: Path, query: SessionQuery) -> list[SessionSummary]:
    """The newest interviews that ``query`` selects; the audit log has the read. Raises StorageUnavailable."""
    async with open_stores(settings, data) as stores:
        await stores.audit.record(AuditEntry(query.tenant, COMMAND_LINE, "sessions.listed"))
        return (await list_sessions(stores.sessions, stores.archive, query)).interviews
