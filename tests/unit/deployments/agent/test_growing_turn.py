"""A model's answer read while it is written: whatever the cuts, the same sentences, none that may yet change."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.agent.model.answer import read_turn
from deployments.agent.model.partial_answer import GrowingTurn, ended_sentences
from interview.sessions.session import ActionType
from interview.text.sentences import growing_sentences
from interview.text.visible_text import visible

ACTIONS: tuple[ActionType, ...] = get_args(ActionType)

#: Words, ends and the characters that JSON escapes, hides or splits in two.
WORDS = st.sampled_from(
    ["Yes", "no", "e.g.", "\U0001f600", "é", '"', "\\", "\n", "\t", "\u00ad", "\u2028", " ", "{", "1.5"]
)
UTTERANCES = st.lists(st.one_of(WORDS, st.sampled_from([". ", "? ", "! ", "…", ".", " "])), max_size=25).map("".join)


def answer(utterance: str, *, ascii_only: bool = False, **fields: object) -> str:
    turn = {
        "action": "ask_followup",
        "reasoning": "It fits. Really: “x”.",
        "takes_up": "work",
        "utterance": utterance,
        **fields,
    }
    return json.dumps(turn, ensure_ascii=ascii_only)


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted({place % (len(text) + 1) for place in places} | {len(text)})
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def heard(pieces: list[str]) -> list[str]:
    growing = GrowingTurn(ACTIONS)
    return [turn.utterance for piece in pieces for turn in growing.add(piece)]


@given(UTTERANCES, st.lists(st.integers(0, 10_000), max_size=12), st.booleans())
def test_cuts_change_nothing_and_every_prefix_is_one_of_the_whole(
    utterance: str, places: list[int], ascii_only: bool
) -> None:
    text = answer(utterance, ascii_only=ascii_only)
    whole = growing_sentences(" ".join(visible(utterance).split()))
    for pieces in (cut(text, places), list(text), [text]):
        found = heard(pieces)
        assert found == [" ".join(whole[:count]) for count in range(1, len(found) + 1)]
        # Only the last may be left: that nothing follows is known when the answer is whole.
        assert len(found) >= len(whole) - 1


@given(UTTERANCES, UTTERANCES)
def test_a_sentence_that_has_ended_stays_whatever_follows(before: str, after: str) -> None:
    ended = ended_sentences(before)
    assert growing_sentences(" ".join(visible(before + after).split()))[: len(ended)] == ended


@given(UTTERANCES.filter(lambda text: len(text) < 2000))
def test_the_last_turn_heard_is_read_alike_when_it_is_whole(utterance: str) -> None:
    growing = GrowingTurn(ACTIONS)
    turns = [turn for char in answer(utterance) for turn in growing.add(char)]
    final = read_turn(growing.text, ACTIONS)
    for turn in turns:
        assert (turn.action, turn.reasoning, turn.takes_up) == (final.action, final.reasoning, final.takes_up)


def test_a_sentence_is_heard_with_the_space_after_it() -> None:
    growing = GrowingTurn(ACTIONS)
    text = answer("Thank you. It helps.")
    end = text.index("you.") + 4
    assert growing.add(text[:end]) == []
    (turn,) = growing.add(text[end : end + 1])
    assert (turn.action, turn.utterance) == ("ask_followup", "Thank you.")


@pytest.mark.parametrize(
    "text",
    [
        "Well. Tell me more. And more.",
        answer("One. Two. ", action="dance"),
        answer("One. Two. ").replace("{", '{"score": "1.0", ', 1),
        answer("One. Two. ", takes_up="t" * 401),
        '{"utterance": "One. Two. ", "action": "clarify"',
        '["One. Two. ", "',
        answer("One. Two. ").replace("One", "\x01One"),
        answer("One. Two. ").replace("One", "\\ud83dOne"),
        "[" * 5000,
    ],
    ids=["prose", "no action", "extra field", "long topic", "order", "list", "control", "half surrogate", "nesting"],
)
def test_what_is_no_answer_is_not_heard(text: str) -> None:
    assert heard(list(text)) == []


def test_an_action_that_is_not_open_is_not_heard() -> None:
    growing = GrowingTurn(("new_question",))
    assert growing.add(answer("One. Two. Three.")) == []
