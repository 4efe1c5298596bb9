"""Options under other words: changes, intervals, parts that say something else, and items of an order by one word."""

from __future__ import annotations

from itertools import product

import pytest

from deployments.grading.graders.closed.choices import grade_multiple_choice
from deployments.grading.graders.closed.exact import grade_exact
from deployments.grading.graders.closed.ordered import grade_ordered
from interview.plans.questions import Exact, MultipleChoice, Option, Ordered

CHANGES = {
    "It increases": ("it goes up", "it rises", "it gets bigger", "it climbs"),
    "It decreases": ("it goes down", "it drops", "it gets smaller", "it is reduced"),
    "It stays the same": ("no change", "it does not change", "unchanged", "it remains constant"),
    "It halves": ("half as much", "it goes to half of it"),
}
INTERVALS = {
    "Less than 10": ("under ten", "below 10", "5"),
    "Between 10 and 20": ("ten to twenty", "10-20", "15"),
    "More than 20": ("over twenty", "above 20", "25"),
}


def chosen(options: list[str], right: str, answer: str) -> float:
    entries = tuple(Option(id=name, text=text) for name, text in zip("abcdef", options, strict=False))
    key = next(entry.id for entry in entries if entry.text == right)
    return grade_multiple_choice(MultipleChoice(options=entries, answer=key), answer).score


@pytest.mark.parametrize("table", [CHANGES, INTERVALS])
def test_other_words_choose_their_option_and_no_other(table: dict[str, tuple[str, ...]]) -> None:
    wrong = [
        (option, said)
        for right, option in product(table, table)
        for said in table[right]
        if (chosen(list(table), option, said) == 1.0) is not (option == right)
    ]
    assert wrong == []


@pytest.mark.parametrize("said", ["it does not halve", "it goes up or down", "not under ten"])
def test_denials_and_alternatives_choose_nothing(said: str) -> None:
    for table in (CHANGES, INTERVALS):
        assert all(chosen(list(table), option, said) == 0.0 for option in table)


@pytest.mark.parametrize(
    ("options", "right", "said"),
    [
        (["O(1)", "O(n)", "O(log n)"], "O(log n)", "n log n"),
        (["Yes, always", "Only for small inputs"], "Only for small inputs", "large inputs"),
        (["Increases", "No effect"], "No effect", "effect"),
        (["Lossless", "Lossy"], "Lossy", "loss"),
    ],
)
def test_part_of_an_option_that_says_something_else_chooses_nothing(options: list[str], right: str, said: str) -> None:
    assert chosen(options, right, said) == 0.0


@pytest.mark.parametrize(("said", "option"), [("thurs", "Thursday"), ("Mar", "March"), ("sept", "September")])
def test_days_and_months_may_be_abbreviated(said: str, option: str) -> None:
    assert chosen(["Thursday", "March", "September", "Friday"], option, said) == 1.0


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("-n", "minus n flag"),
        ("0644", "zero six four four"),
        ("127.0.0.1", "one twenty seven dot oh dot oh dot one"),
        ("IPv4", "ip version four"),
        ("&&", "two ampersands"),
        ("=", "a single equals"),
        ("Ctrl+C", "control c"),
        ("TypeError", "it raises a TypeError"),
        ("MIT", "the MIT license"),
        ("301", "a 301 redirect"),
    ],
)
def test_exact_answers_as_people_say_them(accepted: str, said: str) -> None:
    assert grade_exact(Exact(accepted=(accepted,)), said).score == 1.0


@pytest.mark.parametrize(
    ("accepted", "said"),
    [("-n", "minus m flag"), ("0644", "zero six four"), ("&&", "one ampersand"), ("301", "a 302 redirect")],
)
def test_near_misses_of_exact_answers_earn_nothing(accepted: str, said: str) -> None:
    assert grade_exact(Exact(accepted=(accepted,)), said).score == 0.0


STEPS = Ordered(answer=("Design", "Build", "Test", "Deploy"))
MORNING = Ordered(answer=("Wake up", "Brush teeth", "Eat breakfast"))


def test_items_by_one_word_of_their_own() -> None:
    assert grade_ordered(MORNING, "I wake, then I brush my teeth and then I have breakfast").score == 1.0
    assert grade_ordered(MORNING, "breakfast, brushing, waking").score == 0.0


def test_places_behind_the_items() -> None:
    assert grade_ordered(STEPS, "deploy last, design first, test third, build second").score == 1.0


def test_a_denied_order_is_reviewed() -> None:
    grade = grade_ordered(STEPS, "never design build test deploy")
    assert (grade.score, grade.needs_review) == (0.0, True)


TREES = ["Oak", "Beech", "Maple", "Pine"]


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("everyone thinks it's oak, it's really pine", "Pine"),
        ("my uncle would say beech, I say pine", "Pine"),
        ("the beech is what my uncle would take, I say pine", "Pine"),
        ("oak? nah, pine", "Pine"),
        ("pine? I'd say oak", "Oak"),
        ("second from the left", "Beech"),
        ("the third entry", "Maple"),
    ],
)
def test_what_others_say_or_what_is_only_asked_is_not_the_choice(said: str, right: str) -> None:
    assert [tree for tree in TREES if chosen(TREES, tree, said) == 1.0] == [right]


@pytest.mark.parametrize(
    "said", ["could be pine, could be oak", "a tree", "pineapple", "oak? nope", "the one after oak"]
)
def test_what_settles_on_no_option_chooses_none(said: str) -> None:
    assert not [tree for tree in TREES if chosen(TREES, tree, said) == 1.0]


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("spot on", "True"), ("no doubt about it", "True"), ("it does, doesn't it", "True"),
        ("I doubt it", "False"), ("fake", "False"), ("far from it", "False"),
        ("half true", None), ("it depends", None),
    ],
)  # fmt: skip
def test_yes_and_no_in_other_words_answer_a_true_or_false_question(said: str, right: str | None) -> None:
    assert [option for option in ("True", "False") if chosen(["True", "False"], option, said) == 1.0] == (
        [right] if right else []
    )


def test_no_chooses_the_only_option_that_says_no() -> None:
    options = ["Yes, always", "Yes, but only with a lock", "No"]
    assert chosen(options, "No", "nope, not at all") == 1.0
    assert not [one for one in options if chosen(options, one, "yes") == 1.0]


def test_all_but_one_is_not_all_and_not_both_is_not_neither() -> None:
    colours = ["Red", "Green", "Blue", "All of the above"]
    assert chosen(colours, "All of the above", "all but green") == 0.0
    statements = ["Only I", "Only II", "Both I and II", "Neither I nor II"]
    assert chosen(statements, "Neither I nor II", "not both, only I") == 0.0
    assert chosen(statements, "Both I and II", "one and two") == 1.0


def test_a_part_that_is_not_needed_is_denied() -> None:
    options = ["The region fails over automatically", "An operator has to trigger the failover"]
    assert chosen(options, options[1], "the automatic one, no operator needed") == 0.0
