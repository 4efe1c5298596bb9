"""Whole interviews in the domain alone: reference answers, real graders, real fold, and the order of the abilities."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from deployments.grading.graders.registry import Registry
from interview.grades import Grade
from interview.measurement.adaptive_block import ability_after, next_step
from interview.plans.plan import InterviewPlan, PhasePlan, reference
from interview.plans.questions import Formula, Question, Ungraded, card_of
from interview.sessions import events as ev
from interview.sessions.fold import apply
from interview.sessions.session import AgentAction, SessionState
from tests.support.shipped_plans import plans_in

PLANS = plans_in("en")
LEVELS = ("strong", "average", "weak")
SESSIONS = 5


@cache
def _registry() -> Registry:
    return Registry()


_GRADES: dict[tuple[str, str], Grade] = {}


async def _grade(question: Question, level: str) -> Grade:
    if (question.id, level) not in _GRADES:
        if isinstance(question.grader, Formula):
            # Worker processes take seconds to start; test_plans_content grades the formulas themselves.
            grade = Grade({"strong": 1.0, "average": 0.5, "weak": 0.0}[level], "", 1.0, "", "formula")
        else:
            grade = await _registry().grade(question, getattr(question.reference, level))
        _GRADES[question.id, level] = grade
    return _GRADES[question.id, level]


class _Interview:
    """Events in, state out: what the agent does, without speech, storage or a policy."""

    def __init__(self, plan: InterviewPlan, interview_id: str) -> None:
        self.plan = plan
        self.time = datetime(2026, 11, 20, tzinfo=UTC)
        started = ev.SessionStarted(
            interview_id=interview_id, tenant="t", plan=reference(plan), phase=plan.phases[0].name
        )
        self.state: SessionState = apply(None, ev.Event(1, self.time, started))

    def record(self, data: ev.AnyPayload) -> None:
        self.time += timedelta(seconds=1)
        self.state = apply(self.state, ev.Event(self.state.version + 1, self.time, data))

    async def put(self, question: Question, phase: PhasePlan, level: str, *, core: bool) -> None:
        turn = self.state.turn_number + 1
        action = AgentAction("new_question", "", phase.name)
        card = card_of(question)
        self.record(ev.ResponseSent(turn, question.prompt, action, phase.name, True, question=card, core=core))
        if isinstance(question.grader, Ungraded):
            return
        self.record(ev.GradeRecorded(turn, question.id, await _grade(question, level)))
        update = ability_after(self.plan, self.state.grades, question.skill)
        self.record(
            ev.DifficultyUpdated(
                turn,
                question.skill,
                update.ability.theta,
                update.ability.standard_error,
                update.ability.items,
                update.next_b,
                update.rationale,
            )
        )

    async def hold(self, level: str) -> float:
        for phase in self.plan.phases:
            for question_id in phase.core:
                await self.put(self.plan.by_id[question_id], phase, level, core=True)
            while (step := next_step(self.plan, phase, self.state, phase.time_budget_s)).choice is not None:
                await self.put(self.plan.by_id[step.choice.item_id], phase, level, core=False)
        weights = self.plan.skills
        total = sum(weights[skill] * ability.theta for skill, ability in self.state.abilities.items())
        return total / sum(weights.values())


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
async def test_abilities_put_strong_above_average_above_weak_in_every_session(plan: InterviewPlan) -> None:
    found = {
        level: [await _Interview(plan, f"{level}-{index}").hold(level) for index in range(SESSIONS)] for level in LEVELS
    }
    for better, worse in pairwise(LEVELS):
        assert min(found[better]) > max(found[worse])


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
async def test_no_question_is_put_twice_and_the_core_is_put_word_for_word(plan: InterviewPlan) -> None:
    interview = _Interview(plan, "once")
    await interview.hold("average")
    asked = [found.question_id for found in interview.state.questions_asked]
    assert len(asked) == len(set(asked))
    # The stop rule may end an adaptive block before its budget; the core is never cut short.
    assert sum(len(phase.core) for phase in plan.phases) <= len(asked)
    assert len(asked) <= sum(phase.question_budget for phase in plan.phases)
    said = {turn.content for turn in interview.state.conversation_history}
    assert {plan.by_id[found].prompt for phase in plan.phases for found in phase.core} <= said
