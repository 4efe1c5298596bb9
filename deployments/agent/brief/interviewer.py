"""The interviewer's port: the scripted and the model-backed interviewer implement it.

An interviewer gets a ``TurnBrief`` (all it may know) and returns a ``Decision`` (all it may do). Which question comes
next and which actions are open was settled before, by pure code; an interviewer picks among them and finds the words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct

from interview.grades import Grade
from interview.plans.plan import InterviewPlan, Phase
from interview.plans.questions import Question
from interview.sessions.candidate_questions import CandidateQuestion
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import ActionType, AgentAction, AskedQuestion, SessionState

#: What a candidate's utterance is. All but ``answer`` is procedure: never scored, and mostly handled by the script.
Heard = Literal[
    "answer", "repeat", "explain", "skip", "wait", "done", "hint", "end", "unsure", "question", "afterthought",
    "unformed",
]  # fmt: skip


class Observation(Struct, frozen=True):
    """What was heard in this turn. ``confidence`` in [0, 1] is the transcript's, None for typed text.

    ``unsure`` in ``heard`` means the transcript is too doubtful to score; ``why`` says what made it so. ``question``:
    nothing but questions to the interviewer; ``questions`` may also stand beside an answer. ``afterthought``: the
    candidate came back to an earlier question, which is open again, and has yet to say what. ``unformed``: an answer
    that is not of the asked form, to be asked for again.
    """

    text: str
    heard: Heard
    confidence: float | None = None
    why: str = ""
    questions: tuple[CandidateQuestion, ...] = ()


class NextStep(Struct, frozen=True):
    """What the plan holds next: a question of a phase, or (``question`` None) its end; ``rationale`` says why."""

    question: Question | None
    phase: Phase
    core: bool
    rationale: str
    by_budget: bool = False


class TurnBrief(Struct, frozen=True):
    """Everything an interviewer may base a decision on.

    ``state`` already holds this turn's answer and grade. ``answer`` is all the candidate said to the current question.
    ``open_actions`` are the actions the rules allow now. ``follow_up`` is the next probe (the question's own, or for
    what a story leaves out), and ``probe_because`` why the script would use it (empty: it would not). ``seed`` varies
    words, never decisions.
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


class Decision(Struct, frozen=True):
    """What the interviewer does and says.

    ``text`` is the whole utterance; with ``question`` set it contains that question's prompt word for word.
    ``hint`` is the rung given (0-based). ``skipped`` marks the current question as passed over. ``concluded_by`` is
    set with the action ``conclude``; ``paused_because`` when a person must look before it goes on. ``prompt`` and
    ``output`` record what a model was asked with and returned.
    """

    action: AgentAction
    text: str
    source: str
    question: Question | None = None
    core: bool = False
    hint: int | None = None
    skipped: bool = False
    form_asked: bool = False
    concluded_by: str = ""
    observation: str = ""
    prompt: str = ""
    output: dict[str, Any] = {}
    trips: tuple[PolicyFinding, ...] = ()
    paused_because: str = ""


class DecisionOutcome(Struct, frozen=True):
    """A decision, and the fallback's reason when the configured interviewer could not make it."""

    decision: Decision
    fallback_reason: str = ""
    fallback_tier: str = "llm"


#: Told, while a decision is being made, what it would be if it ended with the sentence that has just ended.
Overheard = Callable[[Decision], None]


class Interviewer(Protocol):
    async def decide(self, brief: TurnBrief, overheard: Overheard | None = None) -> Decision:
        """Raises InterviewError when it cannot decide; the caller then falls back to the script.

        Whoever decides all at once never calls ``overheard``, and is not given one when nobody listens.
        """
        ...


class Ruling(Struct, frozen=True):
    """What the rules say about an answer or about a decision, and everything that tripped.

    ``rule`` decides what follows: ``allow`` (also after warnings, and with ``rewritten`` in place of the decision),
    ``script`` (the script speaks instead), ``pause`` (a person looks first) or ``conclude``; ``reason`` says why.
    """

    rule: Literal["allow", "script", "pause", "conclude"] = "allow"
    trips: tuple[PolicyFinding, ...] = ()
    rewritten: Decision | None = None
    reason: str = ""


class Policy(Protocol):
    """The rules around an interviewer, whoever it is. Both are pure and fast: they stand in every turn."""

    def examine(self, brief: TurnBrief) -> Ruling:
        """Before anybody decides: the answer and the course of the interview (length, pasted text, injections)."""
        ...

    def review(self, brief: TurnBrief, decision: Decision) -> Ruling:
        """Before the candidate hears a model's decision: leaks, tone, language, repetition, off-limits topics."""
        ...
