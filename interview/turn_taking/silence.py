"""The silence ladder: what is offered to a candidate who says nothing. It never ends an interview and never scores."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from interview.plans.questions import QuestionCard
from interview.turn_taking.pace import Pace, pace_of

Offer = Literal["take_your_time", "nudge", "repeat_or_skip", "pause"]

#: Offers that the interviewer speaks, where the candidate answers by voice; a client shows the others.
SPOKEN: frozenset[Offer] = frozenset({"nudge", "repeat_or_skip"})


class Rungs(Struct, frozen=True):
    """Seconds of silence after the interviewer's last word at which each offer comes."""

    take_your_time_s: float = 8.0
    nudge_s: float = 20.0
    repeat_or_skip_s: float = 45.0
    pause_s: float = 90.0

    def offers(self) -> tuple[tuple[float, Offer], ...]:
        return (
            (self.take_your_time_s, "take_your_time"),
            (self.nudge_s, "nudge"),
            (self.repeat_or_skip_s, "repeat_or_skip"),
            (self.pause_s, "pause"),
        )


#: A story or an opinion.
STORY = Rungs()
#: A choice, a number, a word: little to think about.
SHORT = Rungs(8.0, 15.0, 35.0, 90.0)
#: A problem to think about before a word is said.
REASONING = Rungs(15.0, 40.0, 80.0, 150.0)
#: An answer that is written down, such as a formula.
WRITTEN = Rungs(20.0, 60.0, 120.0, 240.0)


_OF_PACE: dict[Pace, Rungs] = {"short": SHORT, "story": STORY, "reasoning": REASONING, "written": WRITTEN}


def rungs_of(question: QuestionCard | None) -> Rungs:
    """The rungs of an open question; ``STORY`` when none is open."""
    return _OF_PACE[pace_of(question)]


class SilenceLadder:
    """One candidate's silence. Time is any clock in seconds that comes with each input."""

    def __init__(self, rungs: Rungs = STORY) -> None:
        self._offers = rungs.offers()
        self._since: float | None = None
        self._given = 0
        self._stretch = 1.0

    def quiet_from(self, now: float, rungs: Rungs = STORY, *, thinking: bool = False) -> None:
        """The interviewer's last word ended at ``now``, and the candidate has the floor. ``thinking``: the candidate
        asked for time, so every offer comes twice as late."""
        self._offers = rungs.offers()
        self._since, self._given, self._stretch = now, 0, 2.0 if thinking else 1.0

    def broken(self) -> None:
        """The candidate speaks, types or acts, or the interviewer speaks."""
        self._since = None

    def due(self, now: float) -> Offer | None:
        """The offer that is due, once."""
        if self._since is None or self._given >= len(self._offers):
            return None
        after_s, offer = self._offers[self._given]
        if now - self._since < after_s * self._stretch:
            return None
        self._given += 1
        return offer
