"""Markdown is read as its words: no mark is left to be spelt out, no word is lost."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from interview.text import markdown as module
from interview.text.markdown import plain_text


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("This is **bold** text.", "This is bold text."),
        ("***Very*** _important_ and `code`", "Very important and code"),
        ("* first point", "first point"),
        ("- one\n- two\n\n3) three", "one\ntwo\n3) three"),
        ("1. First item\n2. Second item", "1. First item\n2. Second item"),
        ("See [the docs](https://example.org/a/b).", "See the docs."),
        ("See [the docs][1].\n\n[1]: https://example.org", "See the docs."),
        ("![a diagram](x.png) shows it", "a diagram shows it"),
        ("**Question 2:** What is a lock?", "Question 2: What is a lock?"),
        ("I see. ~~old~~ new", "I see. old new"),
        ("## Heading\n\nText that\nwraps.", "Heading\nText that wraps."),
        ("> quoted\n> more", "quoted more"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n1, 2"),
        ("```py\nx = 1\ny = 2\n```", "x = 1\ny = 2"),
        ("<b>bold</b> one<br>two", "bold one\ntwo"),
        ("A &amp; B, don\\'t", "A & B, don't"),
    ],
)
def test_marks_vanish_and_words_stay(markdown: str, expected: str) -> None:
    assert plain_text(markdown) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "5*3*2 is 30 and 2**3 is 8",
        "2 * 3 * 4",
        "x*y*z",
        "the __init__ method of snake_case_name",
        "vector<int> and List<String>",
        "[1, 2] and f(x)",
        "~5 items",
        "C# and F#",
    ],
)
def test_signs_of_arithmetic_and_code_are_no_markdown(text: str) -> None:
    assert plain_text(text) == text


def test_threads_that_read_the_first_texts_at_once_read_them_rightly(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "**Thank you.** Please read `lock` first.\n\n- one *item*\n- two"
    right = plain_text(text)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            for _ in range(100):
                monkeypatch.setattr(module, "_PARSER", module._ready_parser())
                assert list(pool.map(plain_text, [text] * 4)) == [right] * 4
    finally:
        sys.setswitchinterval(before)
