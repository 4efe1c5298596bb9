"""Chooses among the scripted interviewer's phrases, varied by seed: interviews differ, and a replay does not.

The phrases themselves are data of the interview's language (``interview.languages``).
"""

from __future__ import annotations

from collections.abc import Sequence

from interview.languages.language import Script
from interview.plans.plan import Phase


def pick(options: Sequence[str], seed: int, turn: int) -> str:
    """One of ``options``: deterministic per session and turn, different in the next turn."""
    return options[(seed + turn) % len(options)]


def entering(script: Script, phase: Phase, seed: int) -> str:
    """The words that open a phase."""
    return pick(getattr(script.entering, phase), seed, 0)


def joined(*parts: str) -> str:
    """Sentences as one utterance."""
    return " ".join(part.strip() for part in parts if part.strip())
