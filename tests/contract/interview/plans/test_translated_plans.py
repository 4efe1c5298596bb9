"""The German, French and Spanish plans are asked and graded like the English one: four levels, probes, scenarios."""

from __future__ import annotations

import pytest

from deployments.grading.graders.registry import Registry
from interview.plans import questions as q
from interview.plans.plan import InterviewPlan
from interview.plans.style import own_part_in
from tests.support.shipped_plans import plans_in

LANGUAGES = ("de", "fr", "es")
PLANS = {code: plan for code in LANGUAGES for plan in plans_in(code).values()}
ENGLISH = {found.id: found for plan in plans_in("en").values() for found in plan.questions}

by_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))


def test_three_languages_have_a_plan() -> None:
    assert PLANS.keys() == set(LANGUAGES)


@by_plan
def test_every_skill_has_an_item_above_average_and_a_scenario(plan: InterviewPlan) -> None:
    for skill in plan.skills:
        items = [found for found in plan.questions if found.skill == skill and found.is_scored]
        assert max(found.difficulty.b for found in items) >= 0.2, skill
        assert any(found.clarifications and 2 <= len(found.probes) <= 4 for found in items), skill


@by_plan
def test_every_story_asks_for_the_own_part(plan: InterviewPlan) -> None:
    own_part, _ = own_part_in(plan.language)
    stories = [found for found in plan.questions if found.type in ("experience", "behavioral")]
    assert len(stories) == 2
    assert all(any(own_part.search(probe) for probe in found.probes) for found in stories)


@by_plan
def test_the_parameters_are_those_of_the_english_question(plan: InterviewPlan) -> None:
    for found in plan.questions:
        english = ENGLISH[found.id.replace(f"-{plan.language}-", "-")]
        assert found.difficulty == english.difficulty or not found.is_scored, found.id


@by_plan
async def test_open_questions_have_four_levels_and_references_that_are_graded_in_their_order(
    plan: InterviewPlan,
) -> None:
    registry = Registry()
    for question in plan.questions:
        if not isinstance(question.grader, q.RubricGrading):
            continue
        assert question.criteria
        for criterion in question.criteria:
            assert [level.score for level in criterion.levels] == [0.0, 0.35, 0.7, 1.0], question.id
        reference = question.reference
        assert reference is not None
        strong, average, weak = [
            (await registry.coverage(question, text, plan.language)).score
            for text in (reference.strong, reference.average, reference.weak)
        ]
        assert strong >= 0.7, question.id
        assert strong > average > weak, question.id
        assert weak <= 0.35, question.id
    await registry.stop()
