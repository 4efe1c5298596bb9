"""Observers that turn the agent's steps into metrics."""

from __future__ import annotations

from collections.abc import Mapping

from serve.metrics.registry import PlatformMetrics

#: Time inside these stages is a model's, not the platform's.
MODEL_STAGES = ("stt", "llm", "grade", "judge", "tts")


class AgentObserver:
    """The agent's ``Observer`` over one process's metrics."""

    def __init__(self, metrics: PlatformMetrics) -> None:
        self._metrics = metrics

    def step_finished(self, step: str, outcome: str, stage_ms: Mapping[str, float]) -> None:
        metrics = self._metrics
        total_ms = stage_ms.get("total", 0.0)
        if step == "turn":
            metrics.turn.labels(outcome).observe(total_ms / 1000)
            if outcome in ("ok", "resumed"):
                in_models_ms = sum(stage_ms.get(stage, 0.0) for stage in MODEL_STAGES)
                metrics.overhead.observe(max(0.0, total_ms - in_models_ms) / 1000)
        for stage, ms in stage_ms.items():
            if stage not in ("total", "overhead"):
                metrics.stage.labels(stage).observe(ms / 1000)

    def session_started(self, plan_id: str) -> None:
        self._metrics.sessions.labels(plan_id, "started").inc()

    def session_concluded(self, plan_id: str, by: str) -> None:
        self._metrics.sessions.labels(plan_id, by).inc()

    def fallback_entered(self, tier: str, to: str) -> None:
        self._metrics.fallbacks.labels(tier, to).inc()

    def guardrail_tripped(self, rule: str, action: str) -> None:
        self._metrics.guardrails.labels(rule, action).inc()

    def commit_retried(self, step: str) -> None:
        self._metrics.conflicts.inc()


class RequestMetrics:
    """The ingress's ``RequestObserver`` over one process's metrics."""

    def __init__(self, metrics: PlatformMetrics) -> None:
        self._metrics = metrics

    def observe(self, *, route: str, method: str, status: int, seconds: float) -> None:
        self._metrics.requests.labels(route, method, str(status)).observe(seconds)
