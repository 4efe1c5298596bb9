"""Transfers sessions from the live store to the archive, at least once, and loads them from whichever has them.

A transfer is idempotent and monotonic: the log only grows, so a longer one replaces a shorter one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from msgspec import Struct

from interview import failures
from interview.errors import InterviewError, NotFound, TranscriptDeleted
from interview.sessions.events import Event, decode_event, encode_event
from interview.sessions.fold import fold
from interview.sessions.ledger import Ledger
from interview.sessions.session import SessionState
from storage.archive.port import Archive, ArchivedSession
from storage.sessions.amend import Amendment, Loaded, transact
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
    """The number of sessions that were archived, and of those that failed."""

    archived: int = 0
    failed: int = 0


async def archive_session(sessions: SessionStore, archive: Archive, key: SessionKey) -> bool:
    """Copy a live session to the archive; False when it is no longer live.

    Call it after the conclusion, after each later event (a background grade, an override, the report), and from the
    sweep. A failure is counted (``interview.failures``).

    Raises:

        StorageUnavailable: either store is unavailable; archiving again later is safe.
    """
    try:
        return await _archive(sessions, archive, key)
    except Exception as error:
        reason = failures.item_failed(ARCHIVE, error)
        logger.error(
            "a session was not archived: tenant=%s id=%s error=%s",
            encoded(key.tenant),
            encoded(key.interview_id),
            reason,
        )
        raise


async def _archive(sessions: SessionStore, archive: Archive, key: SessionKey) -> bool:
    log = await sessions.raw_events(key)
    state = await sessions.load(key)
    if not log or state is None:
        return False
    if state.version != len(log):
        # Another commit happened between the two reads; store the log with its own fold.
        state = fold(decode_event(raw) for raw in log)
    return await archive.put(state, log)


async def archive_sessions(sessions: SessionStore, archive: Archive, keys: Iterable[SessionKey]) -> Sweep:
    """Archive each of ``keys``. One that fails is counted, logged and left for the next sweep."""
    archived = failed = 0
    for key in dict.fromkeys(keys):
        try:
            archived += await archive_session(sessions, archive, key)
        except Exception:  # noqa: BLE001 - counted and logged above; whatever it is, the next session is another one's
            failed += 1
    return Sweep(archived=archived, failed=failed)


async def archive_recent(sessions: SessionStore, archive: Archive, every_s: float) -> Sweep:
    """Archive the sessions that committed in the last two periods, and those that expire within three.

    Run it every ``every_s``. A session whose start could not be archived is listed from then on, and an archive without
    its live store lacks at most the last two periods.

    Raises:

        StorageUnavailable: the sessions could not be listed.
    """
    keys = [*await sessions.quiet(0, 2 * every_s), *await sessions.expiring(3 * every_s)]
    return await archive_sessions(sessions, archive, keys)


async def archive_new(archive: Archive, events: Sequence[Event]) -> None:
    """Archive a session that was just started, so that it is listed and its id is used.

    A failure is counted and logged, not raised: the session is live, and the sweep archives it later.
    """
    state = fold(events)
    try:
        await archive.put(state, [encode_event(event) for event in events])
    except InterviewError as error:
        reason = failures.item_failed(ARCHIVE, error)
        logger.error("a new session was not archived and will be by the sweep: error=%s", reason)


async def load_session(sessions: SessionStore, archive: Archive, key: SessionKey) -> StoredSession | None:
    """A session with its log, from the live store, else from the archive; None when neither has it.

    Raises:

        TranscriptDeleted: only the decision is left.
        InternalError: the archived log is damaged.
        StorageUnavailable: a store is unavailable.
    """
    live = await sessions.events(key)
    state = await sessions.load(key)
    if live and state is not None:
        if state.version > len(live):
            live += await sessions.events(key, after=len(live), limit=state.version - len(live))
        return StoredSession(state, live[: state.version], archived=False)
    found = await archive.load(key)
    if found is None:
        return None
    _check_transcript(found)
    # the log is the truth: a snapshot of another length is folded anew
    state = found.state if found.state.version == len(found.events) else fold(found.events)
    return StoredSession(state, found.events, archived=True)


async def load_events(sessions: SessionStore, archive: Archive, key: SessionKey) -> list[Event]:
    """The event log, from the live store, else from the archive; empty when neither has it. Raises as above."""
    live = await sessions.events(key)
    if live:
        return live
    found = await load_session(sessions, archive, key)
    return found.events if found else []


async def load_state(sessions: SessionStore, archive: Archive, key: SessionKey) -> SessionState | None:
    """The snapshot, from the live store, else from the archive; None when neither has it.

    Without its transcript, the state has no words of the candidate.
    """
    live = await sessions.load(key)
    if live is not None:
        return live
    found = await archive.load(key)
    return found.state if found else None


async def made_live(sessions: SessionStore, archive: Archive, key: SessionKey) -> SessionState:
    """The live state; a session that has left the live store is first restored from the archive.

    Raises:

        NotFound: neither has it.
        TranscriptDeleted, InternalError, StorageUnavailable: as ``load_session``.
    """

    async def restored(loaded: Loaded) -> Amendment[SessionState]:
        if loaded.state is not None:
            return Amendment(loaded.state)
        stored = await load_session(sessions, archive, key)
        if stored is None:
            raise NotFound("There is no such interview.")
        ledger = Ledger(None, lambda: stored.state.last_updated)
        ledger.restore(stored.events)
        return Amendment(ledger.state, ledger)

    return await transact(sessions, key, restored)


def _check_transcript(found: ArchivedSession) -> None:
    if found.transcript_deleted_at is not None:
        raise TranscriptDeleted(
            f"The words of this interview were deleted on {found.transcript_deleted_at:%Y-%m-%d} under the retention "
            "policy; its grades and scores are still listed."
        )
