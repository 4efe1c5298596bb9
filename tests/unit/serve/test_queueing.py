"""The queueing simulation agrees with committed load runs, and behaves as queues do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from interview.errors import InvalidInput
from serve.capacity.node import simulated_node
from serve.capacity.plan import Demand, plan_capacity
from serve.capacity.queueing import CORES, Traffic, simulate
from serve.capacity.service_times import (
    IDLE_INGRESS_CORES,
    MEASURED,
    RELATIVE_COSTS,
    SPOKEN_STT_S,
    SPOKEN_TTS_S,
    TYPED_INGRESS_S,
    nearest_times,
    service_times,
)
from tests.support.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results"
COSTS = "2026-11-30-request-costs.json"

#: Runs of 2026-11-21. `present` is the number of interviews in the measured part: fewer than the second asked for and
#: about as many as the third reached (docs/measurements/2026-11-30-queueing-simulation.md).
POINTS = {"2026-11-21-load-1000": 1000, "2026-11-21-load-5000": 4645, "2026-11-21-load-5000-present": 5041}

WITHIN = 0.2


def result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / name).with_suffix(".json").read_text())
    return found


@pytest.mark.parametrize("name", POINTS)
def test_throughput_median_and_ninth_decile_agree_with_the_load_run(name: str) -> None:
    measured = result(name)
    config = measured["config"]
    found = simulate(
        Traffic(POINTS[name], config["think_s"], config["audio_share"]), service_times(f"{name}.json", measured)
    )
    latency = measured["latency_ms"]
    assert found.turns_per_s == pytest.approx(measured["turns_per_s"], rel=WITHIN)
    assert found.p50_ms == pytest.approx(latency["p50"], rel=WITHIN)
    assert found.p90_ms == pytest.approx(latency["p90"], rel=WITHIN)
    busy = sum(measured["cpu_s"].values()) / config["measure_s"] + measured["generator_cpu"]
    assert found.busy == pytest.approx(busy, rel=WITHIN)


def test_the_constants_are_those_of_the_result_files() -> None:
    kinds = result(COSTS)["kinds"]
    ingress = {
        kind: sum(kinds[name]["cpu_ms"]["ingress"] for name in names) / len(names)
        for kind, names in {
            "typed": ["typed"],
            "spoken": ["spoken"],
            "start": ["start_typed"],
            **{kind: [f"{kind}_typed", f"{kind}_spoken"] for kind in ("hint", "state", "events", "end")},
        }.items()
    }
    assert pytest.approx(ingress["typed"], rel=0.01) == TYPED_INGRESS_S * 1000
    for kind, ratio in RELATIVE_COSTS.items():
        assert ratio == pytest.approx(ingress[kind] / ingress["typed"], rel=0.01), kind
    assert pytest.approx(kinds["spoken"]["cpu_ms"]["stt"], rel=0.01) == SPOKEN_STT_S * 1000
    assert pytest.approx(kinds["spoken"]["cpu_ms"]["tts"], rel=0.01) == SPOKEN_TTS_S * 1000
    idle = kinds["idle"]
    assert pytest.approx(idle["cpu_ms"]["ingress"] / 1000 / idle["seconds"], rel=0.01) == IDLE_INGRESS_CORES
    for times in MEASURED:
        assert times == service_times(times.source, result(times.source)), times.source


def test_latency_grows_with_the_load_and_an_overloaded_node_falls_behind() -> None:
    times = replace(MEASURED[0], background_cores=0.1)
    few, many, too_many = (
        simulate(Traffic(sessions, 5.0, 0.1), times, measured_s=4, warmup_s=1) for sessions in (100, 750, 2000)
    )
    assert few.p50_ms < many.p50_ms < too_many.p50_ms and few.p99_ms < many.p99_ms
    assert too_many.busy == pytest.approx(CORES, rel=0.05)
    assert too_many.turns_per_s < 2000 / 5 * 0.8


def test_equal_seeds_give_equal_results() -> None:
    one, same, other = (
        simulate(Traffic(300, 10.0, 0.1), MEASURED[0], measured_s=2, warmup_s=1, seed=seed) for seed in (1, 1, 2)
    )
    assert one == same != other


def test_the_service_times_are_those_of_the_run_with_the_nearest_load() -> None:
    for times in MEASURED:
        assert nearest_times(times.turns_per_s) == times
    assert nearest_times(0.1) == min(MEASURED, key=lambda one: one.turns_per_s)


@pytest.mark.parametrize("traffic", [Traffic(0, 60, 0.5), Traffic(1, 0, 0.5), Traffic(1, 60, 1.5)])
def test_traffic_out_of_range_is_refused(traffic: Traffic) -> None:
    with pytest.raises(InvalidInput):
        simulate(traffic, MEASURED[0])


def test_a_plan_divides_its_interviews_among_nodes() -> None:
    demand = Demand(12_000, 60.0, 0.1, "none", "")
    node = simulated_node(demand, plan_capacity(demand))
    assert node.nodes > 1
    assert node.nodes * node.sessions == pytest.approx(12_000, rel=0.01)
    assert node.nodes * node.simulated.turns_per_s == pytest.approx(12_000 / 60, rel=0.1)
    assert node.service_times in {times.source for times in MEASURED}
