"""Erasure over every store of the platform that holds data of an interview, built in one place."""

from __future__ import annotations

from serve.webhooks.milestones import QUEUE_NAME as WEBHOOKS
from storage.archive.port import Archive
from storage.blobs.port import BlobStore
from storage.erasure.erasure import Erasure
from storage.invitations.redis import RedisInvitations
from storage.sessions.port import SessionStore
from storage.work_queue.redis import RedisWorkQueue

GRADING = "grading"

#: Every queue with jobs about interviews; a new one belongs here.
QUEUES = (GRADING, WEBHOOKS)


class PlatformErasure(Erasure):
    """``Erasure`` with connections of its own to the queues and the invitations at ``redis_url``."""

    def __init__(self, sessions: SessionStore, archive: Archive, blobs: BlobStore, redis_url: str) -> None:
        self._opened = tuple(RedisWorkQueue(redis_url, name) for name in QUEUES)
        self.invitations = RedisInvitations(redis_url)
        super().__init__(sessions, archive, blobs, self._opened, self.invitations)

    async def close(self) -> None:
        for queue in self._opened:
            await queue.close()
        await self.invitations.close()
