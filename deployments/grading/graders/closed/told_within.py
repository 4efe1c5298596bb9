"""Recognises an exact answer within a sentence that is about nothing else of its kind: "you put it in .gitignore"."""

from __future__ import annotations

import re

from deployments.grading.graders.closed import command_lines
from deployments.grading.graders.statements import other_statement
from interview.text.stance import hold

#: A sentence that weighs the answer against something else.
_WEIGHED = re.compile(
    r"\b(?:or|nor|neither|either|versus|vs|unless|except|instead|unlike|(?:rather|other) than|as opposed to|used to)\b",
    re.IGNORECASE,
)
#: What stands directly before the answer and turns it.
_TURNED_BEFORE = re.compile(
    r"\b(?:not|never|no|without|than|before|after|above|below|over|under|between|almost|nearly|like|similar to|minus"
    r"|plus|if|from)"
    r"(?:\s+(?:a|an|the))?\s+$",
    re.IGNORECASE,
)
#: What takes the answer back behind it.
_DOUBTED = re.compile(
    r"\b(?:i (?:doubt|don't|do not|wouldn't|would not)|not|isn't|wrong|false|incorrect|unlikely|no)\b", re.IGNORECASE
)
_EDGES = ".,;:!?\"'`()[]"


def told_within(said: str, accepted: str, prompt: str, case_sensitive: bool) -> bool:
    """Whether a longer ``said`` asserts ``accepted``, as it is written, once, and names nothing else of that kind.

    Only for code-like answers (signs, digits, capitals): a plain word may be part of any sentence.
    """
    if not _is_code(accepted) or command_lines.compare(said, accepted) is not None or _WEIGHED.search(said):
        return False
    has_case = case_sensitive or "\\" in accepted or re.search(r"(?<=\s)-\w", accepted)
    flags = 0 if has_case else re.IGNORECASE
    found = [
        *re.finditer(rf"(?<![\w.:@~$/\\-]){re.escape(accepted)}(?![\w/\\*^(-]|[.:]\w|\s*[-+*/^=]\s*\w)", said, flags)
    ]
    if len(found) != 1 or _TURNED_BEFORE.search(said[: found[0].start()]):
        return False
    if _DOUBTED.search(said, found[0].end()):
        return False
    span = found[0].span()
    if hold(said, [span])[0].stance != "asserted" or other_statement(said, [span], prompt):
        return False
    asked = {word.strip(_EDGES) for word in prompt.split()}
    rest = f"{said[: span[0]]} {said[span[1] :]}".split()
    begins = {said.split()[0], *re.findall(r"[.!?]\s+(\S+)", said)}
    return not any(
        (_is_code(word.strip(_EDGES)) and word.strip(_EDGES) not in asked)
        or (word[:1].isupper() and word not in begins and word.strip(_EDGES) not in asked and word.strip(_EDGES) != "I")
        for word in rest
        if "'" not in word and "’" not in word
    )


def _is_code(text: str) -> bool:
    """Whether ``text`` has signs, digits or capitals that a plain English word lacks."""
    plain = text.strip().strip(_EDGES) if not text.startswith(".") else text
    return bool(re.search(r"[^A-Za-z\s'’-]", plain)) or any(char.isupper() for char in plain[1:])
