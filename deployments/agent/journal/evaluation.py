"""Requests the final evaluation of a concluded interview, at least once."""

from __future__ import annotations

from contextlib import suppress

from deployments.agent.ports import AgentPorts, Clock
from interview.errors import InterviewError, NotFound
from interview.sessions.events import FallbackEntered
from interview.sessions.session import SessionState
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey


async def trigger_evaluation(ports: AgentPorts, clock: Clock, state: SessionState) -> FallbackEntered | None:
    """Queue the evaluation; a failure is recorded in the event log.

    The next end or replay retries, and so does the sweep of the grading worker (``evaluation_sweep.py``).

    Raises:

        StorageUnavailable, VersionConflict: the failure could not be recorded either.
    """
    try:
        await ports.grading.evaluate(state.tenant, state.interview_id)
        return None
    except InterviewError as error:
        fallback = FallbackEntered(
            turn=state.turn_number,
            tier="grading",
            to="evaluation by the sweep",
            reason=f"The final evaluation could not be queued ({error.code}); the grading worker's sweep queues it.",
        )
    ports.observer.fallback_entered(fallback.tier, fallback.to)
    key = SessionKey(tenant=state.tenant, interview_id=state.interview_id)
    with suppress(NotFound):
        await amend(ports.sessions, key, lambda _: (fallback,), now=clock.now)
    return fallback
