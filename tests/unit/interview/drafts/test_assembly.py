"""A draft plan fits its time, spreads difficulty as the level wants, and takes the needs in turn."""

from __future__ import annotations

import pytest

from interview.drafts.assembly import Candidate, assemble, choose, slug, spread_of
from interview.drafts.role import Need, Role
from interview.plans.checks import check_plan, check_skills
from interview.plans.plan import Level
from interview.plans.questions import Difficulty, Question, QuestionType, RubricGrading


def question(
    name: str, b: float, *, kind: QuestionType = "technical", skill: str = "work", answer_s: float = 90
) -> Question:
    return Question(
        id=name,
        type=kind,
        skill=skill,
        prompt=f"What about {name}?",
        grader=RubricGrading(),
        difficulty=Difficulty(b=b),
        answer_s=answer_s,
    )


def role(level: Level, *needs: str) -> Role:
    return Role("Baker", level, tuple(Need(need) for need in needs))


STORIES = (question("story", 0.0, kind="behavioral", skill="team", answer_s=120),)
MANY = [
    Candidate(question(f"{name}-{number}", b), 0.6 - number * 0.001)
    for name, b in (("easy", -0.8), ("middle", 0.1), ("hard", 0.9))
    for number in range(12)
]


@pytest.mark.parametrize(("level", "heaviest"), [("junior", 0), ("mid", 1), ("senior", 2)])
def test_the_spread_of_difficulty_follows_the_level(level: Level, heaviest: int) -> None:
    chosen = choose(role(level, "bread"), {"bread": MANY}, STORIES, 45)
    spread = spread_of((*chosen.core, *chosen.spare))
    assert max(range(3), key=spread.__getitem__) == heaviest
    assert all(spread), spread


def test_each_need_gets_a_question_before_any_gets_a_second() -> None:
    first = [Candidate(question(f"bread-{n}", 0.0), 0.9 - n / 10) for n in range(3)]
    second = [Candidate(question("cake", 0.0), 0.4)]
    chosen = choose(role("mid", "bread", "cake"), {"bread": first, "cake": second}, (), 15)
    assert {one.id for one in (*chosen.core, *chosen.spare)} >= {"bread-0", "cake"}


def test_a_nearer_question_is_not_given_up_for_its_difficulty() -> None:
    found = [Candidate(question("near", 0.9), 0.7), Candidate(question("far", -0.9), 0.4)]
    chosen = choose(role("junior", "bread"), {"bread": found}, (), 15)
    assert "near" in {one.id for one in chosen.core}


@pytest.mark.parametrize("minutes", [15, 30, 45, 90])
def test_a_plan_has_no_problem_and_keeps_its_time(minutes: int) -> None:
    baker = role("mid", "bread", "cake")
    chosen = choose(baker, {"bread": MANY}, STORIES, minutes)
    plan = assemble(baker, chosen, {"easy-0": baker.skills[:1]}, minutes)
    assert list(check_plan(plan)) == []
    assert list(check_skills(plan.questions, plan.skills)) == []
    assert plan.time_budget_s <= minutes * 60 + 60
    assert [phase.name for phase in plan.phases] == ["intro", "technical", "behavioral", "closing"]
    assert plan.id == "baker"


def test_without_a_question_about_the_work_the_stories_remain() -> None:
    baker = role("mid", "bread")
    plan = assemble(baker, choose(baker, {}, STORIES, 30), {}, 30)
    assert [phase.name for phase in plan.phases] == ["intro", "behavioral", "closing"]
    assert list(check_plan(plan)) == []


def test_an_id_is_made_of_the_title() -> None:
    assert slug("Köchin / Chef (Küche)!") == "kochin-chef-kuche"
    assert slug("???") == "role"
    assert len(slug("x" * 200)) == 64
