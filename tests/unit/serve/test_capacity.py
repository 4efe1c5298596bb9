"""A capacity plan rests on constants that are what their result files say, and grows with the demand."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from interview.errors import InvalidInput
from serve.capacity.costs import COSTS
from serve.capacity.plan import BUSY, Demand, plan_capacity, redis_shards
from tests.support.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results"


@pytest.mark.parametrize("name", [name for name, cost in COSTS.items() if cost.field])
def test_a_measured_constant_is_the_value_in_its_result_file(name: str) -> None:
    cost = COSTS[name]
    found: Any = json.loads((RESULTS / str(cost.source)).read_text())
    for part in cost.field.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    assert cost.value == pytest.approx(found, rel=0.01)


def test_the_derived_constants_follow_from_their_result_files() -> None:
    load = json.loads((RESULTS / "2026-11-21-load-1000.json").read_text())
    assert COSTS["redis_bytes"].value == pytest.approx(load["rss_mb"]["redis"] * 1e6 / load["turns"], rel=0.05)
    for name, file in (("stt_cpu_tiny", "tiny.en"), ("stt_cpu_base", "base")):
        result = json.loads((RESULTS / f"2026-11-29-stt-{file}-10s.json").read_text())
        run = next(run for run in result["runs"] if run["mode"] == "tier" and run["concurrency"] == 16)
        assert COSTS[name].value == pytest.approx(run["rtf"] * result["machine"]["cores"], rel=0.01)


def test_every_source_exists_and_no_estimate_passes_for_measured() -> None:
    for cost in COSTS.values():
        assert cost.source is None or (RESULTS / cost.source).is_file()
    plan = plan_capacity(Demand(1000, 60, 0.5, "7b", "H100"))
    for need in plan.needs:
        assert need.measured == all(COSTS[name].source for name in need.costs)
    assert not next(need for need in plan.needs if "judge" in need.resource).measured


def test_needs_grow_with_sessions_and_the_store_breaks_first_at_scale() -> None:
    amounts = []
    for sessions in (1_000, 10_000, 100_000, 1_000_000):
        plan = plan_capacity(Demand(sessions, 60, 1.0, "7b", "H100"))
        amounts.append([need.amount for need in plan.needs])
    for few, many in itertools.pairwise(amounts):
        assert all(smaller <= larger for smaller, larger in zip(few, many, strict=True))
    assert "Redis" in plan.breaks_first and "platforms" in plan.remedy


def test_the_measured_run_itself_fits_its_plan() -> None:
    """1,000 sessions at 15 s ran on two cores with room; the plan's demand of CPU is what that run used."""
    load = json.loads((RESULTS / "2026-11-21-load-1000.json").read_text())
    turns = load["turns_per_s"]
    used = turns * COSTS["platform_cpu_ms"].value / 1000
    assert used == pytest.approx(sum(load["cpu_s"].values()) * turns / load["turns"], rel=0.05)
    assert redis_shards(turns) == 1
    assert used < 2 * BUSY


@pytest.mark.parametrize(
    "demand", [Demand(0, 60, 1, "none", ""), Demand(1, 0, 1, "none", ""), Demand(1, 1, 1, "7b", "X")]
)
def test_a_demand_without_a_figure_is_refused(demand: Demand) -> None:
    with pytest.raises(InvalidInput):
        plan_capacity(demand)
