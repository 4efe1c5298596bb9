"""Reads the judge's verdicts and checks them: a grade above the lowest needs a sentence that can earn it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from deployments.grading.judge.judged_item import JudgedItem
from deployments.grading.judge.numbered_answer import NumberedAnswer
from deployments.llm.contract import ChatResponse
from interview.errors import InvalidModelOutput


class Verdict(Struct, frozen=True):
    """The model's verdict on one item: the number of a sentence, from 1, and a grade."""

    sentence: int
    grade: int


class Reading(Struct, frozen=True):
    """A checked verdict. ``sentence`` is the number of the sentence that earns the grade, 0 for none. ``refused`` says
    why a grade did not count."""

    grade: int
    score: float
    sentence: int = 0
    refused: str = ""


def samples_in(response: ChatResponse, items: Sequence[JudgedItem], sentences: int) -> list[Mapping[str, Verdict]]:
    """The usable samples among the choices of a response.

    Raises:

        InvalidModelOutput: there is none.
    """
    choices = response.get("choices")
    found = [
        verdicts
        for choice in (choices if isinstance(choices, list) else [])
        if (verdicts := _verdicts(choice, items, sentences)) is not None
    ]
    if not found:
        raise InvalidModelOutput("The judge's verdict is not the requested JSON.")
    return found


def _verdicts(choice: Any, items: Sequence[JudgedItem], sentences: int) -> Mapping[str, Verdict] | None:
    """None unless there is a verdict on every item, with a sentence and a grade that exist."""
    try:
        written = msgspec.convert(json.loads(choice["message"]["content"]), type=dict[str, str])
        verdicts = {item.id: Verdict(*map(int, written[item.id].split(":"))) for item in items}
    except (KeyError, TypeError, ValueError):
        return None
    for item in items:
        verdict = verdicts[item.id]
        if verdict.grade not in item.scores or not 1 <= verdict.sentence <= sentences:
            return None
    return verdicts


def checked(item: JudgedItem, verdict: Verdict, answer: NumberedAnswer) -> Reading:
    """The grade that the named sentence can earn: the lowest if it repeats the question, denies the point or only lists
    terms."""
    score, lowest = item.scores[verdict.grade], item.scores[item.lowest]
    sentence = answer.sentence(verdict.sentence)
    if score <= lowest or sentence is None:
        return Reading(item.lowest, lowest)
    if not sentence.counts:
        return Reading(item.lowest, lowest, refused="the sentence repeats the question")
    if item.is_refuted_by(answer.text(sentence)):
        return Reading(item.lowest, lowest, refused="the sentence says otherwise")
    return Reading(verdict.grade, score, sentence=verdict.sentence)
