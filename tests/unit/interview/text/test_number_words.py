"""Numbers in words and digits: each kind of writing is read to its value and to its last word."""

from __future__ import annotations

import pytest

from interview.text.number_lexemes import lex
from interview.text.number_words import NumberReader, canonical_numbers

KINDS: dict[str, list[tuple[str, float]]] = {
    "cardinals": [
        ("two million twenty three thousand and forty nine", 2_023_049),
        (
            "one hundred and twenty-three million, four hundred and fifty-six thousand, seven hundred and one",
            123_456_701,
        ),
        ("thousand nine hundred twenty", 1920),
        ("fifteen hundred", 1500),
        ("three lakh crore", 3e12),
        ("seventy-five thousands", 75_000),
        ("two hundred dozens", 2400),
    ],
    "juxtaposed digits": [
        ("nineteen eighty four", 1984),
        ("sixty five five thirty six", 65536),
        ("double seven double oh", 7700),
    ],
    "run together or misspelt": [("twentyone", 21), ("fourtytwo", 42), ("ninteen", 19)],
    "digit grouping": [
        ("1,234,567.89", 1234567.89),
        ("12,34,567.89", 1234567.89),
        ("1 234 567,89", 1234567.89),
        ("1\u202f234\u202f567", 1234567),
        ("1’234’567.89", 1234567.89),
        ("1.234.567,89", 1234567.89),
        ("1_000_000", 1e6),
        ("0,125", 0.125),
    ],
    "decimals": [("two point twenty-five", 2.25), ("one point two hundred thirty-six", 1.236), ("point oh five", 0.05)],
    "fractions": [
        ("one hundred and three quarters", 100.75),
        ("two hundred and fifty-four hundredths", 200.54),
        ("7 and 1/4", 7.25),
        ("two and ½", 2.5),
        ("a trillionth", 1e-12),
        ("one twenty-fifth", 0.04),
        ("five hundred-thousandths", 5e-5),
        ("three quarters of a million", 750_000),
    ],
    "digits with words": [
        ("1 million 500 thousand", 1.5e6),
        ("4 thousand 3 hundred and 21", 4321),
        ("65 thousand 536", 65536),
    ],
    "powers": [
        ("two raised to the tenth power", 1024),
        ("two to the power ten", 1024),
        ("6.02 × 10²³", 6.02e23),
        ("2.48×10−5", 2.48e-5),
        ("ten to the minus six", 1e-6),
        ("the square root of 144", 12),
    ],
}


@pytest.mark.parametrize(("said", "value"), [pair for pairs in KINDS.values() for pair in pairs])
def test_the_whole_text_is_one_number(said: str, value: float) -> None:
    lexemes = lex(said)
    reading = NumberReader(lexemes).read(0)
    assert reading is not None
    assert reading.value == pytest.approx(value, rel=1e-9)
    assert reading.after == len(lexemes)


@pytest.mark.parametrize(("said", "usual", "other"), [("1.500", 1.5, 1500), ("1,500", 1500, 1.5)])
def test_a_separator_that_two_countries_read_differently_has_two_readings(
    said: str, usual: float, other: float
) -> None:
    reading = NumberReader(lex(said)).read(0)
    assert reading is not None
    assert (reading.value, reading.other) == (usual, other)


@pytest.mark.parametrize("said", ["22,24,26,31", "403, 404", "two thousand, two million"])
def test_a_list_is_not_one_number(said: str) -> None:
    reading = NumberReader(lex(said)).read(0)
    assert reading is not None
    assert reading.after < len(lex(said))


def test_offsets_point_into_the_text_that_was_given() -> None:
    text = "it is twentyone, or 1 500"
    assert [text[one.start : one.end] for one in lex(text)] == ["it", "is", "twenty", "one", ",", "or", "1 500"]


def test_numbers_within_a_sentence_are_written_in_digits() -> None:
    assert canonical_numbers("port four forty three") == "port 443"


@pytest.mark.parametrize(
    "piece", ["two hundred and ", "one million, two hundred thousand, ", "double ", "1 234 ", "one "]
)
def test_a_long_answer_neither_recurses_nor_overflows(piece: str) -> None:
    lexemes = lex((piece * 20_000)[:20_000])
    assert NumberReader(lexemes).read(0) is not None or piece == "double "
