"""Gives the next hint of the question, within the budget and at its cost in the grade."""

from __future__ import annotations

from deployments.agent.contract import HintRequest, StepReply
from deployments.agent.journal.reply import agent_response, done_record, encoded_reply, hints_left
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.script import scripted
from deployments.agent.steps.voiced import fallbacks_of, voiced
from deployments.agent.turn.acceptance import check_open, no_such_interview
from deployments.agent.turn.idle import check_idle
from deployments.agent.turn.runtime import Runtime
from interview.errors import Conflict, InvalidInput, NotFound
from interview.limits import MAX_KEY_CHARS
from interview.plans.plan import InterviewPlan
from interview.sessions.answered_question import check_current
from interview.sessions.events import ResponseSent, ToolCalled, ToolReturned
from interview.sessions.ids import check_interview_id
from interview.sessions.ledger import Ledger
from interview.sessions.session import AgentAction, SessionState
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import SessionKey

HINT = "hint"


class HintStep:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self, request: HintRequest, times: StageTimes) -> StepReply:
        check_interview_id(request.interview_id)
        if not 1 <= len(request.idempotency_key) <= MAX_KEY_CHARS:
            raise InvalidInput(
                f"The Idempotency-Key must have 1 to {MAX_KEY_CHARS} characters.",
                detail={"fields": {"idempotency_key": f"1 to {MAX_KEY_CHARS} characters"}},
            )
        key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)

        async def decide(loaded: Loaded) -> Amendment[tuple[bytes, bool]]:
            state, record = loaded.state, loaded.record
            if state is None:
                raise NotFound(no_such_interview(request.interview_id))
            if record is not None and record.status == "done":
                return Amendment((record.body, True))
            check_open(state)
            await check_idle(self._runtime, state, times, "ask for a hint")
            check_current(state, request.question_id, request.turn_number)
            ledger, body = await self._give(request, state, times)
            return Amendment(
                (body, False), ledger, done_record(HINT, request.idempotency_key, fingerprint="", body=body)
            )

        body, replayed = await transact(
            self._runtime.sessions(times),
            key,
            decide,
            record=(HINT, request.idempotency_key),
            on_conflict=lambda: self._runtime.ports.observer.commit_retried("hint"),
        )
        return StepReply(encoded=body, replayed=replayed, stage_ms=times.snapshot())

    async def _give(self, request: HintRequest, state: SessionState, times: StageTimes) -> tuple[Ledger, bytes]:
        plan = await self._runtime.plans.get(state)
        rung = check_hint_left(state, plan)
        asked = state.current_question
        if asked is None:
            raise Conflict("There is no open question to give a hint for.")
        question = plan.by_id[asked.question_id]
        turn = state.turn_number
        text = scripted.hint_words(question, rung, state.settings.seed, turn + rung, state.language)
        ledger = self._runtime.ledger(state)
        call_id = f"{turn}.hint.{state.hints_used + 1}"
        ledger.record(
            ToolCalled(turn=turn, call_id=call_id, tool="get_hint", arguments={"question_id": question.id}),
            ToolReturned(
                turn=turn,
                call_id=call_id,
                tool="get_hint",
                result={"rung": rung, "text": question.hints[rung].text, "cost": question.hints[rung].cost},
            ),
        )
        audio_url = None
        if request.voice:
            audio_url = await voiced(self._runtime, ledger, text, turn=turn, times=times)
        sent = ResponseSent(
            turn=turn,
            text=text,
            action=AgentAction(
                action_type="give_hint",
                reasoning=f"The candidate asked for a hint; rung {rung + 1} of {len(question.hints)}.",
                next_phase=state.current_phase,
                topic=question.skill,
            ),
            phase=state.current_phase,
            should_continue=True,
            audio_url=audio_url,
            hint=rung,
            stage_ms=times.snapshot(),
        )
        ledger.record(sent)
        response = agent_response(sent, ledger.state, plan, self._runtime.clock.now())
        body = encoded_reply(ledger.state, response, turn=turn, fallbacks=fallbacks_of(ledger), stage_ms=sent.stage_ms)
        return ledger, body


def check_hint_left(state: SessionState, plan: InterviewPlan) -> int:
    """The index of the next hint (0-based).

    Raises:

        Conflict: no open question, or no hint left for it or in the plan's budget.
    """
    asked = state.current_question
    if asked is None:
        raise Conflict("There is no open question to give a hint for.")
    if hints_left(state, plan) == 0:
        ladder = len(plan.by_id[asked.question_id].hints)
        if asked.hints >= ladder:
            sentence = "There is no further hint for this question." if ladder else "This question has no hints."
        else:
            sentence = f"The interview's {plan.hint_budget} hints are used up."
        raise Conflict(sentence, detail={"hints_used": state.hints_used, "hint_budget": plan.hint_budget})
    return asked.hints
