"""The parts of a numeric answer beyond its digits: negation, doubt, bounds, corrections, shown working, units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.grading.graders.numeric.numeric import grade_numeric
from deployments.grading.graders.numeric.unit_vocabulary import CASED, FOLDED, Unit
from deployments.grading.graders.numeric.units import compatible, key_unit
from interview.errors import InvalidInput
from interview.plans.questions import Numeric


@pytest.mark.parametrize(
    "answer",
    [
        "it's not 404",
        "anything but 404",
        "I don't think it's 404",
        "404 is wrong",
        "nowhere near 404",
        "neither 403 nor 404",
    ],
)
def test_a_number_that_is_ruled_out_is_not_the_answer(answer: str) -> None:
    assert grade_numeric(Numeric(value=404), answer).score == 0


@pytest.mark.parametrize(
    "answer", ["not 403 but 404", "404, not 403", "403? no, 404", "404 not found", "404, no doubt"]
)
def test_a_negation_of_something_else_does_not_deny_the_answer(answer: str) -> None:
    assert grade_numeric(Numeric(value=404), answer).score == 1


@pytest.mark.parametrize(
    "answer",
    ["404 or 403 or 401", "either 403 or 404", "it could be 403 or it could be 404", "401, 403, 404", "404 maybe 403"],
)
def test_of_alternatives_the_worst_counts_and_a_person_looks(answer: str) -> None:
    grade = grade_numeric(Numeric(value=404), answer)
    assert (grade.score, grade.needs_review) == (0, True)
    assert grade.confidence <= 0.6


@pytest.mark.parametrize(
    "answer",
    ["at least 9", "more than 9", "9 or more", "9+", "no fewer than 9", "up to 9", "under 9", "> 9", "not more than 9"],
)
def test_a_bound_is_no_value(answer: str) -> None:
    grade = grade_numeric(Numeric(value=9), answer, "How many are there?")
    assert (grade.score, grade.needs_review) == (0, True)


def test_a_bound_answers_a_question_for_a_minimum() -> None:
    assert grade_numeric(Numeric(value=9), "at least 9", "What is the minimum number of nodes?").score == 1


@pytest.mark.parametrize("answer", ["just over 40", "about 40", "40 or so", "40ish"])
def test_an_approximation_is_a_value(answer: str) -> None:
    assert grade_numeric(Numeric(value=40), answer).score == 1


@pytest.mark.parametrize(
    "answer", ["50, no, 60", "fifty oh sorry sixty", "fifty, scratch that, sixty", "fifty or rather sixty"]
)
def test_a_correction_replaces_what_was_said(answer: str) -> None:
    assert grade_numeric(Numeric(value=60), answer).score == 1
    assert grade_numeric(Numeric(value=50), answer).score == 0


@pytest.mark.parametrize("answer", ["42, no wait", "it's 42... no, scratch that", "42. Hmm, that can't be right"])
def test_a_number_that_is_taken_back_is_not_graded(answer: str) -> None:
    grade = grade_numeric(Numeric(value=42), answer)
    assert (grade.score, grade.needs_review) == (0, True)


@pytest.mark.parametrize(
    "answer",
    [
        "0.1% of 43200 minutes so 43 ish",
        "30 days times 24 times 60 is 43200 minutes, 0.1 percent of that is 43",
        "43200 times 0.001",
        "0.1 percent of 43200 minutes",
    ],
)
def test_the_result_of_shown_working_counts(answer: str) -> None:
    assert grade_numeric(Numeric(value=43, tolerance_abs=1, unit="minutes"), answer).score == 1


@pytest.mark.parametrize("answer", ["banana", "I would have to look that up", "III", "no clue really, some number"])
def test_an_answer_without_a_readable_number_is_never_a_silent_zero(answer: str) -> None:
    grade = grade_numeric(Numeric(value=3), answer)
    assert grade.score == 0
    assert grade.needs_review or "do not know" in grade.rationale


def test_the_unusual_reading_of_a_separator_is_accepted_and_reviewed() -> None:
    grade = grade_numeric(Numeric(value=1500, unit="EUR"), "1.500 Euro")
    assert (grade.score, grade.needs_review) == (1, True)
    assert grade_numeric(Numeric(value=1.5, unit="s"), "1.500 s").needs_review is False


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        (Numeric(value=150, unit="minutes"), "two hours thirty"),
        (Numeric(value=5.5, unit="USD"), "five dollars fifty"),
        (Numeric(value=90, unit="s"), "1:30"),
        (Numeric(value=4, unit="km^3"), "4km^3"),
        (Numeric(value=50, unit="Wh"), "fifty watt-hours"),
        (Numeric(value=12.5, unit="%"), "one in eight"),
        (Numeric(value=200, unit="requests/s"), "12k per minute"),
        (Numeric(value=37, unit="degC"), "37 degrees"),
        (Numeric(value=1969), "July 20, 1969"),
        (Numeric(value=300, tolerance_abs=5), "300 ± 5"),
        (Numeric(value=-20, unit="%"), "down 20 percent"),
        (Numeric(value=31), "2^5-1"),
    ],
)
def test_units_times_dates_and_sums_are_read(spec: Numeric, answer: str) -> None:
    assert grade_numeric(spec, answer).score == 1


@pytest.mark.parametrize("unit", sorted({*FOLDED.values(), *CASED.values()}, key=str), ids=str)
def test_pint_knows_every_unit_of_the_vocabulary(unit: Unit) -> None:
    assert compatible(unit, unit)


def test_an_exponent_belongs_to_the_unit() -> None:
    assert grade_numeric(Numeric(value=660, unit="m^2"), "660 ft²").score == 0


def test_a_tiny_key_is_compared_in_its_own_size() -> None:
    assert grade_numeric(Numeric(value=6.626e-34, tolerance_rel=0.01), "1.0e-34").score == 0


@pytest.mark.parametrize("unit", ["m^9^9^9", "m**9**9", "m^(9^9)", "m^99", "a" * 100])
def test_a_unit_that_would_take_long_to_compute_is_refused(unit: str) -> None:
    with pytest.raises(InvalidInput):
        grade_numeric(Numeric(value=1, unit=unit), "1 m")


@pytest.mark.parametrize(
    "unit", ["m^", "items (", "steps: ", "a|b", "dB³", "'m'", "__import__('os').getcwd()", "9^5e9<", "{m"]
)
def test_a_unit_that_is_no_expression_is_a_label_to_count(unit: str) -> None:
    assert key_unit(unit).kind == "label"
    assert grade_numeric(Numeric(value=5, unit=unit), "5").score == 1


@given(st.text(max_size=12) | st.text("ms^*/()'\"\\ 0123456789.:|=dB", max_size=12))
def test_any_unit_is_read_or_refused(unit: str) -> None:
    try:
        read = key_unit(unit)
    except InvalidInput:
        return
    assert compatible(read, read)


@pytest.mark.parametrize(
    "piece", ["two hundred and ", "1/", "2^", "9", "not ", "1 hour ", "1:", "half of ", "( ", "no wait 4 "]
)
def test_twenty_thousand_characters_of_anything_get_a_grade(piece: str) -> None:
    grade = grade_numeric(Numeric(value=42, unit="ms"), (piece * 20_000)[:20_000])
    assert 0 <= grade.score <= 1


@pytest.mark.parametrize(("unit", "reviewed"), [("minuets", True), ("requests", False)])
def test_a_right_number_beside_a_unit_that_is_none_is_reviewed(unit: str, reviewed: bool) -> None:
    grade = grade_numeric(Numeric(43.2, unit=unit, tolerance_abs=0.5), "It is 43 minutes.")
    assert grade.score == 0.0
    assert grade.needs_review is reviewed


@pytest.mark.parametrize(
    ("answer", "spec", "words"),
    [
        ("2592 seconds", Numeric(value=43.2, unit="minute"), "2592 seconds is the expected 43.2 minutes."),
        ("1 hour", Numeric(value=61, unit="minute"), "1 hour is not the expected 61 minutes."),
        ("2 GB", Numeric(value=1, unit="gigabyte"), "2 gigabytes is not the expected 1 gigabyte."),
        ("10 megabits per second", Numeric(value=8, unit="Mbit/s"), "10 megabits / second is not"),
        ("5 feet", Numeric(value=9, unit="inch"), "5 feet is not the expected 9 inches."),
        ("12 %", Numeric(value=14, unit="%"), "12 % is not the expected 14 %."),
    ],
)
def test_a_rationale_counts_its_units(answer: str, spec: Numeric, words: str) -> None:
    assert words in grade_numeric(spec, answer).rationale


@pytest.mark.parametrize(
    ("value", "prompt", "answer", "expected"),
    [
        (2.5, "How long does it take?", "two-and-a-half", (1.0, False)),
        (1_500_000, "How many rows are there?", "a million five", (1.0, True)),
        (1_000_005, "How many rows are there?", "a million five", (1.0, False)),
        (-40, "At which temperature?", "forty below", (1.0, False)),
        (7, "How many layers are there?", "almost seven", (1.0, True)),
        (7, "How many layers are there?", "exactly seven", (1.0, False)),
    ],
)
def test_numbers_as_they_are_said(value: float, prompt: str, answer: str, expected: tuple[float, bool]) -> None:
    grade = grade_numeric(Numeric(value=value, tolerance_abs=0.0, tolerance_rel=0.0), answer, prompt)
    assert (grade.score, grade.needs_review) == expected


@pytest.mark.parametrize(
    ("prompt", "answer", "score"),
    [
        ("By how many percent did it grow?", "it fell by 12%", 0.0),
        ("By how many percent did it grow?", "it grew by 12%", 1.0),
        ("By how many percent did it fall?", "it rose by 12%", 0.0),
        ("By how many percent did it fall?", "it fell by 12%", 1.0),
        ("By how many percent did it fall?", "12 percent", 1.0),
    ],
)
def test_the_other_direction_than_the_prompt_asks_for_is_another_number(prompt: str, answer: str, score: float) -> None:
    grade = grade_numeric(Numeric(value=12, unit="%", tolerance_abs=0.1), answer, prompt)
    assert (grade.score, grade.needs_review) == (score, score == 0)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("twice 12", 24),
        ("double 40", 80),
        ("port double three zero six", 3306),
        ("one more than 255", 256),
        ("5 less than 35", 30),
        ("255... no wait, 256 counting zero", 256),
    ],
)
def test_a_word_that_multiplies_the_number_is_worked_out(answer: str, value: float) -> None:
    assert grade_numeric(Numeric(value=value), answer).score == 1.0
