"""The lease on an answer: one worker at a time. A working worker renews it, and a failing one releases it. The lease of
a killed worker expires."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from deployments.agent.ports import Clock
from interview.errors import InterviewError
from storage.sessions.port import IdempotencyRecord, SessionKey, SessionStore

#: The idempotency scope of turns.
TURN = "turn"

GIVE_UP_WITHIN_S = 1.0
#: How often a release is tried again that the store did not answer.
RELEASE_EVERY_S = 0.25

#: A lease lasts so many periods of its renewal: two renewals in a row may be late or lost.
_PERIODS = 4

logger = logging.getLogger(__name__)


class Leases:
    """Leases of turns: written with the commit that accepts the answer, and renewed until its reply.

    Exactly-once does not depend on them: two workers on one answer waste work, because one commit wins. So a lease may
    be short, and a worker that stalls for longer than its lease, or whose clock is wrong, does no harm.
    """

    def __init__(self, sessions: SessionStore, clock: Clock, *, lease_s: float, renew_every_s: float) -> None:
        """``lease_s`` bounds the whole time that one worker keeps a turn."""
        self._sessions = sessions
        self._clock = clock
        self._renew_every_s = renew_every_s
        self.lasts_s = min(lease_s, _PERIODS * renew_every_s) if renew_every_s else lease_s
        """How long a lease lasts that is not renewed."""
        self._renewals = round((lease_s - self.lasts_s) / renew_every_s) if renew_every_s else 0
        self._releasing: set[asyncio.Task[None]] = set()

    def lease(self, idempotency_key: str, fingerprint: str) -> IdempotencyRecord:
        """A lease that begins now."""
        until = self._clock.now().timestamp() + self.lasts_s
        return IdempotencyRecord(
            scope=TURN, key=idempotency_key, fingerprint=fingerprint, status="in_flight", lease_until=until
        )

    def left_s(self, record: IdempotencyRecord) -> float:
        """How long the lease in ``record`` lasts from now; negative when it has expired."""
        return record.lease_until - self._clock.now().timestamp()

    @asynccontextmanager
    async def renewed(self, key: SessionKey, idempotency_key: str, fingerprint: str) -> AsyncIterator[None]:
        """Renew the lease during the block, for ``lease_s`` at most."""
        renewing = asyncio.create_task(self._renew(key, idempotency_key, fingerprint))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self, key: SessionKey, idempotency_key: str, fingerprint: str) -> None:
        for _ in range(self._renewals):
            await asyncio.sleep(self._renew_every_s)
            try:
                if not await self._sessions.renew(key, self.lease(idempotency_key, fingerprint)):
                    return
            except InterviewError as error:
                logger.warning("a lease could not be renewed: error=%s", error.code)

    @asynccontextmanager
    async def given_up_on_failure(self, key: SessionKey, idempotency_key: str) -> AsyncIterator[None]:
        """Release the lease when the block fails or its caller is cancelled, so that a retry can begin at once.

        Releasing another worker's lease on the same answer wastes work at most, because one commit wins.
        """
        try:
            yield
        except BaseException:
            await self.release(key, TURN, idempotency_key, lasts_s=self.lasts_s)
            raise

    async def release(self, key: SessionKey, scope: str, idempotency_key: str, *, lasts_s: float) -> None:
        """Remove an in-flight record. A store that does not answer is asked again in the background until the record,
        which lasts for ``lasts_s``, has expired anyway."""
        try:
            async with asyncio.timeout(GIVE_UP_WITHIN_S):
                await self._sessions.release(key, scope, idempotency_key)
        except (InterviewError, TimeoutError) as error:
            logger.warning("a lease could not be released yet: error=%s", type(error).__name__)
            task = asyncio.create_task(self._release_later(key, scope, idempotency_key, lasts_s))
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)

    async def _release_later(self, key: SessionKey, scope: str, idempotency_key: str, lasts_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(lasts_s):
                while True:
                    await asyncio.sleep(RELEASE_EVERY_S)
                    with suppress(InterviewError):
                        await self._sessions.release(key, scope, idempotency_key)
                        return
