"""Reports of stored sessions, live or archived, for the ingress and for ``interview report``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from deployments.grading.reports.stored_report import build_report, keep_report, render_report
from serve.composition.local_stores import open_stores
from serve.http.ports import ReportFormat
from serve.settings import StorageSettings
from storage.archive.port import Archive
from storage.audit.port import COMMAND_LINE, AuditEntry
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore


class StoredReports:
    """``ReportSource`` over the stores."""

    def __init__(self, sessions: SessionStore, archive: Archive, blobs: BlobStore) -> None:
        self._sessions = sessions
        self._archive = archive
        self._blobs = blobs

    async def report(self, key: SessionKey, format: ReportFormat) -> bytes:
        report = await build_report(self._sessions, self._archive, self._blobs, key)
        return await render_report(report, format)

    async def renew(self, key: SessionKey) -> None:
        await keep_report(self._sessions, self._archive, self._blobs, key, now=datetime.now(UTC))


async def report_of(
    settings: StorageSettings, data: Path, tenant: str, interview_id: str, format: ReportFormat
) -> bytes:
    """The report of a session in a data directory, with or without a running platform; the audit log has the read.

    Raises NotFound.
    """
    async with open_stores(settings, data) as stores:
        report = await build_report(stores.sessions, stores.archive, stores.blobs, SessionKey(tenant, interview_id))
        await stores.audit.record(AuditEntry(tenant, COMMAND_LINE, "report.read", interview_id, {"format": format}))
        return await render_report(report, format)
