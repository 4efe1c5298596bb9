"""Step 4's interviewer call: within a deadline and checked, with the script as fallback."""

from __future__ import annotations

import asyncio
from functools import partial

from msgspec.structs import replace as with_fields

from deployments.agent.brief.interviewer import (
    Decision,
    DecisionOutcome,
    Interviewer,
    Overheard,
    Policy,
    Ruling,
    ThinksAhead,
    TurnBrief,
)
from deployments.agent.config import AgentConfig
from deployments.agent.contract import PreparedReply
from deployments.agent.model.answer import own_words, replying, taking_up
from deployments.agent.script import scripted
from deployments.agent.streaming.heard_so_far import HeardSoFar
from deployments.agent.streaming.partial_decision import PartialDecision, after
from interview.errors import InterviewError
from interview.plans.plan import InterviewPlan
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import SessionState
from interview.text.visible_text import refers_to

#: The verdict without policies.
ALLOWED = Ruling()

#: Procedural requests: handled alike for every candidate, so no model is called.
PROCEDURAL = frozenset(
    {"repeat", "wait", "hint", "skip", "unsure", "done", "end", "question", "afterthought", "unformed"}
)


class Decider:
    def __init__(
        self,
        config: AgentConfig,
        *,
        model: Interviewer | None,
        policy: Policy | None,
        ahead: ThinksAhead | None = None,
    ) -> None:
        self._model = None if config.interviewer == "scripted" else model
        self._policy = policy
        self._ahead = ahead
        self._deadline_s = config.decide_deadline_s

    def asks_model(self, brief: TurnBrief) -> bool:
        due = brief.probe_for_all and "ask_followup" in brief.open_actions
        keyed = brief.question.answer_mode != "spoken" and brief.observation.heard == "answer"
        return self._model is not None and not (
            due
            or keyed
            or brief.observation.heard in PROCEDURAL
            or brief.observation.questions
            or brief.observation.is_foreign
        )

    async def prepare(self, brief: TurnBrief) -> PreparedReply | None:
        """What a model would answer to ``brief``; None when it would not be asked. Raises InterviewError."""
        if self._ahead is None or not self.asks_model(brief):
            return None
        if self._policy is not None and self._policy.examine(brief).rule != "allow":
            return None
        return await self._ahead.prepare(brief)

    async def warm(self, state: SessionState, plan: InterviewPlan) -> None:
        """Computes the beginning of the interview's prompts, where a model is asked. Raises InterviewError."""
        if self._ahead is not None and self._model is not None:
            await self._ahead.warm(state, plan)

    async def decide(self, brief: TurnBrief, heard_so_far: HeardSoFar | None = None) -> DecisionOutcome:
        """The decision. Never raises for a model's failure: the script then decides, and the result records it.

        With ``heard_so_far``, every sentence is streamed as soon as it is safe, and all of them before return. The
        decision's text then begins with everything ``heard_so_far`` has streamed, before this call or in it.
        """
        if heard_so_far is None:
            return await self._decided(brief)
        before = heard_so_far.text
        if before:
            decided = after(before, await self._decided(brief))
        else:
            partial_decision = PartialDecision(
                heard_so_far, brief, ripe=partial(_is_to_the_point, brief), sound=partial(self._is_sound, brief)
            )
            decided = partial_decision.continued(await self._decided(brief, partial_decision))
        _, verbatim = own_words(decided.decision, brief)
        heard_so_far.finish(decided.decision.text, verbatim)
        return decided

    async def _decided(self, brief: TurnBrief, overheard: Overheard | None = None) -> DecisionOutcome:
        ruling = self._policy.examine(brief) if self._policy else ALLOWED
        if ruling.rule in ("pause", "conclude"):
            return DecisionOutcome(_by_rule(brief, ruling))
        if self._model is None or not self.asks_model(brief):
            return DecisionOutcome(_with_trips(scripted.decide(brief), ruling.trips))
        if ruling.rule == "script":
            return DecisionOutcome(_with_trips(scripted.decide(brief), ruling.trips), _off_policy(ruling))
        decided = await self._asked(self._model, brief, overheard)
        if not decided.fallback_reason:
            decided = self._checked(brief, decided.decision)
        return with_fields(decided, decision=_with_trips(decided.decision, ruling.trips))

    async def _asked(self, model: Interviewer, brief: TurnBrief, overheard: Overheard | None) -> DecisionOutcome:
        try:
            async with asyncio.timeout(self._deadline_s):
                return DecisionOutcome(await model.decide(brief, overheard))
        except TimeoutError:
            reason = f"deadline-exceeded: no decision within {self._deadline_s:g} s"
        except InterviewError as error:
            reason = f"{error.code}: {error.message}"
        return DecisionOutcome(scripted.decide(brief), fallback_reason=reason)

    def _is_sound(self, brief: TurnBrief, decision: Decision) -> bool:
        """Whether no rule, not even a warning, trips on ``decision``, so that its words may be heard before the whole
        is judged."""
        if misstep(brief, decision):
            return False
        return self._policy is None or self._policy.review(brief, decision) == ALLOWED

    def _checked(self, brief: TurnBrief, decision: Decision) -> DecisionOutcome:
        problem = misstep(brief, decision)
        if problem:
            trip = PolicyFinding(rule="plan", action="scripted", detail=problem)
            return DecisionOutcome(
                _with_trips(_instead_of(decision, brief), (*decision.trips, trip)), f"off plan: {problem}"
            )
        ruling = self._policy.review(brief, decision) if self._policy else ALLOWED
        trips = (*decision.trips, *ruling.trips)
        match ruling.rule:
            case "allow":
                return DecisionOutcome(_with_trips(self._taking_up(brief, ruling.rewritten or decision), trips))
            case "script":
                return DecisionOutcome(_with_trips(_instead_of(decision, brief), trips), _off_policy(ruling))
            case "pause" | "conclude":
                ruled = with_fields(_by_rule(brief, ruling), prompt=decision.prompt, output=decision.output)
                return DecisionOutcome(_with_trips(ruled, decision.trips))

    def _taking_up(self, brief: TurnBrief, decision: Decision) -> Decision:
        """``decision``, with a part of the answer repeated where its own words say nothing of it and no rule minds;
        else with the script's reply to an answer that tells nothing."""
        more = taking_up(decision, brief)
        sound = more is not None and not misstep(brief, more)
        if more is not None and sound and (self._policy is None or self._policy.review(brief, more) == ALLOWED):
            return more
        return replying(decision, brief) or decision


