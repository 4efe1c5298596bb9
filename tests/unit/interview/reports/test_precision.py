"""The composites of a report, and what it says about its own precision."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from msgspec.structs import replace

from interview.grades import Grade
from interview.plans.files import load_plan
from interview.plans.plan import reference
from interview.reports.precision import composite_reports, precision_note
from interview.sessions.session import GradeRecord, SessionState
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "configs" / "interviews" / "backend-engineer.yaml")
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def _state(*graded: str, grader: str = "test") -> SessionState:
    return SessionState(
        interview_id="one",
        tenant="t",
        plan=reference(PLAN),
        started_at=NOW,
        last_updated=NOW,
        current_phase="technical",
        grades=tuple(GradeRecord(found, 1, Grade(0.6, "good", 0.8, "", grader)) for found in graded),
    )


def _note(*graded: str) -> str:
    state = _state(*graded)
    return precision_note(state, PLAN, composite_reports(state, PLAN))


def test_a_composite_is_reported_with_its_interval_and_an_unasked_one_without() -> None:
    technical, _design, others = composite_reports(_state("be-index", "be-deadlock"), PLAN)
    assert (technical.name, technical.skills, technical.items) == ("technical", ("programming", "databases"), 2)
    assert technical.low is not None and technical.theta is not None and technical.high is not None
    assert technical.low < technical.theta < technical.high
    assert (others.theta, others.low, others.items) == (None, None, 0)


def test_the_note_says_how_far_apart_two_candidates_must_be_to_be_ranked() -> None:
    few, more = _note("be-index"), _note("be-index", "be-deadlock", "be-transaction", "be-isolation")

    def apart(note: str) -> float:
        found = re.search(r"less than ([0-9.]+) cannot be ranked", note)
        assert found is not None, note
        return float(found[1])

    assert few.startswith("1 graded answer tells little.")
    assert more.startswith("4 graded answers tell little.")
    assert apart(few) > apart(more) > 1.0
    assert "provisional" in more
    assert "never compare" in more


def test_measured_parameters_are_not_called_provisional() -> None:
    measured = tuple(replace(one, difficulty=replace(one.difficulty, provisional=False)) for one in PLAN.questions)
    plan = replace(PLAN, questions=measured)
    state = _state("be-index")
    assert "provisional" not in precision_note(state, plan, composite_reports(state, plan))


def test_without_a_judged_answer_nothing_is_claimed() -> None:
    state = _state("be-index", grader="none")
    assert precision_note(state, PLAN, composite_reports(state, PLAN)) == ""
