"""The breaker opens on repeated failure, waits, and lets exactly one trial through."""

from __future__ import annotations

import pytest

from deployments.shell.circuit_breaker import BreakerConfig, CircuitBreaker
from interview.errors import CircuitOpen


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(BreakerConfig(failures=3, open_s=10), clock)
    for _ in range(3):
        breaker.admit()
        breaker.failed()
    return breaker


def test_it_opens_after_consecutive_failures_and_says_when_to_come_back() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 4

    with pytest.raises(CircuitOpen) as caught:
        breaker.admit()
    assert caught.value.retry_after_s == 6
    assert caught.value.retryable
    assert breaker.state == "open"


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = CircuitBreaker(BreakerConfig(failures=2, open_s=10), Clock())
    for _ in range(5):
        breaker.admit()
        breaker.failed()
        breaker.admit()
        breaker.succeeded()

    assert breaker.state == "closed"


def test_one_trial_goes_through_and_its_success_closes_the_circuit() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 10
    assert breaker.state == "half-open"
    breaker.admit()
    with pytest.raises(CircuitOpen):
        breaker.admit()
    breaker.succeeded()

    breaker.admit()
    assert breaker.state == "closed"


def test_a_failed_trial_opens_it_for_the_whole_time_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 10
    breaker.admit()
    breaker.failed()
    clock.now += 9.9

    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_a_cancelled_trial_leaves_room_for_the_next() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 10
    breaker.admit()
    breaker.withdrawn()

    breaker.admit()
