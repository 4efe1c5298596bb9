"""Short texts in other words: what is only considered, described, of another root, a decade, a longer given name."""

from __future__ import annotations

import pytest

from deployments.grading.graders.closed.short_text import grade_short_text
from deployments.grading.graders.closed.spelling import same_word
from interview.grades import Grade
from interview.plans.questions import ShortText


def graded(accepted: str, said: str) -> Grade:
    return grade_short_text(ShortText(accepted=(accepted,)), said)


@pytest.mark.parametrize(
    "said",
    [
        "first I thought load balancer, but it's a cache",
        "some people say load balancer, I say cache",
        "I'd avoid a load balancer",
        "no need for a load balancer",
    ],
)
def test_a_term_that_the_candidate_turns_from_does_not_count(said: str) -> None:
    grade = graded("load balancer", said)
    assert (grade.score, grade.needs_review) == (0.0, True)


@pytest.mark.parametrize(
    "said",
    [
        "first I thought cache, but it's a load balancer",
        "many people would say cache but I say load balancer",
        "they call it a load balancer, but I'm not sure",
    ],
)
def test_a_term_that_the_candidate_turns_to_counts(said: str) -> None:
    assert graded("load balancer", said).score == 1.0


def test_a_term_that_is_only_considered_is_reviewed() -> None:
    grade = graded("load balancer", "I was thinking of a load balancer")
    assert (grade.score, grade.needs_review) == (1.0, True)


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("single point of failure", "the one component whose loss takes down the system"),
        ("gross margin", "revenue minus cost of goods sold, divided by revenue"),
    ],
)
def test_a_description_is_never_a_silent_zero(accepted: str, said: str) -> None:
    grade = graded(accepted, said)
    assert (grade.score, grade.needs_review) == (0.0, True)


@pytest.mark.parametrize("said", ["a reverse proxy", "I think it's a message queue", "caching"])
def test_another_term_is_no_description(said: str) -> None:
    grade = graded("load balancer", said)
    assert (grade.score, grade.needs_review) == (0.0, False)


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("absorption", "absorbs"),
        ("expansion", "expand"),
        ("division", "dividing"),
        ("solution", "solve"),
        ("description", "described"),
        ("transmission", "transmitting"),
    ],
)
def test_a_verb_and_the_noun_of_its_act_are_one_word(noun: str, verb: str) -> None:
    assert same_word(verb, noun)
    assert same_word(noun, verb)


@pytest.mark.parametrize(("one", "other"), [("version", "vertical"), ("question", "quest"), ("adsorption", "absorb")])
def test_words_that_only_begin_alike_are_not(one: str, other: str) -> None:
    assert not same_word(one, other)


@pytest.mark.parametrize(
    ("accepted", "said", "score"),
    [
        ("1950s", "the nineteen fifties", 1.0),
        ("1950s", "in the '50s", 1.0),
        ("1950s", "the fifties", 1.0),
        ("1950s", "the eighteen fifties", 0.0),
        ("1950s", "1960s", 0.0),
        ("SQL", "sequel", 1.0),
        ("Tim Berners-Lee", "Sir Timothy Berners-Lee", 1.0),
    ],
)
def test_decades_spoken_letters_and_given_names(accepted: str, said: str, score: float) -> None:
    assert graded(accepted, said).score == score


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("load balancer", "removing the load balancer"),
        ("load balancer", "the thing behind the load balancer"),
        ("load balancer", "often confused with a load balancer"),
        ("load balancer", "cache over load balancer"),
        ("load balancer", "a load balancer is the wrong tool"),
        ("encryption", "encryption key"),
        ("queue", "priority queue"),
    ],
)
def test_a_term_in_another_role_gets_no_marks_without_a_review(accepted: str, said: str) -> None:
    assert graded(accepted, said).needs_review


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("load balancer", "I'd put a load balancer in front"),
        ("circuit breaker", "the circuit breaker pattern"),
        ("backpressure", "it applies backpressure"),
        ("encryption", "some kind of encryption"),
        ("recursion", "called recursion"),
    ],
)
def test_a_plainly_named_term_asks_for_no_review(accepted: str, said: str) -> None:
    grade = graded(accepted, said)
    assert (grade.score, grade.needs_review) == (1.0, False)


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("denial of service", "service denial"),
        ("breadth first search", "breadth-first"),
        ("photosynthesis", "photosynthetic"),
    ],
)
def test_names_that_may_be_others_get_marks_and_a_review(accepted: str, said: str) -> None:
    grade = graded(accepted, said)
    assert (grade.score, grade.needs_review) == (1.0, True)


def test_a_head_that_makes_the_term_is_not_left_out() -> None:
    assert graded("binary search", "binary").score == 0.0
