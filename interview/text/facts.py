"""Finds the fact that a question asks for, among facts under names such as "salary, pay"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from interview.text.stems import stem


def fact_for(question: str, facts: Mapping[str, str]) -> str:
    """The first fact with a name all of whose words occur in ``question``; empty without one.

    A key of ``facts`` is a list of names, separated by commas. Words are compared by their stems.
    """
    asked = _stems(question)
    for names, fact in facts.items():
        if any(words and words <= asked for words in map(_stems, names.split(","))):
            return fact
    return ""


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in re.findall(r"[^\W\d_]+", text.casefold()))
