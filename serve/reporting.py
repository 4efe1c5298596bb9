"""Reports of stored sessions, live or archived, in every format."""

from __future__ import annotations

from serve.http.ports import ReportFormat
from storage.blobs import BlobStore
from storage.sessions import SessionKey, SessionStore


class StoredReports:
    """``ReportSource`` over the stores."""

    def __init__(self, sessions: SessionStore, blobs: BlobStore) -> None:
        self._sessions = sessions
        self._blobs = blobs

    async def report(self, key: SessionKey, format: ReportFormat) -> bytes:
        import msgspec

        st = await self._sessions.load(key)
        return msgspec.json.encode(st)
