"""Orders that are told rather than listed: from the other end, by comparison, by dependence, by places."""

from __future__ import annotations

import pytest

from deployments.grading.graders.closed.order_direction import direction_of, listed_backwards
from deployments.grading.graders.closed.ordered import grade_ordered
from interview.plans.questions import Ordered

STEPS = Ordered(answer=("Plan", "Develop", "Test", "Release"))
SIZES = Ordered(answer=("Byte", "Kilobyte", "Megabyte", "Gigabyte"))
ASCENDING = "Put them in order from the smallest to the largest."


@pytest.mark.parametrize(
    "answer",
    [
        "from last to first: release, test, develop, plan",
        "backwards it is release, test, develop, plan",
        "release, test, develop, plan, in reverse",
        "you can't release before you test, can't test before you develop, and plan first",
        "don't release until you've tested, don't test until you've developed, and develop after plan",
        "release depends on test, test depends on develop, develop depends on plan",
        "the third is test, the first is plan, the second is develop, the last is release",
        "number three is test, number one is plan, number two is develop, number four is release",
        "4. release 3. test 2. develop 1. plan",
        "plan (1), test (3), develop (2), release (4)",
        "1 plan 2 develop 3 test 4 release",
        "test comes before release and after develop, and plan before develop",
    ],
)
def test_a_told_order_of_steps_is_read(answer: str) -> None:
    assert grade_ordered(STEPS, answer, "In which order?").score == 1.0


@pytest.mark.parametrize(
    "answer",
    [
        "biggest to smallest gigabyte megabyte kilobyte byte",
        "largest first: gigabyte, megabyte, kilobyte, byte",
        "in descending order gigabyte, megabyte, kilobyte, byte",
        "gigabyte is the largest, then megabyte, kilobyte and byte the smallest",
        "a gigabyte is bigger than a megabyte, which is bigger than a kilobyte, which is bigger than a byte",
        "gigabyte > megabyte > kilobyte > byte",
        "byte < kilobyte < megabyte < gigabyte",
    ],
)
def test_a_direction_counts_against_the_one_asked_for(answer: str) -> None:
    assert grade_ordered(SIZES, answer, ASCENDING).score == 1.0


def test_the_wrong_direction_without_a_word_about_it_is_wrong() -> None:
    grade = grade_ordered(SIZES, "gigabyte, megabyte, kilobyte, byte", ASCENDING)
    assert grade.score == 0.0
    assert not grade.needs_review


@pytest.mark.parametrize("answer", ["plan > develop > test > release", "plan first, then develop, test, release"])
def test_a_plain_list_keeps_its_direction(answer: str) -> None:
    assert grade_ordered(STEPS, answer, "In which order?").score == 1.0
    assert grade_ordered(STEPS, answer, ASCENDING).score in (0.0, 1.0)


@pytest.mark.parametrize(
    "answer",
    [
        "release is the last, test the one before, and then develop and plan to begin with",
        "from largest to smallest: release, test, develop, plan",
    ],
)
def test_an_order_that_may_be_read_wrongly_is_reviewed(answer: str) -> None:
    grade = grade_ordered(STEPS, answer, "In which order?")
    assert grade.needs_review
    assert grade.confidence < 0.9


def test_directions_are_compared_on_one_axis() -> None:
    assert direction_of("from the top down") == direction_of("highest to lowest")
    assert direction_of("test, then release") is None
    assert listed_backwards("oldest first", "from the newest to the oldest") is True
    assert listed_backwards("smallest first", "from the oldest to the newest") is None
