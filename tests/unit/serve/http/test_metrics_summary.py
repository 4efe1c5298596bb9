"""The console's numbers are those of Prometheus: summed over replicas, with quantiles as PromQL computes them."""

from __future__ import annotations

import math

import pytest

from serve.http.metrics_summary import quantile, summarise
from serve.metrics.registry import PlatformMetrics, merge
from serve.metrics.store_state import StoreState


def test_two_replicas_are_one_platform() -> None:
    one, other = PlatformMetrics(), PlatformMetrics()
    for metrics, seconds in ((one, 0.01), (one, 0.01), (other, 0.4)):
        metrics.turn.labels("ok").observe(seconds)
        metrics.stage.labels("stt").observe(seconds / 2)
    one.fallbacks.labels("llm", "script").inc()
    other.fallbacks.labels("llm", "script").inc(2)
    one.tokens.labels("m", "prompt").inc(7)
    other.audio_seconds.labels("heard").inc(2.5)
    one.sessions.labels("plan-a", "started").inc(3)
    one.sessions.labels("plan-b", "candidate").inc()
    for status, count in (("200", 2), ("429", 1), ("503", 1)):
        for _ in range(count):
            one.requests.labels("/x", "GET", status).observe(0.1)
    state = StoreState()
    state.set("store_up", 1)
    state.set("active_sessions", 4)
    state.set("queue_length", 2, "grading waiting")
    state.set("tier_ready", 0, "stt")
    found = summarise(merge({"a-1": one.exposition(), "b-2": other.exposition()}) + state.exposition())
    assert (found.live_sessions, found.started, found.ended) == (4, 3, 1)
    assert (found.requests, found.refused, found.failed) == (4, 1, 1)
    assert (found.queues, found.ready, found.replicas) == ({"grading waiting": 2}, {"stt": False}, ("a-1", "b-2"))
    assert [(f.tier, f.to, f.count) for f in found.fallbacks] == [("llm", "script", 3)]
    assert [(t.model, t.kind, t.count) for t in found.tokens] == [("m", "prompt", 7)]
    assert (found.audio_heard_s, found.audio_spoken_s) == (2.5, 0.0)
    assert found.turns.count == 3
    assert found.turns.sum_s == pytest.approx(0.42)
    assert found.turns.p50_s == pytest.approx(0.00875)  # in the bucket from 5 to 10 ms, 1.5 of its 2
    assert found.turns.p99_s is not None
    assert 0.3 < found.turns.p99_s <= 0.5
    assert found.turns.buckets[-1] == (None, 3)
    assert (set(found.stages), found.stages["stt"].count) == ({"stt"}, 3)
    assert (found.store.up, found.store.memory_bytes) == (True, None)


def test_nothing_observed_has_no_quantile_and_an_absent_store_no_number() -> None:
    state = StoreState()
    state.set("store_up", 0)
    found = summarise(merge({"a": PlatformMetrics().exposition()}) + state.exposition())
    assert (found.live_sessions, found.turns.p50_s, found.store.up) == (None, None, False)


@pytest.mark.parametrize(
    ("buckets", "share", "expected"),
    [
        ([], 0.5, None),
        ([(1.0, 0), (math.inf, 0)], 0.5, None),
        ([(1.0, 2), (math.inf, 2)], 0.5, 0.5),
        ([(1.0, 0), (2.0, 4), (math.inf, 4)], 0.25, 1.25),
        ([(1.0, 1), (math.inf, 10)], 0.99, 1.0),
    ],
)
def test_a_quantile_is_linear_within_its_bucket(
    buckets: list[tuple[float, int]], share: float, expected: float | None
) -> None:
    assert quantile(buckets, share) == expected
