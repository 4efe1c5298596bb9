"""Imports blob archives into the archive of a data directory, and gives the list the facts of their reports."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from deployments.grading.reports.stored_report import keep_report
from interview.errors import InterviewError, StorageUnavailable
from serve.composition.local_stores import open_stores
from serve.settings import StorageSettings
from storage.archive.blob_import import Imported, import_blob_archives
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)


async def import_archives(settings: StorageSettings, data: Path) -> list[Imported]:
    """Import every blob archive, each with the facts of its report before its blobs are deleted.

    A report that cannot be made again (its plan is gone) leaves its list row without a score. Any other failure counts
    the interview as failed, and the next import takes it again.
    """
    async with open_stores(settings, data) as stores:

        async def report(key: SessionKey) -> None:
            try:
                await keep_report(stores.sessions, stores.archive, stores.blobs, key, now=datetime.now(UTC))
            except StorageUnavailable:
                raise
            except InterviewError as error:
                logger.warning("an imported interview has no report: error=%s", error.code)

        return [one async for one in import_blob_archives(stores.archive, stores.blobs, report)]
