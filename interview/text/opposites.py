"""Pairs of words that say the opposite of each other: an answer with one of them does not mean the other."""

# ruff: noqa: E501 – a table of words reads better whole than broken

from __future__ import annotations

_PAIRS = (
    "low high", "lower higher", "increase decrease", "rise fall", "fast slow", "faster slower", "quick slow", "quicker slower",
    "small large", "smaller larger", "small big", "smaller bigger", "simpler bigger", "simple complex", "early late", "earlier later",
    "strong weak", "stronger weaker", "public private", "short long", "shorter longer", "cheap expensive",
    "synchronous asynchronous", "positive negative", "more less", "more fewer", "above below", "over under", "before after",
    "always never", "true false", "maximum minimum", "first last", "inside outside", "open closed", "enabled disabled",
    "inner outer", "left right", "primary foreign", "supervised unsupervised", "optimistic pessimistic", "internal external", "strong eventual",
    "upper lower", "horizontal vertical", "static dynamic", "active passive", "push pull", "hot cold", "forward backward",
)  # fmt: skip
#: Each word with its opposites.
OPPOSITES: dict[str, frozenset[str]] = {}
for _pair in _PAIRS:
    _one, _two = _pair.split()
    OPPOSITES[_one] = OPPOSITES.get(_one, frozenset()) | {_two}
    OPPOSITES[_two] = OPPOSITES.get(_two, frozenset()) | {_one}


def opposites_of(word: str) -> frozenset[str]:
    """The opposites of a casefolded word; empty for a word that has none here."""
    return OPPOSITES.get(word, frozenset())
