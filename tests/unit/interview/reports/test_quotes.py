"""Quotes are found in the answers they come from, also where a grader read several answers as one text."""

from __future__ import annotations

from datetime import UTC, datetime

from interview.reports.assembly import locate_quotes
from interview.reports.report import AnswerReport

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ANSWERS = (
    AnswerReport(turn=3, text="Read committed allows\n non-repeatable reads", received_at=NOW, audio_url="/audio/3"),
    AnswerReport(turn=5, text="I would put it on a queue.", received_at=NOW, audio_url="/audio/5"),
)


def places(quote: str) -> list[tuple[str, int | None]]:
    return [(found.text, found.turn) for found in locate_quotes(quote, ANSWERS, {}) if found.found]


def test_a_quote_of_one_answer_is_one_quote() -> None:
    assert places("put it on a queue") == [("put it on a queue", 5)]


def test_a_quote_over_two_answers_is_a_quote_of_each() -> None:
    assert places("allows non-repeatable reads i would put it") == [
        ("allows non-repeatable reads", 3),
        ("I would put it", 5),
    ]


def test_words_that_were_not_said_stay_not_found() -> None:
    (found,) = locate_quotes("reads I would drop it", ANSWERS, {})
    assert (found.found, found.text) == (False, "reads I would drop it")


def test_a_letter_whose_folded_form_is_longer_breaks_nothing() -> None:
    said = ((1, "die Straße"), (2, "hier"))
    answers = tuple(AnswerReport(turn=turn, text=text, received_at=NOW) for turn, text in said)
    (found,) = locate_quotes("Straße hier", answers, {})
    assert not found.found


def test_a_question_that_the_grader_left_out_separates_the_parts_of_a_quote() -> None:
    said = ((7, "I would like to talk about salary. What does this pay?"), (8, "I read it line by line and run it."))
    answers = tuple(AnswerReport(turn=turn, text=text, received_at=NOW) for turn, text in said)
    found = locate_quotes("I would like to talk about salary. I read it line by line", answers, {})
    assert [(part.text, part.turn, part.found) for part in found] == [
        ("I would like to talk about salary.", 7, True),
        ("I read it line by line", 8, True),
    ]


def test_pieces_of_a_word_or_two_are_no_quote() -> None:
    (found,) = locate_quotes("reads queue read committed allows", ANSWERS, {})
    assert not found.found
