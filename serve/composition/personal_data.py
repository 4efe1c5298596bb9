"""Exports and erases interviews in the stores of a data directory or of ``REDIS_URL``, with or without a platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from serve.composition.erasure import PlatformErasure
from serve.composition.local_stores import open_stores
from serve.settings import StorageSettings
from storage.erasure.erasure import Erased, Erasure
from storage.erasure.personal_data import PersonalData


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
        erasure = PlatformErasure(stores.sessions, stores.archive, stores.blobs, stores.redis_url)
        try:
            personal_data = PersonalData(
                stores.sessions, stores.archive, stores.audit, stores.blobs, erasure.invitations, erasure
            )
            yield personal_data, erasure
        finally:
            await erasure.close()
