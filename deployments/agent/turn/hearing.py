"""A note in the store that a recording is being transcribed, so that no report is made without it.

A recording is heard before its answer is accepted, and the interview may end meanwhile. The note is an in-flight record
of a scope of its own, without events. It is written with the load of the session and removed with the commit of the
answer. The evaluation waits until then, or until the note's lease ends with its worker.
"""

from __future__ import annotations

from types import TracebackType

from deployments.agent.turn.runtime import Runtime
from storage.sessions.port import HEARING, IdempotencyRecord, SessionKey

#: Beyond the deadline of speech to text: for the commits before and after it.
_MARGIN_S = 10.0


class Hearing:
    """The note of one recording; leaving the context releases it, unless a commit already has."""

    def __init__(self, runtime: Runtime, key: SessionKey, idempotency_key: str, fingerprint: str) -> None:
        self._lasts_s = runtime.config.stt_timeout_s + _MARGIN_S
        self.note = IdempotencyRecord(
            scope=HEARING,
            key=idempotency_key,
            fingerprint=fingerprint,
            status="in_flight",
            lease_until=runtime.clock.now().timestamp() + self._lasts_s,
        )
        self.released = False
        """Whether a commit has removed the note."""
        self._leases = runtime.leases
        self._key = key

    async def __aenter__(self) -> Hearing:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.released:
            return
        await self._leases.release(self._key, self.note.scope, self.note.key, lasts_s=self._lasts_s)
