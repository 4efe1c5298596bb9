"""The product names the language wherever words are read; the default, English, is for tools and tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.support.paths import ROOT

#: Readers of candidates' words and the number of arguments with which the language is given.
READERS = {
    "achievement_line": 2,
    "analyse_story": 2,
    "is_social": 2,
    "questions_in": 2,
    "read_utterance": 2,
    "recognise": 2,
    "says_dont_know": 2,
}
#: Graders read the English gloss of an answer.
EXCEPT = ("deployments/grading/graders/answer_text.py",)


def calls_without_language() -> Iterator[str]:
    for package in ("deployments", "serve", "interview/sessions"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or name in EXCEPT:
                    continue
                wanted = READERS.get(node.func.id)
                given = len(node.args) + sum(keyword.arg == "language" for keyword in node.keywords)
                if wanted is not None and given < wanted:
                    yield f"{name}:{node.lineno}: {node.func.id}"


def test_every_reader_of_words_is_told_the_language() -> None:
    assert list(calls_without_language()) == []
