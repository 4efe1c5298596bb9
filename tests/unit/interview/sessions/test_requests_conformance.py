"""Requests, "don't know" and honest answers on cases that the rules' authors did not write, and on their siblings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interview.sessions.intents import recognise
from interview.text.dont_know import says_dont_know

DATA = Path(__file__).parents[3] / "data" / "meaning"


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


@pytest.mark.parametrize("name", ["requests.jsonl", "requests_own.jsonl"])
def test_every_request_is_heard_as_what_it_is_and_no_answer_is_taken_for_one(name: str) -> None:
    missed = {}
    for case in cases(name):
        found = recognise(case["text"])
        heard = found.kind if found else None
        if heard not in (case["kinds"] or [None]):
            missed[case["text"]] = heard
    assert missed == {}


@pytest.mark.parametrize("text", [case["text"] for case in cases("dont_know.jsonl")])
def test_a_dont_know_is_heard_in_every_wording(text: str) -> None:
    assert says_dont_know(text)
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    ["I don't know the exact number but around 40", "I'm not sure but I think B", "I would check the logs", "not null",
     "I have no experience with Kafka but with RabbitMQ", "I would look it up in the index", "unknown",
     "I'd ask someone"],
)  # fmt: skip
def test_an_unsure_answer_is_still_an_answer(text: str) -> None:
    assert not says_dont_know(text)


@pytest.mark.parametrize("text", [case["text"] for case in cases("requests.jsonl") if not case["kinds"]])
def test_a_request_behind_an_answer_leaves_it_an_answer(text: str) -> None:
    assert recognise(f"It depends on the index. {text}") is None
