"""One pass over an accepted answer: act → decide → judge → speak → reflect. Nothing here commits.

The pass may be repeated on a newer state when its commit loses a race; ``SlowWork`` keeps what must not be paid twice.
"""

from __future__ import annotations

from deployments.agent.brief.interviewer import Decision, DecisionOutcome, TurnBrief
from deployments.agent.journal.reply import agent_response, encoded_reply
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn import turn_tools
from deployments.agent.turn.act import act
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.reflect import reflection
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.slow_work import SlowWork, Spoken
from deployments.agent.turn.speak import voice_fallback
from interview.errors import Conflict, InterviewError
from interview.plans.questions import card_of
from interview.sessions.events import (
    FallbackEntered,
    GuardrailTripped,
    PlanMade,
    ResponseSent,
    SessionConcluded,
    SessionPaused,
)
from interview.sessions.session import SessionState


class ExchangePass:
    """The steps between the two commits of a turn."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self, state: SessionState, work: SlowWork, times: StageTimes, *, voice: bool) -> Exchange:
        """The events and the reply that follow from the pending answer; nothing is committed yet."""
        exchange = await self._begun(state, work, times, voice=voice)
        brief = await act(self._runtime, exchange)
        decided = await self._decide(exchange, brief)
        await self._judge(exchange, brief, decided.decision)
        spoken = await self._speak(exchange, brief, decided.decision)
        self._reflect(exchange, brief)
        self._reply(exchange, brief, decided.decision, spoken)
        return exchange

    async def _begun(self, state: SessionState, work: SlowWork, times: StageTimes, *, voice: bool) -> Exchange:
        pending, asked = state.pending_answer, state.current_question
        if pending is None or asked is None:
            raise Conflict("There is no open question to answer; reload the interview.")
        plan = await self._runtime.plans.get(state)
        exchange = Exchange(
            plan=plan,
            pending=pending,
            asked=asked,
            question=plan.by_id[asked.question_id],
            ledger=self._runtime.ledger(state),
            work=work,
            times=times,
            voice=voice,
        )
        reason = exchange.not_heard
        if reason:
            exchange.record(FallbackEntered(turn=pending.turn, tier="stt", to="asking again", reason=reason))
        return exchange

    async def _decide(self, exchange: Exchange, brief: TurnBrief) -> DecisionOutcome:
        decided = exchange.work.decision_for(brief)
        if decided is None:
            with exchange.times.stage("llm" if self._runtime.decider.asks_model(brief) else "decide"):
                decided = await self._runtime.decider.decide(brief, exchange.work.aloud)
            exchange.work.decisions.append((brief, decided))
        decision = decided.decision
        for trip in decision.trips:
            exchange.record(GuardrailTripped.of(brief.turn, trip))
        if decided.fallback_reason:
            exchange.record(
                FallbackEntered(
                    turn=brief.turn, tier=decided.fallback_tier, to="scripted", reason=decided.fallback_reason
                )
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
        return decided

    async def _judge(self, exchange: Exchange, brief: TurnBrief, decision: Decision) -> None:
        """Hand a finished open answer to the rubric judge; before the commit, so that a crash cannot lose it."""
        leaves = decision.action.action_type in ("new_question", "conclude")
        if not (self._runtime.config.judge_open_answers and leaves and brief.answer and brief.question.is_open):
            return
        request = turn_tools.grade_request(brief.state, brief.asked, brief.question, exchange.whole_answer, brief.turn)
        if brief.question.id in exchange.work.judged:
            return
        try:
            with exchange.times.stage("judge"):
                await self._runtime.ports.grading.judge(request)
        except InterviewError as error:
            reason = f"The rubric grading could not be queued ({error.code}); the provisional grade stands."
            exchange.record(FallbackEntered(turn=brief.turn, tier="grading", to="provisional grade", reason=reason))
            return
        exchange.work.judged.add(brief.question.id)

    async def _speak(self, exchange: Exchange, brief: TurnBrief, decision: Decision) -> Spoken:
        if not exchange.voice:
            return Spoken(audio=None)
        spoken = exchange.work.speech.get(decision.text)
        if spoken is None:
            state = brief.state
            with exchange.times.stage("tts"):
                spoken = await self._runtime.speaker.speak(
                    decision.text,
                    tenant=state.tenant,
                    interview_id=state.interview_id,
                    turn=brief.turn,
                    language=state.language,
                    play=exchange.work.aloud.play if exchange.work.aloud is not None else None,
                )
            exchange.work.speech[decision.text] = spoken
        if spoken.error is not None:
            exchange.record(voice_fallback(brief.turn, spoken.error))
        return spoken

    def _reflect(self, exchange: Exchange, brief: TurnBrief) -> None:
        noted = reflection(brief)
        if noted is not None:
            exchange.record(noted)

    def _reply(self, exchange: Exchange, brief: TurnBrief, decision: Decision, spoken: Spoken) -> None:
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
            stage_ms=exchange.times.snapshot(),
        )
        exchange.record(sent)
        if decision.paused_because:
            exchange.record(SessionPaused(turn=brief.turn, reason=decision.paused_because))
        if concludes:
            exchange.concluded_by = decision.concluded_by or "plan"
            exchange.record(
                SessionConcluded(turn=brief.turn, by=exchange.concluded_by, reason=decision.action.reasoning)
            )
        state = exchange.ledger.state
        exchange.body = encoded_reply(
            state,
            agent_response(sent, state, exchange.plan, self._runtime.clock.now()),
            turn=brief.turn,
            transcript=exchange.transcript,
            grade=exchange.grade,
            fallbacks=tuple(exchange.fallbacks),
            stage_ms=sent.stage_ms,
        )
