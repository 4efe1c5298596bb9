"""The interviewer's port, implemented by the scripted and the model-backed interviewer.

An interviewer gets a ``TurnBrief`` and returns a ``Decision``. Pure code has already chosen the next question and the
open actions; an interviewer picks one action and words it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from msgspec import Struct

from deployments.agent.contract import PreparedReply
from interview.grades import Grade
from interview.plans.plan import InterviewPlan, Phase
from interview.plans.questions import Question
from interview.sessions.candidate_questions import CandidateQuestion
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import ActionType, AgentAction, AskedQuestion, SessionState

#: The kinds of utterance. All but ``answer`` are procedural: never scored, and mostly handled by the script.
Heard = Literal[
    "answer", "repeat", "explain", "skip", "wait", "done", "hint", "end", "unsure", "question", "afterthought",
    "unformed",
]  # fmt: skip


#: Marks the recorded output of a model's response that was prepared ahead.
AHEAD = "ahead"


class Observation(Struct, frozen=True):
    """The utterance of this turn. ``confidence`` in [0, 1] is the transcript's, None for typed text.

    ``unsure`` in ``heard`` means that the transcript is too doubtful to score, for the reason in ``why``. ``question``:
    only questions to the interviewer; ``questions`` may also come with an answer. ``afterthought``: the candidate
    returned to an earlier question, which is open again, without the addition yet. ``unformed``: an answer that lacks
    the required form, to be requested again. ``is_foreign``: an answer in another language than the interview's, the
    first of its candidate.
    """

    text: str
    heard: Heard
    confidence: float | None = None
    why: str = ""
    questions: tuple[CandidateQuestion, ...] = ()
    is_foreign: bool = False


class NextStep(Struct, frozen=True):
    """The plan's next step: a question of a phase, or (``question`` None) the end; ``rationale`` says why."""

    question: Question | None
    phase: Phase
    core: bool
    rationale: str
    by_budget: bool = False


class TurnBrief(Struct, frozen=True):
    """The basis of an interviewer's decision.

    ``state`` already holds this turn's answer and grade. ``answer`` is everything the candidate said to the current
    question. ``open_actions`` are the actions the rules allow now. ``follow_up`` is the next probe (the question's own,
    or for a missing part of a story), and ``probe_because`` the script's reason to use it (empty: it would not).
    ``probe_for_all``: it is one that every candidate is asked word for word. ``seed`` varies wording, never decisions.
    ``prepared`` is a model's response that was made before the turn, for what may have been another brief.
    """

    state: SessionState
    plan: InterviewPlan
    turn: int
    now: datetime
    observation: Observation
    asked: AskedQuestion
    question: Question
    answer: str
    grade: Grade | None
    next_step: NextStep
    open_actions: frozenset[ActionType]
    seed: int
    time_left_s: float
    follow_up: str | None = None
    probe_because: str = ""
    probe_for_all: bool = False
    prepared: PreparedReply | None = None


class Decision(Struct, frozen=True):
    """The interviewer's action and utterance.

    ``text`` is the whole utterance; with ``question`` set it contains that question's prompt verbatim. ``hint`` is the
    index of the hint given (0-based). ``follow_up``: the words of a follow-up, which ``text`` holds verbatim; empty
    where they are not known apart from the rest. ``skipped`` marks the current question as skipped. ``concluded_by`` is
    set with the action ``conclude``; ``paused_because`` when a person must review before the interview continues.
    ``prompt`` and ``output`` record a model's input and output.
    """

    action: AgentAction
    text: str
    source: str
    question: Question | None = None
    core: bool = False
    hint: int | None = None
    skipped: bool = False
    form_asked: bool = False
    follow_up: str = ""
    concluded_by: str = ""
    observation: str = ""
    prompt: str = ""
    output: dict[str, Any] = {}
    trips: tuple[PolicyFinding, ...] = ()
    paused_because: str = ""


class DecisionOutcome(Struct, frozen=True):
    """A decision, and the fallback's reason when the configured interviewer could not decide."""

    decision: Decision
    fallback_reason: str = ""
    fallback_tier: str = "llm"


#: Called during a decision with the decision as it would be if it ended after the sentence just finished.
Overheard = Callable[[Decision], None]


class Interviewer(Protocol):
    async def decide(self, brief: TurnBrief, overheard: Overheard | None = None) -> Decision:
        """Raises InterviewError when it cannot decide; the caller then falls back to the script.

        A non-streaming interviewer never calls ``overheard``, and it is None without a listener.
        """
        ...


@runtime_checkable
class ThinksAhead(Protocol):
    async def prepare(self, brief: TurnBrief) -> PreparedReply | None:
        """The response to the request that ``decide`` would make for ``brief``, at background priority.

        Raises InterviewError when there is none.
        """
        ...

    async def warm(self, state: SessionState, plan: InterviewPlan) -> None:
        """Let the engine compute, at background priority, what every prompt of the interview begins with.

        Raises InterviewError when it does not.
        """
        ...


class Ruling(Struct, frozen=True):
    """The policies' verdict on an answer or a decision, and everything that tripped.

    ``rule`` is ``allow`` (also after warnings, and with ``rewritten`` replacing the decision), ``script`` (the script
    speaks instead), ``pause`` (a person reviews first) or ``conclude``; ``reason`` says why.
    """

    rule: Literal["allow", "script", "pause", "conclude"] = "allow"
    trips: tuple[PolicyFinding, ...] = ()
    rewritten: Decision | None = None
    reason: str = ""


class Policy(Protocol):
    """The policies for every interviewer. Both methods are pure and fast: they run in every turn."""

    def examine(self, brief: TurnBrief) -> Ruling:
        """Before the decision: judges the answer and the interview's course (length, pasted text, injections)."""
        ...

    def review(self, brief: TurnBrief, decision: Decision) -> Ruling:
        """Before the candidate hears a model's decision: leaks, tone, language, repetition, off-limits topics."""
        ...
