"""Ending an interview on request: once, politely, and with its evaluation asked for."""

from __future__ import annotations

from deployments.agent.brief.next_question import time_left_s
from deployments.agent.config import AgentConfig
from deployments.agent.contract import EndRequest, StepReply
from deployments.agent.journal.evaluation import needs_evaluation, trigger_evaluation
from deployments.agent.journal.ledger import Ledger
from deployments.agent.journal.reply import done_record, turn_body
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.pins.pinned_plans import PinnedPlans
from deployments.agent.ports import AgentPorts, Clock
from deployments.agent.turn.acceptance import no_such_interview
from interview.errors import InvalidInput, NotFound, VersionConflict
from interview.sessions.events import SessionConcluded
from interview.sessions.session import AgentAction, AgentResponse, SessionState
from storage.blobs.session_layout import check_interview_id
from storage.sessions.port import SessionKey

END = "end"
ENDED_BY = ("plan", "candidate", "operator", "policy", "expiry")


class EndStep:
    def __init__(self, ports: AgentPorts, config: AgentConfig, clock: Clock, plans: PinnedPlans) -> None:
        self._ports = ports
        self._config = config
        self._clock = clock
        self._plans = plans

    async def run(self, request: EndRequest, times: StageTimes) -> StepReply:
        check_interview_id(request.interview_id)
        if request.by not in ENDED_BY:
            raise InvalidInput(
                f"An interview is ended by one of {', '.join(ENDED_BY)}.", detail={"fields": {"by": "unknown"}}
            )
        key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)
        for _ in range(self._config.commit_attempts):
            with times.stage("store"):
                state, record = await self._ports.sessions.load_with_idempotency(key, END, END)
            if state is None:
                raise NotFound(no_such_interview(request.interview_id))
            if needs_evaluation(state):
                await trigger_evaluation(self._ports, self._clock, state)
            if record is not None and record.status == "done":
                return StepReply(
                    body=record.body, http_status=record.http_status, replayed=True, stage_ms=times.snapshot()
                )
            if state.status in ("concluded", "expired"):
                return StepReply(body=await self._body(state), replayed=True, stage_ms=times.snapshot())
            ledger = Ledger(state, self._clock.now)
            ledger.record(SessionConcluded(turn=state.turn_number, by=request.by, reason=request.reason))
            body = await self._body(ledger.state)
            try:
                with times.stage("store"):
                    await self._ports.sessions.commit(
                        key,
                        expected_version=ledger.base_version,
                        state=ledger.state,
                        events=ledger.events,
                        idempotency=done_record(END, END, fingerprint="", body=body),
                    )
            except VersionConflict:
                self._ports.observer.commit_retried("end")
                continue
            self._ports.observer.session_concluded(state.plan.id, request.by)
            if needs_evaluation(ledger.state):
                await trigger_evaluation(self._ports, self._clock, ledger.state)
            return StepReply(body=body, stage_ms=times.snapshot())
        raise VersionConflict("The interview is being updated by other requests; try again shortly.", retry_after_s=1)

    async def _body(self, state: SessionState) -> bytes:
        plan = await self._plans.get(state.plan)
        response = AgentResponse(
            text=plan.closing,
            action=AgentAction(
                action_type="conclude", reasoning=state.concluded_because, next_phase=state.current_phase
            ),
            should_continue=False,
            time_left_s=round(time_left_s(state, plan, self._clock.now()), 1),
        )
        return turn_body(state, response)
