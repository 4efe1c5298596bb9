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


@pytest.mark.parametrize(
    ("accepted", "said", "score"),
    [
        ("World War II", "world war two", 1.0),
        ("World War II", "WW2", 1.0),
        ("World War II", "WWII", 1.0),
        ("World War II", "World War I", 0.0),
        ("World War II", "WWI", 0.0),
        ("World War II", "a world war", 0.0),
        ("Henry VIII", "Henry the Eighth", 1.0),
        ("Henry VIII", "Henry VII", 0.0),
        ("Leonardo da Vinci", "da Vinci", 1.0),
        ("Leonardo da Vinci", "Da Vinci, Leonardo", 1.0),
        ("Tim Berners-Lee", "berners lee", 1.0),
        ("Grace Hopper", "hopper", 1.0),
        ("Merge Sort", "sort", 0.0),
        ("man in the middle attack", "MITM attack", 1.0),
        ("the observer pattern", "observers", 1.0),
        ("stateless", "it doesn't keep any state", 1.0),
        ("stateless", "it has state", 0.0),
        ("increase", "it goes up", 1.0),
        ("increase", "it doesn't go up", 0.0),
        ("N'Djamena", "Ndjamena", 1.0),
        ("rock and roll", "rock 'n' roll", 1.0),
        ("binary search", "linear search beats binary search", 0.0),
    ],
)
def test_numerals_names_and_lacking_words_name_the_term(accepted: str, said: str, score: float) -> None:
    assert grade_short_text(ShortText(accepted=(accepted,)), said).score == score


@pytest.mark.parametrize(
    ("accepted", "said", "reviewed"),
    [
        ("hash table", "hash map", True),
        ("hash table", "linked list", False),
        ("inner join", "outer join", False),
        ("binary search", "binary search tree", True),
        ("binary search", "binary search", False),
    ],
)
def test_a_person_looks_at_what_shares_the_words(accepted: str, said: str, reviewed: bool) -> None:
    assert grade_short_text(ShortText(accepted=(accepted,)), said).needs_review is reviewed


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("Moore's law", "moore law"),
        ("Moore's law", "the law of Moore"),
        ("Dijkstra's algorithm", "dijkstra"),
        ("sunk cost", "sunken costs"),
        ("technical debt", "tech debt"),
        ("two-phase commit", "2PC"),
        ("single responsibility principle", "single responsibility rule"),
        ("normal distribution", "the normal curve"),
    ],
)
def test_a_term_without_its_possessive_or_with_another_head_counts(term: str, name: str) -> None:
    assert graded(term, name)[0] == 1.0


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("Moore's law", "Amdahl's law"),
        ("normal distribution", "the uniform curve"),
        ("two-phase commit", "3PC"),
        ("technical debt", "credit debt"),
    ],
)
def test_another_possessive_or_number_names_another_term(term: str, name: str) -> None:
    assert graded(term, name)[0] == 0.0


def test_spellings_of_one_accepted_answer_leave_it_a_head_to_drop() -> None:
    spec = ShortText(accepted=("blue-green deployment", "blue green deployment"))
    grade = grade_short_text(spec, "a blue/green release")
    assert (grade.score, grade.needs_review) == (1.0, True)
