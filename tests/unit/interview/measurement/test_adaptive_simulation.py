"""Simulated examinees: the adaptive test is unbiased, beats random items, and keeps within catsim's error."""

from __future__ import annotations

import random

import pytest

from benchmarks.adaptive import catsims, graded, ours, right_or_wrong, simulated_bank

BANK = simulated_bank(120, random.Random(3))
_RNG = random.Random(4)
TRUTH = [_RNG.gauss(0, 1) for _ in range(80)]


@pytest.fixture(scope="module")
def adaptive() -> dict[str, float]:
    return ours(BANK, TRUTH, right_or_wrong, 0.4, 30)


def test_the_estimate_is_nearly_unbiased_and_as_exact_as_it_claims(adaptive: dict[str, float]) -> None:
    assert abs(adaptive["bias"]) < 0.15
    assert adaptive["rmse"] < 0.5
    assert adaptive["coverage_95"] > 0.88


def test_adaptive_items_shorten_the_test(adaptive: dict[str, float]) -> None:
    at_random = ours(BANK, TRUTH, right_or_wrong, 0.4, 30, adaptive=False)
    assert adaptive["test_length_mean"] < 0.7 * at_random["test_length_mean"]


def test_error_and_length_are_in_catsims_range(adaptive: dict[str, float]) -> None:
    oracle = catsims(BANK, TRUTH, 0.4, 30)
    assert adaptive["rmse"] < oracle["rmse"] + 0.1
    assert adaptive["test_length_mean"] < oracle["test_length_mean"] + 2


def test_graded_answers_tell_more_than_right_and_wrong() -> None:
    assert ours(BANK, TRUTH, graded, 0.4, 30)["rmse"] < 0.3
