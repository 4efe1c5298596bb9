"""One pass over an accepted answer, from its transcript to its reply: the ledger and intermediate results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployments.agent.contract import TranscriptView
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.turn.observe import Answer
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.slow_work import SlowWork
from interview.errors import Conflict, InterviewError
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.events import (
    AnyPayload,
    FallbackEntered,
    GuardrailTripped,
    ToolCalled,
    ToolReturned,
)
from interview.sessions.ledger import Ledger
from interview.sessions.session import AskedQuestion, PendingAnswer, SessionState


@dataclass
class Exchange:
    """One pass over an accepted answer: its ledger and intermediate results."""

    plan: InterviewPlan
    pending: PendingAnswer
    asked: AskedQuestion
    question: Question
    ledger: Ledger
    work: SlowWork
    times: StageTimes
    voice: bool
    whole_answer: Answer = field(default_factory=Answer)
    went_back: bool = False
    calls: int = 0
    body: bytes = b""
    concluded_by: str = ""
    fallbacks: list[FallbackEntered] = field(default_factory=list)
    trips: list[GuardrailTripped] = field(default_factory=list)

    @property
    def not_heard(self) -> str:
        """The reason for which a recording has no transcript; empty when it has one, and for typed answers."""
        if self.pending.heard is not None:
            return self.pending.heard.failure
        return "An earlier release accepted the recording without its transcript." if self.pending.audio else ""

    @property
    def transcript(self) -> TranscriptView:
        """The candidate's words, for the reply."""
        heard = self.pending.heard
        if heard is None:
            return TranscriptView(text=self.pending.text or "")
        return TranscriptView(
            text=heard.text, confidence=heard.confidence, duration_s=heard.duration_s, engine=heard.engine
        )

    def record(self, *payloads: AnyPayload) -> None:
        self.ledger.record(*payloads)
        for payload in payloads:
            if isinstance(payload, FallbackEntered):
                self.fallbacks.append(payload)
            elif isinstance(payload, GuardrailTripped):
                self.trips.append(payload)

    def record_call(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        result: Mapping[str, Any],
        *effects: AnyPayload,
        error: InterviewError | None = None,
    ) -> None:
        """A tool call of the turn: its result, and the events of its effect."""
        self.calls += 1
        turn, call_id = self.pending.turn, f"{self.pending.turn}.{self.calls}"
        self.record(
            ToolCalled(turn=turn, call_id=call_id, tool=tool, arguments=dict(arguments)),
            ToolReturned(
                turn=turn,
                call_id=call_id,
                tool=tool,
                result=dict(result),
                error=error.to_wire() if error else None,
            ),
            *effects,
        )


async def begin(runtime: Runtime, state: SessionState, work: SlowWork, times: StageTimes, *, voice: bool) -> Exchange:
    """The exchange about the pending answer. Raises Conflict: there is none, or no open question."""
    pending, asked = state.pending_answer, state.current_question
    if pending is None or asked is None:
        raise Conflict("There is no open question to answer; reload the interview.")
    plan = await runtime.plans.get(state)
    exchange = Exchange(
        plan=plan,
        pending=pending,
        asked=asked,
        question=plan.by_id[asked.question_id],
        ledger=runtime.ledger(state),
        work=work,
        times=times,
        voice=voice,
    )
    reason = exchange.not_heard
    if reason:
        exchange.record(FallbackEntered(turn=pending.turn, tier="stt", to="asking again", reason=reason))
    return exchange
