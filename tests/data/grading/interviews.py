"""Concluded interviews with open answers, made of events: what background grading works on in tests.

Imported by path (``importlib``) from the tests and from the processes they kill.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from interview.grades import Grade
from interview.plans.plan import InterviewPlan, PhasePlan, encode_plan, reference
from interview.plans.questions import (
    Criterion,
    Hint,
    KeyPoint,
    Numeric,
    Question,
    RubricGrading,
    RubricLevel,
    card_of,
)
from interview.sessions.events import (
    AnswerReceived,
    AnyPayload,
    Event,
    GradeRecorded,
    ResponseSent,
    SessionConcluded,
    SessionStarted,
)
from interview.sessions.fold import fold
from interview.sessions.session import AgentAction, SessionState
from storage.blobs.layout import plan_path
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore

QUOTE = "I measured it before and after"
BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LEVELS = (RubricLevel(0, 0.0, "No."), RubricLevel(1, 0.5, "Partly."), RubricLevel(2, 1.0, "Fully."))


def open_question(number: int) -> Question:
    return Question(
        id=f"open-{number}",
        type="technical",
        skill="tuning" if number % 2 else "design",
        prompt=f"Tell me about change number {number}.",
        grader=RubricGrading(samples=2),
        criteria=(Criterion("evidence", "Evidence", LEVELS),),
        key_points=(KeyPoint("measured before and after"),),
        hints=(Hint("Think of numbers.", 0.1),),
    )


def plan_of(questions: int) -> InterviewPlan:
    asked = (*(open_question(number) for number in range(1, questions + 1)), NUMBER)
    return InterviewPlan(
        id="open-plan",
        title="Open",
        role="engineer",
        phases=(PhasePlan("technical", 1800.0, core=tuple(question.id for question in asked)),),
        skills={"tuning": 1.0, "design": 1.0, "sums": 1.0},
        questions=asked,
        greeting="Hello.",
        closing="Thank you.",
        consent="We record this.",
    )


NUMBER = Question(id="sum", type="technical", skill="sums", prompt="6 times 7?", grader=Numeric(42.0))
PROVISIONAL = Grade(
    score=0.5,
    level="partial",
    confidence=0.3,
    rationale="Coverage.",
    grader="coverage",
    needs_review=True,
    review_reason="No language model judged this answer.",
    provisional=True,
)
SURE = Grade(score=1.0, level="strong", confidence=1.0, rationale="42.", grader="numeric")


def events_of(interview_id: str, plan: InterviewPlan, *, concluded: bool = True) -> list[Event]:
    """Every question asked and answered once; open answers hold ``QUOTE``."""
    action = AgentAction("new_question", "The plan.", "technical")
    payloads: list[AnyPayload] = [
        SessionStarted(interview_id=interview_id, tenant="acme", plan=reference(plan), phase="technical"),
        ResponseSent(0, plan.questions[0].prompt, action, "technical", True, question=card_of(plan.questions[0])),
    ]
    for turn, question in enumerate(plan.questions, start=1):
        said = "42" if question.id == "sum" else f"In change {turn} {QUOTE}, and it was faster."
        grade = SURE if question.id == "sum" else PROVISIONAL
        following = plan.questions[turn] if turn < len(plan.questions) else None
        payloads += [
            AnswerReceived(turn=turn, idempotency_key=f"k{turn}", question_id=question.id, text=said),
            GradeRecorded(turn=turn, question_id=question.id, grade=grade),
            ResponseSent(
                turn,
                following.prompt if following else plan.closing,
                action if following else AgentAction("conclude", "Done.", "technical"),
                "technical",
                following is not None,
                question=card_of(following) if following else None,
            ),
        ]
    if concluded:
        payloads.append(SessionConcluded(turn=len(plan.questions), by="plan", reason="All asked."))
    return [
        Event(seq=seq, time=BEGAN + timedelta(seconds=10 * seq), data=payload)
        for seq, payload in enumerate(payloads, start=1)
    ]


async def stage_interview(
    sessions: SessionStore, blobs: BlobStore, interview_id: str, plan: InterviewPlan, *, concluded: bool = True
) -> SessionState:
    events = events_of(interview_id, plan, concluded=concluded)
    state = fold(events)
    await blobs.put(plan_path(plan.digest), encode_plan(plan))
    await sessions.commit(SessionKey("acme", interview_id), expected_version=0, state=state, events=events)
    return state


def verdict(request: dict[str, Any]) -> dict[str, Any]:
    """The answer of a well-behaved model to any of the open questions."""
    return {"1": "1:2"}
