"""Ends an interview on request, once, and requests its evaluation."""

from __future__ import annotations

from msgspec import Struct

from deployments.agent.brief.next_question import time_left_s
from deployments.agent.contract import EndRequest, StepReply
from deployments.agent.journal.evaluation import trigger_evaluation
from deployments.agent.journal.reply import done_record, encoded_reply
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.acceptance import no_such_interview
from deployments.agent.turn.runtime import Runtime
from interview.errors import InvalidInput, NotFound
from interview.sessions.events import SessionConcluded
from interview.sessions.ids import check_interview_id
from interview.sessions.session import AgentAction, AgentResponse, SessionState
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import SessionKey

END = "end"
ENDED_BY = ("plan", "candidate", "operator", "policy", "expiry")


class Ended(Struct, frozen=True):
    """An ended interview and its reply; ``replayed`` when it had ended before."""

    state: SessionState
    body: bytes
    replayed: bool = False


class EndStep:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self, request: EndRequest, times: StageTimes) -> StepReply:
        check_interview_id(request.interview_id)
        if request.by not in ENDED_BY:
            raise InvalidInput(
                f"An interview is ended by one of {', '.join(ENDED_BY)}.", detail={"fields": {"by": "unknown"}}
            )
        key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)

        async def decide(loaded: Loaded) -> Amendment[Ended]:
            state, record = loaded.state, loaded.record
            if state is None:
                raise NotFound(no_such_interview(request.interview_id))
            if record is not None and record.status == "done":
                return Amendment(Ended(state, record.body, replayed=True))
            if state.has_ended:
                return Amendment(Ended(state, await self._body(state), replayed=True))
            ledger = self._runtime.ledger(state)
            ledger.record(SessionConcluded(turn=state.turn_number, by=request.by, reason=request.reason))
            body = await self._body(ledger.state)
            return Amendment(Ended(ledger.state, body), ledger, done_record(END, END, fingerprint="", body=body))

        ended = await transact(
            self._runtime.sessions(times),
            key,
            decide,
            record=(END, END),
            on_conflict=lambda: self._runtime.ports.observer.commit_retried("end"),
        )
        if not ended.replayed:
            self._runtime.ports.observer.session_concluded(ended.state.plan, request.by)
        if ended.state.awaits_report:
            await trigger_evaluation(self._runtime.ports, self._runtime.clock, ended.state)
        return StepReply(encoded=ended.body, replayed=ended.replayed, stage_ms=times.snapshot())

    async def _body(self, state: SessionState) -> bytes:
        plan = await self._runtime.plans.get(state)
        response = AgentResponse(
            text=plan.closing,
            action=AgentAction(
                action_type="conclude", reasoning=state.concluded_because, next_phase=state.current_phase
            ),
            should_continue=False,
            time_left_s=round(time_left_s(state, plan, self._runtime.clock.now()), 1),
        )
        return encoded_reply(state, response)
