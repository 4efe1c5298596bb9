"""Requests the final evaluation of a concluded interview, at least once."""

from __future__ import annotations

from contextlib import suppress

from deployments.agent.ports import AgentPorts, Clock
from interview.errors import InterviewError, NotFound
from interview.sessions.events import FallbackEntered
from interview.sessions.session import SessionState
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey


def needs_evaluation(state: SessionState) -> bool:
    """A concluded interview without a report: asked for again by every end, replay or report request."""
    return state.status in ("concluded", "expired") and state.report_url is None


async def trigger_evaluation(ports: AgentPorts, clock: Clock, state: SessionState) -> FallbackEntered | None:
    """Queue the evaluation; when that fails, the log says so and the next end, replay or report request asks again.

    Raises:
        StorageUnavailable, VersionConflict: the failure could not be logged either.
    """
    try:
        await ports.grading.evaluate(state.tenant, state.interview_id)
        return None
    except InterviewError as error:
        fallback = FallbackEntered(
            turn=state.turn_number,
            tier="grading",
            to="evaluation on request",
            reason=f"The final evaluation could not be queued ({error.code}); asking for the report queues it again.",
        )
    ports.observer.fallback_entered(fallback.tier, fallback.to)
    key = SessionKey(tenant=state.tenant, interview_id=state.interview_id)
    with suppress(NotFound):
        await amend(ports.sessions, key, lambda _: (fallback,), now=clock.now)
    return fallback
