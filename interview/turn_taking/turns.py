"""The state machine of turns: frames of speech and silence in, the beginnings and ends of answers out.

Pure: time is the position in the candidate's audio, in milliseconds, and comes with each input.

    idle ── speech ──▶ speaking ── silence ──▶ paused ── long enough ──▶ ended ── taken ──▶ idle
                          ▲                      │                         │
                          └────── speech ────────┴──────── speech ─────────┘

While the interviewer speaks, speech interrupts only when it lasts (``Gate``), so that a cough or "mm-hm" does not.
Speech that goes on when the interviewer falls silent is an answer, from its own beginning.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from interview.turn_taking.profiles import STORY, THINKING, UNFINISHED_S, PauseProfile

#: Shorter speech is a click, not a beginning.
BEGINS_MS = 96
#: From this silence on a pause is a pause: the model judges it, and what was said before is transcribed.
PAUSE_MS = 384
#: Silence that resets the count of speech over the interviewer's.
BREATH_MS = 400


class Gate(Struct, frozen=True):
    """When speech over the interviewer's interrupts it: ``speech_ms`` of it, not within ``warm_up_ms`` of the first
    utterance, in which a client's echo cancellation adapts."""

    speech_ms: int = 800
    warm_up_ms: int = 3_000
    enabled: bool = True


class SpeechStarted(Struct, frozen=True):
    """An answer began at ``at_ms``."""

    at_ms: int


class Paused(Struct, frozen=True):
    """The candidate fell silent at ``at_ms``: judge whether the turn is over (``Turns.judged``)."""

    at_ms: int


class MayEnd(Struct, frozen=True):
    """The pause that began at ``at_ms`` will end the answer, unless speech resumes: a reply can be prepared. At most
    once a pause."""

    at_ms: int


class TurnEnded(Struct, frozen=True):
    """The answer ended at ``at_ms``; it is provisional until ``Turns.taken``."""

    at_ms: int


class TurnResumed(Struct, frozen=True):
    """The candidate goes on with the answer that had ended, from ``at_ms``."""

    at_ms: int


class Interrupted(Struct, frozen=True):
    """The candidate interrupts the interviewer, by speech that began at ``at_ms``; ``SpeechStarted`` follows."""

    at_ms: int


Outcome = SpeechStarted | Paused | MayEnd | TurnEnded | TurnResumed | Interrupted

State = Literal["idle", "speaking", "paused", "ended"]


