"""Policies: the rules between an interviewer and a candidate, declared in YAML and judged by pure functions.

A rule inspects a ``Scene`` (the interview so far) and a ``Draft`` (the planned utterance) and reports a finding or
nothing. Its ``action`` says what follows; when several rules trip, the strongest action wins:

    warn < rewrite < scripted < pause < conclude

``rewrite`` speaks a corrected utterance, ``scripted`` replaces it with a scripted line, ``pause`` speaks and then waits
for a person, ``conclude`` ends the interview politely. No rule ever changes a score.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Literal

import msgspec
from msgspec import Struct

from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import ActionType, SessionState

PolicyAction = Literal["warn", "rewrite", "scripted", "pause", "conclude"]
Outcome = Literal["speak", "scripted", "pause", "conclude"]

#: The actions allowed for a correctable utterance, for one that is not, and for the interview's course.
MENDABLE: frozenset[str] = frozenset({"warn", "rewrite", "scripted", "pause", "conclude"})
UTTERANCE: frozenset[str] = frozenset({"warn", "scripted", "pause", "conclude"})
COURSE: frozenset[str] = frozenset({"warn", "pause", "conclude"})


class Scene(Struct, frozen=True):
    """The interview so far: ``state`` holds this turn's answer. ``now`` is UTC; ``heard`` classifies the utterance
    (``answer``, or a request such as ``repeat``)."""

    state: SessionState
    plan: InterviewPlan
    question: Question
    turn: int
    now: datetime
    heard: str = "answer"
    next_question: Question | None = None

    @property
    def ends(self) -> bool:
        """Whether the interview ends here, or after the open question, regardless of policies."""
        return self.next_question is None or self.heard == "end"

    @property
    def overtime_s(self) -> float:
        """Seconds beyond ``budget_s``; negative while there is time left."""
        return self.state.elapsed_s(self.now) - self.budget_s

    @property
    def budget_s(self) -> float:
        """The plan's time budget with the extra time that was granted."""
        return self.plan.time_budget_s + self.state.extra_time_s


class Draft(Struct, frozen=True):
    """The planned utterance: the interviewer's own ``words``, then ``verbatim``, the plan's wording."""

    action: ActionType
    words: str
    verbatim: str = ""


class Rule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="rule", kw_only=True):
    """Base of the rules; ``rule`` in the YAML selects the subclass."""

    action: PolicyAction = "warn"
    allowed: ClassVar[frozenset[str]] = UTTERANCE

    @property
    def name(self) -> str:
        return str(self.__struct_config__.tag)


class ConversationLength(Rule, frozen=True, forbid_unknown_fields=True, tag="conversation_length", kw_only=True):
    """The interview has reached ``max_turns`` answers."""

    allowed: ClassVar[frozenset[str]] = COURSE
    max_turns: int


class TimeLimit(Rule, frozen=True, forbid_unknown_fields=True, tag="time", kw_only=True):
    """The plan's time budget is exceeded by ``grace_s`` seconds, even if the plan has questions left."""

    allowed: ClassVar[frozenset[str]] = COURSE
    grace_s: float


class HintBudget(Rule, frozen=True, forbid_unknown_fields=True, tag="hint_budget", kw_only=True):
    """The utterance tells a hint without counting it: ``words`` consecutive words of it."""

    words: int = 4


class RepeatedQuestions(Rule, frozen=True, forbid_unknown_fields=True, tag="repeated_questions", kw_only=True):
    """A sentence was said before, or belongs elsewhere in the plan; ``similarity`` in [0, 1] counts as the same. The
    rewrite drops it."""

    allowed: ClassVar[frozenset[str]] = MENDABLE
    similarity: float = 0.88


class OffLimits(Rule, frozen=True, forbid_unknown_fields=True, tag="off_limits", kw_only=True):
    """The interviewer touches a forbidden topic; phrases per topic, ``*`` matches any word ending.

    ``unless``: terms of a trade that hold such a phrase ("race condition"); they are left out of the search.
    """

    topics: dict[str, tuple[str, ...]]
    unless: tuple[str, ...] = ()


class NoLeak(Rule, frozen=True, forbid_unknown_fields=True, tag="no_leak", kw_only=True):
    """``words`` consecutive words of a key, key point, reference answer or rubric anchor that the candidate has not
    said, or a whole shorter key."""

    words: int = 4