def misstep(brief: TurnBrief, decision: Decision) -> str:
    """The violation of the plan's rules by a decision; ``""`` when there is none. Pure."""
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
    if not _is_to_the_point(brief, decision):
        return "a follow-up that refers to neither the question nor the answer"
    if brief.observation.heard == "explain" and action == "clarify" and not _speaks_of_the_question(brief, decision):
        return "a clarification that does not speak of the question"
    if action == "give_hint" and decision.hint != brief.asked.hints:
        return "not the next rung of the hint ladder"
    return ""


def _is_to_the_point(brief: TurnBrief, decision: Decision) -> bool:
    """Whether a follow-up is the plan's own or refers to the question or the answer; other actions pass. Pure."""
    if decision.action.action_type != "ask_followup":
        return True
    if any(planned and planned in decision.text for planned in (*brief.question.planned_follow_ups, brief.follow_up)):
        return True
    return refers_to(decision.text, f"{brief.question.prompt} {brief.answer}", brief.state.language)


def _speaks_of_the_question(brief: TurnBrief, decision: Decision) -> bool:
    return refers_to(decision.text, f"{brief.question.prompt} {brief.question.rephrased}", brief.state.language)


def _instead_of(decision: Decision, brief: TurnBrief) -> Decision:
    """The script's decision, with the rejected one on record, so that the rejection can be checked again."""
    return with_fields(scripted.decide(brief), prompt=decision.prompt, output=decision.output)


def _by_rule(brief: TurnBrief, ruling: Ruling) -> Decision:
    """A rule ends the interview, or requires a person's review."""
    decision = (
        scripted.pause(brief, ruling.reason)
        if ruling.rule == "pause"
        else scripted.conclude(brief, by="policy", why=ruling.reason)
    )
    return _with_trips(decision, ruling.trips)


def _off_policy(ruling: Ruling) -> str:
    return f"off policy: {', '.join(trip.rule for trip in ruling.trips) or ruling.reason}"


def _with_trips(decision: Decision, trips: tuple[PolicyFinding, ...]) -> Decision:
    """``decision`` with ``trips`` before its own, without duplicates."""
    together = (*trips, *(trip for trip in decision.trips if trip not in trips))
    return decision if together == decision.trips else with_fields(decision, trips=together)