class Turns:
    """One candidate's turns."""

    def __init__(self, profile: PauseProfile = STORY, gate: Gate | None = None) -> None:
        self.profile = profile
        self.gate = gate or Gate()
        self.state: State = "idle"
        self._run_ms = 0
        self._quiet_ms = 0
        self._pause_at = 0
        self._likelihood: float | None = None
        self._thinks = False
        self._may_end = False
        self._unfinished: bool | None = None
        self._untold = False
        self._interviewer_since: int | None = None
        self._deaf_until: int | None = None
        #: The beginning of speech over the interviewer's that may yet interrupt it.
        self.over_since: int | None = None
        self._over_ms = 0

    @property
    def interviewer_speaks(self) -> bool:
        return self._interviewer_since is not None

    def interviewer_began(self, at_ms: int) -> None:
        if self._deaf_until is None:
            self._deaf_until = at_ms + self.gate.warm_up_ms
        if self._interviewer_since is None:
            self._interviewer_since, self.over_since, self._over_ms = at_ms, None, 0

    def interviewer_ended(self, at_ms: int) -> list[Outcome]:
        """The interviewer fell silent. Speech under way becomes the answer."""
        self._interviewer_since = None
        began, self.over_since, self._over_ms = self.over_since, None, 0
        if began is None or self._quiet_ms >= BREATH_MS or self.state != "idle":
            return []
        self.state = "speaking"
        return [SpeechStarted(began)]

    def judged(self, pause_at_ms: int, likelihood: float) -> None:
        """The model's probability that the pause at ``pause_at_ms`` ends the turn; a stale one has no effect."""
        if self.state == "paused" and pause_at_ms == self._pause_at:
            self._likelihood = likelihood

    def thinks(self, pause_at_ms: int) -> None:
        """The last words before the pause at ``pause_at_ms`` ask for time; a stale one has no effect."""
        if self.state == "paused" and pause_at_ms == self._pause_at:
            self._thinks = True

    def read(self, pause_at_ms: int, *, unfinished: bool | None, untold: bool = False) -> None:
        """Whether the words before the pause at ``pause_at_ms`` are an unfinished sentence; None: nothing is known.
        ``untold``: they are a story without its result. A stale reading has no effect."""
        if self.state == "paused" and pause_at_ms == self._pause_at:
            self._unfinished, self._untold = unfinished, untold

    def taken(self) -> None:
        """The answer was taken, or the client cleared it; the next speech begins another."""
        self.state = "idle"
        self._run_ms = 0

    def heard(self, at_ms: int, frame_ms: int, *, speech: bool) -> list[Outcome]:
        """The next frame, which ends at ``at_ms``."""
        if speech:
            self._run_ms += frame_ms
            self._quiet_ms = 0
            return self._spoke(at_ms, frame_ms)
        self._run_ms = 0
        self._quiet_ms += frame_ms
        return self._silent(at_ms)

    def _spoke(self, at_ms: int, frame_ms: int) -> list[Outcome]:
        if self.interviewer_speaks and self.state == "idle":
            return self._spoke_over(at_ms, frame_ms)
        if self._run_ms < BEGINS_MS:
            return []
        began = at_ms - self._run_ms
        match self.state:
            case "idle":
                self.state = "speaking"
                return [SpeechStarted(began)]
            case "ended":
                self.state = "speaking"
                return [TurnResumed(began)]
            case "paused":
                self.state = "speaking"
                return []
            case "speaking":
                return []

    def _spoke_over(self, at_ms: int, frame_ms: int) -> list[Outcome]:
        if self.over_since is None:
            self.over_since = at_ms - frame_ms
        self._over_ms += frame_ms
        gate = self.gate
        if not gate.enabled or self._over_ms < gate.speech_ms or at_ms < (self._deaf_until or 0):
            return []
        began, self.over_since, self._over_ms = self.over_since, None, 0
        self._interviewer_since = None
        self.state = "speaking"
        return [Interrupted(began), SpeechStarted(began)]

    def _silent(self, at_ms: int) -> list[Outcome]:
        if self.over_since is not None and self._quiet_ms >= BREATH_MS:
            self.over_since, self._over_ms = None, 0
        if self.state == "speaking" and self._quiet_ms >= PAUSE_MS:
            self.state = "paused"
            self._pause_at = at_ms - self._quiet_ms
            self._likelihood = None
            self._thinks, self._unfinished, self._untold = False, None, False
            self._may_end = False
            return [Paused(self._pause_at), *self._over(at_ms)]
        return self._over(at_ms) if self.state == "paused" else []

    def _over(self, at_ms: int) -> list[Outcome]:
        silence_s = (at_ms - self._pause_at) / 1000
        profile = self.profile
        outcomes: list[Outcome] = []
        goes_on = self._thinks or self._unfinished
        sounds_over = profile.is_plain or (self._is_likely and not self._untold)
        if not self._may_end and not goes_on and (sounds_over or silence_s >= profile.wait_s):
            self._may_end = True
            outcomes.append(MayEnd(self._pause_at))
        if silence_s >= self._longest_s():
            self.state = "ended"
            outcomes.append(TurnEnded(self._pause_at))
        return outcomes

    @property
    def _is_likely(self) -> bool:
        return self._likelihood is not None and self._likelihood >= self.profile.likely

    def _longest_s(self) -> float:
        """How long the present pause may be."""
        profile = self.profile
        if self._thinks:
            return profile.cap_s * THINKING
        if self._unfinished:
            return max(profile.cap_s, UNFINISHED_S)
        if self._untold:
            return profile.cap_s
        if self._is_likely:
            return profile.wait_s
        return profile.cap_s if self._unfinished is None else profile.settled_s
