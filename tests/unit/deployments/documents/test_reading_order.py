"""Text in reading order where the drawing order is none, and left alone where it is one."""

from __future__ import annotations

import pytest

from deployments.documents.engines.extract import ExtractJob
from deployments.documents.engines.pdf import extract
from deployments.documents.engines.reading_order import Piece, in_reading_order
from tests.support.paths import TESTS

DOCUMENTS = TESTS / "data" / "documents"


def words(line: str, x: float, y: float) -> list[Piece]:
    """``line`` drawn at ``x``, ``y`` in ten-point type, five points a letter."""
    pieces: list[Piece] = []
    for word in line.split():
        pieces += [Piece(word, (x, y, x + 5 * len(word), y + 10)), Piece(" ")]
        x += 5 * (len(word) + 1)
    return pieces


def rows(*lines: tuple[str, str], right: float = 300) -> list[Piece]:
    pieces: list[Piece] = []
    for number, (first, second) in enumerate(lines):
        pieces += [*words(first, 50, 700 - 14 * number), *words(second, right, 700 - 14 * number), Piece("\r\n")]
    return pieces


def read(name: str) -> str:
    data = (DOCUMENTS / name).read_bytes()
    return extract(ExtractJob("pdf", data, max_pages=5, max_expanded_bytes=10**7, max_chars=10**5)).text


def test_lines_that_were_drawn_bottom_up_are_read_top_down() -> None:
    lines = read("bottom_up.pdf").splitlines()
    assert lines[:3] == ["Mira Okafor", "Experience", "Senior engineer at Harbour Freight"]
    assert lines[-1].endswith("Kafka.")


def test_two_columns_that_were_drawn_row_by_row_are_read_one_after_the_other() -> None:
    text = read("two_columns_rows.pdf")
    left = "Senior engineer at Harbour Freight\nled the billing rewrite and\ncut nightly jobs from nine hours"
    assert left in text
    assert text.index("Kafka.") < text.index("Skills") < text.index("PostgreSQL")


def test_a_date_next_to_each_line_stays_with_it() -> None:
    text = in_reading_order(
        rows(
            ("Senior engineer at a freight company", "2019 to 2023"),
            ("Junior engineer at a small bank", "2016 to 2019"),
            ("Student job at the computer centre", "2014 to 2016"),
        )
    )
    assert text.splitlines()[0] == "Senior engineer at a freight company 2019 to 2023"


def test_the_cells_of_a_table_stay_in_their_rows() -> None:
    text = in_reading_order(rows(("Python", "expert"), ("SQL", "very good"), ("Rust", "some"), ("Go", "some")))
    assert text.splitlines() == ["Python expert", "SQL very good", "Rust some", "Go some"]


@pytest.mark.parametrize(
    ("line", "gap_after", "heading"),
    [("EXPERIENCE", (), "EXPERIENCE"), ("WORKEXPERIENCE", (3,), "WORK EXPERIENCE")],
)
def test_a_letter_spaced_heading_is_words(line: str, gap_after: tuple[int, ...], heading: str) -> None:
    pieces, x = [], 50.0
    for number, letter in enumerate(line):
        pieces += [Piece(letter, (x, 700, x + 6, 710)), Piece(" ")]
        x += 22 if number in gap_after else 10
    assert in_reading_order(pieces) == heading


def test_a_list_of_single_letters_with_other_words_is_left_alone() -> None:
    assert in_reading_order(words("options A B C D", 50, 700)) == "options A B C D"
