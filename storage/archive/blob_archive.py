"""The archive: event logs and snapshots as blobs, so that replay and reports outlive the live store.

Archiving is idempotent and monotonic: the log only grows, so a longer archive replaces a shorter one and a shorter one
is ignored. The log is written before the snapshot; a reader trusts the log and re-folds when they differ.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from interview import failures
from interview.errors import InternalError, NotFound
from interview.sessions.events import Event, decode_event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from storage.blobs.layout import archived_events_path, archived_snapshot_path
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore
from storage.stored_names import encoded

logger = logging.getLogger(__name__)

#: The batch name under which a failed archiving is counted.
ARCHIVE = "archive"


class StoredSession(Struct, frozen=True):
    """A session with its whole log. ``state`` is the stored snapshot, not a fresh fold: replay compares the two."""

    state: SessionState
    events: list[Event]
    archived: bool


class Sweep(Struct, frozen=True):
    """The number of expiring sessions that were archived, and of those that failed."""

    archived: int = 0
    failed: int = 0


async def archive_session(sessions: SessionStore, blobs: BlobStore, key: SessionKey) -> bool:
    """Copy a live session to the archive; False when it is no longer live.

    Call it after conclusion, after each later event (a background grade, an override, the report), and from the sweep
    for abandoned sessions. A failure is counted (``interview.failures``).

    Raises:

        StorageUnavailable: either store is unavailable; archiving again later is safe.
    """
    try:
        return await _archive(sessions, blobs, key)
    except Exception as error:
        reason = failures.item_failed(ARCHIVE, error)
        logger.error(
            "a session was not archived: tenant=%s id=%s error=%s",
            encoded(key.tenant),
            encoded(key.interview_id),
            reason,
        )
        raise


async def _archive(sessions: SessionStore, blobs: BlobStore, key: SessionKey) -> bool:
    log = await sessions.raw_events(key)
    state = await sessions.load(key)
    if not log or state is None:
        return False
    if state.version != len(log):
        # Another commit happened between the two reads; store the log with its own fold.
        state = fold(decode_event(raw) for raw in log)
    if await _archived_length(blobs, key) > len(log):
        return True
    await blobs.put(archived_events_path(key.tenant, key.interview_id), b"\n".join(log) + b"\n")
    await blobs.put(archived_snapshot_path(key.tenant, key.interview_id), msgspec.json.encode(state))
    return True


async def archive_expiring(sessions: SessionStore, blobs: BlobStore, within_s: float) -> Sweep:
    """Archive every session that will expire within ``within_s``; run it more often than that.

    A session that cannot be archived is counted, logged and left for the next sweep; the others are archived.

    Raises:

        StorageUnavailable: the expiring sessions could not be listed.
    """
    archived = failed = 0
    for key in await sessions.expiring(within_s):
        try:
            archived += await archive_session(sessions, blobs, key)
        except Exception:  # noqa: BLE001 - counted and logged above; whatever it is, the next session is another one's
            failed += 1
    return Sweep(archived=archived, failed=failed)


async def load_session(sessions: SessionStore, blobs: BlobStore, key: SessionKey) -> StoredSession | None:
    """A session with its log, from the live store, else from the archive; None when neither has it.

    Raises:

        InternalError: the archived log is damaged.
        StorageUnavailable: a store is unavailable.
    """
    live = await sessions.events(key)
    state = await sessions.load(key)
    if live and state is not None:
        if state.version > len(live):
            live += await sessions.events(key, after=len(live), limit=state.version - len(live))
        return StoredSession(state, live[: state.version], archived=False)
    events = await _archived_events(blobs, key)
    if not events:
        return None
    return StoredSession(await _archived_state(blobs, key, events), events, archived=True)


async def load_events(sessions: SessionStore, blobs: BlobStore, key: SessionKey) -> list[Event]:
    """The event log, from the live store, else from the archive; empty when neither has it."""
    return await sessions.events(key) or await _archived_events(blobs, key)


async def load_state(sessions: SessionStore, blobs: BlobStore, key: SessionKey) -> SessionState | None:
    """The snapshot, from the live store, else from the archive; None when neither has it."""
    live = await sessions.load(key)
    if live is not None:
        return live
    found = await load_session(sessions, blobs, key)
    return found.state if found else None


async def _archived_length(blobs: BlobStore, key: SessionKey) -> int:
    return len(await _archived_lines(blobs, key))


async def _archived_lines(blobs: BlobStore, key: SessionKey) -> list[bytes]:
    try:
        raw = await blobs.get(archived_events_path(key.tenant, key.interview_id))
    except NotFound:
        return []
    return raw.splitlines()


async def _archived_events(blobs: BlobStore, key: SessionKey) -> list[Event]:
    try:
        return [decode_event(line) for line in await _archived_lines(blobs, key)]
    except msgspec.DecodeError as error:
        raise InternalError("An archived event log cannot be decoded.") from error


async def _archived_state(blobs: BlobStore, key: SessionKey, events: Sequence[Event]) -> SessionState:
    try:
        raw = await blobs.get(archived_snapshot_path(key.tenant, key.interview_id))
        state = msgspec.json.decode(raw, type=SessionState)
    except (NotFound, msgspec.DecodeError) as error:
        logger.warning("an archived snapshot is absent or of another release: error=%s", type(error).__name__)
        return fold(events)
    return state if state.version == len(events) else fold(events)
