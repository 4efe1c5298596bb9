"""Right numbers that are said of something else than what is asked."""

from __future__ import annotations

import pytest

from deployments.grading.graders.numeric.numeric import grade_numeric
from interview.plans.questions import Numeric

PAIRS = "How many pairs of servers must be compared?"


@pytest.mark.parametrize(
    "said",
    [
        "12 servers",
        "12 minutes",
        "twelve bits",
        "12 scores",
        "12th",
        "12 per server",
        "12 a day",
        "12 nibbles",
        "log 12",
    ],
)
def test_another_count_needs_a_review(said: str) -> None:
    grade = grade_numeric(Numeric(value=12), said, PAIRS)
    assert (grade.score, grade.needs_review) == (1.0, True)


@pytest.mark.parametrize(
    "said", ["12", "12 pairs", "12 unique pairs", "12 comparisons", "12 of them", "12 in total", "12 ways", "twice six"]
)
def test_the_count_that_is_asked_for_needs_none(said: str) -> None:
    grade = grade_numeric(Numeric(value=12), said, PAIRS)
    assert (grade.score, grade.needs_review) == (1.0, False)


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        ("12 ms", "What is the delay in milliseconds?"),
        ("12 requests per second", "What throughput is possible?"),
        ("12 bits", "How many bits does an address have?"),
        ("$12", "What does it cost in dollars?"),
    ],
)
def test_a_unit_of_the_question_needs_none(said: str, prompt: str) -> None:
    grade = grade_numeric(Numeric(value=12), said, prompt)
    assert (grade.score, grade.needs_review) == (1.0, False)


def test_the_unit_that_is_counted_in_is_another_one() -> None:
    grade = grade_numeric(Numeric(value=8), "8 bytes", "How many bits are in a byte?")
    assert (grade.score, grade.needs_review) == (1.0, True)


@pytest.mark.parametrize("said", ["43 minutes short of an hour", "43 minutes more than last year"])
def test_a_difference_is_no_value(said: str) -> None:
    grade = grade_numeric(Numeric(value=43.2, unit="min", tolerance_abs=0.5), said, "How much downtime is allowed?")
    assert (grade.score, grade.needs_review) == (1.0, True)


def test_twice_a_digit_is_multiplied() -> None:
    assert grade_numeric(Numeric(value=16), "twice eight").score == 1.0
    assert grade_numeric(Numeric(value=8), "twice eight").score == 0.0


@pytest.mark.parametrize("said", ["1500 per day", "1500 dollars less", "1500 dollars, I doubt"])
def test_a_rate_a_difference_and_a_doubt_need_a_review(said: str) -> None:
    grade = grade_numeric(Numeric(value=1500, unit="USD"), said, "What does it cost?")
    assert (grade.score, grade.needs_review) == (1.0, True)


@pytest.mark.parametrize(
    ("said", "score", "reviewed"),
    [("1500 dollars a month", 1.0, False), ("1500 dollars a year", 0.0, True), ("1500 euros a month", 0.0, False)],
)
def test_the_period_of_the_question_may_be_named(said: str, score: float, reviewed: bool) -> None:
    grade = grade_numeric(Numeric(value=1500, unit="USD"), said, "What is the monthly cost?")
    assert (grade.score, grade.needs_review) == (score, reviewed)
