"""Checks that every session store makes before it commits."""

from __future__ import annotations

from collections.abc import Sequence

from interview.errors import InternalError, SessionEnded, VersionConflict
from interview.sessions.events import Event
from interview.sessions.session import SessionState
from storage.sessions.port import SessionKey


def check_commit(key: SessionKey, expected_version: int, state: SessionState, events: Sequence[Event]) -> None:
    """Raises InternalError when the commit is inconsistent: a defect of the caller, never of the client."""
    if (state.tenant, state.interview_id) != (key.tenant, key.interview_id):
        raise InternalError("A commit addressed one session and carried another.")
    if state.version != expected_version + len(events) or state.version < 1:
        raise InternalError(
            f"A commit of {len(events)} events onto version {expected_version} cannot make version {state.version}."
        )
    for offset, event in enumerate(events, start=1):
        if event.seq != expected_version + offset:
            raise InternalError(f"A commit has a gap: expected sequence {expected_version + offset}, got {event.seq}.")


def session_erased() -> SessionEnded:
    return SessionEnded("This interview was erased. Start a new one under a new id.")


def version_conflict(expected: int, found: int) -> VersionConflict:
    return VersionConflict(
        "Another request changed this session first; load it again.",
        detail={"expected_version": expected, "found_version": found},
    )
