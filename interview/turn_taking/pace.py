"""How much a question makes its candidate think, which decides how long a silence may be."""

from __future__ import annotations

from typing import Literal

from interview.plans.questions import QuestionCard

#: ``short``: a choice, a number, a word. ``story``: a story or an opinion. ``reasoning``: a problem to think about.
#: ``written``: an answer that is written down, such as a formula.
Pace = Literal["short", "story", "reasoning", "written"]


def pace_of(question: QuestionCard | None) -> Pace:
    """The pace of an open question; ``story`` when none is open. Pure."""
    if question is None:
        return "story"
    match question.answer_mode:
        case "choice" | "number" | "text":
            return "short"
        case "formula":
            return "written"
        case "spoken":
            pass
    match question.question_type:
        case "technical" | "problem_solving":
            return "reasoning"
        case "opener" | "experience" | "behavioral":
            return "story"
        case "clarification":
            return "short"
