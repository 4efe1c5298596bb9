"""The comparison of targets tells refusals, errors and turns apart."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.compare import result_of
from benchmarks.load.saturation import Counted


def run(target: str, *, turns_per_s: float = 100.0, errors: int = 0, refused: int = 0) -> dict[str, Any]:
    return {
        "target": target,
        "turns_per_s": turns_per_s,
        "service_ms": {"p99": 20.0},
        "refused": refused,
        "refused_ms": {"p99": 3.0} if refused else {},
        "cpu_ms_per_turn": 4.0,
        "errors": errors,
    }


def test_a_refusal_is_no_turn_no_error_and_not_in_the_latency() -> None:
    counted = Counted()
    for status, service_ms in ((200, 30.0), (429, 2.0), (409, 1.0), (503, 5.0)):
        counted.record(status, service_ms)
    assert (counted.turns, counted.errors) == (1, 1)
    assert counted.service.figures()["p50"] == pytest.approx(30, rel=0.01)
    assert counted.service.count == counted.refused.count == 1
    assert counted.refused.figures()["p50"] == pytest.approx(2, rel=0.01)


def test_refusals_have_a_row_and_void_nothing() -> None:
    found = result_of([run("bare"), run("load", turns_per_s=80, refused=3)], "command")
    assert found["valid"]
    assert found["medians"]["load"]["refused"] == 3
    assert found["medians"]["load"]["refused_p99_ms"] == 3.0
    assert found["ratios"] == {"turns_vs_bare": 0.8}


def test_a_comparison_with_errors_is_void_and_has_no_ratios() -> None:
    found = result_of([run("bare"), run("load", errors=2)], "command")
    assert not found["valid"]
    assert found["why_void"] == ["load: 2 errors"]
    assert found["ratios"] == {}
