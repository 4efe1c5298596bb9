"""Chooses among the scripted interviewer's phrases, varied by seed: interviews differ, and a replay does not.

The phrases themselves are data of the interview's language (``interview.languages``).
"""

from __future__ import annotations

from collections.abc import Sequence

from interview.languages.language import Script
from interview.plans.plan import Phase

#: A phrase of more words is noticed when it comes again.
REPEATABLE_WORDS = 4


def pick(options: Sequence[str], seed: int, turn: int) -> str:
    """One of ``options``: deterministic per session and turn, different in the next turn."""
    return options[(seed + turn) % len(options)]


def unsaid(options: Sequence[str], seed: int, turn: int, told: Sequence[str]) -> str:
    """As ``pick``, among the options that ``told`` does not hold; where it holds all, among the short ones, which may
    be said again."""
    new = [one for one in options if not any(one in words for words in told)]
    short = [one for one in options if len(one.split()) <= REPEATABLE_WORDS]
    return pick(new or short or options, seed, turn)


def entering(script: Script, phase: Phase, seed: int) -> str:
    """The words that open a phase."""
    return pick(getattr(script.entering, phase), seed, 0)


def joined(*parts: str) -> str:
    """Sentences as one utterance."""
    return " ".join(part.strip() for part in parts if part.strip())
