"""The tools of step 3, assess (grade, adapt, next question); each call is an event of the log."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from deployments.agent.brief.interviewer import Heard, NextStep, Observation
from deployments.agent.brief.next_question import next_step
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.observe import Answer, Understood
from deployments.grading.contract import GradeRequest, Grading
from interview.errors import InterviewError
from interview.grades import UNAVAILABLE, Grade
from interview.measurement.adaptive_block import ability_after
from interview.plans.plan import InterviewPlan
from interview.plans.questions import AnswerMode, Question
from interview.sessions.events import (
    AnyPayload,
    DifficultyUpdated,
    FallbackEntered,
    GradeRecorded,
)
from interview.sessions.session import AskedQuestion, SessionState

#: Grader kinds whose answers have a required form.
FORMED: frozenset[AnswerMode] = frozenset({"formula", "number", "choice"})

#: ``record_outcome``'s outcome for each kind of utterance.
OUTCOMES: dict[Heard, str] = {"answer": "answered", "skip": "skipped", "unsure": "unclear"}


async def grade_answer(grading: Grading, exchange: Exchange, said: Understood) -> Grade | Literal["unformed"] | None:
    """Grade the whole answer so far, and re-estimate the ability on its skill.

    A skipped question without an answer is graded, too. Returns None when there is nothing to grade, and ``unformed``
    when the answer lacks the required form and may be given once more: then nothing is recorded.
    """
    question, heard = exchange.question, said.observation.heard
    if not question.is_scored:
        return None
    state, turn = exchange.ledger.state, exchange.pending.turn
    request = grade_request(state, exchange.asked, question, said.answer, turn)
    error: InterviewError | None = None
    if heard == "answer":
        known = exchange.work.grade_for(request)
        if known is None:
            with exchange.times.stage("grade"):
                known = await graded(grading, request)
            exchange.work.grades.append((request, *known))
        grade, error = known
        if not (grade.understood or exchange.asked.form_asked) and question.answer_mode in FORMED:
            return "unformed"
    elif heard == "skip" and not said.answer.text:
        grade = passed_over()
    else:
        return None
    _record_grade(exchange, request, grade, error)
    if error is None:
        _record_ability(exchange)
    return grade


def get_next_question(
    exchange: Exchange, observation: Observation, grade: Grade | None, probe_because: str, now: datetime
) -> NextStep:
    """Record the outcome, and look up the plan's next question."""
    _record_outcome(exchange, observation, grade, probe_because)
    step = next_step(exchange.ledger.state, exchange.plan, now)
    exchange.record_call(
        "get_next_question",
        {},
        {
            "question_id": step.question.id if step.question else None,
            "phase": step.phase,
            "core": step.core,
            "rationale": step.rationale,
        },
    )
    return step


def grade_request(
    state: SessionState, asked: AskedQuestion, question: Question, answer: Answer, turn: int
) -> GradeRequest:
    return GradeRequest(
        question=question,
        answer=answer.text,
        transcript_confidence=answer.confidence,
        hint_cost=min(1.0, sum(hint.cost for hint in question.hints[: asked.hints])),
        language=state.language,
        tenant=state.tenant,
        interview_id=state.interview_id,
        turn=turn,
        seed=state.settings.seed,
    )


async def graded(grading: Grading, request: GradeRequest) -> tuple[Grade, InterviewError | None]:
    """The grade; if the grading tier fails, a placeholder for a person to replace, and the reason."""
    try:
        return await grading.grade(request), None
    except InterviewError as error:
        return ungraded(error), error


def ungraded(error: InterviewError) -> Grade:
    return Grade(
        score=0.0,
        level="missing",
        confidence=0.0,
        rationale=f"Not graded: the grading tier could not serve ({error.code}). The score stands for no judgement.",
        grader=UNAVAILABLE,
        needs_review=True,
        review_reason="The grader was unavailable when the answer was given.",
        provisional=True,
    )


def passed_over() -> Grade:
    """The grade of a skipped question."""
    return Grade(
        score=0.0,
        level="missing",
        confidence=1.0,
        rationale="The candidate passed on this question; there was no answer to grade.",
        grader="skipped",
    )


def _record_grade(exchange: Exchange, request: GradeRequest, grade: Grade, error: InterviewError | None) -> None:
    """``grade_answer`` with its effect. The log already has the answer's text, so the arguments omit it."""
    question_id = request.question.id
    effects: list[AnyPayload] = []
    if error is not None:
        reason = f"{error.code}: {error.message}"
        effects.append(FallbackEntered(turn=request.turn, tier="grading", to="review by a person", reason=reason))
    effects.append(GradeRecorded(turn=request.turn, question_id=question_id, grade=grade))
    exchange.record_call(
        "grade_answer",
        {"question_id": question_id},
        msgspec.to_builtins(grade),
        *effects,
        error=error,
    )


def ability_event(state: SessionState, plan: InterviewPlan, skill: str, turn: int) -> DifficultyUpdated:
    """The ability on ``skill`` from all its standing grades that judge an answer. Pure."""
    judged = [record for record in state.grades if record.grade.is_judgement]
    update = ability_after(plan, judged, skill)
    return DifficultyUpdated(
        turn=turn,
        skill=skill,
        theta=update.ability.theta,
        standard_error=update.ability.standard_error,
        items=update.ability.items,
        next_b=update.next_b,
        rationale=update.rationale,
    )


def _record_ability(exchange: Exchange) -> None:
    """``update_difficulty`` with its effect."""
    event = ability_event(exchange.ledger.state, exchange.plan, exchange.question.skill, exchange.pending.turn)
    exchange.record_call(
        "update_difficulty",
        {"skill": event.skill},
        {
            "skill": event.skill,
            "theta": event.theta,
            "standard_error": event.standard_error,
            "items": event.items,
            "next_b": event.next_b,
            "rationale": event.rationale,
        },
        event,
    )


def _record_outcome(exchange: Exchange, observation: Observation, grade: Grade | None, probe_because: str) -> None:
    """``record_outcome``: the outcome of the exchange in numbers for the report. A mere request has no outcome yet."""
    outcome, asked = OUTCOMES.get(observation.heard), exchange.asked
    if outcome is None:
        return
    exchange.record_call(
        "record_outcome",
        {"question_id": asked.question_id, "outcome": outcome},
        {
            "question_id": asked.question_id,
            "outcome": outcome,
            "score": grade.score if grade else None,
            "follow_ups": asked.follow_ups,
            "clarifications": asked.clarifications,
            "hints": asked.hints,
            "skipped": observation.heard == "skip",
            "probe_because": probe_because,
        },
    )
