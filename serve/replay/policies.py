"""Repeats the policy verdicts from the recorded utterances and model outputs."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from deployments.agent.brief.interviewer import Observation, TurnBrief
from deployments.agent.brief.next_question import next_step, time_left_s
from deployments.agent.config import AgentConfig
from deployments.agent.model.answer import ModelTurn, decision_of, own_words
from deployments.agent.pins import policy_catalogue
from deployments.agent.turn import observe
from interview.errors import InvalidModelOutput
from interview.plans.plan import InterviewPlan
from interview.policies import judge
from interview.policies.rules import Draft, PolicySet
from interview.sessions.events import GuardrailTripped, PlanMade
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import GradeRecord, SessionState

#: Trips outside any policy set: a model off its plan, and policies that differ from the pinned ones.
_NOT_POLICY = frozenset({"plan", policy_catalogue.BOOK_RULE})


class RepeatedDecision(Struct, frozen=True):
    """One turn's decision as recorded: ``before`` is the deciders' input, ``trips`` their findings.

    When a turn's commit loses a race against a background grade, the decision is kept and only the commit is repeated,
    so the decision may be older than ``before``. ``looked_at`` holds times, and ``grades`` grades, that it may have
    used; the likeliest first.
    """

    before: SessionState
    made: PlanMade
    trips: tuple[GuardrailTripped, ...]
    looked_at: tuple[datetime, ...]
    grades: tuple[tuple[GradeRecord, ...], ...]


def trips_differ(
    decided: RepeatedDecision, plan: InterviewPlan, policies: PolicySet, config: AgentConfig
) -> str | None:
    """``None`` when the turn was not judged by ``policies``; else the difference, ``""`` for none. Pure.

    The decision matches if any of the possible times and grades gives the recorded trips.
    """
    if any(trip.rule == policy_catalogue.BOOK_RULE and "judged by" in trip.detail for trip in decided.trips):
        return None
    recorded = sorted(trip.finding for trip in decided.trips if trip.rule not in _NOT_POLICY)
    likeliest: list[PolicyFinding] | None = None
    for grades, now in product(decided.grades, decided.looked_at):
        again = _judged(replace(decided.before, grades=grades), decided, plan, policies, config, now)
        if again == recorded:
            return ""
        likeliest = again if likeliest is None else likeliest
    return f"the rules that trip are {_named(likeliest or [])}, recorded are {_named(recorded)}"


def _judged(
    before: SessionState,
    decided: RepeatedDecision,
    plan: InterviewPlan,
    policies: PolicySet,
    config: AgentConfig,
    now: datetime,
) -> list[PolicyFinding]:
    made = decided.made
    brief = _brief(before, plan, made.turn, now, config)
    if brief is None:
        return []
    scene = policy_catalogue.scene_of(brief)
    examined = judge.examine(policies, scene)
    trips = list(examined.trips)
    if made.output and examined.outcome == "speak" and not any(trip.rule == "plan" for trip in decided.trips):
        trips += _reviewed(brief, made, policies)
    return sorted(trips)


def _brief(state: SessionState, plan: InterviewPlan, turn: int, now: datetime, config: AgentConfig) -> TurnBrief | None:
    """The part of the turn's brief that rules use; None when no question is open."""
    asked = state.current_question
    if asked is None:
        return None
    said = [one for one in state.conversation_history if one.role == "candidate" and one.turn == turn]
    observation = (
        observe.observed(
            said[-1].content,
            said[-1].confidence,
            language=state.language,
            config=config,
            clarifications=plan.by_id[asked.question_id].clarifications,
            question=plan.by_id[asked.question_id],
        )
        if said
        else Observation(text="", heard="answer")
    )
    return TurnBrief(
        state=state,
        plan=plan,
        turn=turn,
        now=now,
        observation=observation,
        asked=asked,
        question=plan.by_id[asked.question_id],
        answer="",
        grade=None,
        next_step=next_step(state, plan, now),
        open_actions=frozenset(),
        seed=state.settings.seed,
        time_left_s=time_left_s(state, plan, now),
    )


def _reviewed(brief: TurnBrief, made: PlanMade, policies: PolicySet) -> list[PolicyFinding]:
    """The rules' findings on the model's words, which the log keeps even when they were not spoken."""
    known = {name: made.output[name] for name in ModelTurn.__struct_fields__ if name in made.output}
    try:
        decision = decision_of(msgspec.convert(known, ModelTurn), brief, prompt=made.prompt, output={})
    except (msgspec.ValidationError, InvalidModelOutput):
        return [PolicyFinding("output", "unreadable", "the recorded output of the model does not match the schema")]
    words, verbatim = own_words(decision, brief)
    draft = Draft(action=decision.action.action_type, words=words, verbatim=verbatim)
    judged = judge.review(policies, policy_catalogue.scene_of(brief), draft)
    return list(judged.trips)


def _named(trips: list[PolicyFinding]) -> str:
    return "; ".join(f"{trip.rule} ({trip.action}): {trip.detail}" for trip in trips) or "none"
