"""Untrusted text inside a prompt: visible characters only, delimiters escaped, counted in tokens."""

from __future__ import annotations

import re

from interview.text.english_words import is_english
from interview.text.visible_text import visible

#: The runs that the estimate counts: letters with the space before them, white space, anything else.
_RUN = re.compile(r"[ ]?[A-Za-z]+|\s+|[^\sA-Za-z]+")
_CONTROL_WORD = re.compile(r"\[(/?[A-Z_]{3,})\]")
_ATTRIBUTE = re.compile(r"[^\w .:-]+")

CUT = " […] "


def tokens_at_most(text: str) -> int:
    """An upper estimate of the tokens of ``text`` without the model's tokenizer.

    A byte-level BPE makes at most one token per byte, so any run that is not an ASCII word counts its UTF-8 bytes: that
    part is a bound. An English word counts a token for every four letters, three if capitalised; another word half its
    letters; each rounded up. docs/prompts.md compares the estimate with real tokenizers.
    """
    total = 0
    for run in _RUN.findall(text):
        if run[-1].isalpha() and run.isascii():
            total += _tokens_of_word(run.lstrip(" "))
        else:
            total += len(run) if run.isascii() else len(run.encode("utf-8", "replace"))
    return total


def _tokens_of_word(word: str) -> int:
    if word.islower() and is_english(word):
        return (len(word) + 3) // 4
    if word.istitle() and is_english(word.lower()):
        return (len(word) + 2) // 3
    return (len(word) + 2) // 2


def fitted(text: str, budget: int) -> str:
    """``text``, or its beginning and end with a mark between, within ``budget`` tokens; ``""`` when nothing fits."""
    if tokens_at_most(text) <= budget:
        return text
    low, high = 0, len(text)
    while low < high:
        keep = (low + high + 1) // 2
        if tokens_at_most(_middle_out(text, keep)) <= budget:
            low = keep
        else:
            high = keep - 1
    return _middle_out(text, low) if low else ""


def _middle_out(text: str, keep: int) -> str:
    head = keep - keep // 3
    tail = keep - head
    return text[:head].rstrip() + CUT + (text[-tail:].lstrip() if tail else "")


def inert(text: str) -> str:
    """``text`` as data: no hidden characters, and no sequence that opens or closes an element or a chat role.

    ``<`` and ``&`` are escaped as in XML, which also breaks the ``<|…|>`` marks of chat templates; ``[INST]`` and
    similar marks get round brackets.
    """
    shown = visible(text).replace("&", "&amp;").replace("<", "&lt;")
    return _CONTROL_WORD.sub(r"(\1)", shown)


def data(kind: str, text: str, **attributes: str | int) -> str:
    """A ``<data>`` element; ``text`` must have passed ``inert`` (and possibly ``fitted``) before."""
    named = "".join(f' {name}="{_ATTRIBUTE.sub("", str(value))}"' for name, value in attributes.items())
    return f'<data kind="{kind}"{named}>\n{text}\n</data>'
