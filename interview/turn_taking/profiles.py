"""How long a candidate may pause within an answer, by the type of the question.

Seconds. The model of ``deployments/turn_detection`` judges the sound before each pause, ``completeness`` the words. An
answer ends after

- ``cap_s``, and at least ``UNFINISHED_S``, of silence after an unfinished sentence;
- else ``cap_s``, in a story whose result has not been told (``stories``);
- else ``wait_s``, if the model takes the pause for the end of the turn, and the answer is not short for its question
  (``brevity``);
- else ``settled_s``, after a whole sentence;
- else ``cap_s``: nothing is known of the words.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from interview.plans.questions import QuestionCard
from interview.turn_taking.pace import Pace, pace_of

Eagerness = Literal["low", "medium", "high", "auto"]

#: The least time to finish a sentence, also where a short answer is expected.
UNFINISHED_S = 4.0

#: By how much "let me think" before a pause makes it longer.
THINKING = 2.0

_SCALES: dict[Eagerness, float] = {"low": 2.0, "medium": 1.0, "auto": 1.0, "high": 0.5}


class PauseProfile(Struct, frozen=True):
    """``likely``: the model's probability from which it takes a pause for the end of the turn."""

    name: str
    wait_s: float
    likely: float
    settled_s: float
    cap_s: float

    def __post_init__(self) -> None:
        if not 0 < self.wait_s <= self.settled_s <= self.cap_s:
            raise ValueError("a profile needs 0 < wait_s <= settled_s <= cap_s")

    @property
    def is_plain(self) -> bool:
        """Whether the silence alone decides, without a model."""
        return self.likely > 1


#: A choice, a number, a word: little to think about while speaking.
SHORT = PauseProfile("short", wait_s=0.6, likely=0.5, settled_s=1.2, cap_s=2.0)
#: A story or an opinion.
STORY = PauseProfile("story", wait_s=1.2, likely=0.7, settled_s=2.4, cap_s=4.0)
#: Thinking aloud about a problem.
REASONING = PauseProfile("reasoning", wait_s=2.0, likely=0.7, settled_s=4.0, cap_s=8.0)


_OF_PACE: dict[Pace, PauseProfile] = {"short": SHORT, "story": STORY, "reasoning": REASONING, "written": REASONING}


def profile_of(question: QuestionCard | None) -> PauseProfile:
    """The profile of an open question; ``STORY`` when none is open."""
    return _OF_PACE[pace_of(question)]


def scaled(profile: PauseProfile, eagerness: Eagerness) -> PauseProfile:
    """``profile`` for a client that asked the interviewer to be more, or less, eager."""
    by = _SCALES[eagerness]
    return replace(profile, wait_s=profile.wait_s * by, settled_s=profile.settled_s * by, cap_s=profile.cap_s * by)


def plain_silence(silence_s: float) -> PauseProfile:
    """The rule of a client that names the silence itself: no model is asked."""
    return PauseProfile("silence", wait_s=silence_s, likely=2.0, settled_s=silence_s, cap_s=silence_s)
