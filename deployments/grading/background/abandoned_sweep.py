"""Ends abandoned interviews, so that the answers given so far are evaluated and reported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from deployments.grading.background.queued_work import QueuedWork
from interview import failures
from interview.plans.plan import PlanRef
from interview.sessions.events import AnyPayload, SessionConcluded
from interview.sessions.session import SessionState
from storage.archive.port import Archive
from storage.archive.transfer import archive_session, made_live
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey, SessionStore

logger = logging.getLogger(__name__)

#: Called once with the plan of each interview that a sweep ended.
OnExpiry = Callable[[PlanRef], None]

#: The batch name under which an interview that could not be ended is counted.
ABANDONED = "abandoned interview"


async def expire_abandoned(
    sessions: SessionStore,
    work: QueuedWork,
    within_s: float,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    on_expiry: OnExpiry | None = None,
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
            ended += await _expire(sessions, work, key, now, on_expiry)
        except Exception as error:  # noqa: BLE001 - counted; one interview's error must not stop the sweep
            reason = failures.item_failed(ABANDONED, error)
            logger.error("an abandoned interview was not ended and will be by the next sweep: error=%s", reason)
    return ended


async def expire_overdue(
    sessions: SessionStore,
    archive: Archive,
    work: QueuedWork,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    at_most: int = 200,
    on_expiry: OnExpiry | None = None,
) -> int:
    """End up to ``at_most`` interviews whose candidates paused and did not return in time, and queue their evaluation;
    returns how many were ended. An item that fails is treated as in ``expire_abandoned``.

    Raises:

        StorageUnavailable: the interviews could not be listed.
    """
    ended = 0
    for key in await archive.overdue(now(), limit=at_most):
        try:
            ended += await _expire_pause(sessions, archive, work, key, now, on_expiry)
        except Exception as error:  # noqa: BLE001 - as above
            reason = failures.item_failed(ABANDONED, error)
            logger.error("an overdue interview was not ended and will be by the next sweep: error=%s", reason)
    return ended


async def _expire_pause(
    sessions: SessionStore,
    archive: Archive,
    work: QueuedWork,
    key: SessionKey,
    now: Callable[[], datetime],
    on_expiry: OnExpiry | None,
) -> bool:
    ends = False  # whether this sweep, and not another replica's, ends it

    def decide(current: SessionState) -> Sequence[AnyPayload]:
        nonlocal ends
        ends = current.paused_by == "candidate" and current.return_by is not None and current.return_by <= now()
        if not ends or current.return_by is None:
            return ()  # returned, or ended
        reason = f"The candidate paused and did not return by {current.return_by:%Y-%m-%d %H:%M} UTC."
        return (SessionConcluded(turn=current.turn_number, by="expiry", reason=reason),)

    await made_live(sessions, archive, key)
    state = await amend(sessions, key, decide, now=now)
    await archive_session(sessions, archive, key)
    if ends and on_expiry is not None:
        on_expiry(state.plan)
    if state.status != "expired":
        return False
    await work.evaluate(key.tenant, key.interview_id)
    return True


async def _expire(
    sessions: SessionStore,
    work: QueuedWork,
    key: SessionKey,
    now: Callable[[], datetime],
    on_expiry: OnExpiry | None,
) -> bool:
    found = await sessions.load(key)
    if found is None or found.status not in ("active", "paused"):
        return False
    idle_min = (now() - found.last_updated).total_seconds() / 60
    ends = False  # as above

    def decide(current: SessionState) -> Sequence[AnyPayload]:
        nonlocal ends
        ends = current.version == found.version
        if not ends:
            return ()  # it goes on
        reason = f"The candidate gave no answer for {idle_min:.0f} minutes."
        return (SessionConcluded(turn=current.turn_number, by="expiry", reason=reason),)

    state = await amend(sessions, key, decide, now=now)
    if ends and on_expiry is not None:
        on_expiry(state.plan)
    if state.status != "expired":
        return False
    await work.evaluate(key.tenant, key.interview_id)
    return True
