"""The silence ladder: what is offered to a candidate who says nothing. It never ends an interview and never scores."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Offer = Literal["take_your_time", "nudge", "repeat_or_skip", "pause"]


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


class SilenceLadder:
    """One candidate's silence. Time is any clock in seconds that comes with each input."""

    def __init__(self, rungs: Rungs | None = None) -> None:
        self._offers = (rungs or Rungs()).offers()
        self._since: float | None = None
        self._given = 0
        self._stretch = 1.0

    def quiet_from(self, now: float) -> None:
        """The interviewer's last word ended at ``now``, and the candidate has the floor."""
        self._since, self._given, self._stretch = now, 0, 1.0

    def broken(self) -> None:
        """The candidate speaks, types or acts, or the interviewer speaks."""
        self._since = None

    def let_me_think(self, now: float) -> None:
        """The candidate asked for time: every offer comes twice as late."""
        self._since, self._given, self._stretch = now, 0, 2.0

    def due(self, now: float) -> Offer | None:
        """The offer that is due, once."""
        if self._since is None or self._given >= len(self._offers):
            return None
        after_s, offer = self._offers[self._given]
        if now - self._since < after_s * self._stretch:
            return None
        self._given += 1
        return offer
