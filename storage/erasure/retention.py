"""Applies the retention policy: deletes what has been kept long enough, and records each deletion in the audit log."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec import Struct

from interview import failures
from interview.policies.retention import RetentionPolicy
from storage.archive.port import Archive, RetentionClass
from storage.audit.port import PLATFORM, Action, AuditEntry, AuditLog
from storage.blobs.layout import audio_prefix, documents_prefix, reports_prefix
from storage.blobs.port import BlobStore
from storage.erasure.erasure import Erasure
from storage.sessions.port import SessionKey, SessionStore
from storage.stored_names import encoded

logger = logging.getLogger(__name__)

#: The batch name under which a failed deletion is counted.
RETENTION = "retention"

#: Interviews per class and run.
_PER_RUN = 500


class Applied(Struct, frozen=True):
    """The number of interviews that lost a class of data, and of audit entries dropped, in one run."""

    recordings: int = 0
    transcripts: int = 0
    decisions: int = 0
    audit_entries: int = 0


class Retention:
    """The policy over the stores."""

    def __init__(
        self,
        policy: RetentionPolicy,
        sessions: SessionStore,
        archive: Archive,
        audit: AuditLog,
        blobs: BlobStore,
        erasure: Erasure,
    ) -> None:
        self._policy = policy
        self._sessions = sessions
        self._archive = archive
        self._audit = audit
        self._blobs = blobs
        self._erasure = erasure

    async def apply(self, now: datetime) -> Applied:
        """Delete what is due, the greatest class first; idempotent. One that fails is counted and left for the next
        run.

        Raises:

            StorageUnavailable: what is due could not be listed.
        """
        policy = self._policy
        decisions = await self._each("decisions", policy.decisions_days, now, self._erase)
        transcripts = await self._each("transcripts", policy.transcripts_days, now, self._delete_words)
        recordings = await self._each("recordings", policy.recordings_days, now, self._delete_recordings)
        dropped = 0
        if policy.audit_log_days is not None:
            dropped = await self._audit.drop_before(now - timedelta(days=policy.audit_log_days))
        if transcripts or dropped:
            await self._archive.purge()
        return Applied(recordings, transcripts, decisions, dropped)

    async def _each(
        self,
        kind: RetentionClass,
        days: float | None,
        now: datetime,
        delete: Callable[[SessionKey, datetime], Awaitable[None]],
    ) -> int:
        if days is None:
            return 0
        done = 0
        for key in await self._archive.due(kind, now - timedelta(days=days), limit=_PER_RUN):
            try:
                await delete(key, now)
                done += 1
            except Exception as error:  # noqa: BLE001 - counted; whatever it is, the next interview is another one
                reason = failures.item_failed(RETENTION, error)
                logger.error("%s were not deleted: tenant=%s error=%s", kind, encoded(key.tenant), reason)
        return done

    async def _erase(self, key: SessionKey, _now: datetime) -> None:
        await self._erasure.erase(key.tenant, key.interview_id, by=PLATFORM, cause="retention")

    async def _delete_words(self, key: SessionKey, now: datetime) -> None:
        await self._delete_recordings(key, now)
        await self._sessions.delete(key)
        await self._erasure.erase_jobs(key)
        blobs = 0
        for prefix in (documents_prefix(key.tenant, key.interview_id), reports_prefix(key.tenant, key.interview_id)):
            blobs += await self._blobs.delete(prefix)
        await self._archive.forget(key, "transcripts", now)
        await self._record(key, "transcript.deleted", blobs, now)

    async def _delete_recordings(self, key: SessionKey, now: datetime) -> None:
        blobs = await self._blobs.delete(audio_prefix(key.tenant, key.interview_id))
        await self._archive.forget(key, "recordings", now)
        await self._record(key, "recordings.deleted", blobs, now)

    async def _record(self, key: SessionKey, action: Action, blobs: int, now: datetime) -> None:
        await self._audit.record(AuditEntry(key.tenant, PLATFORM, action, key.interview_id, {"blobs": blobs}, now))
