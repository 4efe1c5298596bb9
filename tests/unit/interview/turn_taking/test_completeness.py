"""Words before a pause: an unfinished sentence is known by how it ends, and a finished one is left in peace."""

from __future__ import annotations

import pytest

from interview.turn_taking.completeness import breaks_off, is_unfinished


@pytest.mark.parametrize(
    "words",
    [
        "I would first look at the slow queries, and",
        "We had an outage last spring because.",
        "I worked on it for a year. My last project was a tool for",
        "The hardest part was",
        "In my first job I",
        "If the server does not answer",
        "When the price changed.",
        "I'd say that we're",
        "We measured it for two weeks,",
        "Well, it was...",
        "A test that",
        "What I learned from that was",
        "Um, the",
        "I would keep the sessions in",
        "A good manager listens before",
        "I would check the memory first, then",
        "I noticed that the numbers did not",
        "We looked for a week, and I found",
        "We found that most of the calls were about",
        "After we changed the plan",
    ],
)
def test_a_sentence_that_leads_on_is_unfinished(words: str) -> None:
    assert is_unfinished(words, "en") is True


@pytest.mark.parametrize(
    "words",
    [
        "I build services in Python.",
        "I would add an index on the column that we filter by.",
        "That depends on how it is.",
        "I think so",
        "We should not do that.",
        "It was faster than what we had",
        "When two people edit the same page, the later one has to merge.",
        "Because the migration had not been rehearsed by anybody in the team before",
        "Forty two",
        "They tell us how many people log in.",
        "He asked me what the number is for.",
        "Nobody knew what half of them were for.",
        "I fixed it with tape and we went on.",
        "After that I make a plan.",
        "After a month I gave the demos.",
        "If the refund fails we retry it.",
        "The import has not failed since.",
        "It costs less than it did before, and nobody has complained since then.",
        "I was elected to change that.",
        "Nobody was told.",
        "That is what they wrote.",
        "It changed all the prices that we got.",
        "We kept it for a while.",
        "Yes.",
    ],
)
def test_a_whole_sentence_is_not(words: str) -> None:
    assert is_unfinished(words, "en-GB") is False


@pytest.mark.parametrize(("words", "language"), [("Ich würde und", "de"), ("", "en"), ("...", "en")])
def test_without_words_or_rules_nothing_is_known(words: str, language: str) -> None:
    assert is_unfinished(words, language) is None


@pytest.mark.parametrize(
    ("words", "expected"), [("I asked them whether... ", True), ("We tried…", True), ("Done.", False)]
)
def test_words_that_end_with_an_ellipsis_break_off(words: str, expected: bool) -> None:
    assert breaks_off(words) is expected
