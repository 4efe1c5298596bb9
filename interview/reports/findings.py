"""Derives a report's findings: skills with their uncertainty, strengths, gaps, and questions to ask next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from statistics import fmean

from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question, Ungraded
from interview.reports.precision import Z95
from interview.reports.report import CompositeReport, Finding, QuestionReport, SkillReport, Suggestion
from interview.sessions import events as ev
from interview.sessions.session import SessionState

#: Minimum score of a strength, and score below which an answer is a gap (``interview.grades.LEVELS``: good, partial).
STRENGTH_FROM = 0.65
GAP_BELOW = 0.4

#: The number of strengths, gaps and suggestions on the first page.
SHOWN = 4

#: Below this confidence a finding is called tentative.
CONFIDENT_FROM = 0.5

_TEXT_CHARS = 220


def skill_reports(
    state: SessionState, questions: Sequence[QuestionReport], events: Sequence[ev.Event], plan: InterviewPlan
) -> tuple[SkillReport, ...]:
    """The plan's skills, by weight, then other graded skills."""
    weights = dict(sorted(plan.skills.items(), key=lambda item: -item[1]))
    for question in questions:
        if question.judged is not None:
            weights.setdefault(question.skill, 0.0)
    return tuple(_skill(name, weight, state, questions, events) for name, weight in weights.items())


def weighted_score(skills: Sequence[SkillReport]) -> float | None:
    """Σ weight · mean score / Σ weight over the graded skills; None when no weighted skill has a grade."""
    graded = [(skill.weight, skill.mean_score) for skill in skills if skill.mean_score is not None and skill.weight > 0]
    total = sum(weight for weight, _ in graded)
    return sum(weight * score for weight, score in graded) / total if total else None


def strengths(questions: Sequence[QuestionReport]) -> tuple[Finding, ...]:
    found = [_finding(question) for question in questions if _score(question) >= STRENGTH_FROM]
    return tuple(sorted(found, key=lambda finding: (finding.tentative, -finding.score, finding.number))[:SHOWN])


def gaps(questions: Sequence[QuestionReport]) -> tuple[Finding, ...]:
    found = [_finding(question) for question in questions if 0 <= _score(question) < GAP_BELOW]
    return tuple(sorted(found, key=lambda finding: (finding.tentative, finding.score, finding.number))[:SHOWN])


def suggestions(
    skills: Sequence[SkillReport],
    composites: Sequence[CompositeReport],
    questions: Sequence[QuestionReport],
    plan: InterviewPlan,
) -> tuple[Suggestion, ...]:
    """For each skill whose ability (its composite's, if the plan has composites) is not measured precisely enough, by
    weight: an unasked question near the candidate's ability."""
    asked = {question.question_id for question in questions}
    composite_of = {skill: found for found in composites for skill in found.skills}
    made = []
    for skill in skills:
        composite = composite_of.get(skill.skill)
        name = skill.skill if composite is None else composite.name
        error = skill.standard_error if composite is None else composite.standard_error
        if skill.weight <= 0 or (error is not None and skill.items and error <= plan.adaptive.stop_se):
            continue
        if skill.items == 0 or error is None:
            why = f"No graded answer on {skill.skill} moves its estimate yet."
        else:
            # rounded up, so that an error that misses the goal is not shown as the goal
            why = f"{name} is known only to ± {ceil(error * 100) / 100:.2f} (goal: {plan.adaptive.stop_se:.2f})."
        item = _nearest(skill, plan, asked)
        text = f"{why} Ask: {item.prompt}" if item else f"{why} The bank has no further question on it."
        made.append(Suggestion(skill=skill.skill, text=text, question_id=item.id if item else ""))
    return tuple(made[:SHOWN])


def _skill(
    name: str, weight: float, state: SessionState, questions: Sequence[QuestionReport], events: Sequence[ev.Event]
) -> SkillReport:
    own = [question for question in questions if question.skill == name]
    scores = [question.judged.grade.score for question in own if question.judged is not None]
    ability = state.abilities.get(name)
    estimated = ability is not None and ability.items > 0
    theta = ability.theta if ability and estimated else None
    error = ability.standard_error if ability and estimated else None
    return SkillReport(
        skill=name,
        weight=weight,
        questions=len(own),
        mean_score=fmean(scores) if scores else None,
        theta=theta,
        standard_error=error,
        items=ability.items if ability else 0,
        low=None if theta is None or error is None else theta - Z95 * error,
        high=None if theta is None or error is None else theta + Z95 * error,
        note=_note(name, len(own), ability.items if ability else 0, {q.question_id for q in own}, events),
    )


def _note(name: str, asked: int, items: int, question_ids: set[str], events: Sequence[ev.Event]) -> str:
    if not asked:
        return "Not asked."
    if not items:
        return "Not estimated: no confident grade."
    later = False
    for event in events:
        match event.data:
            case ev.DifficultyUpdated(skill=skill) if skill == name:
                later = False
            case ev.GradeRecorded(question_id=question_id, source=source) if question_id in question_ids:
                later = source != "inline"
    if later:
        return "A later grade is not in this estimate."
    return "Rests on one answer." if items == 1 else ""


def _score(question: QuestionReport) -> float:
    return question.judged.grade.score if question.judged is not None else -1.0


def _finding(question: QuestionReport) -> Finding:
    assert question.judged is not None, "only judged questions are findings"  # noqa: S101 (an invariant)
    grade = question.judged.grade
    return Finding(
        question_id=question.question_id,
        number=question.number,
        skill=question.skill,
        score=grade.score,
        text=_shortened(grade.rationale),
        tentative=grade.provisional or grade.needs_review or grade.confidence < CONFIDENT_FROM,
        quote=next((quote for quote in question.quotes if quote.found), None),
    )


def _nearest(skill: SkillReport, plan: InterviewPlan, asked: set[str]) -> Question | None:
    theta = skill.theta or 0.0
    open_items = [
        question
        for question in plan.questions
        if question.skill == skill.skill and question.id not in asked and not isinstance(question.grader, Ungraded)
    ]
    return min(open_items, key=lambda question: (abs(question.difficulty.b - theta), question.id), default=None)


def _shortened(text: str) -> str:
    return text if len(text) <= _TEXT_CHARS else text[: _TEXT_CHARS - 1].rsplit(" ", 1)[0] + "…"
