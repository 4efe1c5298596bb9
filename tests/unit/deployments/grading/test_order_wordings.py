"""Orders in other words: names of notation, what distinguishes items, abbreviations, arrows, exchanges."""

from __future__ import annotations

import pytest

from deployments.grading.graders.closed.ordered import grade_ordered
from interview.grades import Grade
from interview.plans.questions import Ordered

GROWTH = ("O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n^2)")
VERSIONS = ("HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3")
CACHES = ("L1 cache", "L2 cache", "L3 cache", "Disk")
SIZES = ("KB", "MB", "GB", "TB")
TIMES = ("ns", "µs", "ms", "s")
FASTEST_FIRST = "Order these from the fastest to the slowest."


def graded(items: tuple[str, ...], said: str, prompt: str = "Put these in order.") -> Grade:
    return grade_ordered(Ordered(answer=items), said, prompt)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (GROWTH, "O(1), O(log n), O(n), O(n log n), O(n^2)"),
        (GROWTH, "O(1) < O(log n) < O(n) < O(n log n) < O(n²)"),
        (GROWTH, "o of one, o of log n, o of n, o of n log n and o of n squared"),
        (GROWTH, "1, log n, n, n log n, n^2"),
        (VERSIONS, "http one point oh, http one point one, http two, http three"),
        (VERSIONS, "1.0 then 1.1 then 2 then 3"),
        (("IPv4", "IPv6"), "four then six"),
        (("C", "C++", "C#"), "c, c plus plus, c sharp"),
        (CACHES, "l1, l2, l3, disk"),
        (("Commit", "Push", "Pull request", "Merge"), "commit push PR merge"),
        (("Monday", "Wednesday", "Friday"), "mon, wed, fri"),
        (("Browser", "Load balancer", "Database"), "browser, LB, db"),
        (("git add", "git commit", "git push"), "push ← commit ← add"),
        (("Red", "Green", "Refactor"), "red, refactor, green, sorry, swap the last two"),
        (("Red", "Green", "Refactor"), "green, red, refactor, hmm, swap red and green"),
        (("Red", "Green", "Refactor"), "red, refactor, green. Hmm no: green, then refactor."),
        (SIZES, "kilobytes, megabytes, gigabytes and then terabytes"),
        (SIZES, "kilobyte megabyte gigabyte terabyte"),
        (SIZES, "kilo, mega, giga, tera"),
        (TIMES, "ns, us, ms, s"),
        (TIMES, "first nanoseconds, second microseconds, third milliseconds and last seconds"),
        (("Plan", "Do", "Check"), "Do comes right after Plan, then Check"),
        (("Plan", "Do", "Check"), "Check is last, Do right before it, and Plan first"),
        (("Design", "Test", "Maintenance"), "you design it, test it and at the end maintain it"),
        (("commit", "open a pull request", "merge"), "commit, PR, merge"),
        (("Acquisition", "Retention", "Referral"), "acquire, retain, refer"),
        (("Red", "Green", "Blue"), "red green blue no green then blue"),
        (("Awareness", "Interest", "Action"), "starts at awareness and ends at action, via interest"),
    ],
)
def test_each_item_is_found_by_the_name_that_the_list_gives_it(items: tuple[str, ...], said: str) -> None:
    assert graded(items, said).score == 1.0


@pytest.mark.parametrize(
    "said",
    ["L1 beats L2, L2 beats L3 and L3 beats the disk", "fastest: L1. slowest: disk. In the middle L2 and L3"],
)
def test_the_ends_and_the_better_one_are_told_in_the_direction_asked_for(said: str) -> None:
    assert graded(CACHES, said, FASTEST_FIRST).score == 1.0


def test_an_item_named_by_its_number_is_related_by_comparison() -> None:
    said = "disk is slower than l3, which is slower than l2, which is slower than l1"
    assert graded(CACHES, said, FASTEST_FIRST).score == 1.0


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (GROWTH, "O(1), O(n), O(log n), O(n log n), O(n^2)"),
        (VERSIONS, "1.1, 1.0, 2, 3"),
        (("C", "C++", "C#"), "C, C#, C++"),
        (("Commit", "Push", "Pull request", "Merge"), "commit PR push merge"),
        (("Red", "Green", "Refactor"), "red, green, refactor, no, swap the last two"),
        (("Integration test", "Deploy"), "deploy and then it is over"),
    ],
)
def test_another_order_does_not_get_full_marks(items: tuple[str, ...], said: str) -> None:
    assert graded(items, said).score < 1.0


@pytest.mark.parametrize(
    "said",
    [
        "anything but red, green, refactor",
        "red, green, refactor or red, refactor, green",
        "red, green and refactor at the same time",
        "red, green, refactor, reversed",
        "red, green, don't refactor",
        "red, green, but never refactor",
    ],
)
def test_an_order_that_is_denied_or_one_of_several_is_no_silent_full_mark(said: str) -> None:
    grade = graded(("Red", "Green", "Refactor"), said)
    assert grade.score < 1.0 or grade.needs_review


@pytest.mark.parametrize(
    "said", ["from the most severe down: error, warning, info", "most severe first: error, warning, info"]
)
def test_a_degree_of_a_quality_tells_the_direction(said: str) -> None:
    asked = "Sort these levels from the least to the most severe."
    assert graded(("info", "warning", "error"), said, asked).score == 1.0


def test_one_thing_on_another_is_above_it() -> None:
    said = "application on transport, transport on network"
    asked = "Name these layers from the bottom to the top."
    assert graded(("network", "transport", "application"), said, asked).score == 1.0
