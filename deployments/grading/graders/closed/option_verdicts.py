"""Reads a verdict on each option: "python yes, rust no", and "no, yes, no, yes" for the options in turn."""

from __future__ import annotations

import re

from deployments.grading.graders import answer_text

#: "python yes, rust no": each option with its verdict.
_VERDICT = re.compile(
    r"[^?\n]*?[^\s,;:=.-][\s:=-]+(yes|no|true|false|yep|yeah|nope|(?<=[:=-] )[yn])\b[\s,;.]*", re.IGNORECASE
)
#: What may follow the last part: nothing, or its verdict once more.
_AGAIN = re.compile(r"(?:(?<=\s)(?:yes|no|true|false)\b[\s,;.]*)?", re.IGNORECASE)


def _parts(answer: str) -> list[re.Match[str]]:
    """The parts of an answer that consists of at least two parts with a verdict; none of another answer.

    It goes from part to part: one pattern for the whole answer takes time exponential in the number of verdicts.
    """
    parts: list[re.Match[str]] = []
    at = 0
    while part := _VERDICT.match(answer, at):
        parts.append(part)
        at = part.end()
    return parts if len(parts) > 1 and _AGAIN.fullmatch(answer, at) else []


def without_refused(answer: str) -> str:
    """``answer`` without the parts that end in "no" and without the word "yes", in an answer made of such parts."""
    kept = answer
    for part in _parts(answer):
        refused = part.group(1).casefold() in ("no", "false", "nope", "n")
        start = part.start() if refused else part.start(1)
        end = part.end() if refused else part.end(1)
        kept = kept[:start] + " " * (end - start) + kept[end:]
    return kept


_WORDS = {
    **dict.fromkeys(("yes", "y", "yep", "yeah", "true", "right", "correct"), True),
    **dict.fromkeys(("no", "n", "nope", "false", "wrong", "incorrect"), False),
}


def in_turn(answer: str, options: int) -> tuple[bool, ...]:
    """The verdicts of an answer that consists of one for each of so many options; empty for another answer."""
    words = answer_text.tokens(answer)
    if len(words) != options or any(word.text not in _WORDS for word in words):
        return ()
    return tuple(_WORDS[word.text] for word in words)
