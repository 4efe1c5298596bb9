"""Terms under other names: initials, expansions, other word order; every pair of term and name from a vocabulary."""

from __future__ import annotations

from itertools import permutations

import pytest

from deployments.grading.graders.closed.short_text import grade_short_text
from interview.plans.questions import ShortText

INITIALS = {
    "object-oriented programming": "OOP",
    "depth first search": "DFS",
    "second normal form": "2NF",
    "virtual machine": "VM",
    "user experience": "UX",
    "key performance indicator": "KPI",
    "kubernetes": "k8s",
    "internationalization": "i18n",
}
EXPANSIONS = {
    "HTTP": "hypertext transfer protocol",
    "SQL": "structured query language",
    "DNS": "the domain name system",
    "KPI": "a key performance indicator",
}
TURNED = {
    "dependency injection": "injection of dependencies",
    "cache invalidation": "invalidating the cache",
    "symmetric encryption": "encryption that is symmetric",
    "data validation": "validation of the data",
}
FRAMES = ("{}", "it's {}", "um I think they call it {}", "{}.")


def graded(accepted: str, answer: str) -> tuple[float, bool]:
    grade = grade_short_text(ShortText(accepted=(accepted,)), answer)
    return grade.score, grade.needs_review


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("term", "name"), [*INITIALS.items(), *EXPANSIONS.items()])
def test_a_term_by_its_initials_or_what_they_stand_for_counts_and_is_reviewed(term: str, name: str, frame: str) -> None:
    assert graded(term, frame.format(name)) == (1.0, True)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("term", "name"), TURNED.items())
def test_the_words_of_a_term_may_stand_in_another_order(term: str, name: str, frame: str) -> None:
    assert graded(term, frame.format(name)) == (1.0, False)


@pytest.mark.parametrize("names", [INITIALS, EXPANSIONS, TURNED])
def test_another_terms_name_earns_nothing(names: dict[str, str]) -> None:
    wrong = [(term, names[other]) for term, other in permutations(names, 2) if graded(term, names[other])[0] > 0]
    assert wrong == []


@pytest.mark.parametrize("term", [*INITIALS, *EXPANSIONS, *TURNED])
def test_a_denied_name_earns_nothing(term: str) -> None:
    name = {**INITIALS, **EXPANSIONS, **TURNED}[term]
    assert graded(term, f"it is not {name}")[0] == 0.0


@pytest.mark.parametrize(("term", "said"), [("race condition", "a race"), ("blue-green deployment", "blue green")])
def test_a_noun_that_only_says_what_kind_of_thing_it_is_may_be_left_out(term: str, said: str) -> None:
    assert graded(term, said) == (1.0, True)
    assert grade_short_text(ShortText(accepted=(term, "something else")), said).score == 0.0


@pytest.mark.parametrize("said", ["foreign", "key", "garbage"])
def test_half_a_term_is_no_term(said: str) -> None:
    assert graded("foreign key", said)[0] == 0.0
    assert graded("garbage collector", said)[0] == 0.0


@pytest.mark.parametrize(
    ("accepted", "said", "score"),
    [
        ("O(n!)", "factorial", 1.0),
        ("O(n!)", "n factorial", 1.0),
        ("O(n!)", "linear time", 0.0),
        ("O(n)", "n factorial", 0.0),
        ("O(n)", "proportional to n", 1.0),
        ("O(n^2)", "proportional to n", 0.0),
    ],
)
def test_running_times_by_name(accepted: str, said: str, score: float) -> None:
    assert graded(accepted, said)[0] == score


def test_rather_than_denies_what_stands_behind_it() -> None:
    said = "rather a deadlock than a race condition"
    assert graded("deadlock", said)[0] == 1.0
    assert graded("race condition", said)[0] == 0.0


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("adenosine triphosphate (ATP)", "ATP"), ("adenosine triphosphate (ATP)", "adenosine triphosphate"),
        ("around 2.45 billion years ago", "2.45 billion years"), ("in the s-block", "s block"),
        ("between 1881 and 1885", "1881 to 1885"), ("two in the bush", "2 in the bushes"),
        ("do not iron", "never iron"),
        ("the ARPANET project", "ARPANET"), ("PostgreSQL", "postgres"),
        ("Tim Berners-Lee", "Berners-Lee"), ("cross-site scripting", "XSS"), ("keep off the grass", "keep off grass"),
        ("exponential backoff", "exponential back-off"), ("wind", "wind1"),
    ],
)  # fmt: skip
def test_an_accepted_answer_has_shorter_forms(accepted: str, said: str) -> None:
    assert grade_short_text(ShortText(accepted=(accepted,)), said).score == 1.0


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("adenosine triphosphate (ATP)", "ADP"), ("between 1881 and 1885", "1881 to 1886"), ("do not iron", "do iron"),
        ("stitch in time", "stitch on time"), ("PostgreSQL", "postmark"), ("two in the bush", "three in the bush"),
    ],
)  # fmt: skip
def test_a_near_form_is_none(accepted: str, said: str) -> None:
    assert grade_short_text(ShortText(accepted=(accepted,)), said).score == 0.0


def test_a_part_of_the_accepted_answer_asks_for_a_review() -> None:
    grade = grade_short_text(ShortText(accepted=("profit margin",)), "margin")
    assert (grade.score, grade.needs_review) == (0.0, True)
