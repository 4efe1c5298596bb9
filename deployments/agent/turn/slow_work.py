"""Results of slow calls within one turn, reused when a commit loses a race and the turn is decided again."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployments.agent.brief.interviewer import DecisionOutcome, TurnBrief
from deployments.agent.contract import PreparedReply
from deployments.agent.streaming.heard_so_far import HeardSoFar
from deployments.agent.turn.growing_speech import GrowingSpeech
from deployments.grading.contract import GradeRequest
from interview.errors import InterviewError
from interview.grades import Grade
from interview.sessions.session import AudioRef


@dataclass(frozen=True)
class StandIn:
    """``engine`` speaks instead of the preferred voice, for ``reason``."""

    engine: str
    reason: str


@dataclass(frozen=True)
class Spoken:
    """``audio`` None: text only; ``error`` is the reason when a voice was requested."""

    audio: AudioRef | None
    error: InterviewError | None = None
    stand_in: StandIn | None = None


@dataclass
class SlowWork:
    """``heard_so_far`` is the part of the reply that a listener has heard, None without a listener.

    ``growing_speech`` speaks that part; None if the listener asked for no audio. ``prepared`` was made before the turn.
    """

    heard_so_far: HeardSoFar | None = None
    growing_speech: GrowingSpeech | None = None
    prepared: PreparedReply | None = None
    grades: list[tuple[GradeRequest, Grade, InterviewError | None]] = field(default_factory=list)
    decisions: list[tuple[TurnBrief, DecisionOutcome]] = field(default_factory=list)
    speech: dict[str, Spoken] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)

    def grade_for(self, request: GradeRequest) -> tuple[Grade, InterviewError | None] | None:
        for known, grade, error in self.grades:
            if known == request:
                return grade, error
        return None

    def decision_for(self, brief: TurnBrief) -> DecisionOutcome | None:
        """The earlier decision on equal grounds, unless a listener has heard more than its words since."""
        for known, decided in self.decisions:
            if _same_choice(known, brief) and (
                self.heard_so_far is None or self.heard_so_far.text == decided.decision.text
            ):
                return decided
        return None


def _same_choice(one: TurnBrief, other: TurnBrief) -> bool:
    """Whether a decision made on ``one`` still holds for ``other``: the same exchange with the same open actions."""
    return (
        one.observation == other.observation
        and one.asked == other.asked
        and one.answer == other.answer
        and one.next_step == other.next_step
        and one.open_actions == other.open_actions
        and one.probe_because == other.probe_because
        and one.state.current_phase == other.state.current_phase
    )
