"""A speaker's stance on each mention: cases of denial, correction, asides and alternatives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.text.stance import Held, hold

#: The mentions are the capital letters A to E; each expectation is the stance of each, in order.
DENIED = {
    "it's not A, it's B": "denied asserted",
    "not A but B": "denied asserted",
    "not A, B or C": "denied denied denied",
    "neither A nor B": "denied denied",
    "none of A, B or C": "denied denied denied",
    "A rather than B": "asserted denied",
    "A instead of B": "asserted denied",
    "instead of A, B": "denied asserted",
    "unlike A this is B": "denied asserted",
    "B over A": "asserted denied",
    "B not A": "asserted denied",
    "I don't think it's A": "denied",
    "I doubt it's A": "denied",
    "I wouldn't pick A": "denied",
    "no A": "denied",
    "hardly A": "denied",
    "far from A": "denied",
    "anything but A": "denied",
    "everything except A and B": "denied denied",
    "A is wrong, so is C, so B": "denied denied asserted",
    "A makes no sense": "denied",
    "B can't be right": "denied",
    "B, A is wrong": "asserted denied",
    "A, B and D can be ruled out, so C": "denied denied denied asserted",
    "That rules out A, B and C, leaving D": "denied denied denied asserted",
    "not A, and B can't be, so C": "denied denied asserted",
    "A or not A": "asserted denied",
}
HARMLESS = {
    "I'm not sure but A": "asserted",
    "not sure, A": "asserted",
    "no doubt A": "asserted",
    "isn't it A?": "asserted",
    "A, isn't it?": "asserted",
    "it can't be anything but A": "asserted",
    "none other than A": "asserted",
    "I don't know, maybe A": "asserted",
    "why not A": "asserted",
}
CORRECTED = {
    "A, no wait, B": "withdrawn asserted",
    "A? No, B.": "withdrawn asserted",
    "A actually no B": "withdrawn asserted",
    "A, or actually B": "withdrawn asserted",
    "I'll say A. Sorry, B.": "withdrawn asserted",
    "A and B, sorry, A and C": "withdrawn withdrawn asserted asserted",
    "A B no not B": "asserted asserted denied",
}
ASIDE = {
    "D, because A, B and C all lose writes": "asserted aside aside aside",
    "I guess B but why is option C even there lol": "asserted aside",
    "I was going to say B but I'll go with D": "aside asserted",
    "my first thought was A, however B": "aside asserted",
    "it's between B and C, I'd go with C": "aside aside asserted",
    "B is better than A": "asserted aside",
}


def read(text: str) -> list[Held]:
    return hold(text, [found.span() for found in re.finditer(r"\b[A-E]\b", text)])


@pytest.mark.parametrize(("text", "stances"), [*(DENIED | HARMLESS | CORRECTED | ASIDE).items()])
def test_each_mention_has_its_stance(text: str, stances: str) -> None:
    assert [one.stance for one in read(text)] == stances.split()


@pytest.mark.parametrize("text", ["A or B", "either A or B", "between A and B", "A, maybe B"])
def test_mentions_offered_together_are_alternatives(text: str) -> None:
    assert all(one.alternative for one in read(text))


@pytest.mark.parametrize("text", ["A and B", "both A and B", "A or so", "A or something like that"])
def test_a_list_and_a_vague_ending_are_no_alternatives(text: str) -> None:
    assert not any(one.alternative for one in read(text))


@pytest.mark.parametrize("text", ["I'd go with A", "so it must be A", "my final answer is A", "which leaves A"])
def test_a_conclusion_is_a_stronger_commitment_than_a_statement(text: str) -> None:
    assert read(text)[0].commitment == 2
    assert read("I think it's A")[0].commitment == 1


@given(st.text(max_size=200))
def test_any_text_is_read_and_every_mention_gets_a_stance(text: str) -> None:
    spans = [found.span() for found in re.finditer(r"\w+", text)]
    assert len(hold(text, spans)) == len(spans)
