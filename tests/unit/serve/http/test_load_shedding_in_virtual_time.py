"""What clients see of load shedding, in virtual time: nothing is refused while accepted turns are fast, and an overload
keeps the throughput."""

from __future__ import annotations

import random

import pytest

from serve.http.middleware.load_shedding import LoadShedder
from serve.http.settings import SheddingSettings
from serve.serve_file import profile_path, read_serve_file
from serve.settings import read_settings
from tests.support.loop_simulation import CAPACITY_PER_S, Replica

FAST_MS = 100.0


def replica() -> Replica:
    """One of the profile ``load``."""
    settings = read_settings(read_serve_file(profile_path("load")).arguments).http.shedding
    return Replica(LoadShedder(settings, draw=random.Random(7).random))


@pytest.fixture(scope="module")
def saturation_per_s() -> float:
    """The goodput at the highest open-loop rate whose p99 stays below 100 ms without shedding."""
    best = 0.0
    for percent in range(80, 100):
        simulated = Replica(LoadShedder(SheddingSettings()))
        simulated.open_loop(CAPACITY_PER_S * percent / 100)
        simulated.run(10)
        seen = simulated.run(30)
        if seen.p99_ms < FAST_MS:
            best = max(best, len(seen.turns_ms) / 30)
    return best


@pytest.mark.parametrize("clients", [1, 8, 16, 24])
def test_a_closed_loop_with_fast_turns_is_refused_nothing(clients):
    simulated = replica()
    simulated.closed_loop(clients)
    seen = simulated.run(30)
    assert seen.p99_ms < FAST_MS
    assert not seen.refusals_ms


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_an_open_loop_up_to_saturation_is_refused_nothing(share, saturation_per_s):
    simulated = replica()
    simulated.open_loop(saturation_per_s * share)
    seen = simulated.run(60)
    assert seen.p99_ms < FAST_MS
    assert not seen.refusals_ms


@pytest.mark.parametrize("times", [1.5, 3.0])
def test_an_overload_keeps_the_goodput_and_refuses_fast(times, saturation_per_s):
    simulated = replica()
    simulated.open_loop(times * saturation_per_s)
    simulated.run(10)
    seen = simulated.run(60)
    assert len(seen.turns_ms) / 60 >= 0.95 * saturation_per_s
    assert seen.refusals_ms
    assert seen.refusals_p99_ms <= FAST_MS


def test_without_shedding_the_same_overload_never_ends():
    simulated = Replica(LoadShedder(SheddingSettings()))
    simulated.open_loop(3 * CAPACITY_PER_S)
    simulated.run(10)
    assert simulated.run(10).p99_ms > 10_000


@pytest.mark.parametrize("clients", [1, 8, 12])
def test_refusals_end_with_the_overload(clients):
    simulated = replica()
    simulated.open_loop(3 * CAPACITY_PER_S)
    assert simulated.run(20).refusals_ms
    simulated.open_loop(0)
    simulated.closed_loop(clients)
    simulated.run(10)
    seen = simulated.run(10)
    assert seen.p99_ms < FAST_MS
    assert not seen.refusals_ms
