"""The candidate's pause: the clock stops, and on the return the open question is asked again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from deployments.agent.brief.next_question import time_left_s
from deployments.agent.contract import PauseRequest, ResumeRequest, StepReply
from deployments.agent.journal.reply import agent_response, current_card, encoded_reply, hints_left
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.script import phrases, scripted
from deployments.agent.steps.voiced import fallbacks_of, voiced
from deployments.agent.turn.acceptance import check_open, no_such_interview
from deployments.agent.turn.idle import check_idle
from deployments.agent.turn.runtime import Runtime
from interview.errors import Conflict, NotFound, SessionEnded
from interview.languages.language import language_of
from interview.plans.plan import InterviewPlan
from interview.sessions.answered_question import check_current
from interview.sessions.events import ResponseSent, SessionPaused, SessionResumed
from interview.sessions.ids import check_interview_id
from interview.sessions.ledger import Ledger
from interview.sessions.session import AgentAction, AgentResponse, SessionState
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import SessionKey

#: Of the store's own limit: a pause ends before the store forgets the interview.
_SHARE_OF_STORE_LIFE = 0.99

#: A reply, and whether it was given before.
_Reply = tuple[bytes, bool]
_Decision = Callable[[SessionState, InterviewPlan], Awaitable[Amendment[_Reply]]]


class PauseStep:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self, request: PauseRequest, times: StageTimes) -> StepReply:
        async def decide(state: SessionState, plan: InterviewPlan) -> Amendment[_Reply]:
            if _is_away(state):
                return Amendment((self._told(state, plan), True))
            check_open(state)
            await check_idle(self._runtime, state, times, "pause")
            check_current(state, request.question_id, request.turn_number)
            ledger = self._runtime.ledger(state)
            ledger.record(self._paused(state, plan))
            return Amendment((self._told(ledger.state, plan), False), ledger)

        return await _transacted(self._runtime, "pause", request, times, decide)

    def _paused(self, state: SessionState, plan: InterviewPlan) -> SessionPaused:
        """Raises Conflict: the plan has no pauses, or no more of them."""
        allowed = plan.pauses.at_most
        if state.pauses >= allowed:
            sentence = f"This interview's {allowed} pauses are used up." if allowed else "This interview has no pauses."
            raise Conflict(sentence, detail={"pauses": state.pauses, "pauses_at_most": allowed})
        kept_s = self._runtime.ports.sessions.paused_ttl_s * _SHARE_OF_STORE_LIFE
        lasts = min(timedelta(days=plan.pauses.days), timedelta(seconds=kept_s))
        return SessionPaused(
            turn=state.turn_number,
            reason="The candidate paused, to return another day.",
            by="candidate",
            return_by=self._runtime.clock.now() + lasts,
        )

    def _told(self, state: SessionState, plan: InterviewPlan) -> bytes:
        words = language_of(state.language).script.until_later
        response = AgentResponse(
            text=phrases.pick(words, state.settings.seed, state.pauses),
            action=AgentAction(
                action_type="clarify", reasoning="The candidate paused.", next_phase=state.current_phase
            ),
            should_continue=False,
            question=current_card(state, plan),
            hints_left=hints_left(state, plan),
            time_left_s=round(time_left_s(state, plan, self._runtime.clock.now()), 1),
        )
        return encoded_reply(state, response)


class ResumeStep:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self, request: ResumeRequest, times: StageTimes) -> StepReply:
        async def decide(state: SessionState, plan: InterviewPlan) -> Amendment[_Reply]:
            if _is_away(state):
                self._check_in_time(state)
                ledger = self._runtime.ledger(state)
                ledger.record(SessionResumed(turn=state.turn_number, reason="The candidate returned."))
                return Amendment((await self._asked_again(ledger, plan, request, times), False), ledger)
            check_open(state)
            return Amendment((self._standing(state, plan), True))

        return await _transacted(self._runtime, "resume", request, times, decide)

    def _check_in_time(self, state: SessionState) -> None:
        """Raises SessionEnded: the time to return is over, whether or not the grading worker has ended it yet."""
        if state.return_by is not None and state.return_by <= self._runtime.clock.now():
            raise SessionEnded(
                f"The time to return was over at {state.return_by:%Y-%m-%d %H:%M} UTC; this interview ends now.",
                detail={"return_by": state.return_by.isoformat()},
            )

    async def _asked_again(
        self, ledger: Ledger, plan: InterviewPlan, request: ResumeRequest, times: StageTimes
    ) -> bytes:
        state = ledger.state
        turn, asked = state.turn_number, state.current_question
        welcome = phrases.pick(language_of(state.language).script.welcome_back, state.settings.seed, state.pauses)
        prompt = scripted.standing_prompt(state, plan.by_id[asked.question_id], asked) if asked else ""
        text = phrases.joined(welcome, prompt)
        audio_url = await voiced(self._runtime, ledger, text, turn=turn, times=times) if request.voice else None
        sent = ResponseSent(
            turn=turn,
            text=text,
            action=AgentAction(
                action_type="clarify",
                reasoning="The candidate returned from a pause; the open question is asked again.",
                next_phase=state.current_phase,
            ),
            phase=state.current_phase,
            should_continue=True,
            audio_url=audio_url,
            stage_ms=times.snapshot(),
            returned=state.pauses,
        )
        ledger.record(sent)
        response = agent_response(sent, ledger.state, plan, self._runtime.clock.now())
        return encoded_reply(ledger.state, response, fallbacks=fallbacks_of(ledger), stage_ms=sent.stage_ms)

    def _standing(self, state: SessionState, plan: InterviewPlan) -> bytes:
        """What the interviewer said last, for a reply that was lost."""
        said = [turn for turn in state.conversation_history if turn.role == "interviewer"]
        response = AgentResponse(
            text=said[-1].whole if said else "",
            action=AgentAction(action_type="clarify", reasoning="It runs.", next_phase=state.current_phase),
            should_continue=True,
            audio_url=said[-1].audio_url if said else None,
            question=current_card(state, plan),
            hints_left=hints_left(state, plan),
            time_left_s=round(time_left_s(state, plan, self._runtime.clock.now()), 1),
        )
        return encoded_reply(state, response)


def _is_away(state: SessionState) -> bool:
    return state.status == "paused" and state.paused_by == "candidate"


async def _transacted(
    runtime: Runtime, step: str, request: PauseRequest | ResumeRequest, times: StageTimes, decide: _Decision
) -> StepReply:
    check_interview_id(request.interview_id)

    async def decided(loaded: Loaded) -> Amendment[_Reply]:
        if loaded.state is None:
            raise NotFound(no_such_interview(request.interview_id))
        return await decide(loaded.state, await runtime.plans.get(loaded.state))

    body, replayed = await transact(
        runtime.sessions(times),
        SessionKey(request.tenant, request.interview_id),
        decided,
        on_conflict=lambda: runtime.ports.observer.commit_retried(step),
    )
    return StepReply(encoded=body, replayed=replayed, stage_ms=times.snapshot())
