"""The trained model of stories: where it is confident it corrects the rules, and it knows no story that measures it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from benchmarks.story_training import training_stories
from interview.errors import ConfigError
from interview.measurement import story_model, story_parts
from interview.measurement.star import analyse_story
from interview.measurement.story_features import Place, features
from interview.measurement.story_model import likelihoods
from tests.support.paths import TESTS

DATA = TESTS / "data" / "grading"
#: The rules find an action in the first clause, and a result in the second.
TOLD = "I rewrote the import. As a result it took a minute."


def parts(answer: str) -> set[str]:
    return {quote.part for quote in analyse_story(answer).present}


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What the model says of every clause; by default it takes each part for as likely as not."""
    chances = {"situation": 0.5, "task": 0.5, "action": 0.5, "result": 0.5}
    monkeypatch.setattr(story_parts, "likelihoods", lambda *_: chances)
    return chances


def test_in_doubt_the_rules_decide(chance: dict[str, float]) -> None:
    assert parts(TOLD) == {"action", "result"}
    chance |= {"action": 0.21, "result": 0.21, "task": 0.79, "situation": 0.79}
    assert parts(TOLD) == {"action", "result"}


def test_a_confident_model_adds_and_takes_away(chance: dict[str, float]) -> None:
    chance |= {"result": 0.19, "task": 0.81}
    assert parts(TOLD) == {"action", "task"}


@pytest.mark.usefixtures("chance")
def test_other_languages_are_read_by_rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_parts, "likelihoods", None)
    told = analyse_story("Ich habe den Import neu geschrieben. Am Ende dauerte er nur eine Minute.", "de")
    assert {quote.part for quote in told.present} >= {"action", "result"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("I'm at the till and a boy faints. I lay him down and lift his legs. He is back on his feet.", "SAR"),
        ("People had to queue outside our shop for an hour every Saturday.", "S"),
        ("Our fridge broke. The stock had to be saved before noon. I borrowed a van. It all stayed cold.", "STAR"),
        ("I would borrow a van and save the stock.", ""),
        ("The bakery lost power on a Friday. We were open again by noon.", "SR"),
        ("I rang every driver before noon, and complaints about late boxes fell by a third.", "AR"),
    ],
)  # fmt: skip
def test_parts_without_a_cue_are_heard(answer: str, told: str) -> None:
    assert {part[0].upper() for part in parts(answer)} == set(told)


def test_a_number_is_a_number_in_digits_and_in_words() -> None:
    alone = Place(number=0, clauses=1, acted=False, acts_later=False)
    assert features("We sold 40 cakes", alone) == features("We sold forty cakes", alone)


def test_the_place_of_a_clause_changes_what_it_tells() -> None:
    opening = Place(number=0, clauses=3, acted=False, acts_later=True)
    ending = Place(number=2, clauses=3, acted=True, acts_later=False)
    clause = "The hall was full"
    assert likelihoods(clause, opening)["situation"] > 0.5 > likelihoods(clause, ending)["situation"]
    assert likelihoods(clause, ending)["result"] > 0.5 > likelihoods(clause, opening)["result"]


def test_no_story_that_measures_the_model_trains_it() -> None:
    trained = {answer for answer, told in training_stories() if told}
    assert len(trained) > 100
    assert trained.isdisjoint(_kept())


def _kept() -> Iterator[str]:
    for name in ("independent", "public_kinds", "public_suites", "own_style"):
        for case in map(json.loads, (DATA / f"{name}.jsonl").read_text().splitlines()):
            if case["area"] == "star" and case["half"] == "kept" and case["expect"]["present"]:
                yield case["answer"]


def test_weights_of_another_training_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_model, "WEIGHTS_SHA256", "0" * 64)
    story_model.trained.cache_clear()
    with pytest.raises(ConfigError, match="SHA-256"):
        likelihoods("I rang him.", Place(number=0, clauses=1, acted=False, acts_later=False))
