"""The shipped plans and banks keep their promises: complete, distinct, speakable, and keys that tell answers apart."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from msgspec.structs import replace
from rapidfuzz import fuzz

from benchmarks.reference_agreement import blind_answers, graded, graded_answers, spoken_above_terms
from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.graders.registry import Registry
from interview.plans import questions as q
from interview.plans.files import load_bank
from interview.plans.plan import SENIOR_ITEM_B, InterviewPlan
from interview.plans.style import OWN_PART
from interview.yaml.source import read_yaml
from tests.support.paths import ROOT
from tests.support.shipped_plans import plans_in

PLANS = plans_in("en")
QUESTIONS = {question.id: question for plan in PLANS.values() for question in plan.questions}
OPEN = [found for found in QUESTIONS.values() if isinstance(found.grader, q.RubricGrading)]
FORMULAS = [found for found in QUESTIONS.values() if isinstance(found.grader, q.Formula)]
DETERMINED = [
    found
    for found in QUESTIONS.values()
    if not isinstance(found.grader, q.RubricGrading | q.Formula | q.Symbolic | q.Ungraded)
]

by_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
open_questions = pytest.mark.parametrize("question", OPEN, ids=lambda found: found.id)


def _reference(question: q.Question) -> q.ReferenceAnswers:
    assert question.reference is not None, f"{question.id} has no reference answers"
    return question.reference


def test_four_roles_are_installed() -> None:
    roles = {"backend-engineer", "customer-success-manager", "data-analyst", "machine-learning-engineer"}
    assert roles <= PLANS.keys()


@by_plan
def test_a_plan_has_thirty_questions_of_every_kind(plan: InterviewPlan) -> None:
    assert len(plan.questions) >= 30
    kinds = {question.type for question in plan.questions}
    assert {"opener", "technical", "experience", "problem_solving", "behavioral"} <= kinds
    graders = {type(question.grader) for question in plan.questions}
    assert {q.RubricGrading, q.Numeric, q.MultipleChoice} <= graders


@by_plan
def test_every_skill_has_items_up_to_average_and_above(plan: InterviewPlan) -> None:
    for skill in plan.skills:
        items = [found for found in plan.questions if found.skill == skill and not isinstance(found.grader, q.Ungraded)]
        assert len(items) >= 4
        assert min(found.difficulty.b for found in items) <= 0.2
        assert max(found.difficulty.b for found in items) >= 0.2


@by_plan
def test_the_core_measures_every_skill_and_begins_and_ends_politely(plan: InterviewPlan) -> None:
    core = [plan.by_id[found] for phase in plan.phases for found in phase.core]
    assert {found.skill for found in core} == set(plan.skills)
    assert isinstance(core[0].grader, q.Ungraded)
    assert isinstance(core[-1].grader, q.Ungraded)


@by_plan
def test_the_greeting_tells_what_a_candidate_may_do_and_the_consent_what_is_not_scored(plan: InterviewPlan) -> None:
    for word in ("repeat", "hint", "skip"):
        assert word in plan.greeting
    for word in ("accent", "automated", "person", "deletion"):
        assert word in plan.consent


def test_the_data_analyst_types_at_least_six_formulas() -> None:
    assert sum(isinstance(found.grader, q.Formula) for found in PLANS["data-analyst"].questions) >= 6


def test_the_banks_hold_only_questions_a_plan_uses() -> None:
    banks = (ROOT / "configs" / "interviews" / "banks").glob("*.yaml")
    assert {found.id for bank in banks for found in load_bank(bank)} == QUESTIONS.keys()


@open_questions
def test_an_open_question_has_rubric_key_points_hints_and_follow_ups(question: q.Question) -> None:
    assert question.criteria
    assert all(len(criterion.levels) == 4 for criterion in question.criteria)
    for criterion in question.criteria:
        assert (criterion.levels[0].score, criterion.levels[-1].score) == (0.0, 1.0)
    assert len(question.key_points) >= 3
    assert all(point.variants for point in question.key_points)
    assert question.hints
    assert question.follow_ups


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_a_question_can_be_spoken_and_has_three_reference_answers(question: q.Question) -> None:
    said_of_it = (*question.planned_follow_ups, *question.clarifications.values())
    for said in (question.prompt, *said_of_it, *(hint.text for hint in question.hints)):
        assert said.rstrip()[-1] in ".?", said
        assert not re.search(r"[*_#`<>{}|]|https?:", said), said
    assert len(question.prompt.split()) <= 45
    reference = _reference(question)
    assert len({reference.strong, reference.average, reference.weak}) == 3


@by_plan
def test_a_scenario_has_facts_and_probes_for_every_candidate(plan: InterviewPlan) -> None:
    scenarios = [found for found in plan.questions if found.clarifications]
    assert len(scenarios) >= 14
    for found in scenarios:
        assert 2 <= len(found.probes) <= 4


@by_plan
def test_the_core_of_a_senior_plan_measures_seniors(plan: InterviewPlan) -> None:
    core = [plan.by_id[found] for found in plan.phase("technical").core]
    above = [found.id for found in core if found.difficulty.b >= SENIOR_ITEM_B]
    assert plan.level != "senior" or len(above) >= len(core) / 2


def test_every_candidate_is_asked_for_the_own_part_in_every_story() -> None:
    stories = [found for found in QUESTIONS.values() if found.type in ("experience", "behavioral")]
    assert len(stories) >= 5 * len(PLANS)
    for found in stories:
        assert any(OWN_PART.search(probe) for probe in found.probes), found.id
        assert all("only 'we'" not in criterion.levels[0].anchor for criterion in found.criteria), found.id


def test_no_two_questions_ask_the_same() -> None:
    prompts = [(found.id, found.prompt) for found in QUESTIONS.values() if not isinstance(found.grader, q.Ungraded)]
    twins = [
        (one, other)
        for (one, first), (other, second) in combinations(prompts, 2)
        if fuzz.token_sort_ratio(first, second) > 80
    ]
    assert twins == []


@open_questions
def test_key_points_put_the_strong_reference_above_the_weak_one(question: q.Question) -> None:
    found = graded(question)
    assert found is not None
    strong, _average, weak = found.scores
    assert strong > weak + 0.1
    assert weak <= 0.35


def test_nearly_all_reference_answers_are_graded_in_their_order() -> None:
    """References are spoken answers, not key points in a row, so that single pairs may be out of order."""
    found = [one for question in OPEN if (one := graded(question)) is not None]
    assert len(found) == len(OPEN)
    wrong = {one.question_id: one.out_of_order for one in found if one.out_of_order}
    assert sum(map(len, wrong.values())) <= 0.02 * 3 * len(found), wrong


@open_questions
def test_a_prompt_does_not_give_away_its_own_answer(question: q.Question) -> None:
    # Without a prompt to compare with, the grader cannot discount the echo: what scores here is in the prompt itself.
    silent = replace(question, prompt="")
    assert grade_coverage(silent, question.prompt).score < 0.4


NATURAL: dict[str, dict[str, str]] = read_yaml(ROOT / "tests" / "data" / "plans" / "natural_answers.yaml").data


#: The questions of the panel's list (docs/measurements/2026-11-29-content.md); the other pairs are new.
PANEL = 19


def test_an_experts_spoken_answer_outranks_a_list_of_terms_in_nearly_all_pairs() -> None:
    scores = {
        name: tuple(grade_coverage(QUESTIONS[name], pair[kind]).score for kind in ("natural", "terms"))
        for name, pair in NATURAL.items()
    }
    assert len(scores) >= 2 * PANEL
    for some in (list(scores)[:PANEL], list(scores)[PANEL:]):
        lost = {name: scores[name] for name in some if scores[name][0] <= scores[name][1]}
        assert len(lost) <= 0.05 * len(some), lost


def test_the_answers_of_a_reader_who_has_not_seen_the_key_points_are_graded_in_their_order() -> None:
    """Three levels a question, and a list of terms that explains nothing (``benchmarks/data/blind_answers.yaml``)."""
    given = blind_answers()
    assert len(given) >= 40
    assert {name[:2] for name in given} == {"be", "cs", "da", "ml"}
    found = [graded_answers(QUESTIONS[name], one.answers) for name, one in given.items()]
    wrong = {one.question_id: one.out_of_order for one in found if one.out_of_order}
    assert sum(map(len, wrong.values())) <= 0.05 * 3 * len(found), wrong
    assert spoken_above_terms(QUESTIONS)["share"] >= 0.95


@pytest.mark.parametrize("question", DETERMINED, ids=lambda found: found.id)
async def test_a_determined_key_accepts_the_strong_answer_and_refuses_the_weak(question: q.Question) -> None:
    reference, registry = _reference(question), Registry()
    assert (await registry.grade(question, reference.strong)).score == 1.0
    assert (await registry.grade(question, reference.weak)).score == 0.0


#: Other right ways to write each formula: a key that knows only its author's way would be unfair.
EQUIVALENT = {
    "da-sheet-sumif": '=SUMIFS(B2:B11,A2:A11,"North")',
    "da-sheet-countifs": '=SUMPRODUCT((A2:A11="South")*(B2:B11>100))',
    "da-sheet-lookup": '=XLOOKUP(D1,A2:A11,B2:B11,"not found")',
    "da-sheet-share": "=A2/SUM(A$2:A$11)",
    "da-sheet-growth": '=IFERROR((B2-A2)/A2,"")',
    "da-sheet-month-end": "=DATE(YEAR(A2),MONTH(A2)+2,0)",
    "da-sheet-weighted": "=SUM(A2:A11*B2:B11)/SUM(B2:B11)",
    "da-sheet-latest": "=INDEX(B2:B11,MAX((A2:A11=D1)*(ROW(A2:A11)-1)))",
}


def test_every_formula_task_has_another_right_way() -> None:
    assert EQUIVALENT.keys() == {found.id for found in FORMULAS}


async def test_formula_keys_accept_every_right_way_and_refuse_the_weak_one() -> None:
    registry = Registry()
    try:
        for question in FORMULAS:
            reference = _reference(question)
            for right in (reference.strong, EQUIVALENT[question.id]):
                grade = await registry.grade(question, right)
                assert grade.score == 1.0, f"{question.id}: {right}: {grade.rationale}"
            average = (await registry.grade(question, reference.average)).score
            weak = (await registry.grade(question, reference.weak)).score
            assert weak <= 0.25, question.id
            assert weak <= average < 1.0, question.id
    finally:
        await registry.stop()


PERSONAS = sorted((ROOT / "configs" / "interviews" / "personas").glob("*.yaml"))


@pytest.mark.parametrize("path", PERSONAS, ids=lambda path: path.stem)
def test_a_persona_answers_every_core_question_of_its_plan(path: Path) -> None:
    persona = read_yaml(path).data
    plan = PLANS[persona["plan"]]
    assert set(persona["answers"]) <= set(plan.by_id)
    assert {found for phase in plan.phases for found in phase.core} <= set(persona["answers"])
