"""A note in the store that a recording is being transcribed, so that no report is made without it.

A recording is heard before its answer is accepted, and the interview may end meanwhile. The note is an in-flight record
of a scope of its own, without events. The evaluation waits until it is released, or its lease ends with its worker.
"""

from __future__ import annotations

import logging
from types import TracebackType

from deployments.agent.turn.runtime import Runtime
from interview.errors import InterviewError
from interview.sessions.session import SessionState
from storage.sessions.port import HEARING, IdempotencyRecord, SessionKey

logger = logging.getLogger(__name__)

#: Beyond the deadline of speech to text: for the commits before and after it.
_MARGIN_S = 10.0


class Hearing:
    """The note of one recording; leaving the context releases it, if it was written."""

    def __init__(self, runtime: Runtime, key: SessionKey, idempotency_key: str) -> None:
        self._runtime = runtime
        self._key = key
        self._idempotency_key = idempotency_key
        self._begun = False

    async def begin(self, state: SessionState, fingerprint: str) -> None:
        """Note that a recording of the interview in ``state`` is being heard.

        Raises VersionConflict: the interview has changed since; load it again.
        """
        lease_s = self._runtime.config.stt_timeout_s + _MARGIN_S
        record = IdempotencyRecord(
            scope=HEARING,
            key=self._idempotency_key,
            fingerprint=fingerprint,
            status="in_flight",
            lease_until=self._runtime.clock.now().timestamp() + lease_s,
        )
        self._begun = True  # a commit whose reply is lost may have happened
        await self._runtime.ports.sessions.commit(
            self._key, expected_version=state.version, state=state, events=(), idempotency=record, snapshot=False
        )

    async def __aenter__(self) -> Hearing:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._begun:
            return
        try:
            await self._runtime.ports.sessions.release(self._key, HEARING, self._idempotency_key)
        except InterviewError as failure:
            logger.warning("a note of a recording could not be released; it will expire: error=%s", failure.code)