class Language(Rule, frozen=True, forbid_unknown_fields=True, tag="language", kw_only=True):
    """The interviewer does not speak the session's language."""


class UtteranceLength(Rule, frozen=True, forbid_unknown_fields=True, tag="utterance_length", kw_only=True):
    """The interviewer's own words (excluding the plan's) exceed ``max_words``; the rewrite keeps whole sentences."""

    allowed: ClassVar[frozenset[str]] = MENDABLE
    max_words: int


class Tone(Rule, frozen=True, forbid_unknown_fields=True, tag="tone", kw_only=True):
    """Praise, verdicts or scorn; the rewrite drops the sentences that contain them. ``unless`` as in ``OffLimits``."""

    allowed: ClassVar[frozenset[str]] = MENDABLE
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()


class Promises(Rule, frozen=True, forbid_unknown_fields=True, tag="promises", kw_only=True):
    """The interviewer promises a reply, a date, a next step or a result; the rewrite drops the sentence."""

    allowed: ClassVar[frozenset[str]] = MENDABLE
    phrases: tuple[str, ...]


class EmptyWords(Rule, frozen=True, forbid_unknown_fields=True, tag="empty_words", kw_only=True):
    """A statement takes up nothing of an answer in sentences, or less than ``share`` of its words of content occur in
    answer and question; the rewrite drops it."""

    allowed: ClassVar[frozenset[str]] = MENDABLE
    share: float = 0.5


class OneQuestion(Rule, frozen=True, forbid_unknown_fields=True, tag="one_question", kw_only=True):
    """Two questions at once; the rewrite keeps the first."""

    allowed: ClassVar[frozenset[str]] = MENDABLE


class GradingVariance(Rule, frozen=True, forbid_unknown_fields=True, tag="grading_variance", kw_only=True):
    """At the interview's end, the samples of a standing grade disagree by more than ``max_spread`` (score units)."""

    allowed: ClassVar[frozenset[str]] = frozenset({"warn"})
    max_spread: float


class AnswerRate(Rule, frozen=True, forbid_unknown_fields=True, tag="answer_rate", kw_only=True):
    """``max_answers`` or more within the last ``window_s`` seconds."""

    allowed: ClassVar[frozenset[str]] = COURSE
    max_answers: int
    window_s: float


class PastedText(Rule, frozen=True, forbid_unknown_fields=True, tag="pasted_text", kw_only=True):
    """A typed answer of at least ``min_chars`` arrived faster than ``max_chars_per_s`` after the question."""

    allowed: ClassVar[frozenset[str]] = COURSE
    min_chars: int
    max_chars_per_s: float


class Injection(Rule, frozen=True, forbid_unknown_fields=True, tag="injection", kw_only=True):
    """The answer addresses a machine ("ignore your instructions") or hides characters. Recorded, never scored."""

    allowed: ClassVar[frozenset[str]] = COURSE
    phrases: tuple[str, ...]


AnyRule = (
    ConversationLength
    | TimeLimit
    | HintBudget
    | RepeatedQuestions
    | OffLimits
    | NoLeak
    | Language
    | UtteranceLength
    | Tone
    | Promises
    | EmptyWords
    | OneQuestion
    | GradingVariance
    | AnswerRate
    | PastedText
    | Injection
)


class PolicySet(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One file of ``configs/policies``, or several joined; ``digest`` identifies its exact content."""

    id: str
    rules: tuple[AnyRule, ...]
    description: str = ""

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(encode_policies(self)).hexdigest()


class Judgement(Struct, frozen=True):
    """``words`` are the draft's own words, corrected where a rule rewrote them."""

    outcome: Outcome
    words: str
    trips: tuple[PolicyFinding, ...] = ()


def joined_policies(sets: tuple[PolicySet, ...]) -> PolicySet:
    """Join sets in order; a rule of a later set replaces the same rule of an earlier one."""
    if len(sets) == 1:
        return sets[0]
    rules: dict[str, AnyRule] = {}
    for found in sets:
        rules.update({rule.name: rule for rule in found.rules})
    return PolicySet(id="+".join(found.id for found in sets), rules=tuple(rules.values()))


def encode_policies(policies: PolicySet) -> bytes:
    """The canonical JSON (keys sorted)."""
    return msgspec.json.encode(policies, order="sorted")


def decode_policies(raw: bytes) -> PolicySet:
    """Raises msgspec.DecodeError."""
    return msgspec.json.decode(raw, type=PolicySet)
