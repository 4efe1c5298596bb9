"""Asks the model about an answer that may yet go on, so that its response is there when the answer ends.

The turn is assessed as if the answer ended now; no event is committed. The response travels back with the answer's
request, so that any replica can use it, and it is used only if the turn makes the same request of the model.
"""

from __future__ import annotations

import asyncio

from deployments.agent.contract import PreparedReply, ThinkAheadRequest
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.acceptance import no_such_interview
from deployments.agent.turn.assess import assess
from deployments.agent.turn.candidate_turns import reopen_earlier
from deployments.agent.turn.exchange import begin
from deployments.agent.turn.hear import transcribed
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.slow_work import SlowWork
from interview.errors import NotFound
from interview.sessions.events import AnswerReceived
from storage.sessions.port import SessionKey


async def think_ahead(runtime: Runtime, request: ThinkAheadRequest) -> PreparedReply | None:
    """Raises as ``contract.Agent.think_ahead``."""
    state = await runtime.ports.sessions.load(SessionKey(request.tenant, request.interview_id))
    if state is None:
        raise NotFound(no_such_interview(request.interview_id))
    asked = state.current_question
    if state.status != "active" or state.pending_answer is not None or asked is None:
        return None
    turn = state.turn_number + 1
    supposed = runtime.ledger(state)
    supposed.record(
        AnswerReceived(turn=turn, idempotency_key="", question_id=asked.question_id, text=None),
        transcribed(request.transcript, turn),
    )
    exchange = await begin(runtime, supposed.state, SlowWork(), StageTimes(), voice=False)
    reopen_earlier(runtime, exchange)
    brief = await assess(runtime, exchange)
    observer = runtime.ports.observer
    try:
        prepared = await runtime.decider.prepare(brief)
    except asyncio.CancelledError:
        observer.reply_prepared("abandoned", 0)
        raise
    if prepared is not None:
        observer.reply_prepared("made", prepared.tokens)
    return prepared
