"""Options under other words: changes, intervals, parts that say something else, and items of an order by one word."""

from __future__ import annotations

from itertools import product

import pytest

from deployments.grading.graders.closed.choices import grade_multi_select, grade_multiple_choice
from deployments.grading.graders.closed.exact import grade_exact
from deployments.grading.graders.closed.ordered import grade_ordered
from interview.plans.questions import Exact, MultipleChoice, MultiSelect, Option, Ordered

CHANGES = {
    "It increases": ("it shoots up", "it goes up", "it rises", "it gets bigger", "it climbs"),
    "It decreases": ("it goes down", "it drops", "it gets smaller", "it is reduced"),
    "It stays the same": ("no change", "it does not change", "unchanged", "it remains constant"),
    "It halves": (
        "half as much",
        "it goes to half of it",
        "half of what it was",
        "it's divided by two",
        "it becomes half",
    ),
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
        ("the one after oak", "Beech"),
        ("the option before pine", "Maple"),
        ("more oak than pine", "Oak"),
        ("it's oak, beech is too soft", "Oak"),
        ("none but maple", "Maple"),
    ],
)
def test_what_others_say_or_what_is_only_asked_is_not_the_choice(said: str, right: str) -> None:
    assert [tree for tree in TREES if chosen(TREES, tree, said) == 1.0] == [right]


@pytest.mark.parametrize(
    "said", ["could be pine, could be oak", "a tree", "pineapple", "oak? nope", "the one before oak"]
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


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("it isn't thread safe", "It is not thread safe"),
        ("it ain't thread safe", "It is not thread safe"),
        ("no", "It is not thread safe"),
        ("it is", "It is thread safe"),
        ("that depends", "It depends on the implementation"),
    ],
)
def test_options_that_differ_by_a_negation_are_told_apart(said: str, right: str) -> None:
    options = ["It is thread safe", "It is not thread safe", "It depends on the implementation"]
    assert [one for one in options if chosen(options, one, said) == 1.0] == [right]


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("it doesn't decrease", None),
        ("it won't go down, it goes up", "It increases"),
        ("doesn't go up, goes down", "It decreases"),
        ("it remains", "It stays the same"),
    ],
)
def test_a_denied_change_is_not_chosen(said: str, right: str | None) -> None:
    options = ["It increases", "It decreases", "It stays the same"]
    assert [one for one in options if chosen(options, one, said) == 1.0] == ([right] if right else [])


@pytest.mark.parametrize(
    ("said", "right"), [("three", "Fewer than 10"), ("12 or so", "10 to 20"), ("at least 25", "More than 20")]
)
def test_a_number_is_a_value_where_the_options_are_ranges(said: str, right: str) -> None:
    options = ["Fewer than 10", "10 to 20", "More than 20"]
    assert [one for one in options if chosen(options, one, said) == 1.0] == [right]


@pytest.mark.parametrize(
    "said",
    [
        "python yes, rust no, java yes, go no",
        "a: yes b: no c: yes d: no",
        "go is not one of them, but python and java are",
        "all languages but rust and go",
        "python, java",
        "python, java, no rust",
        "python, java, rust and go, scratch rust and go",
    ],
)
def test_every_selected_option_is_found(said: str) -> None:
    options = ["Python", "Rust", "Java", "Go"]
    grade = grade_multi_select(
        MultiSelect(
            options=tuple(Option(id=one, text=text) for one, text in zip("abcd", options, strict=True)),
            answers=("a", "c"),
        ),
        said,
    )
    assert grade.score == 1.0


@pytest.mark.parametrize("said", ["a no " * 60 + "maybe", "no " * 90 + "maybe", "a yes, b no; " * 40 + "?"])
def test_an_answer_of_many_verdicts_that_does_not_end_in_one_is_read(said: str) -> None:
    """It must end: a pattern for the whole answer would try 2^59 partitions of the first one."""
    spec = MultiSelect(options=(Option("a", "Python"), Option("b", "Rust"), Option("c", "Go")), answers=("c",))
    assert grade_multi_select(spec, said).score == 0.0


@pytest.mark.parametrize(
    ("options", "said", "right"),
    [
        (["Fewer than 10", "10 to 20", "More than 20"], "the one above 25", "More than 20"),
        (["Fewer than 10", "10 to 20", "More than 20"], "the one above twenty five", "More than 20"),
        (["Fewer than 10", "10 to 20", "More than 20"], "the one under 5", "Fewer than 10"),
        (["Fewer than 10", "10 to 20", "More than 20"], "the one above 10 to 20", None),
        (["10", "20", "30"], "the one above 20", None),
        (["10", "20", "30"], "the one after 20", "30"),
        (["Commit", "Run checks before commit", "Push"], "the one before commit", "Run checks before commit"),
        (["Review", "Commit", "Run checks before a commit"], "the one before the commit", "Run checks before a commit"),
    ],
)
def test_a_relation_to_a_value_or_in_an_options_words_names_no_neighbour(
    options: list[str], said: str, right: str | None
) -> None:
    assert [one for one in options if chosen(options, one, said) == 1.0] == ([right] if right else [])


