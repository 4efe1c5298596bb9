"""Finds an answer that makes a statement of the right term, option or number instead of naming it.

"Queues are slow", "the median changes most" and "25 percent succeeded" hold what the key asks for, and may say of it what
the question does not. A statement in the question's own words ("the median changes least") names the answer. Other
statements may be true, so they are a reason for a review only.
"""

# ruff: noqa: E501, SIM905 - a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders import answer_text
from interview.text.opposites import opposites_of
from interview.text.stems import stem

_AUXILIARY = (
    r"(?:(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|must|may|might)(?:n['’]?t)?|['’]s|ca|wo|cannot|can['’]t|won['’]t|never|always"
    r"|(?:mostly|usually|often|rarely|only) \w+)"
)
_VERB = rf"(?:{_AUXILIARY}|(?!(?:this|thus|less|unless|plus|minus|versus|across|besides|is|as|process|class|access)\b)[a-z]{{2,}}(?:[^s\W]s|ed))"
#: "90 percent fail"; a noun of this form ("a 90 percent increase") is not read.
_PLURAL_VERB = r"(?:fail|succeed|pass|break|crash|remain|survive|win|lose|die|churn|leave|stay|convert|work|agree|disagree|respond|return|retry|time out|go|fall)"
#: A predicate right behind the term, and behind a number with its noun.
_OF_TERM = re.compile(
    rf"\s*(?:[\"'”’`)]\s*)?(?:(?:one|option|answer|choice)\s+)?(?P<said>{_VERB}(?!\w)[^\n]*)", re.IGNORECASE
)
_OF_NUMBER = re.compile(
    rf"\s*(?:of\s+(?:(?:the|all|our|its|these|those|them)\s*)*)?(?:(?!to\b|so\b|and\b|or\b|in\b|for\b|at\b|if\b)[a-z]+\s+){{0,2}}?(?P<said>(?:{_AUXILIARY}|{_PLURAL_VERB}|[a-z]{{3,}}ed)(?!\w)[^\n]*)",
    re.IGNORECASE,
)
#: The end of a statement: a clause with its own words follows.
CLAUSE = re.compile(
    r"[,;:!?\n(]|\.(?!\d)|\s[-–—]\s|\b(?:because|since|as|which|who|when|where|so|and|but|while|whereas|if|for example|in order to|then|to)\b",
    re.IGNORECASE,
)
_FEELING = re.compile(
    r"\b(?:i|we|they|people)(?: (?:really|just|always|still|usually|would|do))* (?:hate|dislike|love|like|prefer|know about|know of|have heard of|'ve heard of|heard of|forgot|study|studied|learned about|am learning)(?: (?:the|a|an|about|using|all|these|those))*\s*$"
    r"|(?:\bnot|n['’]t)(?: really| even| quite)? (?:know|understand|remember|sure|see)\b[^,.;]{0,20}\b(?:what|how|why|when|where|which|about)\b[^,.;]*$",
    re.IGNORECASE,
)
#: "Queues confuse me", "an index, though not here".
_LIMITED = re.compile(
    r"(?:\s+(?:\w+ly\s+)?[a-z]+\s+(?:me|us)\b|[,\s]+(?:though|but|although|just|only)\s+not\s+(?:here|there|now|always|today|any ?more|this time|(?:in|for) (?:this|that)\b))",
    re.IGNORECASE,
)
#: Words that say that something is the answer, or how sure the candidate is.
EMPTY = frozenset(
    stem(word)
    for word in (
        "answer right correct best choice option one fit fits match matches apply applies true good fine term name word called"
        " call known use used using choose pick chosen need needed needs require required make makes sense work works say think guess"
        " believe obvious obviously certain certainly definite definitely sure probably likely standard usual normal"
        " default typical way thing case question here asked ask mean means meant refer refers described describe description"
        " take takes taken total altogether overall roughly about approximately exactly come comes give gives given"
    ).split()
)
_NEGATION = re.compile(r"\b(?:not|never|no|cannot|without|nothing|hardly|neither|nor)\b|n['’]t\b", re.IGNORECASE)
#: Degrees that are opposites of each other.
_DEGREES = (
    frozenset(
        "most more highest largest biggest greatest maximum best strongest fastest always lot heavily strongly greatly much".split()
    ),
    frozenset(
        "least less fewest fewer lowest smallest minimum worst weakest slowest never hardly barely slightly little rarely".split()
    ),
)


def other_statement(answer: str, spans: Sequence[tuple[int, int]], prompt: str, *, number: bool = False) -> str:
    """Why ``answer``, in which the right term or ``number`` stands at ``spans``, may say something else; else ""."""
    reasons = [_of(answer, start, end, prompt, number=number) for start, end in spans]
    return reasons[-1] if reasons and all(reasons) else ""


def _of(answer: str, start: int, end: int, prompt: str, *, number: bool) -> str:
    before = _last_clause(answer[:start])
    if _FEELING.search(before):
        return "The candidate speaks about the accepted answer and may not give it."
    rest = answer[end:]
    if _LIMITED.match(rest):
        return "Something is said of the accepted answer that may set it aside."
    found = (_OF_NUMBER if number else _OF_TERM).match(rest)
    asked = stems_of(prompt)
    clause = before + " " + _first_clause(rest)
    if _contrary(clause, prompt):
        return "The answer says the contrary of what is asked."
    if found is None:
        return ""
    said = _first_clause(found["said"])
    if _NEGATION.search(said) and not _NEGATION.search(prompt):
        return "The answer denies something of the accepted answer."
    if stems_of(said) - asked - EMPTY:
        return "The answer states something of the accepted answer that is not asked."
    return ""


def _contrary(clause: str, prompt: str) -> bool:
    """Whether the clause has the opposite of a word of the question: "most" for "least"."""
    said, asked = set(answer_text.normal(clause).split()), set(answer_text.normal(prompt).split())
    for one, other in (_DEGREES, _DEGREES[::-1]):
        if asked & one and not asked & other and said & other and not said & one:
            return True
    return any(opposites_of(word) & said - asked for word in asked if word not in said)


def _last_clause(text: str) -> str:
    ends = [found.end() for found in CLAUSE.finditer(text)]
    return text[ends[-1] :] if ends else text


def _first_clause(text: str) -> str:
    found = CLAUSE.search(text, 1)
    return text[: found.start()] if found else text


def stems_of(text: str) -> set[str]:
    """The stems of the content words; abbreviations and names in capitals stay whole ("HTTP" is not "HTTPS")."""
    return {
        token.text if text[token.start : token.end].isupper() else stem(token.text)
        for token in answer_text.tokens(text)
        if not answer_text.is_stop_word(token.text)
    }
