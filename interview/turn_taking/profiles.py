"""How long a candidate may pause within an answer, by the type of the question.

Seconds. The model of ``deployments/turn_detection`` judges each pause; a pause it judges as the end of a turn ends the
answer after ``wait_s``, any other one after ``cap_s``.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from interview.plans.questions import QuestionCard

Eagerness = Literal["low", "medium", "high", "auto"]

_SCALES: dict[Eagerness, float] = {"low": 2.0, "medium": 1.0, "auto": 1.0, "high": 0.5}


class PauseProfile(Struct, frozen=True):
    """``likely``: the probability of an end of turn from which a pause of ``wait_s`` ends the answer."""

    name: str
    wait_s: float
    likely: float
    cap_s: float

    def __post_init__(self) -> None:
        if not 0 < self.wait_s <= self.cap_s:
            raise ValueError("a profile needs 0 < wait_s <= cap_s")


#: A choice, a number, a word: little to think about while speaking.
SHORT = PauseProfile("short", wait_s=0.6, likely=0.5, cap_s=2.0)
#: A story or an opinion.
STORY = PauseProfile("story", wait_s=1.2, likely=0.7, cap_s=4.0)
#: Thinking aloud about a problem.
REASONING = PauseProfile("reasoning", wait_s=2.0, likely=0.7, cap_s=8.0)


def profile_of(question: QuestionCard | None) -> PauseProfile:
    """The profile of an open question; ``STORY`` when none is open."""
    if question is None:
        return STORY
    match question.answer_mode:
        case "choice" | "number" | "text":
            return SHORT
        case "formula":
            return REASONING
        case "spoken":
            pass
    match question.question_type:
        case "technical" | "problem_solving":
            return REASONING
        case "opener" | "experience" | "behavioral":
            return STORY
        case "clarification":
            return SHORT


def scaled(profile: PauseProfile, eagerness: Eagerness) -> PauseProfile:
    """``profile`` for a client that asked the interviewer to be more, or less, eager."""
    by = _SCALES[eagerness]
    return replace(profile, wait_s=profile.wait_s * by, cap_s=profile.cap_s * by)


def plain_silence(silence_s: float) -> PauseProfile:
    """The rule of a client that names the silence itself: no model is asked."""
    return PauseProfile("silence", wait_s=silence_s, likely=2.0, cap_s=silence_s)