STORES = ["A relational database", "A document store", "A key-value store", "A graph database"]
INDEXES = ["B-tree index", "Hash index", "Bitmap index", "No index at all"]


@pytest.mark.parametrize(
    ("options", "right", "said"),
    [
        (["Red", "Green", "Blue"], "Green", "two please"),
        (["Bread", "Bread pudding", "Pudding"], "Bread pudding", "pudding made from bread"),
        (STORES, "A key-value store", "can't be a relational one, can't be documents, and a graph makes no sense here"),
        (STORES, "A key-value store", "B doesn't fit, A doesn't scale, D is overkill"),
        (STORES, "A key-value store", "rather the key value one than the document one"),
        (STORES, "A key-value store", "if we needed joins I'd say A, but here C"),
        (STORES, "A key-value store", "If I had to choose I'd say C. B is slower."),
        (STORES, "A key-value store", "I change my answer from B to C"),
        (STORES, "A key-value store", "C for sure, B maybe"),
        (STORES, "A key-value store", "B is a trap, C"),
        (STORES, "A key-value store", "not so much B as C"),
        (STORES, "A key-value store", "KV store"),
        (INDEXES, "B-tree index", "btree"),
        (INDEXES, "No index at all", "for ten rows I wouldn't bother with an index"),
        (INDEXES, "No index at all", "not a bitmap or hash or btree"),
        (["True", "False"], "False", "false, it's true that it orders packets but not latency"),
        (["Less than 10", "10 to 50", "50 to 100"], "50 to 100", "the fifty to hundred one"),
    ],
)
def test_natural_wordings_choose_their_option_and_no_other(options: list[str], right: str, said: str) -> None:
    assert [option for option in options if chosen(options, option, said) == 1.0] == [right]


def test_what_is_avoided_is_not_chosen() -> None:
    assert all(chosen(STORES, option, "I'd avoid C") == 0.0 for option in STORES)


def test_none_of_it_is_reviewed_where_it_may_mean_none_of_the_options() -> None:
    entries = tuple(Option(id=name, text=text) for name, text in zip("abcd", INDEXES, strict=True))
    grade = grade_multiple_choice(MultipleChoice(options=entries, answer="d"), "none")
    assert (grade.score, grade.needs_review) == (1.0, True)


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("no yes no yes", 1.0),
        ("false, true, false, true", 1.0),
        ("cost - n, latency - y, load - n, uptime - y", 1.0),
        ("cost, latency and uptime. Actually take out cost", 1.0),
        ("no yes no", 0.0),
    ],
)
def test_one_verdict_for_each_option_selects(said: str, score: float) -> None:
    entries = tuple(
        Option(id=name, text=text) for name, text in zip("abcd", ("Cost", "Latency", "Load", "Uptime"), strict=True)
    )
    assert grade_multi_select(MultiSelect(options=entries, answers=("b", "d")), said).score == score


@pytest.mark.parametrize(
    ("accepted", "said", "review"),
    [
        ("*.log", "star dot log", False),
        ("*.log", "dot log", True),
        ("/etc/hosts", "etc hosts", True),
        ("max_connections", "the setting is called max connections", False),
    ],
)
def test_signs_that_are_not_said_are_reviewed(accepted: str, said: str, review: bool) -> None:
    grade = grade_exact(Exact(accepted=(accepted,)), said)
    assert (grade.score, grade.needs_review) == (1.0, review)


SECURING = ("Encryption", "Compression", "Authentication", "Logging", "Caching")


@pytest.mark.parametrize(
    "answer",
    [
        "yes to a and c, no to the rest",
        "no to b, d and e, yes to a and c",
        "a and c, no to everything else",
        "I'd tick a and c and leave the rest",
    ],
)
def test_options_are_accepted_and_refused_with_yes_and_no_to(answer: str) -> None:
    options = tuple(Option(id=name, text=text) for name, text in zip("abcde", SECURING, strict=True))
    assert grade_multi_select(MultiSelect(options=options, answers=("a", "c")), answer).score == 1.0


def test_words_that_options_share_do_not_make_an_answer_near_one_of_them() -> None:
    prices = ["Increase the price", "Decrease the price", "Keep the price", "Drop the product"]
    assert chosen(prices, "Increase the price", "put the price up") == 1.0
    assert chosen(prices, "Keep the price", "kep the prise") == 1.0
    assert chosen(prices, "Keep the price", "spend the price") == 0.0
