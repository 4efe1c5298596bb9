"""Not knowing is recognised however it is worded, and an answer is never taken for it."""

from __future__ import annotations

import pytest

from interview.text.dont_know import says_dont_know


@pytest.mark.parametrize(
    "said",
    [
        "you've lost me, no idea",
        "this one isn't familiar to me",
        "can't bring it to mind",
        "we weren't taught that at school",
        "my memory has gone blank on that one",
        "nope, never heard of it before",
        "I used to know that but I've forgotten it",
        "I honestly could not give you an answer to that",
        "off the top of my head I don't remember",
        "I'd have to take a wild guess",
        "no recollection of that whatsoever",
        "that name does not ring any bells",
        "keine Ahnung",
    ],
)
def test_unlisted_sentences_of_not_knowing_are_found(said: str) -> None:
    assert says_dont_know(said)


@pytest.mark.parametrize(
    "said",
    [
        "I'm not sure it is null",
        "not sure, but b",
        "the answer is no",
        "I don't think so",
        "none of them",
        "never",
        "unknown",
        "we never delete",
        "lost update",
        "a blank",
        "I would need to check the certificate",
        "I forget the old state in an LSTM",
        "I don't know for sure but I think it's a race condition",
    ],
)
def test_an_answer_is_not_taken_for_not_knowing(said: str) -> None:
    assert not says_dont_know(said)
