"""Answers of the kinds that learning platforms test: amounts with a sign, counts out of a total, own scales."""

from __future__ import annotations

import pytest

from deployments.grading.graders.closed.choices import grade_multi_select, grade_multiple_choice
from deployments.grading.graders.closed.exact import grade_exact
from deployments.grading.graders.closed.ordered import grade_ordered
from deployments.grading.graders.closed.short_text import grade_short_text
from deployments.grading.graders.numeric.numeric import grade_numeric
from deployments.grading.graders.symbolic.expression_text import candidates
from interview.plans.questions import Exact, MultipleChoice, MultiSelect, Numeric, Option, Ordered, ShortText
from interview.text.number_words import canonical_numbers


def options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option(id=name, text=text) for name, text in zip("abcdef", texts, strict=False))


GROWTH = options("Linear", "Logarithmic", "Quadratic", "Constant")
STORES = options("MongoDB", "Redis", "CouchDB", "Firestore", "Neo4j")
RANKS = ("Private", "Sergeant", "Captain", "General")
BY_RANK = "Order these ranks from the most junior to the most senior."


@pytest.mark.parametrize(
    ("spec", "prompt", "said"),
    [
        (Numeric(value=-5.2, unit="USD"), "What is the balance?", "minus five dollars twenty"),
        (Numeric(value=-150, unit="minute"), "By how much is it late?", "minus two hours thirty"),
        (Numeric(value=1 / 300), "What is the probability?", "one three-hundredth"),
        (Numeric(value=3 / 2000), "What is the probability?", "three two-thousandths"),
        (Numeric(value=12), "How many of the 240 users left, if 5 percent did?", "12 users left"),
        (Numeric(value=12), "How many of the 240 users left, if 5% did?", "12"),
        (Numeric(value=12), "How many of the 240 users left?", "12 out of 240"),
        (Numeric(value=-12, unit="USD"), "What is the balance?", "it is overdrawn by 12 dollars"),
    ],
)
def test_numbers_with_a_sign_a_part_or_a_total_are_right(spec: Numeric, prompt: str, said: str) -> None:
    assert grade_numeric(spec, said, prompt).score == 1.0


def test_a_percentage_that_is_asked_for_is_still_one() -> None:
    assert grade_numeric(Numeric(value=40), "40", "The price falls by 20%, then 25%. By what percentage in all?").score
    assert grade_numeric(Numeric(value=40), "40%", "The price falls by 20%, then 25%. What is the fall?").score == 1.0


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("How many users left?", "12 users, leaving 228"),
        ("How many users left the trial?", "240 minus 228, leaving 13"),
    ],
)
def test_a_number_of_what_is_left_is_never_a_silent_zero(prompt: str, said: str) -> None:
    grade = grade_numeric(Numeric(value=12), said, prompt.replace("left", "churned"))
    assert (grade.score, grade.needs_review) == (0.0, True)


def test_a_compound_fraction_is_one_number() -> None:
    assert canonical_numbers("four hundred") == "400"
    assert float(canonical_numbers("one four-hundredth")) == 0.0025


@pytest.mark.parametrize(
    ("accepted", "said", "score"),
    [
        (r"\d+", r"\D+", 0.0),
        (r"\d+", r"it's \D+", 0.0),
        (r"\W", r"\w", 0.0),
        (r"\d+", r"\d+", 1.0),
        ("ann@example.com", "<ann@example.com>", 1.0),
        ("ann@example.com", "<bob@example.com>", 0.0),
    ],
)
def test_complements_are_other_answers_and_angle_brackets_are_none(accepted: str, said: str, score: float) -> None:
    assert grade_exact(Exact(accepted=(accepted,)), said).score == score


def test_a_greek_ch_sounds_like_k() -> None:
    assert grade_short_text(ShortText(accepted=("tachycardia",)), "tacky cardia").score == 1.0
    assert grade_short_text(ShortText(accepted=("tachycardia",)), "bradycardia").score == 0.0


@pytest.mark.parametrize(
    "said",
    [
        "not linear but logarithmic",
        "logarithmic, not linear",
        "rather logarithmic than linear",
        "less than linear, so logarithmic",
    ],
)
def test_running_times_are_options_in_a_sentence_too(said: str) -> None:
    assert grade_multiple_choice(MultipleChoice(options=GROWTH, answer="b"), said).score == 1.0


