"""The room has words of its own for every error that the server can report."""

from __future__ import annotations

import re

import pytest

from interview.errors import InterviewError, _tree
from interview.languages.language import SUPPORTED
from interview.sessions.candidate_questions import questions_in
from interview.sessions.intents import recognise
from tests.support.paths import ROOT


def test_every_code_of_the_error_tree_has_words_for_a_candidate() -> None:
    words = (ROOT / "web" / "src" / "room" / "problems.ts").read_text()
    table = words.partition("export const SAID")[2].partition("\n};")[0]
    said = set(re.findall(r'^  "?([a-z-]+)"?:', table, re.MULTILINE))
    assert {kind.code for kind in _tree(InterviewError)} - said == set()


REQUESTS = {"repeat": "repeat", "explain": "explain", "skip": "skip"}


@pytest.mark.parametrize("language", SUPPORTED)
def test_what_help_says_is_understood_in_the_language_of_the_interview(language: str) -> None:
    name = "messages.ts" if language == "en" else f"messages.{language}.ts"
    source = (ROOT / "web" / "src" / "room" / name).read_text()
    block = source.partition("    said: {")[2].partition("    },")[0]
    said = dict(re.findall(r'^      (\w+): "(.*)",$', block, re.MULTILINE))
    assert said.keys() == {*REQUESTS, "person", "time"}
    for request, kind in REQUESTS.items():
        found = recognise(said[request], language)
        assert found is not None and found.kind == kind, said[request]
    for request, topic in (("person", "person"), ("time", "accommodation")):
        assert topic in [question.topic for question in questions_in(said[request], language)], said[request]


def test_the_limit_of_an_answer_is_the_servers() -> None:
    limit = (ROOT / "web" / "src" / "room" / "limit.ts").read_text()
    limits = (ROOT / "interview" / "limits.py").read_text()
    number = r"MAX_ANSWER_CHARS = ([\d_]+)"
    assert re.findall(number, limit)[0] == re.findall(number, limits)[0]
