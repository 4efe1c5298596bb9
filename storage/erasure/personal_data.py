"""Exports everything stored about interviews as one ZIP file, and erases it, by interview or by candidate."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Sequence
from typing import IO

import msgspec

from interview.errors import NotFound, TranscriptDeleted
from interview.sessions.events import encode_event
from storage.archive.port import Archive
from storage.archive.transfer import load_events, load_state
from storage.audit.port import AuditEntry, AuditLog
from storage.blobs.layout import session_prefix
from storage.blobs.port import BlobStore
from storage.erasure.erasure import Erasure
from storage.invitations.port import Invitations
from storage.sessions.port import SessionKey, SessionStore

#: Sound is compressed already.
_STORED = (".wav", ".mp3", ".ogg", ".webm", ".m4a", ".flac", ".opus", ".pcm")


class PersonalData:
    """A candidate's rights over the stores: a copy, and erasure. Both are in the audit log, under ``by``."""

    def __init__(
        self,
        sessions: SessionStore,
        archive: Archive,
        audit: AuditLog,
        blobs: BlobStore,
        invitations: Invitations,
        erasure: Erasure,
    ) -> None:
        self._sessions = sessions
        self._archive = archive
        self._audit = audit
        self._blobs = blobs
        self._invitations = invitations
        self._erasure = erasure

    async def of_candidate(self, tenant: str, reference: str) -> list[SessionKey]:
        """The candidate's interviews, oldest first, then those prepared for them. Raises NotFound: there are none."""
        held = await self._archive.of_candidate(tenant, reference)
        prepared = await self._invitations.of_candidate(tenant, reference)
        keys = list(dict.fromkeys([*held, *prepared]))
        if not keys:
            raise NotFound("There is no such candidate.")
        return keys

    async def knows(self, key: SessionKey) -> bool:
        """Whether the interview exists, is prepared, or has existed. Raises StorageUnavailable."""
        if await load_state(self._sessions, self._archive, key) is not None or await self._archive.used(key):
            return True
        return await self._invitations.find(key) is not None

    async def export(self, keys: Sequence[SessionKey], into: IO[bytes], *, by: str) -> None:
        """Write a ZIP file with a directory per interview: ``invitation.json``, ``state.json``, ``events.jsonl``, and
        every blob.

        Raises:

            NotFound: an interview does not exist.
            StorageUnavailable: a store does not answer, or the export could not be recorded.
        """
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as file:
            for key in keys:
                state = await load_state(self._sessions, self._archive, key)
                invitation = await self._invitations.find(key)
                if state is None and invitation is None:
                    raise NotFound("There is no such interview.")
                await self._audit.record(AuditEntry(key.tenant, by, "interview.exported", key.interview_id))
                if invitation is not None:
                    await _add(file, f"{key.interview_id}/invitation.json", msgspec.json.encode(invitation))
                if state is not None:
                    await _add(file, f"{key.interview_id}/state.json", msgspec.json.encode(state))
                    await _add(file, f"{key.interview_id}/events.jsonl", await self._log(key))
                prefix = session_prefix(key.tenant, key.interview_id)
                for path in await self._blobs.paths(prefix):
                    name = f"{key.interview_id}{path.removeprefix(prefix)}"
                    await _add(file, name, await self._blobs.get(path))

    async def erase(self, keys: Sequence[SessionKey], *, by: str) -> bool:
        """Erase the interviews; False when deleted values may still be in a store's own files (``Erased``)."""
        purged = True
        for key in keys:
            purged &= (await self._erasure.erase(key.tenant, key.interview_id, by=by)).log_purged
        return purged

    async def _log(self, key: SessionKey) -> bytes:
        try:
            events = await load_events(self._sessions, self._archive, key)
        except TranscriptDeleted:
            return b""
        return b"".join(encode_event(event) + b"\n" for event in events)


async def _add(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    how = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    work = asyncio.ensure_future(asyncio.to_thread(file.writestr, name, data, compress_type=how))
    try:
        await asyncio.shield(work)
    finally:  # The caller closes the file, so the thread must have finished, also after a cancellation.
        await asyncio.wait((work,))
