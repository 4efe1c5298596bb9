"""Step 4, decide: ask the interviewer within its deadline, check what it says, or let the script speak."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from deployments.agent import scripted
from deployments.agent.config import AgentConfig
from deployments.agent.interviewer import Decision, GuardrailTrip, Interviewer, SpeechPolicy, TurnBrief
from deployments.agent.slow_work import Decided
from interview.errors import InterviewError

#: Procedure, not conversation: the same for every candidate, so no model is asked.
PROCEDURAL = frozenset({"repeat", "wait", "hint", "skip", "unsure", "done", "end"})


class Decider:
    def __init__(self, config: AgentConfig, *, model: Interviewer | None, policy: SpeechPolicy | None) -> None:
        self._model = None if config.interviewer == "scripted" else model
        self._policy = policy
        self._deadline_s = config.decide_deadline_s

    def asks_model(self, brief: TurnBrief) -> bool:
        return self._model is not None and brief.observation.heard not in PROCEDURAL

    async def decide(self, brief: TurnBrief) -> Decided:
        """What to say. Never raises for a model's failure: the script decides then, and the result says so."""
        if self._model is None or brief.observation.heard in PROCEDURAL:
            return Decided(scripted.decide(brief))
        try:
            async with asyncio.timeout(self._deadline_s):
                decision = await self._model.decide(brief)
        except TimeoutError:
            reason = f"deadline-exceeded: no decision within {self._deadline_s:g} s"
            return Decided(scripted.decide(brief), fallback_reason=reason)
        except InterviewError as error:
            return Decided(scripted.decide(brief), fallback_reason=f"{error.code}: {error.message}")
        return self._checked(brief, decision)

    def _checked(self, brief: TurnBrief, decision: Decision) -> Decided:
        problem = misstep(brief, decision)
        if problem:
            trip = GuardrailTrip(rule="plan", action="scripted", detail=problem)
            return self._scripted(brief, (*decision.trips, trip), f"off plan: {problem}")
        if self._policy is None:
            return Decided(decision)
        allowed, trips = self._policy.review(brief, decision)
        if allowed is None:
            rules = ", ".join(trip.rule for trip in trips)
            return self._scripted(brief, (*decision.trips, *trips), f"off policy: {rules}")
        return Decided(_with_trips(allowed, (*decision.trips, *trips)))

    def _scripted(self, brief: TurnBrief, trips: tuple[GuardrailTrip, ...], reason: str) -> Decided:
        return Decided(_with_trips(scripted.decide(brief), trips), fallback_reason=reason)


def misstep(brief: TurnBrief, decision: Decision) -> str:
    """What is wrong with a decision by the plan's rules, whoever made it; ``""`` when nothing is. Pure."""
    action = decision.action.action_type
    if action not in brief.open_actions:
        return f"the action {action} is not open now"
    if not decision.text.strip():
        return "there is nothing to say"
    if action == "new_question":
        wanted = brief.next_step.question
        if decision.question is None or wanted is None or decision.question.id != wanted.id:
            return "another question than the plan's next"
        if wanted.prompt not in decision.text:
            return "the question is not asked word for word"
    elif decision.question is not None:
        return f"a new question with the action {action}"
    if action == "give_hint" and decision.hint != brief.asked.hints:
        return "not the next rung of the hint ladder"
    return ""


def _with_trips(decision: Decision, trips: tuple[GuardrailTrip, ...]) -> Decision:
    if trips == decision.trips:
        return decision
    return replace(decision, trips=trips)
