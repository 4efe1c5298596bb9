"""Reads answers that repeat the denial of their question: "caching isn't part of it" for "Which are not part of ACID?".

There the denied option is the chosen one, and "atomicity is part of it" rules an option out.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders import answer_text
from interview.plans.questions import Option
from interview.text.stems import stem

_AUXILIARY = r"\b(?:is|are|was|were|do|does|did|has|have|had|ca|can|could|will|wo|would|should|must)"
#: The denial of a predicate, with what stands before and behind it.
_DENIED = re.compile(rf"{_AUXILIARY}(?P<no>\s*not\b|n['’]t\b|\s+never\b|['’]t\b)", re.IGNORECASE)
_STATED = re.compile(
    rf"{_AUXILIARY}\s+(?:(?:all|both|clearly|definitely|certainly|always|usually|a|an|the)\s+)*(?P<rest>(?!not\b|never\b)[^,;.!?\n]+)",
    re.IGNORECASE,
)
_NEITHER = re.compile(r"\b(?:neither|nor)\s+(?:is|are|was|were|does|do|did|has|have|can|will)\b", re.IGNORECASE)
_DENIAL = re.compile(rf"{_DENIED.pattern}|\bnot\b|\bnever\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;.!?\n]|\b(?:and|but|so|because|since|while|whereas)\b", re.IGNORECASE)
#: The denied words of a question stand at most so far behind the denial.
_REACH = 5
_WRONG = "wrong"


def in_words_of_key(answer: str, prompt: str, options: Sequence[Option]) -> str:
    """``answer``, of the same length, in which options of which it denies what ``prompt`` denies are affirmed, and those
    of which it states this are ruled out."""
    asked = _denied_words(prompt) - {word for option in options for word in _stems(option.text)}
    if not asked:
        return answer
    text, repeated = answer, False
    for found in _DENIED.finditer(answer):
        if asked & set(_stems(_first_clause(answer[found.end() :]))[:_REACH]):
            start, end = found.span("no")
            text, repeated = text[:start] + " " * (end - start) + text[end:], True
    if repeated:
        for found in _NEITHER.finditer(answer):
            text = text[: found.start()] + " " * len(found.group()) + text[found.end() :]
    for found in _STATED.finditer(answer):
        said = _first_clause(found["rest"])
        words = _stems(said)[:_REACH]
        if asked & set(words[:2]) and len(said) >= len(_WRONG) and not _DENIAL.search(said):
            start = found.start("rest")
            text = text[:start] + _WRONG.ljust(len(said)) + text[start + len(said) :]
    return text


def _denied_words(prompt: str) -> set[str]:
    """The stems of the content words behind a denial in the question; empty without one."""
    return {
        word for found in _DENIAL.finditer(prompt) for word in _stems(_first_clause(prompt[found.end() :]))[:_REACH]
    }


def _first_clause(text: str) -> str:
    found = _CLAUSE.search(text)
    return text[: found.start()] if found else text


def _stems(text: str) -> list[str]:
    return [stem(token.text) for token in answer_text.tokens(text) if not answer_text.is_stop_word(token.text)]
