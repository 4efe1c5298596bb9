"""Erases everything about one interview: invitation, session, jobs, recordings, documents, archive, reports.

The session goes first and stays unusable for ``ERASED_FOR_S``, so that no commit restores it; the archive never takes
the id again. A step in flight may still write a recording or a job after that; ``erase_leftovers``, run in the
background, removes those.

Installed plans and policies are shared between interviews and hold no candidate's words, so they stay. A plan sent with
the start of an interview is erased with it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from interview import failures
from storage.archive.port import Archive, EraseCause
from storage.audit.port import COMMAND_LINE
from storage.blobs.layout import checked, session_prefix
from storage.blobs.port import BlobStore
from storage.invitations.port import Invitations
from storage.sessions.port import SessionKey, SessionStore
from storage.stored_names import encoded
from storage.work_queue.port import WorkQueue

logger = logging.getLogger(__name__)

#: The batch name under which a failed erasure of leftovers is counted.
ERASURE = "erasure"


class Erased(Struct, frozen=True):
    """The result of an erasure.

    ``log_purged`` False: deleted values may still be in the files of the live store or of the archive.
    """

    session: bool = False
    archived: bool = False
    jobs: int = 0
    blobs: int = 0
    log_purged: bool = True
    invited: bool = False

    @property
    def anything(self) -> bool:
        return self.session or self.archived or self.invited or bool(self.jobs or self.blobs)


class Erasure:
    """Erases from every store that holds data of an interview. ``queues`` are all queues with jobs about one.

    ``invitations`` None: for sweeps of leftovers alone, because no step in flight writes an invitation.
    """

    def __init__(
        self,
        sessions: SessionStore,
        archive: Archive,
        blobs: BlobStore,
        queues: Sequence[WorkQueue],
        invitations: Invitations | None = None,
    ) -> None:
        self._sessions = sessions
        self._archive = archive
        self._blobs = blobs
        self._queues = tuple(queues)
        self._invitations = invitations

    async def erase(
        self, tenant: str, interview_id: str, *, by: str = COMMAND_LINE, cause: EraseCause = "request"
    ) -> Erased:
        """Erase one interview, live or archived. Idempotent; a second call completes a failed one.

        The archive's proof log records it with ``by`` and ``cause``, and the id is never accepted again.

        Raises:

            InvalidInput: tenant or id is empty.
            StorageUnavailable: a store is unavailable; some data may be left.
        """
        prefix = checked(session_prefix(tenant, interview_id))
        key = SessionKey(tenant, interview_id)
        # First, so that a candidate with a token cannot start the interview again.
        invited = await self._invitations.delete(key) if self._invitations else False
        session = await self._sessions.erase(key)
        archived = await self._archive.erase(key, by=by, cause=cause)
        found = await self._beside(key, prefix, session)
        purged = await self._sessions.purge_log() and await self._archive.purge()
        return replace(found, archived=archived, invited=invited, log_purged=purged)

    async def erase_leftovers(self) -> int:
        """Erase the writes of steps that were in flight during recent erasures; returns how many interviews had any.

        A failure is counted (``interview.failures``), logged and left for the next run.

        Raises:

            StorageUnavailable: the erased interviews could not be listed.
        """
        with_leftovers = 0
        for key in await self._sessions.erased():
            try:
                found = await self._again(key)
            except Exception as error:  # noqa: BLE001 - counted; whatever it is, the next interview is another one
                reason = failures.item_failed(ERASURE, error)
                logger.error("leftovers were not erased: tenant=%s error=%s", encoded(key.tenant), reason)
                continue
            with_leftovers += found.anything
        if with_leftovers:
            await self._sessions.purge_log()
        return with_leftovers

    async def _again(self, key: SessionKey) -> Erased:
        # Does not renew the erasure mark, which would keep the id unusable, and known, indefinitely.
        session = await self._sessions.delete(key)
        return await self._beside(key, session_prefix(key.tenant, key.interview_id), session)

    async def erase_jobs(self, key: SessionKey) -> int:
        """Erase the interview's jobs, dead ones included: a job to grade an answer holds its words."""
        return sum([await queue.erase(key.tenant, key.interview_id) for queue in self._queues])

    async def _beside(self, key: SessionKey, prefix: str, session: bool) -> Erased:
        return Erased(session=session, jobs=await self.erase_jobs(key), blobs=await self._blobs.delete(prefix))
