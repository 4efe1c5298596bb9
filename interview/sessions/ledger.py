"""The uncommitted events of one change to a session, recorded and folded at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from interview.errors import InternalError
from interview.sessions.events import AnyPayload, Event
from interview.sessions.fold import apply
from interview.sessions.session import SessionState


class Ledger:
    """Events that follow ``base``, the committed state; ``state`` is ``base`` with them folded in."""

    def __init__(self, base: SessionState | None, now: Callable[[], datetime]) -> None:
        self._base_version = 0 if base is None else base.version
        self._state = base
        self._now = now
        self._events: list[Event] = []

    @property
    def state(self) -> SessionState:
        if self._state is None:
            raise InternalError("The ledger of a new session is empty.")
        return self._state

    @property
    def base_version(self) -> int:
        """The version that the commit expects in the store; 0 creates the session."""
        return self._base_version

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(self._events)

    def record(self, *payloads: AnyPayload) -> None:
        """Append events of this moment. None is older than the one before, also when the clock was set back."""
        for payload in payloads:
            if self._state is None:
                version, time = 0, self._now()
            else:
                version, time = self._state.version, max(self._now(), self._state.last_updated)
            self.restore((Event(seq=version + 1, time=time, data=payload),))

    def restore(self, events: Sequence[Event]) -> None:
        """Append events that already have a number and a time. Raises InternalError when they do not follow."""
        for event in events:
            self._state = apply(self._state, event)
            self._events.append(event)
