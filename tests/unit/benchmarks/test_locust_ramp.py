"""The ramp ends at the first step that is slow, refused or failed, and names the last that held."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from benchmarks.load.ramp import REFUSED, Ramp, percentile_ms


@dataclass
class Entry:
    response_times: dict[int, int]
    num_failures: int = 0

    @property
    def num_requests(self) -> int:
        return sum(self.response_times.values())


@dataclass
class Stats:
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    resets: int = 0

    def reset_all(self) -> None:
        self.resets += 1
        self.entries.clear()


class Run:
    """A ramp with a clock and statistics of the test."""

    def __init__(self, most: int = 5000) -> None:
        self.ramp = Ramp(users=50, step_s=30, p99_ms=100, most=most)
        self.now_s = 0.0
        self.stats = Stats()

    def tick(self) -> tuple[int, float] | None:
        return self.ramp.tick(self.now_s, self.stats)

    def step(self, seen: dict[tuple[str, str], Entry]) -> tuple[int, float] | None:
        """A whole step whose measured half sees ``seen``; returns what is wanted next."""
        self.now_s += 15
        self.tick()
        self.stats.entries.update(seen)
        self.now_s += 15
        return self.tick()


def turns(ms: int, count: int = 1000) -> dict[tuple[str, str], Entry]:
    return {("turn (text)", "POST"): Entry({ms: count})}


def test_users_rise_while_steps_hold_and_the_first_slow_one_ends_the_run() -> None:
    run = Run()
    assert run.tick() == (50, pytest.approx(6.67, abs=0.01))
    assert run.step(turns(20)) is not None
    assert run.tick() == (100, pytest.approx(6.67, abs=0.01))
    assert run.step(turns(90)) is not None
    assert run.step(turns(120)) is None
    assert run.ramp.held == (100, pytest.approx(66.7, abs=0.1))


@pytest.mark.parametrize(
    "also",
    [{(REFUSED, "POST"): Entry({3: 1})}, {("start", "POST"): Entry({9: 4}, num_failures=1)}],
    ids=["refused", "failed"],
)
def test_a_refusal_or_a_failure_ends_it_however_fast_turns_are(also: dict[tuple[str, str], Entry]) -> None:
    run = Run()
    assert run.step({**turns(20), **also}) is None
    assert run.ramp.held is None


def test_the_first_half_of_a_step_does_not_count() -> None:
    run = Run()
    run.stats.entries.update(turns(5000))
    assert run.step(turns(20)) is not None


def test_it_ends_at_the_most_users() -> None:
    run = Run(most=50)
    assert run.step(turns(20)) is None
    assert run.ramp.held == (50, pytest.approx(66.7, abs=0.1))


def test_percentiles_of_several_histograms_are_those_of_all_requests() -> None:
    assert percentile_ms([{10: 98}, {500: 2}], 0.99) == 500
    assert percentile_ms([{10: 99}, {500: 1}], 0.99) == 10
    assert percentile_ms([], 0.99) == 0
