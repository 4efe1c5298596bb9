"""An answer is split into the clauses that each tell one thing."""

from __future__ import annotations

from interview.measurement.story_clauses import CONJUNCTION, clauses_of


def clauses(text: str) -> list[str]:
    return [clause for clause, _ in clauses_of(text, CONJUNCTION, english=True)]


def test_speech_without_punctuation_is_cut_where_the_next_event_begins() -> None:
    said = (
        "i was at the front desk of a gym and a man said somebody had stolen his watch "
        "i checked every locker with him it was in his shoe"
    )
    assert clauses(said)[-2:] == ["i checked every locker with him", "it was in his shoe"]


def test_a_subject_that_belongs_to_the_words_before_is_not_cut_off() -> None:
    said = (
        "i told the woman from the agency that i had checked every locker in the room before they called the police "
        "about the watch which he lost"
    )
    assert not [clause for clause in clauses(said) if clause.startswith(("i had", "they called", "he lost"))]


def test_the_offsets_are_those_of_the_answer() -> None:
    said = (
        "we were short of people on the ward that night and the phone rang all the time "
        "i sorted the calls it was calm by three"
    )
    assert all(said[start:].startswith(clause) for clause, start in clauses_of(said, CONJUNCTION, english=True))
