"""The adaptive block of the real backend plan: what counts, what may be asked, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from interview.grades import Grade
from interview.measurement.adaptive_block import MIN_WEIGHT, ability_after, block_pool, next_step, scored_items
from interview.plans.files import load_plan
from interview.plans.plan import reference
from interview.sessions.session import Ability, AskedQuestion, GradeRecord, SessionState
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "configs" / "interviews" / "backend-engineer.yaml")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
TECHNICAL = PLAN.phase("technical")


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
            state = _state(*TECHNICAL.core, interview_id=f"interview-{index}")
            known = {skill: Ability(theta, 0.6, 2) for skill in PLAN.skills}
            step = next_step(PLAN, TECHNICAL, replace(state, abilities=known), 900.0)
            assert step.choice is not None
            chosen.append(PLAN.by_id[step.choice.item_id].difficulty.b)
        return sum(chosen) / len(chosen)

    assert mean_b(1.8) > mean_b(-1.8)


def test_only_graded_answers_of_the_skill_count_and_unsure_ones_count_less() -> None:
    records = [_grade("be-opener", 1.0), _grade("be-deadlock", 0.8), _grade("be-search-sorted", 0.9, confidence=0.1)]
    items = scored_items(PLAN, records, "programming")
    assert [item.score for item in items] == [0.8, 0.9]
    assert items[1].weight == MIN_WEIGHT
    assert scored_items(PLAN, records, "collaboration") == []


def test_the_ability_follows_the_standing_grades() -> None:
    good = ability_after(PLAN, [_grade("be-deadlock", 1.0), _grade("be-search-sorted", 1.0)], "programming")
    bad = ability_after(PLAN, [_grade("be-deadlock", 0.0), _grade("be-search-sorted", 0.0)], "programming")
    assert good.ability.theta > 0 > bad.ability.theta
    assert good.ability.items == 2
