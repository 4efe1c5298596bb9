"""Stems of words, also of threads that stem at once."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from interview.languages.gloss import glossary_of
from interview.text.stems import stem

ENGLISH = ["locks", "normalised", "recovery", "deliveries", "measured", "organisation", "compactions", "consistency"]
GERMAN = ["kündigungen", "verträge", "lieferungen", "entscheidungen", "mitarbeiterinnen", "vereinbarungen"]
THREADS = 4


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    """Threads take turns after almost every instruction."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def differing(words: list[str], stemmed: Callable[[str], str]) -> list[tuple[str, str]]:
    """The words that some thread stems otherwise than one thread alone, with what it got."""
    right = {word: stemmed(word) for word in words}

    def work(seed: int) -> list[tuple[str, str]]:
        order = random.Random(seed).choices(words, k=1000)
        return [(word, found) for word in order if (found := stemmed(word)) != right[word]]

    with ThreadPoolExecutor(THREADS) as pool:
        return [wrong for found in pool.map(work, range(THREADS)) for wrong in found]


@pytest.mark.usefixtures("frequent_switches")
def test_threads_that_stem_english_at_once_do_not_disturb_each_other() -> None:
    assert differing(ENGLISH, stem.__wrapped__) == []


@pytest.mark.usefixtures("frequent_switches")
def test_threads_that_gloss_german_at_once_do_not_disturb_each_other() -> None:
    glossary = glossary_of("de")
    assert glossary is not None
    assert differing(GERMAN, glossary.sentence) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("locks", "locking"), ("normalise", "normalized"), ("recovery", "recover"), ("delivery", "deliveries")],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)
