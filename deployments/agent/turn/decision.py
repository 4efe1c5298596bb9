"""Step 4 of a turn, decide: the recorded decision, made once even if the pass is repeated."""

from __future__ import annotations

from deployments.agent.brief.interviewer import AHEAD, Decision, TurnBrief
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.runtime import Runtime
from interview.sessions.events import FallbackEntered, GuardrailTripped, PlanMade


async def decide(runtime: Runtime, exchange: Exchange, brief: TurnBrief) -> Decision:
    """The interviewer's decision, new or reused, with tripped rules and the fallback's reason."""
    decided = exchange.work.decision_for(brief)
    if decided is None:
        with exchange.times.stage("llm" if runtime.decider.asks_model(brief) else "decide"):
            decided = await runtime.decider.decide(brief, exchange.work.heard_so_far)
        exchange.work.decisions.append((brief, decided))
        if brief.prepared is not None:
            used = AHEAD in decided.decision.output
            runtime.ports.observer.reply_prepared("used" if used else "stale", brief.prepared.tokens)
    decision = decided.decision
    for trip in decision.trips:
        exchange.record(GuardrailTripped.of(brief.turn, trip))
    if decided.fallback_reason:
        exchange.record(
            FallbackEntered(turn=brief.turn, tier=decided.fallback_tier, to="scripted", reason=decided.fallback_reason)
        )
    exchange.record(
        PlanMade(
            turn=brief.turn,
            action=decision.action,
            source=decision.source,
            observation=decision.observation or brief.observation.heard,
            question_id=decision.question.id if decision.question else brief.asked.question_id,
            rationale=brief.next_step.rationale,
            prompt=decision.prompt,
            output=decision.output,
        )
    )
    return decision
