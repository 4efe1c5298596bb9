"""Every language reads natural spoken requests, questions and "don't know", and leaves look-alikes as answers."""

# ruff: noqa: E501 – a line is one case

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from interview.languages.language import SUPPORTED
from interview.sessions.candidate_questions import questions_in
from interview.sessions.intents import recognise
from interview.sessions.utterances import read_utterance
from interview.text.dont_know import says_dont_know
from interview.yaml.source import read_yaml
from tests.support.paths import DATA

CASES: dict[str, dict[str, Any]] = {
    code: read_yaml(DATA / "languages" / f"{code}.yaml").data for code in SUPPORTED if code != "en"
}


def labelled(kind: str) -> Iterator[tuple[str, str, str]]:
    for code, cases in CASES.items():
        for label, lines in cases[kind].items():
            yield from ((code, label, line) for line in lines)


def lines(kind: str) -> Iterator[tuple[str, str]]:
    for code, cases in CASES.items():
        yield from ((code, line) for line in cases[kind])


def test_each_language_has_forty_cases() -> None:
    for code, cases in CASES.items():
        count = sum(
            len(found) if isinstance(found, list) else sum(map(len, found.values())) for found in cases.values()
        )
        assert count >= 40, code


@pytest.mark.parametrize(("code", "kind", "said"), labelled("requests"))
def test_a_request_is_recognised(code: str, kind: str, said: str) -> None:
    found = recognise(said, code)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(("code", "said"), lines("no_request"))
def test_an_answer_with_a_requests_words_stays_an_answer(code: str, said: str) -> None:
    assert recognise(said, code) is None


@pytest.mark.parametrize(("code", "said"), lines("dont_know"))
def test_a_dont_know_is_recognised(code: str, said: str) -> None:
    assert says_dont_know(said, code)


@pytest.mark.parametrize(("code", "said"), lines("not_dont_know"))
def test_an_answer_that_mentions_not_knowing_stays_an_answer(code: str, said: str) -> None:
    assert not says_dont_know(said, code)


@pytest.mark.parametrize(("code", "topic", "said"), labelled("questions"))
def test_a_question_to_the_interviewer_is_recognised(code: str, topic: str, said: str) -> None:
    assert [question.topic for question in questions_in(said, code)] == [topic]


@pytest.mark.parametrize(("code", "said"), lines("no_question"))
def test_a_question_about_the_subject_is_none_to_the_interviewer(code: str, said: str) -> None:
    assert questions_in(said, code) == ()


@pytest.mark.parametrize(
    ("code", "said", "announcement", "addition"),
    [
        ("de", "Noch zur vorherigen Frage: ich würde auch den Vertrieb einbeziehen.", "Noch zur vorherigen Frage:", True),
        ("de", "Kann ich zur letzten Frage noch etwas ergänzen?", "Kann ich zur letzten Frage noch etwas ergänzen?", False),
        ("fr", "Pour revenir à la question précédente, j'impliquerais les ventes.", "Pour revenir à la question précédente,", True),
        ("es", "¿Puedo añadir algo a la pregunta anterior?", "¿Puedo añadir algo a la pregunta anterior?", False),
    ],
)  # fmt: skip
def test_an_addition_to_an_earlier_answer_is_announced(code: str, said: str, announcement: str, addition: bool) -> None:
    found = read_utterance(said, code)
    assert (found.kind, found.announcement, bool(found.answer)) == ("afterthought", announcement, addition)


@pytest.mark.parametrize(
    ("code", "said", "answer"),
    [
        ("de", "Ich würde den Kunden anrufen. Wird das Gespräch aufgezeichnet?", "Ich würde den Kunden anrufen."),
        ("fr", "J'appellerais le client. Est-ce que l'entretien est enregistré ?", "J'appellerais le client."),
        ("es", "Llamaría al cliente. ¿Se graba la entrevista?", "Llamaría al cliente."),
    ],
)
def test_a_question_next_to_an_answer_leaves_the_answer(code: str, said: str, answer: str) -> None:
    found = read_utterance(said, code)
    assert (found.kind, found.answer) == ("answer", answer)
    assert [question.topic for question in found.questions] == ["recorded"]


@pytest.mark.parametrize(
    ("code", "said"),
    [("de", "Guten Tag, danke."), ("fr", "Bonjour, merci beaucoup."), ("es", "Hola, buenos días."), ("de", "…")],
)
def test_a_greeting_alone_is_no_answer(code: str, said: str) -> None:
    assert read_utterance(said, code).kind == "silence"
