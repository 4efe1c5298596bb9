"""Moves the archives that releases before the SQL archive wrote as blobs into the archive.

Each is ``sessions/<tenant>/<interview_id>/archive/events.jsonl`` with a ``snapshot.json`` beside it. The log is the
truth; the snapshot is ignored. The blobs are deleted once the archive has the interview and the facts of its report,
because retention does not reach them.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from msgspec import Struct

from interview import failures
from interview.errors import InternalError, NotFound
from interview.sessions.events import SessionStarted, decode_event
from interview.sessions.fold import fold
from storage.archive.port import Archive
from storage.blobs.layout import blob_archive_of, blob_archive_prefix
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey
from storage.stored_names import encoded

logger = logging.getLogger(__name__)

#: The batch name under which a failed import is counted.
IMPORT = "archive import"


class Imported(Struct, frozen=True):
    """One blob archive: ``outcome`` is ``imported``, ``erased`` (the interview was erased, or its words deleted, and so
    was the blob now), or ``failed``."""

    key: SessionKey
    outcome: str
    reason: str = ""


async def import_blob_archives(
    archive: Archive, blobs: BlobStore, then: Callable[[SessionKey], Awaitable[None]]
) -> AsyncIterator[Imported]:
    """Move every blob archive. Idempotent: what has been moved is not found again. The blobs of one that fails are left
    as they are, so that the next import finds it.

    ``then`` follows each interview that the archive has now, before its blobs are deleted; it must be idempotent.

    Raises StorageUnavailable when the blobs cannot be listed.
    """
    for path in await blobs.paths("sessions"):
        key = blob_archive_of(path)
        if key is None:
            continue
        try:
            stored = await _import(archive, blobs, key, path, then)
        except Exception as error:  # noqa: BLE001 - counted; whatever it is, the next interview is another one
            reason = failures.item_failed(IMPORT, error)
            logger.error(
                "a blob archive was not imported: tenant=%s id=%s error=%s",
                encoded(key.tenant),
                encoded(key.interview_id),
                reason,
            )
            yield Imported(key, "failed", reason)
            continue
        yield Imported(key, "imported" if stored else "erased")


async def _import(
    archive: Archive, blobs: BlobStore, key: SessionKey, path: str, then: Callable[[SessionKey], Awaitable[None]]
) -> bool:
    try:
        log = (await blobs.get(path)).splitlines()
    except NotFound:
        return await archive.load(key) is not None  # another import moved it meanwhile
    try:
        events = [decode_event(line) for line in log]
    except msgspec.DecodeError as error:
        raise InternalError("The log cannot be decoded.") from error
    first = events[0].data if events else None
    if not isinstance(first, SessionStarted) or (first.tenant, first.interview_id) != (key.tenant, key.interview_id):
        raise InternalError("The log is not of the interview that its path names.")
    stored = await archive.put(fold(events), log)
    if stored:
        await then(key)
    await blobs.delete(blob_archive_prefix(key.tenant, key.interview_id))
    return stored
