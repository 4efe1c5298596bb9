"""Text patterns with ``*`` (any text), ``?`` (one character) and ``~`` (the next character as it is)."""

from __future__ import annotations

from functools import lru_cache

_ANY, _ONE = object(), object()


class Pattern:
    """A pattern; case is ignored. Matching takes time in proportion to text times pattern, never more."""

    def __init__(self, text: str) -> None:
        self._parts = _parts(text.casefold())

    def matches(self, text: str) -> bool:
        """Whether the whole text fits the pattern."""
        return _fits(self._parts, text.casefold())

    def find(self, text: str, start: int = 0) -> int:
        """The index of the first place at or after ``start`` where the pattern begins; -1 without one."""
        folded = text.casefold()
        open_ended = [*self._parts, _ANY]
        return next((at for at in range(start, len(folded) + 1) if _fits(open_ended, folded[at:])), -1)


@lru_cache(maxsize=256)
def _cached(text: str) -> tuple[object, ...]:
    parts: list[object] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "~" and at + 1 < len(text) and text[at + 1] in "*?~":
            at += 1
            parts.append(text[at])
        else:
            parts.append(_ANY if char == "*" else _ONE if char == "?" else char)
        at += 1
    return tuple(parts)


def _parts(text: str) -> list[object]:
    return list(_cached(text))


def _fits(parts: list[object], text: str) -> bool:
    """Two pointers with one place to go back to: the last ``*``."""
    at = place = 0
    star, resume = -1, 0
    while at < len(text):
        if place < len(parts) and parts[place] is _ANY:
            star, resume = place, at
            place += 1
        elif place < len(parts) and (parts[place] is _ONE or parts[place] == text[at]):
            place += 1
            at += 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return all(one is _ANY for one in parts[place:])
