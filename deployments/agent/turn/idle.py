"""Whether a step that would change the open question may run: not while an answer to it is processed."""

from __future__ import annotations

from deployments.agent.journal.lease import TURN
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.runtime import Runtime
from interview.errors import TurnInFlight
from interview.sessions.session import SessionState
from storage.sessions.port import SessionKey


async def check_idle(runtime: Runtime, state: SessionState, times: StageTimes, then: str) -> None:
    """Raises TurnInFlight while an answer is processed; ``then`` says what the candidate may do after the reply.

    A dead worker's answer does not count: its lease has expired. After a failed worker the answer's retry has as long
    to arrive.
    """
    pending = state.pending_answer
    if pending is None:
        return
    key = SessionKey(state.tenant, state.interview_id)
    _, record = await runtime.sessions(times).load_with_idempotency(key, TURN, pending.idempotency_key)
    leases = runtime.leases
    left_s = leases.lasts_s - (runtime.clock.now() - pending.received_at).total_seconds()
    if record is not None:
        left_s = max(left_s, leases.left_s(record))
    if left_s > 0:
        raise TurnInFlight(f"Your answer is being processed; {then} after the reply.", retry_after_s=min(left_s, 2.0))
