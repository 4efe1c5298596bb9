"""Grades at the end what the turns left ungraded: the grader failed, or the interview ended before the turn did."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from deployments.grading.background.interview_answers import answer_to, grade_request
from deployments.grading.contract import GradeRequest
from interview import failures
from interview.errors import InterviewError
from interview.grades import UNAVAILABLE, Grade
from interview.plans.plan import InterviewPlan
from interview.sessions.events import GradeRecorded
from interview.sessions.session import SessionState

logger = logging.getLogger(__name__)

#: Grades an answer without a language model.
QuickGrade = Callable[[GradeRequest], Awaitable[Grade]]

#: The batch name under which an answer that cannot be graded is counted.
GRADING = "missing grade"


def lacks_grade(state: SessionState, question_id: str) -> bool:
    """Whether the question has no standing grade, or only the placeholder of a grader that failed."""
    standing = next((record for record in state.grades if record.question_id == question_id), None)
    return standing is None or (standing.grade.grader == UNAVAILABLE and standing.source != "override")


def requests_to_grade(state: SessionState, plan: InterviewPlan) -> list[GradeRequest]:
    """A request for every answer to a scored question that lacks its grade."""
    found: list[GradeRequest] = []
    for asked in state.questions_asked:
        question = plan.by_id.get(asked.question_id)
        if question is None or not question.is_scored or not lacks_grade(state, asked.question_id):
            continue
        answer, confidence, turn = answer_to(state, asked, question)
        if answer:
            found.append(grade_request(state, asked, question, answer, confidence, turn))
    return found


async def missing_grades(
    grade: QuickGrade, requests: Sequence[GradeRequest], record: Callable[[GradeRecorded], Awaitable[None]]
) -> None:
    """Grade each of ``requests`` and ``record`` it at once. One whose key or grader is wrong is counted and skipped.

    Raises:

        InterviewError: a retryable failure of the graders, or a failure of the store.
    """
    for request in requests:
        try:
            given = await grade(request)
        except InterviewError as error:
            if error.retryable or error.status >= 500:
                raise
            reason = failures.item_failed(GRADING, error)
            logger.error("an answer was not graded: question=%s error=%s", request.question.id, reason)
            continue
        await record(GradeRecorded(turn=request.turn, question_id=request.question.id, grade=given))
