"""The room has words of its own for every error that the server can report."""

from __future__ import annotations

import re

from interview.errors import InterviewError, _tree
from tests.support.paths import ROOT


def test_every_code_of_the_error_tree_has_words_for_a_candidate() -> None:
    words = (ROOT / "web" / "src" / "room" / "problems.ts").read_text()
    table = words.partition("export const SAID")[2].partition("\n};")[0]
    said = set(re.findall(r'^  "?([a-z-]+)"?:', table, re.MULTILINE))
    assert {kind.code for kind in _tree(InterviewError)} - said == set()


def test_the_limit_of_an_answer_is_the_servers() -> None:
    limit = (ROOT / "web" / "src" / "room" / "limit.ts").read_text()
    limits = (ROOT / "interview" / "limits.py").read_text()
    number = r"MAX_ANSWER_CHARS = ([\d_]+)"
    assert re.findall(number, limit)[0] == re.findall(number, limits)[0]
