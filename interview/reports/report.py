"""The report of one interview as data: every score has reasons, and every reason quotes the candidate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from interview.grades import Grade
from interview.plans.plan import Phase, PlanRef
from interview.plans.questions import QuestionType
from interview.sessions.session import Candidate, Consent, Insight, Status
from interview.sessions.synthesis import SentenceKind


class Quote(Struct, frozen=True):
    """A verbatim quote from an answer. ``found``: the quote occurs in the answer. ``at_s`` is the start of its
    utterance in the recording ``audio_url``, in seconds; None for typed answers."""

    text: str
    supports: str = ""
    found: bool = True
    turn: int | None = None
    audio_url: str | None = None
    at_s: float | None = None


class AnswerReport(Struct, frozen=True):
    """One utterance of the candidate. ``confidence`` in [0, 1] is the transcript's, None for typed text."""

    turn: int
    text: str
    received_at: datetime
    asked: str = ""
    confidence: float | None = None
    audio_url: str | None = None
    duration_s: float | None = None


class GradeVersion(Struct, frozen=True):
    """A recorded grade; ``seq`` is its event in the log. ``source`` is ``inline``, ``background`` or ``override`` (with
    author and reason)."""

    recorded_at: datetime
    source: str
    grade: Grade
    author: str = ""
    reason: str = ""
    seq: int = 0


class QuestionReport(Struct, frozen=True):
    """One question put to the candidate. ``grades`` holds all recorded grades, oldest first; the last one is current.

    ``prompt_version`` names the interviewer's prompt that put the question; empty when it was scripted. ``wording`` is
    the interviewer's utterance.
    """

    number: int
    question_id: str
    question_type: QuestionType
    skill: str
    phase: Phase
    prompt: str
    wording: str
    core: bool = False
    skipped: bool = False
    graded: bool = True
    answers: tuple[AnswerReport, ...] = ()
    grades: tuple[GradeVersion, ...] = ()
    quotes: tuple[Quote, ...] = ()
    hints_used: int = 0
    follow_ups: int = 0
    clarifications: int = 0
    prompt_version: str = ""

    @property
    def standing(self) -> GradeVersion | None:
        return self.grades[-1] if self.grades else None

    @property
    def judged(self) -> GradeVersion | None:
        """The standing grade when it judges the answer, else None."""
        standing = self.standing
        return None if standing is None or not standing.grade.is_judgement else standing

    @property
    def original(self) -> GradeVersion | None:
        """The last grade before a reviewer's override; None without an override."""
        if not self.grades or self.grades[-1].source != "override":
            return None
        earlier = [version for version in self.grades if version.source != "override"]
        return earlier[-1] if earlier else None


class SkillReport(Struct, frozen=True):
    """Ability on a skill. ``theta`` and ``standard_error`` are in θ units, from ``items`` graded answers (None: not
    estimated); ``low``/``high`` bound the 95 % interval. ``mean_score`` in [0, 1] is over the standing grades."""

    skill: str
    weight: float
    questions: int
    mean_score: float | None = None
    theta: float | None = None
    standard_error: float | None = None
    items: int = 0
    low: float | None = None
    high: float | None = None
    note: str = ""


class CompositeReport(Struct, frozen=True):
    """An ability measured by the answers on several ``skills`` together; the numbers as in ``SkillReport``."""

    name: str
    skills: tuple[str, ...]
    theta: float | None = None
    standard_error: float | None = None
    items: int = 0
    low: float | None = None
    high: float | None = None


class Finding(Struct, frozen=True):
    """A strength or a gap, and its answer. ``tentative``: the grade still waits for a person or a model."""

    question_id: str
    number: int
    skill: str
    score: float
    text: str
    tentative: bool = False
    quote: Quote | None = None


class Suggestion(Struct, frozen=True):
    """A question to ask next, and why; ``question_id`` is set when the bank has an unasked question that fits."""

    skill: str
    text: str
    question_id: str = ""


class ReviewItem(Struct, frozen=True):
    question_id: str
    number: int
    reason: str


class QuestionOfCandidate(Struct, frozen=True):
    """A question from the candidate. ``answered_from`` is empty when it waits for the hiring team; ``for_a_person``
    marks requests that a person must handle: an objection, deletion, a human interviewer, an accommodation."""

    turn: int
    at: datetime
    topic: str
    text: str
    answered_from: str = ""
    for_a_person: bool = False

    @property
    def waits(self) -> bool:
        return self.for_a_person or not self.answered_from


class RuleTripped(Struct, frozen=True):
    turn: int
    at: datetime
    rule: str
    action: str
    detail: str = ""


class FallbackNoted(Struct, frozen=True):
    turn: int
    at: datetime
    tier: str
    to: str
    reason: str


class SignalNoted(Struct, frozen=True):
    """An integrity signal: shown, never scored."""

    turn: int
    at: datetime
    signal: str
    data: dict[str, Any] = {}


class EngineUse(Struct, frozen=True):
    """An engine that served a tier, and its number of calls."""

    tier: str
    name: str
    uses: int
    notice: str = ""


class SummarySentence(Struct, frozen=True):
    """A sentence of the written summary with its quotes; ``resume_quote`` is the résumé's side of a contradiction."""

    kind: SentenceKind
    text: str
    quote: Quote
    resume_quote: str = ""


class Summary(Struct, frozen=True):
    """A language model's summary of the whole interview. ``dropped`` sentences had no quote that was there."""

    sentences: tuple[SummarySentence, ...]
    dropped: int
    prompt: str


class Report(Struct, frozen=True):
    """Report of one interview. ``final`` is false while the interview runs or a grade is provisional.

    ``weighted_score`` in [0, 1]: Σ weight · mean_score / Σ weight over the graded skills; None without any. It is an
    input to a person's decision, not a recommendation. ``version`` is the session version that the report was made
    from. ``written_summary`` None: no model wrote one. ``precision`` says how little the answers can tell.
    """

    interview_id: str
    version: int
    generated_at: datetime
    final: bool
    status: Status
    candidate: Candidate
    consent: Consent
    plan: PlanRef
    language: str
    started_at: datetime
    ended_at: datetime | None
    duration_s: float
    concluded_because: str
    weighted_score: float | None
    skills: tuple[SkillReport, ...]
    strengths: tuple[Finding, ...]
    gaps: tuple[Finding, ...]
    ask_next: tuple[Suggestion, ...]
    needs_review: tuple[ReviewItem, ...]
    questions: tuple[QuestionReport, ...]
    rules: tuple[RuleTripped, ...]
    fallbacks: tuple[FallbackNoted, ...]
    signals: tuple[SignalNoted, ...]
    engines: tuple[EngineUse, ...]
    notices: tuple[str, ...]
    topics: tuple[str, ...]
    insights: tuple[Insight, ...]
    summary: str
    hints_used: int
    candidate_questions: tuple[QuestionOfCandidate, ...] = ()
    written_summary: Summary | None = None
    composites: tuple[CompositeReport, ...] = ()
    precision: str = ""
