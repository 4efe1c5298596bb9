"""Compares two versions of a prompt by the interviews that were held with them at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from serve.optimisation.confidence import Interval, confidence_sequence
from serve.optimisation.outcome import FIGURES, Shares

#: The probability that a version that is no worse in any figure is ever called worse.
ALPHA = 0.05

Verdict = Literal["worse", "better", "undecided"]


class Compared(Struct, frozen=True):
    """One figure, as the mean over interviews. ``verdict``: the rolled-out version against the one in use."""

    figure: str
    in_use: Interval
    rolled_out: Interval
    verdict: Verdict


def compare(in_use: Sequence[Shares], rolled_out: Sequence[Shares]) -> tuple[Compared, ...]:
    """All figures of both versions' interviews, each in the order of their ends. Pure.

    A verdict holds however often it is asked for: each figure gets its part of ``ALPHA``, and half of it for either
    version (Bonferroni).
    """
    found = []
    for figure in FIGURES:
        ours, theirs = (
            confidence_sequence((share for one in held if (share := one[figure]) is not None), ALPHA / len(FIGURES))
            for held in (in_use, rolled_out)
        )
        found.append(Compared(figure, ours, theirs, _verdict(ours, theirs)))
    return tuple(found)


def _verdict(in_use: Interval, rolled_out: Interval) -> Verdict:
    if rolled_out.low > in_use.high:
        return "worse"
    return "better" if rolled_out.high < in_use.low else "undecided"
