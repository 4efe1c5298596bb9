"""Compiles phrases in a readable notation to regular expressions over plain words.

    could you [please] (repeat|say again) {thing}?

Words stand for themselves. ``(a|b c)`` is one of the alternatives and ``[a|b]`` at most one of them; ``{name}`` is a
group defined elsewhere, and ``_`` any one word. ``?``, ``*`` and ``+`` after a bracket, a group or ``_`` mean what they
mean in a regular expression, and ``_3`` is one to three words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_TOKEN = re.compile(
    r"\s*(?:(?P<open>[(\[])|(?P<close>[)\]])(?P<after>[?*+]?)|(?P<bar>\|)|\{(?P<name>\w+)\}(?P<times>[?*+]?)"
    r"|_(?P<most>\d?)(?P<many>[?*+]?)|(?P<word>[^\s(){}\[\]|]+))"
)

#: A compiled phrase: matches its words, each with the space after it.
Phrase = re.Pattern[str]


def compiled(lines: str, groups: Mapping[str, str]) -> tuple[Phrase, ...]:
    """One pattern for each line of ``lines``. ``groups`` maps a name to its alternatives, one a line.

    Raises:
        ValueError: a line is not a phrase, a bracket is not closed, or there is no such group.
    """
    sources = {name: "|".join(_source(line, groups) for line in _lines(body)) for name, body in groups.items()}
    return tuple(re.compile(_expanded(_source(line, groups), sources)) for line in _lines(lines))


def ends(phrase: Phrase, text: str, at: int) -> Iterator[int]:
    """The offsets after words at which ``phrase`` may end when it begins at ``at``; ``text`` ends with a space."""
    if phrase.match(text, at):
        end = at
        while (end := text.find(" ", end) + 1) > 0:
            if phrase.fullmatch(text, at, end):
                yield end


def found_at(phrases: Iterable[Phrase], text: str, at: int = 0) -> bool:
    """Whether the whole of ``text`` from ``at`` is one of ``phrases``."""
    return any(phrase.fullmatch(text, at) for phrase in phrases)


def row_of(text: str, labelled: Mapping[str, Iterable[Phrase]], others: Iterable[Phrase]) -> tuple[str, ...] | None:
    """The labels of ``text`` read as a row of phrases, in order; None when it is not such a row.

    ``text`` ends with a space. ``others`` may stand between and give no label. Longer phrases are tried first; of two
    labels for the same words, the first in ``labelled`` counts.
    """
    steps = [(label, tuple(phrases)) for label, phrases in labelled.items()] + [("", tuple(others))]
    rank = {label: place for place, (label, _) in enumerate(steps)}
    dead: set[int] = set()

    def rest(at: int) -> tuple[str, ...] | None:
        if at == len(text):
            return ()
        if at in dead:
            return None
        found = {(end, label) for label, phrases in steps for phrase in phrases for end in ends(phrase, text, at)}
        for end, label in sorted(found, key=lambda step: (-step[0], rank[step[1]])):
            after = rest(end)
            if after is not None:
                return (label, *after) if label else after
        dead.add(at)
        return None

    return rest(0)


def _lines(body: str) -> list[str]:
    return [line.strip() for line in body.splitlines() if line.strip()]


def _source(line: str, groups: Mapping[str, str]) -> str:
    out: list[str] = []
    closing: list[str] = []
    at = 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        if token is None:
            raise ValueError(f"not a phrase: {line!r} at {line[at:]!r}")
        at = token.end()
        if token["open"]:
            out.append("(?:")
            closing.append("?" if token["open"] == "[" else "")
        elif token["close"]:
            optional = closing.pop()
            out.append(f"){token['after'] or optional}")
        elif token["bar"]:
            out.append("|")
        elif token["name"]:
            if token["name"] not in groups:
                raise ValueError(f"no such group {token['name']!r} in {line!r}")
            out.append(f"(?:\0{token['name']}\0){token['times']}")
        elif token["word"]:
            out.append(f"{re.escape(token['word'])} ")
        else:
            out.append(rf"(?:[^ ]+ ){token['many'] or '{1,' + (token['most'] or '1') + '}'}")
    if closing:
        raise ValueError(f"a bracket is not closed: {line!r}")
    return "".join(out)


def _expanded(source: str, sources: Mapping[str, str]) -> str:
    while "\0" in source:
        source = re.sub(r"\0(\w+)\0", lambda found: sources[found[1]], source)
    return source
