"""Ends interviews that their candidates left, so that what was answered is evaluated and reported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from deployments.grading.background.queued_work import QueuedWork
from interview import failures
from interview.sessions.events import AnyPayload, SessionConcluded
from interview.sessions.session import SessionState
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey, SessionStore

logger = logging.getLogger(__name__)

#: The batch name under which an interview that could not be ended is counted.
ABANDONED = "abandoned interview"


async def expire_abandoned(
    sessions: SessionStore,
    work: QueuedWork,
    within_s: float,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """End every running interview that would leave the live store ``within_s`` seconds from now, and queue its
    evaluation; returns how many were ended.

    An item that fails is counted, logged and left for the next sweep.

    Raises:

        StorageUnavailable: the sessions could not be listed.
    """
    ended = 0
    for key in await sessions.expiring(within_s):
        try:
            ended += await _expire(sessions, work, key, now)
        except Exception as error:  # noqa: BLE001 - counted; whatever it is, the next session is another one's
            reason = failures.item_failed(ABANDONED, error)
            logger.error("an abandoned interview was not ended and will be by the next sweep: error=%s", reason)
    return ended


async def _expire(sessions: SessionStore, work: QueuedWork, key: SessionKey, now: Callable[[], datetime]) -> bool:
    found = await sessions.load(key)
    if found is None or found.status not in ("active", "paused"):
        return False
    idle_min = (now() - found.last_updated).total_seconds() / 60

    def decide(current: SessionState) -> Sequence[AnyPayload]:
        if current.version != found.version:
            return ()  # it goes on
        reason = f"The candidate gave no answer for {idle_min:.0f} minutes."
        return (SessionConcluded(turn=current.turn_number, by="expiry", reason=reason),)

    state = await amend(sessions, key, decide, now=now)
    if state.status != "expired":
        return False
    await work.evaluate(key.tenant, key.interview_id)
    return True
