"""Grades many answers without a server: for calibration, audits and testing a question."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping

import msgspec
from msgspec import Struct

from deployments.grading.contract import GradeRequest
from deployments.grading.graders.grade_builder import with_deductions
from deployments.grading.judge.rubric import RubricJudge
from deployments.grading.service import GradingService
from interview.errors import InterviewError, InvalidInput
from interview.grades import Grade
from interview.plans.questions import Question


class AnswerLine(Struct, frozen=True):
    """One line of an answers file. ``question_id`` may be omitted when there is only one question.

    ``score`` in [0, 1] or ``level`` (strong, good, partial, weak, missing) is a human label, for calibration.
    """

    answer: str
    id: str = ""
    question_id: str = ""
    transcript_confidence: float | None = None
    hint_cost: float = 0.0
    language: str = "en"
    score: float | None = None
    level: str = ""


class GradedLine(Struct, frozen=True, omit_defaults=True):
    """The grade of a line (counted from 1), or its error."""

    line: int
    question_id: str
    id: str = ""
    grade: Grade | None = None
    error: dict[str, object] | None = None


def read_answers(lines: Iterable[str], questions: Mapping[str, Question], source: str) -> list[tuple[int, AnswerLine]]:
    """The answers of a JSON-lines file; a bare JSON string is an answer, too.

    Raises:

        InvalidInput: naming ``source:line`` and the problem.
    """
    only = next(iter(questions)) if len(questions) == 1 else ""
    found: list[tuple[int, AnswerLine]] = []
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            read = msgspec.json.decode(text.encode(), type=AnswerLine | str)
        except msgspec.DecodeError as error:
            raise InvalidInput(f"{source}:{number}: {error}", detail={"fields": {str(number): str(error)}}) from error
        line = AnswerLine(answer=read) if isinstance(read, str) else read
        line = msgspec.structs.replace(line, question_id=line.question_id or only)
        if line.question_id not in questions:
            problem = f"no question {line.question_id!r}" if line.question_id else "question_id is missing"
            raise InvalidInput(f"{source}:{number}: {problem}", detail={"fields": {str(number): problem}})
        found.append((number, line))
    return found


async def grade_lines(
    service: GradingService,
    questions: Mapping[str, Question],
    answers: Iterable[tuple[int, AnswerLine]],
    *,
    judge: RubricJudge | None = None,
    review_below: float = 0.6,
    seed: int = 0,
) -> AsyncIterator[GradedLine]:
    """One result per line, in order; an error in one line does not affect the others.

    With a ``judge``, open answers get its grade; without, provisional key-point coverage.
    """
    for number, line in answers:
        question = questions[line.question_id]
        try:
            if judge is not None and question.is_open:
                grade = with_deductions(
                    await judge.grade(question, line.answer, seed, line.language),
                    hint_cost=line.hint_cost,
                    transcript_confidence=line.transcript_confidence,
                    review_below=review_below,
                )
            else:
                grade = await service.grade(
                    GradeRequest(
                        question=question,
                        answer=line.answer,
                        transcript_confidence=line.transcript_confidence,
                        hint_cost=line.hint_cost,
                        language=line.language,
                        seed=seed,
                    )
                )
        except InterviewError as error:
            yield GradedLine(number, question.id, line.id, error=error.to_wire())
            continue
        yield GradedLine(number, question.id, line.id, grade=grade)
