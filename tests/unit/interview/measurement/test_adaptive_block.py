"""The adaptive block of the real backend plan: what counts, what may be asked, and when it ends."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from interview.grades import Grade
from interview.measurement.adaptive_block import (
    MIN_WEIGHT,
    ability_after,
    block_pool,
    composite_abilities,
    next_step,
    scored_items,
)
from interview.plans.files import load_plan
from interview.plans.plan import decode_plan, reference
from interview.sessions.session import AskedQuestion, GradeRecord, SessionState
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "configs" / "interviews" / "backend-engineer.yaml")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
TECHNICAL = PLAN.phase("technical")
#: Never precise enough to stop, so that the choice can be seen.
EAGER = replace(PLAN, adaptive=replace(PLAN.adaptive, stop_se=0.01))


def _state(*asked: str, interview_id: str = "one") -> SessionState:
    questions = tuple(
        AskedQuestion(
            question_id=found,
            question_type=PLAN.by_id[found].type,
            skill=PLAN.by_id[found].skill,
            phase="technical",
            turn=turn,
            asked_at=NOW,
            core=any(found in phase.core for phase in PLAN.phases),
        )
        for turn, found in enumerate(asked, 1)
    )
    return SessionState(
        interview_id=interview_id,
        tenant="t",
        plan=reference(PLAN),
        started_at=NOW,
        last_updated=NOW,
        current_phase="technical",
        questions_asked=questions,
    )


def _grade(question_id: str, score: float, confidence: float = 1.0) -> GradeRecord:
    return GradeRecord(question_id, 1, Grade(score, "good", confidence, "because", "test"))


def test_the_pool_holds_no_core_no_asked_and_no_ungraded_question() -> None:
    state = _state(*TECHNICAL.core)
    pool = {item.id for item in block_pool(PLAN, TECHNICAL, state)}
    assert pool
    assert not pool & {question for phase in PLAN.phases for question in phase.core}
    one = sorted(pool)[0]
    assert one not in {item.id for item in block_pool(PLAN, TECHNICAL, _state(*TECHNICAL.core, one))}
    assert all(PLAN.by_id[found].type in TECHNICAL.types for found in pool)


def test_the_block_asks_its_budget_and_never_twice() -> None:
    asked = list(TECHNICAL.core)
    for _ in range(TECHNICAL.adaptive):
        step = next_step(PLAN, TECHNICAL, _state(*asked), 900.0)
        assert step.choice is not None
        assert step.choice.item_id not in asked
        asked.append(step.choice.item_id)
    last = next_step(PLAN, TECHNICAL, _state(*asked), 900.0)
    assert last.choice is None
    assert "used" in last.rationale


def test_an_item_that_would_outlast_the_phase_is_not_asked() -> None:
    pool = block_pool(PLAN, TECHNICAL, _state(*TECHNICAL.core))
    shortest_s = min(item.answer_s for item in pool)
    step = next_step(PLAN, TECHNICAL, _state(*TECHNICAL.core), shortest_s)
    assert step.choice is not None
    assert PLAN.by_id[step.choice.item_id].answer_s <= shortest_s
    assert next_step(PLAN, TECHNICAL, _state(*TECHNICAL.core), shortest_s - 1).choice is None


def test_the_same_state_always_gives_the_same_step() -> None:
    state = _state(*TECHNICAL.core)
    assert next_step(PLAN, TECHNICAL, state, 900.0) == next_step(PLAN, TECHNICAL, state, 900.0)


def test_a_strong_candidate_is_asked_harder_questions_than_a_weak_one() -> None:
    def mean_b(theta: float) -> float:
        chosen = []
        for index in range(40):
            # the first question of the block goes to the one skill that the core leaves out, which has one item
            state = _state(*TECHNICAL.core, "be-second-copy", interview_id=f"interview-{index}")
            score = 1.0 if theta > 0 else 0.0
            grades = tuple(_grade(found, score) for found in TECHNICAL.core)
            step = next_step(EAGER, TECHNICAL, replace(state, grades=grades), 900.0)
            assert step.choice is not None
            chosen.append(PLAN.by_id[step.choice.item_id].difficulty.b)
        return sum(chosen) / len(chosen)

    assert mean_b(1.8) > mean_b(-1.8)


def test_only_graded_answers_of_the_skill_count_and_unsure_ones_count_less() -> None:
    records = [_grade("be-opener", 1.0), _grade("be-deadlock", 0.8), _grade("be-search-sorted", 0.9, confidence=0.1)]
    items = scored_items(PLAN, records, ("programming",))
    assert [item.score for item in items] == [0.8, 0.9]
    assert items[1].weight == MIN_WEIGHT
    assert scored_items(PLAN, records, ("collaboration",)) == []


def test_the_ability_follows_the_standing_grades() -> None:
    good = ability_after(PLAN, [_grade("be-deadlock", 1.0), _grade("be-search-sorted", 1.0)], "programming")
    bad = ability_after(PLAN, [_grade("be-deadlock", 0.0), _grade("be-search-sorted", 0.0)], "programming")
    assert good.ability.theta > 0 > bad.ability.theta
    assert good.ability.items == 2


def test_a_composite_rests_on_the_answers_to_all_its_skills() -> None:
    grades = [_grade("be-deadlock", 1.0), _grade("be-index", 1.0), _grade("be-cache", 0.0)]
    found = composite_abilities(PLAN, grades)
    assert {name: ability.items for name, ability in found.items()} == {
        "technical": 2,
        "design-and-operations": 1,
        "working-with-others": 0,
    }
    alone = ability_after(PLAN, grades, "programming").ability
    assert found["technical"].standard_error < alone.standard_error
    assert found["technical"].theta > 0 > found["design-and-operations"].theta


def test_a_grade_that_judges_nothing_moves_no_composite() -> None:
    outage = GradeRecord("be-deadlock", 1, Grade(0.0, "missing", 0.0, "no grader was available", "none"))
    assert composite_abilities(PLAN, [outage])["technical"].items == 0


def test_the_block_ends_when_its_composites_are_known_well_enough() -> None:
    """The shipped rule can be reached within the block's budget by sure grades, and not by unsure ones."""

    def adaptive_asked(confidence: float) -> int:
        asked = list(TECHNICAL.core)
        while True:
            grades = tuple(_grade(found, 0.6, confidence) for found in asked)
            step = next_step(PLAN, TECHNICAL, replace(_state(*asked), grades=grades), 9000.0)
            if step.choice is None:
                assert ("known well enough" in step.rationale) == (confidence == 1.0)
                return len(asked) - len(TECHNICAL.core)
            asked.append(step.choice.item_id)

    assert adaptive_asked(1.0) < adaptive_asked(0.4) == TECHNICAL.adaptive


def test_a_plan_pinned_before_the_graded_model_is_measured_as_it_was() -> None:
    """The abilities that such a session recorded, from its own code."""
    rules = {"stop_se": 0.45, "randomesque": 3}
    old = decode_plan(msgspec.json.encode({**msgspec.to_builtins(PLAN), "adaptive": rules, "composites": {}}))
    assert old.adaptive.model == "2pl"
    update = ability_after(old, [_grade("be-index", 0.8), _grade("be-transaction", 0.3, 0.4)], "databases")
    items = [(old.by_id["be-index"].difficulty, 0.8, 1.0), (old.by_id["be-transaction"].difficulty, 0.3, 0.4)]
    grid = [-5 + 0.05 * index for index in range(201)]

    def mass(theta: float) -> float:
        log = -0.5 * theta * theta
        for item, score, weight in items:
            p = 1 / (1 + math.exp(-item.a * (theta - item.b)))
            log += weight * (score * math.log(p) + (1 - score) * math.log(1 - p))
        return math.exp(log)

    mean = sum(theta * mass(theta) for theta in grid) / sum(mass(theta) for theta in grid)
    assert update.ability.theta == pytest.approx(mean, abs=1e-9)
