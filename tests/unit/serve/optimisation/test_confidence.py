"""The confidence sequence holds the mean at every look, and the verdicts of a comparison hold."""

from __future__ import annotations

import random

import pytest

from serve.optimisation.comparison import ALPHA, compare
from serve.optimisation.confidence import confidence_sequence
from serve.optimisation.outcome import FIGURES, Shares


def draws(rate: float, n: int, seed: int) -> list[float]:
    """The share of 12 turns in which something happened, in each of ``n`` interviews."""
    chance = random.Random(seed)
    return [sum(chance.random() < rate for _ in range(12)) / 12 for _ in range(n)]


def held(shares: list[float]) -> list[Shares]:
    return [dict.fromkeys(FIGURES, share) for share in shares]


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 0.95])
def test_the_interval_holds_the_mean_at_every_look(rate: float) -> None:
    missed = 0
    for seed in range(100):
        values = draws(rate, 60, seed)
        looks = (confidence_sequence(values[:n], 0.05) for n in range(1, 61))
        missed += any(not look.low <= rate <= look.high for look in looks)
    assert missed <= 5


def test_the_interval_narrows_around_the_values() -> None:
    widths = [one.high - one.low for one in (confidence_sequence(draws(0.1, n, 7), 0.05) for n in (10, 100, 1000))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.05
    assert (confidence_sequence([], 0.05).low, confidence_sequence([], 0.05).high) == (0.0, 1.0)


@pytest.mark.parametrize(("worse", "at_most"), [(1.0, 12), (0.5, 30), (0.25, 70)])
def test_a_worse_version_is_found_within_so_many_of_its_interviews(worse: float, at_most: int) -> None:
    """In a rollout to a tenth of the sessions."""
    in_use, rolled_out = held(draws(0.05, 9 * at_most, 1)), held(draws(worse, at_most, 2))
    verdicts = {figure.verdict for figure in compare(in_use, rolled_out)}
    assert verdicts == {"worse"}
    assert {figure.verdict for figure in compare(rolled_out, in_use)} == {"better"}


def test_a_small_harm_does_not_show_within_150_interviews() -> None:
    in_use, rolled_out = held(draws(0.05, 1350, 1)), held(draws(0.1, 150, 2))
    assert {figure.verdict for figure in compare(in_use, rolled_out)} == {"undecided"}


def test_versions_that_are_alike_are_told_apart_by_no_look() -> None:
    called = 0
    for seed in range(60):
        one, other = held(draws(0.1, 100, seed)), held(draws(0.1, 100, seed + 10_000))
        called += any(
            figure.verdict != "undecided" for n in range(5, 101, 5) for figure in compare(one[:n], other[:n])[:1]
        )
    assert called <= 60 * ALPHA


def test_an_interview_without_a_case_counts_in_no_share() -> None:
    none: Shares = dict.fromkeys(FIGURES, None)
    assert {figure.rolled_out.n for figure in compare(held([0.1]), [none, none])} == {0}
