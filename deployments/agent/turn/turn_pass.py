"""One pass over an accepted answer: observe → act → decide and speak → reflect. Nothing here commits.

The pass may be repeated on a newer state when its commit loses a race; ``SlowWork`` keeps what must not be paid twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from deployments.agent.brief.interviewer import Decision, DecisionOutcome, Observation, TurnBrief
from deployments.agent.brief.next_question import next_step, time_left_s
from deployments.agent.config import AgentConfig
from deployments.agent.contract import TranscriptView
from deployments.agent.journal.reply import agent_response, hints_left, turn_body
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.pins.pinned_plans import PinnedPlans
from deployments.agent.ports import AgentPorts, Clock
from deployments.agent.turn import observe, turn_tools
from deployments.agent.turn.decide import Decider
from deployments.agent.turn.probing import probe_for
from deployments.agent.turn.reflect import reflection
from deployments.agent.turn.slow_work import SlowWork, Spoken
from deployments.agent.turn.speak import Speaker, voice_fallback
from interview.errors import Conflict, InterviewError, UnsupportedRequest
from interview.grades import Grade
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question, card_of
from interview.sessions.events import (
    AnyPayload,
    FallbackEntered,
    GradeRecorded,
    GuardrailTripped,
    PlanMade,
    ResponseSent,
    SessionConcluded,
    SessionPaused,
)
from interview.sessions.ledger import Ledger
from interview.sessions.session import ActionType, AskedQuestion, PendingAnswer, SessionState
from interview.text.experience_claims import RESUME_YEARS
from storage.blobs.layout import path_of_url


@dataclass
class Exchange:
    """One pass over an accepted answer: its ledger and what has been found so far."""

    plan: InterviewPlan
    pending: PendingAnswer
    asked: AskedQuestion
    question: Question
    ledger: Ledger
    work: SlowWork
    times: StageTimes
    voice: bool
    transcript: TranscriptView | None = None
    grade: GradeRecorded | None = None
    body: bytes = b""
    concluded_by: str = ""
    fallbacks: list[FallbackEntered] = field(default_factory=list)
    trips: list[GuardrailTripped] = field(default_factory=list)

    @property
    def turn(self) -> int:
        return self.pending.turn

    def record(self, *payloads: AnyPayload) -> None:
        self.ledger.record(*payloads)
        for payload in payloads:
            if isinstance(payload, FallbackEntered):
                self.fallbacks.append(payload)
            elif isinstance(payload, GuardrailTripped):
                self.trips.append(payload)
            elif isinstance(payload, GradeRecorded):
                self.grade = payload


class ExchangePass:
    """The steps between the two commits of a turn."""

    def __init__(
        self,
        ports: AgentPorts,
        config: AgentConfig,
        clock: Clock,
        plans: PinnedPlans,
        decider: Decider,
        speaker: Speaker,
    ) -> None:
        self._ports = ports
        self._config = config
        self._clock = clock
        self._plans = plans
        self._decider = decider
        self._speaker = speaker

    async def run(
        self, state: SessionState, work: SlowWork, times: StageTimes, *, voice: bool, without_stt: bool
    ) -> Exchange:
        """The events and the reply that follow from the pending answer; nothing is committed yet."""
        pending, asked = state.pending_answer, state.current_question
        if pending is None or asked is None:
            raise Conflict("There is no open question to answer; reload the interview.")
        plan = await self._plans.get(state.plan)
        exchange = Exchange(
            plan=plan,
            pending=pending,
            asked=asked,
            question=plan.by_id[asked.question_id],
            ledger=Ledger(state, self._clock.now),
            work=work,
            times=times,
            voice=voice,
        )
        observation = await self._observe(exchange, without_stt=without_stt)
        brief = await self._act(exchange, observation)
        decided = await self._decide(exchange, brief)
        spoken = await self._speak(exchange, brief, decided.decision)
        self._reflect_and_reply(exchange, brief, decided.decision, spoken)
        return exchange

    async def _observe(self, exchange: Exchange, *, without_stt: bool) -> Observation:
        pending, work = exchange.pending, exchange.work
        if pending.text is not None:
            exchange.transcript = TranscriptView(text=pending.text)
            return observe.observed(pending.text, None, config=self._config)
        state = exchange.ledger.state
        if work.transcript is None:
            if self._ports.stt is None:
                raise UnsupportedRequest("Speech recognition is not installed here; please type the answer.")
            audio = await self._recording(exchange, state)
            content_type = pending.audio.content_type if pending.audio else ""
            request = observe.transcription_request(audio, content_type, state, exchange.plan)
            with exchange.times.stage("stt"):
                try:
                    work.transcript = await observe.transcribe(self._ports.stt, request)
                except InterviewError as error:
                    # Worth another try, unless the candidate gave up on speech; what would fail for ever asks again.
                    if error.retryable and not without_stt:
                        raise
                    work.transcript = observe.nothing_heard(request, error)
                    work.stt_error = error
        transcript = work.transcript
        if work.stt_error is not None:
            exchange.record(observe.stt_fallback(pending.turn, work.stt_error))
        event = observe.transcribed_event(pending.turn, transcript)
        exchange.record(event)
        exchange.transcript = TranscriptView(
            text=event.text, confidence=event.confidence, duration_s=event.duration_s, engine=event.engine
        )
        return observe.observed(transcript.text, transcript.confidence, config=self._config)

    async def _recording(self, exchange: Exchange, state: SessionState) -> bytes:
        if exchange.work.audio_bytes is None:
            if exchange.pending.audio is None:
                raise Conflict("The pending answer holds neither text nor audio.")
            path = path_of_url(state.tenant, state.interview_id, exchange.pending.audio.url)
            with exchange.times.stage("blob"):
                exchange.work.audio_bytes = await self._ports.blobs.get(path)
        return exchange.work.audio_bytes

    async def _act(self, exchange: Exchange, observation: Observation) -> TurnBrief:
        """Run the turn's tools; what they found is all that the decision may rest on."""
        plan, asked, question, config = exchange.plan, exchange.asked, exchange.question, self._config
        state = exchange.ledger.state
        hint_open = hints_left(state, plan) > 0
        earlier, _ = observe.answer_so_far(state, asked, earlier_only=True, config=config)
        observation = observe.settled(
            observation, asked, plan, answered=bool(earlier), hint_open=hint_open, config=config
        )
        answer, confidence = earlier, None
        if observation.heard == "answer":
            answer, confidence = observe.answer_so_far(state, asked, config=config)
        log = turn_tools.ToolLog(exchange, exchange.turn)
        grade = await self._grade(exchange, log, observation, answer, confidence)
        probe = probe_for(
            question,
            asked,
            answer if observation.heard == "answer" else "",
            grade,
            resume_years=state.settings.get(RESUME_YEARS, {}),
            language=state.language,
            config=config,
        )
        turn_tools.record_outcome(log, asked, observation, grade, probe.because)
        now = self._clock.now()
        step = next_step(exchange.ledger.state, plan, now)
        turn_tools.record_next_step(log, step)
        return TurnBrief(
            state=exchange.ledger.state,
            plan=plan,
            turn=exchange.turn,
            now=now,
            observation=observation,
            asked=asked,
            question=question,
            answer=answer,
            grade=grade,
            next_step=step,
            open_actions=_open_actions(
                observation,
                has_next=step.question is not None,
                may_follow_up=bool(probe.question) and asked.follow_ups < plan.max_follow_ups and not step.by_budget,
                hint_open=hint_open,
            ),
            seed=int(state.settings.get("seed", 0)),
            time_left_s=time_left_s(state, plan, now),
            follow_up=probe.question,
            probe_because=probe.because,
        )

    async def _grade(
        self,
        exchange: Exchange,
        log: turn_tools.ToolLog,
        observation: Observation,
        answer: str,
        confidence: float | None,
    ) -> Grade | None:
        """Grade the whole answer so far; a question passed over with nothing said gets its grade, too."""
        question = exchange.question
        if not turn_tools.is_graded(question):
            return None
        state = exchange.ledger.state
        request = turn_tools.grade_request(state, exchange.asked, question, answer, confidence, exchange.turn)
        if observation.heard == "skip" and not answer:
            grade = turn_tools.passed_over()
            turn_tools.record_grade(log, request, grade, None)
            turn_tools.record_ability(log, exchange.ledger.state, exchange.plan, question, exchange.turn)
            return grade
        if observation.heard != "answer":
            return None
        known = exchange.work.grade_for(request)
        if known is None:
            with exchange.times.stage("grade"):
                known = await turn_tools.graded(self._ports.grading, request)
            exchange.work.grades.append((request, *known))
        turn_tools.record_grade(log, request, *known)
        if known[1] is None:
            turn_tools.record_ability(log, exchange.ledger.state, exchange.plan, question, exchange.turn)
        return known[0]

    async def _decide(self, exchange: Exchange, brief: TurnBrief) -> DecisionOutcome:
        decided = exchange.work.decision_for(brief)
        if decided is None:
            with exchange.times.stage("llm" if self._decider.asks_model(brief) else "decide"):
                decided = await self._decider.decide(brief, exchange.work.aloud)
            exchange.work.decisions.append((brief, decided))
        decision = decided.decision
        for trip in decision.trips:
            exchange.record(GuardrailTripped(turn=brief.turn, rule=trip.rule, action=trip.action, detail=trip.detail))
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

    async def _speak(self, exchange: Exchange, brief: TurnBrief, decision: Decision) -> Spoken:
        await self._queue_judge(exchange, brief, decision)
        if not exchange.voice:
            return Spoken(audio=None)
        spoken = exchange.work.speech.get(decision.text)
        if spoken is None:
            state = brief.state
            with exchange.times.stage("tts"):
                spoken = await self._speaker.speak(
                    decision.text,
                    tenant=state.tenant,
                    interview_id=state.interview_id,
                    turn=brief.turn,
                    language=state.language,
                )
            exchange.work.speech[decision.text] = spoken
        if spoken.error is not None:
            exchange.record(voice_fallback(brief.turn, spoken.error))
        return spoken

    async def _queue_judge(self, exchange: Exchange, brief: TurnBrief, decision: Decision) -> None:
        """Hand a finished open answer to the rubric judge; before the commit, so that a crash cannot lose it."""
        leaves = decision.action.action_type in ("new_question", "conclude")
        if not (self._config.judge_open_answers and leaves and brief.answer and brief.question.is_open):
            return
        answer, confidence = observe.answer_so_far(brief.state, brief.asked, config=self._config)
        request = turn_tools.grade_request(brief.state, brief.asked, brief.question, answer, confidence, brief.turn)
        if brief.question.id in exchange.work.judged:
            return
        try:
            with exchange.times.stage("judge"):
                await self._ports.grading.judge(request)
        except InterviewError as error:
            reason = f"The rubric grading could not be queued ({error.code}); the provisional grade stands."
            exchange.record(FallbackEntered(turn=brief.turn, tier="grading", to="provisional grade", reason=reason))
            return
        exchange.work.judged.add(brief.question.id)

    def _reflect_and_reply(self, exchange: Exchange, brief: TurnBrief, decision: Decision, spoken: Spoken) -> None:
        noted = reflection(brief)
        if noted is not None:
            exchange.record(noted)
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
        exchange.body = turn_body(
            state,
            agent_response(sent, state, exchange.plan, self._clock.now()),
            turn=brief.turn,
            transcript=exchange.transcript,
            grade=exchange.grade,
            fallbacks=tuple(exchange.fallbacks),
            stage_ms=sent.stage_ms,
        )


def _open_actions(
    observation: Observation, *, has_next: bool, may_follow_up: bool, hint_open: bool
) -> frozenset[ActionType]:
    """What the rules allow now; ``observe.settled`` has bounded the asking again before."""
    actions: set[ActionType] = {"clarify"}
    if may_follow_up and observation.heard == "answer":
        actions.add("ask_followup")
    if hint_open:
        actions.add("give_hint")
    if has_next:
        actions.add("new_question")
    if not has_next or observation.heard == "end":
        actions.add("conclude")
    return frozenset(actions)
