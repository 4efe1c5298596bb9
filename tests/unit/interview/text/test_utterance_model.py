"""The trained model hears requests and questions that the rules lack, in new words, and leaves answers alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from benchmarks.utterance_training import MEASURED, answers, digest, measured, students, trained_on
from interview.errors import ConfigError
from interview.sessions.candidate_questions import questions_by_rules
from interview.sessions.intents import recognise, recognised_by_rules
from interview.sessions.utterances import read_utterance
from interview.text import utterance_model
from interview.text.dont_know import says_dont_know, says_dont_know_by_rules
from interview.text.utterance_features import features
from interview.text.utterance_model import heard_as, likelihoods
from tests.support.paths import TESTS

DATA = TESTS / "data"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("you cut out halfway, mind saying it again?", "repeat"),
        ("There was a siren outside so I missed what you asked.", "repeat"),
        ("let's not do this one, next please", "skip"),
        ("I'd prefer not to get into that", "skip"),
        ("uh give me like thirty seconds", "wait"),
        ("May I have some time to work this out on paper?", "wait"),
    ],
)
def test_a_request_in_words_that_the_rules_lack_is_heard(said: str, kind: str) -> None:
    assert recognised_by_rules(said) is None
    assert read_utterance(said).kind == kind


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("what are you going to do with my answers", "data"),
        ("please get rid of my data afterwards", "deletion"),
        ("I stutter, so please give me extra time", "accommodation"),
        ("should I go into more depth", "enough"),
        ("could we carry on in Swedish from here", "language"),
    ],
)
def test_a_question_in_words_that_the_rules_lack_is_heard(said: str, topic: str) -> None:
    assert not questions_by_rules(said)
    heard = read_utterance(said)
    assert (heard.kind, heard.answer) == ("question", "")
    (question,) = heard.questions
    assert (question.topic, said[question.start : question.end]) == (topic, said)


@pytest.mark.parametrize(
    "said",
    [
        "I would have to look up the details, but that is the general idea of how I would do it.",
        "I do not remember much more about it than what I have just told you.",
    ],
)
def test_who_says_more_than_to_be_done_answers(said: str) -> None:
    assert read_utterance(said).kind == "answer"


def test_who_only_thinks_aloud_asks_for_nothing() -> None:
    assert heard_as("No, thank you. um well uh okay so hmm yeah er um well uh okay so hmm yeah er um.") is None


def test_not_knowing_in_words_that_the_rules_lack_is_heard() -> None:
    said = "my memory lets me down here"
    assert not says_dont_know_by_rules(said)
    assert says_dont_know(said)


#: Answers in the words of requests.
WHO = ("we", "I", "the vendor", "my team")
DID = ("repeated", "skipped", "paused", "ended", "explained", "deleted")
WHAT = ("the rollout", "the benchmark", "the invoice run", "that survey")
ANSWERS = [f"{who} {did} {what}" for who, did, what in product(WHO, DID, WHAT)]
ANSWERS += [f"I told {whom} {what}" for whom in ("my boss", "the client") for what in ("I needed more time", "to wait")]
ANSWERS += ["is it a deadlock?", "second one please", "I'd go with b", "you repeat the step", "that's right", "maybe"]


@pytest.mark.parametrize("refusal", ["I really don't need any clue", "please do not cancel the interview"])
def test_a_refused_request_is_none(refusal: str) -> None:
    assert heard_as(refusal) is not None
    assert recognise(refusal) is None


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_in_such_words_stays_one(answer: str) -> None:
    heard = read_utterance(answer)
    assert (heard.kind, heard.questions) == ("answer", ())


def test_of_thousands_of_answers_hardly_one_is_taken_for_a_request() -> None:
    """Both those that trained the model and those kept for measuring; who tells no story may say that they pass."""
    kept = {
        case["answer"]
        for case in _cases("kept")
        if isinstance(case.get("answer"), str)
        and not (case["area"] == "star" and not case["expect"]["present"])
        and case["expect"].get("says") != "do not know"
    }
    assert len(kept) > 1500
    assert sum(heard_as(answer) is not None for answer in (*answers(), *students())) <= 2
    taken = [one for one in kept if heard_as(one) and not (recognised_by_rules(one) or says_dont_know_by_rules(one))]
    assert len(taken) <= 4


def test_a_long_utterance_or_one_about_a_subject_is_an_answer() -> None:
    assert heard_as("could you say that again") == "repeat"
    assert heard_as(" ".join(["could you say that again"] * 6)) is None
    assert heard_as("could you say that again to kubernetes operators behind envoy sidecars") is None
    assert heard_as("") is None


def test_a_longer_utterance_that_could_be_several_requests_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    blames = "It was really the testers' fault, since they should have seen it, so there wasn't much for me to do."
    assert heard_as(blames) is None
    longer = "could you say that again and then tell me once more what it is that you want to know"
    monkeypatch.setattr(utterance_model, "likelihoods", lambda _: {"answer": 0.01, "repeat": 0.6, "explain": 0.39})
    assert heard_as.__wrapped__(longer) is None
    monkeypatch.setattr(utterance_model, "likelihoods", lambda _: {"answer": 0.01, "repeat": 0.8, "explain": 0.19})
    assert heard_as.__wrapped__(longer) == "repeat"


def test_in_doubt_it_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utterance_model, "likelihoods", lambda _: {"answer": 0.06, "repeat": 0.94})
    assert heard_as.__wrapped__("say that again") is None
    monkeypatch.setattr(utterance_model, "likelihoods", lambda _: {"answer": 0.02, "repeat": 0.5, "skip": 0.48})
    assert heard_as.__wrapped__("say that again") == "repeat"
    undecided = {"answer": 0.01, "repeat": 0.3, "skip": 0.29, "done": 0.2, "hint": 0.2}
    monkeypatch.setattr(utterance_model, "likelihoods", lambda _: undecided.copy())
    assert heard_as.__wrapped__("say that again") is None


def test_probabilities_sum_to_one_and_a_number_is_a_number() -> None:
    assert sum(likelihoods("could you repeat that").values()) == pytest.approx(1.0)
    assert features("wait 5 minutes") == features("wait 20 minutes")


def test_the_shipped_weights_are_those_of_the_committed_texts() -> None:
    """If not: ``python -m benchmarks.utterance_training --write``; without ``--write`` it also compares the weights."""
    assert utterance_model.trained().texts == digest(trained_on())


def test_nothing_that_measures_the_model_trains_it() -> None:
    assert len(measured()) > 2000
    assert not measured() & {text.lower() for text, _ in trained_on()}


def _cases(half: str) -> Iterator[dict[str, Any]]:
    for name in MEASURED:
        for line in (DATA / f"{name}.jsonl").read_text().splitlines():
            case = json.loads(line)
            if case["half"] == half:
                yield case


def test_weights_of_another_training_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utterance_model, "WEIGHTS_SHA256", "0" * 64)
    utterance_model.trained.cache_clear()
    with pytest.raises(ConfigError, match="utterance_weights"):
        utterance_model.trained()
    monkeypatch.undo()
    assert utterance_model.trained().kinds
