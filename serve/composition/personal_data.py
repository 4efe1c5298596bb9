"""Exports and erases interviews in the stores of a data directory or of ``REDIS_URL``, with or without a platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from serve.composition.grading_placement import QUEUE_NAME
from serve.composition.local_stores import open_stores
from serve.settings import StorageSettings
from storage.erasure.erasure import Erased, Erasure
from storage.erasure.personal_data import PersonalData
from storage.invitations.redis import RedisInvitations
from storage.work_queue.redis import RedisWorkQueue


async def erase_interview(settings: StorageSettings, data: Path, tenant: str, interview_id: str) -> Erased:
    """Erase everything about one interview.

    Raises:

        InvalidInput: tenant or id is empty.
        StorageUnavailable: a store is unavailable; erasing again completes the rest.
    """
    async with open_personal_data(settings, data) as (_, erasure):
        return await erasure.erase(tenant, interview_id)


@asynccontextmanager
async def open_personal_data(settings: StorageSettings, data: Path) -> AsyncIterator[tuple[PersonalData, Erasure]]:
    """Export and erasure over the stores; see ``open_stores``."""
    async with open_stores(settings, data) as stores:
        queue = RedisWorkQueue(stores.redis_url, QUEUE_NAME)
        invitations = RedisInvitations(stores.redis_url)
        erasure = Erasure(stores.sessions, stores.archive, stores.blobs, (queue,), invitations)
        try:
            personal_data = PersonalData(
                stores.sessions, stores.archive, stores.audit, stores.blobs, invitations, erasure
            )
            yield personal_data, erasure
        finally:
            await queue.close()
            await invitations.close()
