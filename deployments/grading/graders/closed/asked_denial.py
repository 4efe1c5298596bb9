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


def in_words_of_key(answer: str, prompt: str, options: Sequence[Option]) -> str:
    """``answer``, of the same length, in which options of which it denies what ``prompt`` denies are affirmed, and those
    of which it states this are ruled out."""
    named = {word for option in options for word in _stems(option.text)}
    asked = _denied_words(prompt) - named
    if not asked:
        return answer
    stated = _stated(answer, asked, _denied_verbs(prompt) - named)
    text, repeated = answer, bool(stated)
    for found in _DENIED.finditer(answer):
        rest = _first_clause(answer[found.end() :])
        said = [] if _ELLIPSIS.fullmatch(rest) else _stems(rest)
        if asked & set(said[:_REACH]) or (repeated and not said):  # "TCP opens one, UDP doesn't"
            start, end = found.span("no")
            end += 0 if said else len(rest)
            text, repeated = text[:start] + " " * (end - start) + text[end:], True
    if repeated:
        for found in _NEITHER.finditer(answer):
            text = text[: found.start()] + " " * len(found.group()) + text[found.end() :]
    for start, end in stated:
        wrong = "wrong" if _AUXILIARY_LAST.search(text[:start]) else "is wrong"
        if len(wrong) <= end - start:
            text = text[:start] + wrong.ljust(end - start) + text[end:]
    return text


#: What stands behind a denial without its predicate: "sharding isn't one either".
_ELLIPSIS = re.compile(r"\s*(?:(?:one|so|it|that|either|too|at all)\s*)*", re.IGNORECASE)
_AUXILIARY_LAST = re.compile(
    rf"{_AUXILIARY}(?: (?:all|both|clearly|definitely|certainly|always|usually|a|an|the))*\s+$", re.IGNORECASE
)


def _stated(answer: str, asked: set[str], verbs: set[str]) -> list[tuple[int, int]]:
    """Where the answer states what the question denies: "is robust", "opens a connection"."""
    places: list[tuple[int, int]] = []
    for found in _STATED.finditer(answer):
        said = _first_clause(found["rest"])
        if asked & set(_stems(said)[:2]) and not _DENIAL.search(said):
            places.append((found.start("rest"), found.start("rest") + len(said)))
    for token in answer_text.tokens(answer):
        clause = _CLAUSE.split(answer[: token.start])[-1]
        known = any(start <= token.start < end for start, end in places)
        if stem(token.text) in verbs and clause.strip() and not known and not _DENIAL.search(clause):
            places.append((token.start, token.start + len(_first_clause(answer[token.start :]))))
    return places


def _denied_verbs(prompt: str) -> set[str]:
    """The stems of the verbs that the question denies: "open" for "does not open a connection"."""
    found = re.findall(r"\b(?:do|does|did)(?:\s*not|n['’]t)\s+([a-z]+)", prompt, re.IGNORECASE)
    return {stem(word.casefold()) for word in found}


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
