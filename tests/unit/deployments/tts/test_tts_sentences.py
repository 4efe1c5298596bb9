"""Sentences are cut where a speaker would pause, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.tts.sentences import clean, split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. How are you?", ["Hello there.", "How are you?"]),
        ("Dr. Smith uses Python 3.11 daily. Good.", ["Dr. Smith uses Python 3.11 daily.", "Good."]),
        ("Use a cache, e.g. Redis, vs. a table. Why?", ["Use a cache, e.g. Redis, vs. a table.", "Why?"]),
        ("J. Doe wrote it. So did I. Next!", ["J. Doe wrote it.", "So did I.", "Next!"]),
        ("Wait... what happened?", ["Wait...", "what happened?"]),
        ('She said "stop." Then she left.', ['She said "stop."', "Then she left."]),
        ("First:\n- one thing\n- another", ["First:", "- one thing", "- another"]),
        ("no full stop at the end", ["no full stop at the end"]),
        ("   ", []),
    ],
)
def test_a_sentence_ends_where_a_speaker_would_pause(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


def test_a_long_sentence_is_cut_at_its_last_clause_that_fits() -> None:
    parts = split_sentences("one two three, four five six, seven eight nine ten", max_characters=32)
    assert parts == ["one two three, four five six,", "seven eight nine ten"]


@given(st.text(max_size=400), st.integers(min_value=5, max_value=80))
def test_no_word_is_lost_and_no_part_is_too_long(text: str, limit: int) -> None:
    parts = split_sentences(text, max_characters=limit)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part) <= limit for part in parts)


def test_control_and_invisible_characters_are_not_spoken() -> None:
    assert clean("a\x00b\u200bc\u202ed\n") == "a b c d"
