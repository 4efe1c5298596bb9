"""Plain words: contractions are written out, whatever letters stand around them, and punctuation is removed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.text.plain_words import _WRITTEN_OUT, plain_words

ROW = (
    "gonna|wanna|gotta|got to|have got to|i've got to|re-|re-do|gimme|lemme|dunno|idk|kinda|'cause|cause|cuz|coz|cos|"
    "cost|can't|cant|won't|wont|shan't|don't|dont|isnt|needn't|i'm|im|time|you're|youre|we're|were|they're|theyre|that's|"
    "thats|whats|let's|lets|i'd|it'd|we'll|there'll|i've|ive|weve|you've|’|`|want|went| |  |-|.|,|=|I"
)
PIECES = ROW.split("|")


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("I’m sure, don't re-do it.", "i am sure do not redo it"),
        ("We've gotta go – lemme see!", "we have to go let me see"),
        ("They were late; theyre sorry", "they were late they are sorry"),
        ("It'd cost more, 'cause it's big", "it would cost more 'cause it is big"),
    ],
)
def test_contractions_are_written_out(said: str, plain: str) -> None:
    assert plain_words(said) == plain


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", " "]))
def test_the_letters_of_a_contraction_hide_none(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    tried = [(("",), short, long) for _, short, long in _WRITTEN_OUT]
    with pytest.MonkeyPatch.context() as patch:
        found = plain_words(text)
        patch.setattr("interview.text.plain_words._WRITTEN_OUT", tried)
        assert found == plain_words(text)
