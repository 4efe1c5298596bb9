"""Words that replies begin with: synthesised ahead, so that a fresh reply can begin at once."""

from __future__ import annotations

from interview.languages.language import language_of

#: What a clause or a sentence ends with; the melody differs.
_ENDS = (",", ".")


def openings(language: str) -> tuple[str, ...]:
    """First clauses and short first sentences of replies in ``language``."""
    return tuple(f"{words}{end}" for words in language_of(language).script.openings for end in _ENDS)
