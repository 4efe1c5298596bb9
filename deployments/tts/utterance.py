"""Splits a text into sentences, each with its caption and its spoken form."""

from __future__ import annotations

from typing import NamedTuple

from interview.text.markdown import plain_text
from interview.text.sentences import bounded_sentences, first_clause
from interview.text.spoken import spoken_text

#: Engines lose their rhythm in longer sentences, and a stream would wait for them.
MAX_SENTENCE_CHARACTERS = 300


class SpokenUnit(NamedTuple):
    """A sentence or a clause. ``pause_s``: silence before it."""

    caption: str
    spoken: str
    pause_s: float = 0.0


def units_of(text: str, language: str, *, pause_s: float) -> list[SpokenUnit]:
    """The speakable sentences of ``text`` (plain or markdown), in order."""
    captions = bounded_sentences(plain_text(text), MAX_SENTENCE_CHARACTERS, language)
    said = ((caption, spoken_text(caption, language)) for caption in captions)
    speakable = [(caption, spoken) for caption, spoken in said if any(char.isalnum() for char in spoken)]
    return [SpokenUnit(caption, spoken, pause_s if index else 0.0) for index, (caption, spoken) in enumerate(speakable)]


def with_first_clause(units: list[SpokenUnit], language: str, *, pause_s: float) -> list[SpokenUnit]:
    """``units`` with the first split after its first clause, so that a stream can begin with it."""
    head, rest = first_clause(units[0].caption)
    first = units[0]._replace(caption=head, spoken=spoken_text(head, language))
    clauses = [first, SpokenUnit(rest, spoken_text(rest, language), pause_s)]
    if not rest or not all(any(char.isalnum() for char in clause.spoken) for clause in clauses):
        return units
    return [*clauses, *units[1:]]
