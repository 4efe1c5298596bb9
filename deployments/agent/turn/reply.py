"""Step 8 of a turn, reply: records the response and encodes it."""

from __future__ import annotations

from deployments.agent.brief.interviewer import Decision, TurnBrief
from deployments.agent.journal.reply import agent_response, encoded_reply
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.follow_up_words import follow_up_words
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.slow_work import Spoken
from interview.plans.questions import card_of
from interview.sessions.events import ResponseSent, SessionConcluded, SessionPaused


def reply(runtime: Runtime, exchange: Exchange, brief: TurnBrief, decision: Decision, spoken: Spoken) -> None:
    """Record the response and its consequences, and encode the reply."""
    concludes = decision.action.action_type == "conclude"
    sent = ResponseSent(
        turn=brief.turn,
        text=decision.text,
        action=decision.action,
        phase=decision.action.next_phase,
        should_continue=not concludes,
        audio_url=spoken.audio.url if spoken.audio else None,
        question=card_of(decision.question) if decision.question else None,
        core=decision.core,
        hint=decision.hint,
        skipped=decision.skipped,
        form_asked=decision.form_asked,
        follow_up=follow_up_words(decision, brief.follow_up),
        stage_ms=exchange.times.snapshot(),
    )
    exchange.record(sent)
    if decision.paused_because:
        exchange.record(SessionPaused(turn=brief.turn, reason=decision.paused_because))
    if concludes:
        exchange.concluded_by = decision.concluded_by or "plan"
        exchange.record(SessionConcluded(turn=brief.turn, by=exchange.concluded_by, reason=decision.action.reasoning))
    state = exchange.ledger.state
    exchange.body = encoded_reply(
        state,
        agent_response(sent, state, exchange.plan, runtime.clock.now()),
        turn=brief.turn,
        transcript=exchange.transcript,
        fallbacks=tuple(exchange.fallbacks),
        stage_ms=sent.stage_ms,
    )
