"""What a candidate's utterance asks for, if it is not an answer."""

from __future__ import annotations

import re

from deployments.agent.interviewer import Heard

_PLEASE = r"( please)?"
_REQUESTS: tuple[tuple[Heard, str], ...] = (
    ("repeat", r"(can|could|would) you (please )?(repeat|say)( that| the question)?( again)?"),
    ("repeat", r"(please )?repeat( that| the question)?"),
    ("skip", r"(please )?(skip|pass)( this| that| it)?( the| this)?( question| one)?|next question"),
    ("moment", r"(just )?(give me )?(a|one) (moment|second|minute)"),
    ("moment", r"i need (a|one) (moment|second|minute)( to think)?|let me think"),
    ("hint", r"(can|could|may) i (have|get) a hint|(a )?hint|i need a hint"),
    ("done", r"(that is|that s|thats) (all|it)|(i am |i m |im )?done"),
    ("end", r"(please )?(stop|end) the interview( now)?|i (want|would like) to (stop|end)( the interview)?"),
)
_PATTERNS = tuple((heard, re.compile(f"({pattern}){_PLEASE}")) for heard, pattern in _REQUESTS)
_LONGEST_REQUEST_CHARS = 80


def intent_of(text: str) -> Heard:
    """``answer`` unless the whole utterance is a request."""
    if len(text) > _LONGEST_REQUEST_CHARS:
        return "answer"
    plain = " ".join(re.sub(r"[^a-z ]+", " ", text.lower()).split())
    for heard, pattern in _PATTERNS:
        if pattern.fullmatch(plain):
            return heard
    return "answer"
