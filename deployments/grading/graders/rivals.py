"""Finds an answer that names something else and only speaks of the right term.

"It's a queue, a stack is last in first out" holds both terms, whichever the key asks for, and "they take in oxygen and
give off carbon dioxide" has the term in a part that was not asked for. Such an answer may still be right, so this is a
reason for a review only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from deployments.grading.graders.statements import CLAUSE, EMPTY, stems_of
from interview.text.stems import stem

#: The first clause names the answer: "it's a queue, …", "a queue. …".
_NAMED_FIRST = re.compile(
    r"^\W*(?:(?:well|so|um|uh|yes|yeah|sure|i (?:think|guess|believe|mean)|i(?:['’]d| would) say)[, ]+)*"
    r"(?:(?:it|that|this)(?:['’]s| is| was| would be|['’]d be)\s+(?:called\s+|named\s+)?(?:an?\s+|the\s+)?"
    r"|an?\s+|the\s+)"
    r"(?P<named>[^,;:.!?\n]{2,40}?)\s*(?:[,;.]|\s[-–—]|\b(?:while|whereas|and|but)\b)",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:not|no|never|nothing)\b|n['’]t\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\W*(?:an?|the)?\W*", re.IGNORECASE)
#: The term is the subject of its clause.
_SUBJECT = re.compile(r"\w{0,2}\s*(?:['’]s\b|\b(?:are|were|would|have|can|mean|[a-z]+s)\b)", re.IGNORECASE)
#: The particle of such a verb tells what is done: "give off" is not "take in".
_PARTICLE_VERB = re.compile(
    r"\b(?:(?P<verb>[a-z]{2,})\s+(?P<particle>off|out|away|up|down)"
    r"|(?P<inward>take|let|breathe|suck|bring|put|get)s?\s+in)\b",
    re.IGNORECASE,
)


def names_a_rival(answer: str, spans: Sequence[tuple[int, int]], prompt: str) -> str:
    """Why ``answer``, in which the right term stands at ``spans``, may name something else; else ""."""
    reasons = [_at(answer, start, end, prompt) for start, end in spans]
    return reasons[-1] if reasons and all(reasons) else ""


def _at(answer: str, start: int, end: int, prompt: str) -> str:
    asked = stems_of(prompt)
    own_start = max((found.end() for found in CLAUSE.finditer(answer[:start])), default=0)
    later = CLAUSE.search(answer, end)
    own_end = later.start() if later else len(answer)
    first = _NAMED_FIRST.match(answer[:start])
    if (
        first is not None
        and not _DENIAL.search(first["named"])
        and stems_of(first["named"]) - asked - EMPTY
        and _ARTICLE.fullmatch(answer[own_start:start])
        and _SUBJECT.match(answer[end:])
    ):
        return "Something else is named first; the accepted answer is spoken of afterwards."
    lead = answer[own_start:start]
    if not _is_another_verb(lead, prompt):
        return ""
    others = (answer[:own_start], answer[own_end:])
    if any(_answers_with(clause, prompt) for other in others for clause in CLAUSE.split(other)):
        return "The question's own words go with something else, and other words with the accepted answer."
    return ""


def _is_another_verb(lead: str, prompt: str) -> bool:
    """Whether the words before the term in its clause do something that the question does not ask for."""
    if others := _particle_verbs(lead):
        return not others & _particle_verbs(prompt)
    asked, said = stems_of(prompt), stems_of(lead)
    return not said & asked and bool(said - EMPTY)


def _answers_with(clause: str, prompt: str) -> bool:
    """Whether ``clause`` repeats a verb of the question and adds a word that the question lacks."""
    asked = stems_of(prompt)
    said = stems_of(clause)
    return bool(_particle_verbs(clause) & _particle_verbs(prompt)) and bool(said - asked - EMPTY)


def _particle_verbs(text: str) -> set[str]:
    return {
        f"{stem((found['verb'] or found['inward']).lower())} {found['particle'] or 'in'}"
        for found in _PARTICLE_VERB.finditer(text)
    }
