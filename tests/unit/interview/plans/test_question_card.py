"""What a question's card shows beyond its words: the form of the answer and the cost of hints, never the key."""

from __future__ import annotations

from itertools import permutations

import msgspec

from interview.plans.questions import (
    Hint,
    MultipleChoice,
    MultiSelect,
    Option,
    Ordered,
    Question,
    RubricGrading,
    card_of,
)

OPTIONS = (Option("a", "Median"), Option("b", "Mean"))


def test_the_costs_of_hints_are_shown_and_their_texts_are_not() -> None:
    hints = (Hint("Think of outliers.", 0.1), Hint("Sort the values.", 0.25))
    card = card_of(Question("q", "technical", "s", "Why?", RubricGrading(), hints=hints))
    assert card.hint_costs == (0.1, 0.25)
    assert b"outliers" not in msgspec.json.encode(card)


def test_the_items_of_an_ordering_do_not_tell_their_order() -> None:
    shown = {
        card_of(Question("q", "technical", "s", "Order these.", Ordered(answer=key))).items
        for key in permutations(("parse", "plan", "run", "write"))
    }
    assert len(shown) == 1
    assert sorted(shown.pop()) == ["parse", "plan", "run", "write"]


def test_a_card_tells_whether_several_options_may_be_right() -> None:
    one = card_of(Question("q", "technical", "s", "Which?", MultipleChoice(OPTIONS, "a")))
    several = card_of(Question("q", "technical", "s", "Which?", MultiSelect(OPTIONS, ("a",))))
    assert (one.multiple, several.multiple) == (False, True)
    assert one.options == several.options


def test_a_card_that_an_earlier_release_recorded_is_read() -> None:
    old = b'{"question_id":"q","question_type":"technical","prompt":"Why?","answer_mode":"spoken","skill":"s"}'
    card = msgspec.json.decode(old, type=type(card_of(Question("q", "technical", "s", "Why?", RubricGrading()))))
    assert (card.hint_costs, card.items, card.multiple) == ((), (), False)