def test_a_verb_before_that_frames_the_choice() -> None:
    spec = MultipleChoice(options=options("Accept the risk", "Transfer the risk", "Avoid the risk"), answer="b")
    assert grade_multiple_choice(spec, "I accept that it's transfer").score == 1.0
    assert grade_multiple_choice(spec, "I accept the risk").score == 0.0


def test_what_an_option_states_may_be_denied_within() -> None:
    spec = MultipleChoice(options=options("The test data leaked", "The model is too small"), answer="a")
    denied = grade_multiple_choice(spec, "the model isn't too small, the data leaked")
    stated = grade_multiple_choice(spec, "the model is too small")
    assert (denied.score, stated.score) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("scratch Redis - MongoDB, CouchDB and Firestore", 1.0),
        ("not Redis – MongoDB, CouchDB and Firestore", 1.0),
        ("MongoDB, CouchDB, and also Redis, no, Firestore", 1.0),
        ("scratch Redis and MongoDB", 0.0),
    ],
)
def test_a_dropped_option_drops_no_other(said: str, score: float) -> None:
    grade = grade_multi_select(MultiSelect(options=STORES, answers=("a", "c", "d")), said)
    assert grade.score == score or (not score and grade.needs_review)


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("from senior to junior: general, captain, sergeant, private", 1.0),
        ("the general is the most senior, then captain, sergeant, private", 1.0),
        ("private, sergeant, captain, general", 1.0),
        ("general, captain, sergeant, private", 0.0),
    ],
)
def test_a_scale_of_the_question_gives_the_direction(said: str, score: float) -> None:
    assert grade_ordered(Ordered(answer=RANKS), said, BY_RANK).score == score


def test_a_chain_of_signs_that_is_reversed_is_reviewed() -> None:
    grade = grade_ordered(Ordered(answer=RANKS), "general > captain > sergeant > private", BY_RANK)
    assert (grade.score, grade.needs_review) == (0.0, True)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (("byte", "kilobyte", "megabyte"), "B, KB, MB"),
        (("gram", "kilogram", "tonne"), "g, kg, t"),
        (("plan", "build", "test", "ship"), "plan, test, sorry, build, then test, ship"),
    ],
)
def test_orders_of_lone_letters_and_with_a_correction_inside(items: tuple[str, ...], said: str) -> None:
    assert (
        grade_ordered(Ordered(answer=items), said, "Put these in order, from the smallest to the largest.").score == 1.0
    )


def test_the_source_of_an_expression_is_no_part_of_it() -> None:
    assert "n^2 + n" in [one.text for one in candidates("n^2 + n, from the sum formula")]


@pytest.mark.parametrize(("said", "reviewed"), [("-L", False), ("--location", False), ("-l", True), ("location", True)])
def test_the_case_and_the_dashes_of_an_option_are_reviewed(said: str, reviewed: bool) -> None:
    grade = grade_exact(Exact(accepted=("-L", "--location")), said)
    assert (grade.score, grade.needs_review) == (1.0, reviewed)


def test_options_set_against_each_other_are_reviewed() -> None:
    spec = MultipleChoice(options=options("Quick sort", "Heap sort", "Merge sort"), answer="c")
    grade = grade_multiple_choice(spec, "quick sort is faster but merge sort is the stable one")
    assert grade.needs_review or grade.score == 1.0
    assert not grade_multiple_choice(spec, "merge sort is stable").needs_review


@pytest.mark.parametrize(
    "said",
    [
        "Redis is a cache, Neo4j is a graph store, so MongoDB, CouchDB and Firestore",
        "leave out Redis - MongoDB, CouchDB, Firestore",
    ],
)
def test_options_that_are_only_described_are_not_selected(said: str) -> None:
    assert grade_multi_select(MultiSelect(options=STORES, answers=("a", "c", "d")), said).score == 1.0


def test_a_fall_may_be_told_with_a_minus() -> None:
    grade = grade_numeric(Numeric(value=12.5, unit="%"), "minus 12.5 percent", "By what percentage did costs fall?")
    assert (grade.score, grade.needs_review) == (1.0, True)
    assert grade_numeric(Numeric(value=12.5, unit="%"), "minus 12.5 percent", "What is the rate?").score == 0.0
