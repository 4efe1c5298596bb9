"""Append events that do not come from the agent: a client's signal, a reviewer's override."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from interview.errors import VersionConflict
from interview.sessions.events import AnyPayload, Event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from serve.http.interviews.sessions import session_or_404
from storage.sessions.port import SessionKey, SessionStore

#: The events that follow from a state.
Decide = Callable[[SessionState], Sequence[AnyPayload]]

#: A live turn commits twice; losing the race more often than this means that something else is wrong.
ATTEMPTS = 8


async def append(sessions: SessionStore, key: SessionKey, decide: Decide) -> SessionState:
    """Commit the events ``decide`` makes of the current state; decided anew when another commit came between.

    Raises:
        NotFound: no such session. VersionConflict: the session changed too often. What ``decide`` raises.
    """
    for attempt in range(ATTEMPTS):
        state = await session_or_404(sessions, key)
        now = datetime.now(UTC)
        events = [
            Event(seq=number, time=now, data=payload) for number, payload in enumerate(decide(state), state.version + 1)
        ]
        after = fold(events, state)
        try:
            await sessions.commit(key, expected_version=state.version, state=after, events=events)
        except VersionConflict:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return after
    raise AssertionError("unreachable")
