"""Sentences are cut where a speaker would pause, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.text.sentences import bounded_sentences, first_clause, sentences_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. How are you?", ["Hello there.", "How are you?"]),
        ("Dr. Smith uses Python 3.11 daily. Good.", ["Dr. Smith uses Python 3.11 daily.", "Good."]),
        ("Use a cache, e.g. Redis, vs. a table. Why?", ["Use a cache, e.g. Redis, vs. a table.", "Why?"]),
        ("J. Doe wrote it. So did I. Next!", ["J. Doe wrote it.", "So did I.", "Next!"]),
        ('She said "stop." Then she left.', ['She said "stop."', "Then she left."]),
        ("First:\n- one thing\n- another", ["First:", "- one thing", "- another"]),
        ("no full stop at the end", ["no full stop at the end"]),
        ("1. First item\n2. Second item", ["1. First item", "2. Second item"]),
        ("1. Name it. 2. Explain it.", ["1. Name it.", "2. Explain it."]),
        ("1. First 2. Second 3. Third", ["1. First", "2. Second", "3. Third"]),
        ("Look at No. 5 again. Then go on.", ["Look at No. 5 again.", "Then go on."]),
        ("See Vol. 2, p. 3. Then stop.", ["See Vol. 2, p. 3.", "Then stop."]),
        ("No. That is it.", ["No.", "That is it."]),
        ("See Fig. 3. It shows it.", ["See Fig. 3.", "It shows it."]),
        ("Q1. What is a lock? Q2. What is a queue?", ["Q1. What is a lock?", "Q2. What is a queue?"]),
        ("It costs approx. 5 dollars. Fine.", ["It costs approx. 5 dollars.", "Fine."]),
        ("We chose option 2. Then we left.", ["We chose option 2.", "Then we left."]),
        ("Is it plan B. Then go.", ["Is it plan B.", "Then go."]),
        ("Visit example.org. Then tell me.", ["Visit example.org.", "Then tell me."]),
        ("At 5 p.m. we stop. Then home.", ["At 5 p.m. we stop.", "Then home."]),
        ("Das kostet z.B. 5 Euro. Gut.", ["Das kostet z.B. 5 Euro.", "Gut."]),
        ("你好。再见。", ["你好。", "再见。"]),
        ("   ", []),
    ],
)
def test_a_sentence_ends_where_a_speaker_would_pause(text: str, expected: list[str]) -> None:
    assert sentences_of(text) == expected


def test_a_long_sentence_is_cut_at_its_last_clause_that_fits() -> None:
    parts = bounded_sentences("one two three, four five six, seven eight nine ten", 32)
    assert parts == ["one two three, four five six,", "seven eight nine ten"]


@given(st.text(max_size=400), st.integers(min_value=5, max_value=80))
def test_no_word_is_lost_and_no_part_is_too_long(text: str, limit: int) -> None:
    parts = bounded_sentences(text, limit)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part) <= limit for part in parts)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("That is clear, so let us go on.", ("That is clear,", "so let us go on.")),
        ("How would you check for this before you publish?", ("How would you check", "for this before you publish?")),
        ("Thanks, good point.", ("Thanks, good point.", "")),
        ("Tell me more, please.", ("Tell me more, please.", "")),
    ],
)
def test_the_first_clause_can_be_spoken_before_the_rest(sentence: str, expected: tuple[str, str]) -> None:
    assert first_clause(sentence) == expected
