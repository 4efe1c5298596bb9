"""Handing a concluded interview to its final evaluation, so that it is asked for at least once whatever fails."""

from __future__ import annotations

from deployments.agent.journal.ledger import Ledger
from deployments.agent.ports import AgentPorts, Clock
from interview.errors import InterviewError, VersionConflict
from interview.sessions.events import FallbackEntered
from interview.sessions.session import SessionState
from storage.sessions.port import SessionKey


def needs_evaluation(state: SessionState) -> bool:
    """A concluded interview without a report: asked for again by every end, replay or report request."""
    return state.status in ("concluded", "expired") and state.report_url is None


async def trigger_evaluation(
    ports: AgentPorts, clock: Clock, state: SessionState, *, attempts: int = 4
) -> FallbackEntered | None:
    """Queue the evaluation; when that fails, the log says so and the next end, replay or report request asks again.

    Raises:
        StorageUnavailable: the failure could not be logged either.
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
    for _ in range(attempts):
        current = await ports.sessions.load(key)
        if current is None:
            break
        ledger = Ledger(current, clock.now)
        ledger.record(fallback)
        try:
            await ports.sessions.commit(
                key, expected_version=ledger.base_version, state=ledger.state, events=ledger.events
            )
            break
        except VersionConflict:
            continue
    return fallback
