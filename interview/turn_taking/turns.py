"""The state machine of turns: frames of speech and silence in, the beginnings and ends of answers out.

Pure: time is the position in the candidate's audio, in milliseconds, and comes with each input.

    idle ── speech ──▶ speaking ── silence ──▶ paused ── long enough ──▶ ended ── taken ──▶ idle
                          ▲                      │                         │
                          └────── speech ────────┴──────── speech ─────────┘

While the interviewer speaks, speech interrupts only when it lasts (``Gate``), so that a cough or "mm-hm" does not.
Speech that goes on when the interviewer falls silent is an answer, from its own beginning.

An answer may have been ended at a pause. Speech that begins before the reply is heard goes on with it and withdraws the
reply: it is no reaction to the interviewer, and no echo.
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
#: Speech this long withdraws a reply that has not been heard. Shorter speech may be a breath.
WITHDRAWS_MS = 192
#: Speech that begins so soon after an answer ended goes on with it, also if the reply has begun: too soon to have
#: understood the reply.
GOES_ON_MS = 1_500


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
    """The candidate interrupts the interviewer, by speech that began at ``at_ms``; ``SpeechStarted`` follows.

    ``goes_on``: with the answer before, which had been ended at a pause.
    """

    at_ms: int
    goes_on: bool = False


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
        self._untold = self._brief = False
        self._wordless = self._withdrew = False
        self._interviewer_since: int | None = None
        #: When the interviewer's present utterance was first heard; when the answer ended to which it replies.
        self._audible_from: int | None = None
        self._answered_at: int | None = None
        self._deaf_until: int | None = None
        #: The beginning of speech over the interviewer's that may yet interrupt it.
        self.over_since: int | None = None
        self._over_ms = 0

    @property
    def interviewer_speaks(self) -> bool:
        return self._interviewer_since is not None

    def interviewer_began(self, at_ms: int) -> None:
        """The interviewer has the floor; its first sound may be some time away."""
        if self._deaf_until is None:
            self._deaf_until = at_ms + self.gate.warm_up_ms
        if self._interviewer_since is None:
            self._interviewer_since, self.over_since, self._over_ms = at_ms, None, 0
            self._audible_from = None

    def interviewer_audible(self, at_ms: int) -> None:
        """The first sound of the utterance was sent."""
        if self._audible_from is None:
            self._audible_from = at_ms

    def interviewer_ended(self, at_ms: int) -> list[Outcome]:
        """The interviewer fell silent. Speech under way becomes the answer."""
        self._interviewer_since = self._answered_at = None
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

    def read(self, pause_at_ms: int, *, unfinished: bool | None, untold: bool = False, brief: bool = False) -> None:
        """Whether the words before the pause at ``pause_at_ms`` are an unfinished sentence; None: nothing is known.
        ``untold``: they are a story without its result; ``brief``: little for an answer to the question. A stale
        reading has no effect."""
        if self.state == "paused" and pause_at_ms == self._pause_at:
            self._unfinished, self._untold, self._brief = unfinished, untold, brief

    def read_nothing(self, pause_at_ms: int) -> None:
        """There are no words before the pause at ``pause_at_ms``; a stale reading has no effect."""
        if self.state == "paused" and pause_at_ms == self._pause_at:
            self._wordless = True

    def taken(self) -> None:
        """The answer was taken, or the client cleared it; the next speech begins another."""
        self.state = "idle"
        self._run_ms = 0
        self._withdrew = False

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
                self.state, self._answered_at = "speaking", None
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
        gate, withdraws = self.gate, self._withdraws(at_ms, frame_ms)
        lasts = self._over_ms >= gate.speech_ms and at_ms >= (self._deaf_until or 0)
        if not gate.enabled or not (lasts or withdraws):
            return []
        began, self.over_since, self._over_ms = self.over_since, None, 0
        goes_on = withdraws or (self._answered_at is not None and began - self._answered_at <= GOES_ON_MS)
        self._interviewer_since = self._answered_at = None
        self.state, self._withdrew = "speaking", withdraws
        return [Interrupted(began, goes_on), SpeechStarted(began)]

    def _withdraws(self, at_ms: int, frame_ms: int) -> bool:
        """Whether the speech under way began before the reply to an answer was heard: its first frame, at least."""
        if self._answered_at is None or self._run_ms < WITHDRAWS_MS:
            return False
        return self._audible_from is None or at_ms - self._run_ms + frame_ms <= self._audible_from

    def _silent(self, at_ms: int) -> list[Outcome]:
        if self.over_since is not None and self._quiet_ms >= BREATH_MS:
            self.over_since, self._over_ms = None, 0
        if self.state == "speaking" and self._quiet_ms >= PAUSE_MS:
            self.state = "paused"
            self._pause_at = at_ms - self._quiet_ms
            self._likelihood = None
            self._thinks, self._unfinished, self._untold, self._brief = False, None, False, False
            self._may_end = self._wordless = False
            return [Paused(self._pause_at), *self._over(at_ms)]
        return self._over(at_ms) if self.state == "paused" else []

    def _over(self, at_ms: int) -> list[Outcome]:
        silence_s = (at_ms - self._pause_at) / 1000
        profile = self.profile
        outcomes: list[Outcome] = []
        goes_on = self._thinks or self._unfinished
        sounds_over = profile.is_plain or (self._is_likely and not (self._untold or self._brief))
        if not self._may_end and not goes_on and (sounds_over or silence_s >= profile.wait_s):
            self._may_end = True
            outcomes.append(MayEnd(self._pause_at))
        if silence_s >= self._longest_s():
            self.state, self._answered_at = "ended", at_ms
            outcomes.append(TurnEnded(self._pause_at))
        return outcomes

    @property
    def _is_likely(self) -> bool:
        return self._likelihood is not None and self._likelihood >= self.profile.likely

    def _longest_s(self) -> float:
        """How long the present pause may be."""
        profile = self.profile
        if self._wordless and self._withdrew:
            return profile.wait_s  # a sound withdrew the reply, and the reply is said again
        if self._thinks:
            return profile.cap_s * THINKING
        if self._unfinished:
            return max(profile.cap_s, UNFINISHED_S)
        if self._untold:
            return profile.cap_s
        if self._is_likely and not self._brief:
            return profile.wait_s
        return profile.cap_s if self._unfinished is None else profile.settled_s
