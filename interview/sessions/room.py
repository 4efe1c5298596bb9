"""The most events that one interview records: its log is folded whole by a replay and a report."""

from __future__ import annotations

from interview.errors import Conflict
from interview.limits import MAX_EVENTS
from interview.sessions.session import SessionState


def check_room(state: SessionState) -> None:
    """Raises Conflict: the interview has as many events as it may have. It can still be ended."""
    if state.version >= MAX_EVENTS:
        raise Conflict(f"This interview has recorded {MAX_EVENTS} events, the most there may be; end it.")
