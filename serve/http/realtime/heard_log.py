"""Records in an interview's log how much of the interviewer's last utterance was heard."""

from __future__ import annotations

import asyncio
import logging

from interview.errors import InterviewError
from interview.sessions.events import ResponseHeard
from interview.sessions.hearing import heard_part, last_said
from interview.sessions.session import SessionState
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey, SessionStore

logger = logging.getLogger(__name__)


class HeardLog:
    """Records in the order of the calls. Belongs to one event loop."""

    def __init__(self, key: SessionKey, sessions: SessionStore) -> None:
        self._key = key
        self._sessions = sessions
        self._last: asyncio.Task[None] | None = None

    def note(self, whole: str, captions: str) -> None:
        """``captions`` of ``whole`` were played. Without effect once the interviewer has said something newer."""
        self._last = asyncio.create_task(self._record(self._last, whole, captions))

    async def settled(self) -> None:
        """Wait until everything that was noted is in the log: the next step of the agent reads it there."""
        if self._last is not None:
            await asyncio.wait([self._last])

    async def _record(self, before: asyncio.Task[None] | None, whole: str, captions: str) -> None:
        if before is not None:
            await asyncio.wait([before])
        heard = heard_part(whole, captions)

        def decide(state: SessionState) -> tuple[ResponseHeard, ...]:
            said = last_said(state)
            ended = state.has_ended
            if ended or said is None or said.whole != whole or said.content == heard:
                return ()
            return (ResponseHeard(turn=said.turn, text=heard),)

        try:
            await amend(self._sessions, self._key, decide)
        except InterviewError as error:
            logger.warning("the log keeps a reply whole that was interrupted: %s", error.code)
