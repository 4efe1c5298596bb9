"""Right words that are no answer: taken back, only considered, near words of other terms, joined by a hyphen."""

from __future__ import annotations

import pytest

from deployments.grading.graders.closed.choices import grade_multiple_choice
from deployments.grading.graders.closed.ordered import grade_ordered
from deployments.grading.graders.closed.short_text import grade_short_text
from interview.grades import Grade
from interview.plans.questions import MultipleChoice, Option, Ordered, ShortText

PROTOCOLS = (Option("a", "TCP"), Option("b", "UDP"), Option("c", "ICMP"), Option("d", "ARP"))
TRUTH = (Option("a", "True"), Option("b", "False"))
SIZES = (Option("a", "10"), Option("b", "100"), Option("c", "1000"), Option("d", "10000"))


def silent_full_marks(grade: Grade) -> bool:
    return grade.score == 1.0 and not grade.needs_review


@pytest.mark.parametrize(
    "said",
    [
        "UDP comes to mind but TCP fits",
        "the trick answer is UDP",
        "UDP would only be right if it said unreliable",
        "you'd think UDP",
        "UDP, said no one ever",
        "UDP used to be right",
        "b, scratch that",
        "b... hmm, never mind",
        "UDP loses to TCP",
        "UDP? of course not",
        "UDP? never",
        "nobody would pick UDP",
        "it is tempting to say UDP",
    ],
)
def test_an_option_that_is_taken_back_or_considered_gets_no_silent_marks(said: str) -> None:
    assert not silent_full_marks(grade_multiple_choice(MultipleChoice(PROTOCOLS, "b"), said))


@pytest.mark.parametrize("said", ["scratch that, b", "TCP loses to UDP", "UDP, never mind TCP", "TCP? never. UDP"])
def test_an_option_that_stays_gets_its_marks(said: str) -> None:
    assert silent_full_marks(grade_multiple_choice(MultipleChoice(PROTOCOLS, "b"), said))


@pytest.mark.parametrize("said", ["too good to be true", "it is no longer true", "true except for UDP", "rarely true"])
def test_a_truth_with_exceptions_is_reviewed(said: str) -> None:
    grade = grade_multiple_choice(MultipleChoice(TRUTH, "a"), said)
    assert (grade.score, grade.needs_review) == (0.0, True)


def test_other_digits_are_no_misspelt_option() -> None:
    assert grade_multiple_choice(MultipleChoice(SIZES, "d"), "100000").score == 0.0


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("normalization", "nominalization"),
        ("authentication", "authenticity"),
        ("data integration", "data integrity"),
        ("symmetric", "skew-symmetric"),
        ("symmetric", "symmetric? It must be asymmetric"),
        ("HTTPS", "HTTPD"),
        ("inheritance", "prefer composition to inheritance"),
        ("synchronous", "a synchronous call it is not"),
        ("authentication", "authentication is who you are, authorization what you may do, so authorization"),
        ("SELECT", "SELECT then DELETE"),
    ],
)
def test_a_term_that_is_not_the_answer_gets_no_silent_marks(accepted: str, said: str) -> None:
    assert not silent_full_marks(grade_short_text(ShortText((accepted,)), said))


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("normalization", "normlization"),
        ("authentication", "authenticating"),
        ("HTTPS", "https"),
        ("inheritance", "I prefer inheritance to composition"),
        ("authentication", "so authentication"),
    ],
)
def test_the_same_term_otherwise_gets_its_marks(accepted: str, said: str) -> None:
    assert silent_full_marks(grade_short_text(ShortText((accepted,)), said))


@pytest.mark.parametrize(
    ("accepted", "said", "score"),
    [
        ("man in the middle attack", "an attack by a man in the middle", 1.0),
        ("hash map", "a map based on hashing", 1.0),
        ("binary search", "search it binarily", 1.0),
        ("hash map", "a map without a hash", 0.0),
    ],
)
def test_all_words_of_a_term_apart_name_it(accepted: str, said: str, score: float) -> None:
    grade = grade_short_text(ShortText((accepted,)), said)
    assert (grade.score, grade.needs_review) == (score, True)


PHASES = Ordered(("Recon", "Exploit", "Escalate", "Exfiltrate"))


def test_an_item_may_be_said_in_full() -> None:
    assert grade_ordered(PHASES, "reconnaissance, exploitation, escalation, exfiltration").score == 1.0


@pytest.mark.parametrize(
    "said",
    [
        "the reverse of recon, exploit, escalate, exfiltrate",
        "recon, exploit and escalate together, then exfiltrate",
    ],
)
def test_a_reversed_order_and_steps_together_get_no_silent_marks(said: str) -> None:
    assert not silent_full_marks(grade_ordered(PHASES, said))
