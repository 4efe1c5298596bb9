"""Observers that turn the agent's steps into metrics."""

from __future__ import annotations

from collections.abc import Mapping

from interview.plans.plan import PlanRef
from serve.metrics.registry import PlatformMetrics

#: Time inside these stages is a model's, not the platform's.
MODEL_STAGES = ("stt", "llm", "grade", "judge", "tts")

#: The label of the plans that came in a request.
INLINE = "inline"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


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

    def session_started(self, plan: PlanRef) -> None:
        self._metrics.sessions.labels(_plan_label(plan), "started").inc()

    def session_concluded(self, plan: PlanRef, by: str) -> None:
        self._metrics.sessions.labels(_plan_label(plan), by).inc()

    def fallback_entered(self, tier: str, to: str) -> None:
        self._metrics.fallbacks.labels(tier, to).inc()

    def guardrail_tripped(self, rule: str, action: str) -> None:
        self._metrics.guardrails.labels(rule, action).inc()

    def commit_retried(self, step: str) -> None:
        self._metrics.conflicts.inc()

    def reply_prepared(self, outcome: str, tokens: int) -> None:
        self._metrics.prepared.labels(outcome).inc()
        self._metrics.prepared_tokens.labels(outcome).inc(tokens)

    def speech_repeated(self, duration_s: float) -> None:
        self._metrics.audio_seconds.labels("spoken").inc(duration_s)


def _plan_label(plan: PlanRef) -> str:
    """The id of an installed plan. A request may call its own plan anything, so all of those are ``inline``."""
    return INLINE if plan.from_request else plan.id


class RequestMetrics:
    """The ingress's ``RequestObserver`` over one process's metrics."""

    def __init__(self, metrics: PlatformMetrics) -> None:
        self._metrics = metrics

    def observe(self, *, route: str, method: str, status: int, seconds: float) -> None:
        known = method if method in _METHODS else "OTHER"
        self._metrics.requests.labels(route, known, str(status)).observe(seconds)
