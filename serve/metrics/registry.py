"""The Prometheus metrics, and their merge over all replicas into one scrape target.

Replicas come and go behind one port, so scraping one would miss the others. Each replica publishes its registry on the
metrics board (Redis) every few seconds. Any ingress replica merges the board and labels each series with its replica. A
dead replica's series end when its entry expires.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from interview import failures
from interview.errors import StorageUnavailable
from storage.metrics.port import MetricsBoard

logger = logging.getLogger(__name__)

PUBLISH_EVERY_S = 5.0
BOARD_TTL_S = 30.0
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Seconds. Dense around the 100 ms target, so that a p99 near it is resolved.
LATENCY_BUCKETS_S = (
    0.002, 0.005, 0.01, 0.015, 0.02, 0.035, 0.05, 0.065, 0.08, 0.09, 0.1, 0.11, 0.125, 0.15, 0.2, 0.3, 0.5,
    1.0, 2.0, 5.0, 10.0, 30.0,
)  # fmt: skip


class PlatformMetrics:
    """The metrics of one process, in a separate registry (two platforms in one process never mix)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter, histogram = Counter, Histogram
        self.turn = histogram(
            "interview_turn_seconds", "Whole turn, from the agent's first step to its last commit.",
            ["outcome"], buckets=LATENCY_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self.overhead = histogram(
            "interview_turn_overhead_seconds", "Turn minus the time inside STT, LLM, TTS and grading calls.",
            buckets=LATENCY_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self.stage = histogram(
            "interview_stage_seconds", "Time inside one stage of a turn.",
            ["stage"], buckets=LATENCY_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self.fallbacks = counter(
            "interview_fallbacks_total", "Calls that one tier failed and a fallback served.",
            ["tier", "to"], registry=self.registry,
        )  # fmt: skip
        self.guardrails = counter(
            "interview_guardrail_trips_total", "Policy rules tripped.", ["rule", "action"], registry=self.registry
        )
        self.sessions = counter(
            "interview_sessions_total",
            "Sessions by plan: started, and how they ended.",
            ["plan", "event"],
            registry=self.registry,
        )
        self.requests = histogram(
            "interview_http_request_seconds",
            "Requests answered by the ingress.",
            ["route", "method", "status"],
            buckets=LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.conflicts = counter(
            "interview_commit_conflicts_total", "Commits that lost the compare-and-set.", registry=self.registry
        )
        self.retries = counter(
            "interview_retries_total",
            "Calls that the platform retried, by tier.",
            ["tier", "reason"],
            registry=self.registry,
        )
        self.item_failures = counter(
            "interview_item_failures_total",
            "Failed batch items, by batch.",
            ["batch", "reason"],
            registry=self.registry,
        )
        self.tokens = counter(
            "interview_llm_tokens_total", "Tokens of language-model calls.", ["model", "kind"], registry=self.registry
        )
        self.prepared = counter(
            "interview_prepared_replies_total",
            "Replies asked of the model before the answer ended: made, abandoned, used, stale.",
            ["outcome"],
            registry=self.registry,
        )
        self.prepared_tokens = counter(
            "interview_prepared_tokens_total",
            "Completion tokens of prepared replies by outcome; made less used are wasted.",
            ["outcome"],
            registry=self.registry,
        )
        self.unmetered = counter(
            "interview_llm_unmetered_total",
            "Language-model answers without usage, whose tokens are not counted.",
            ["model"],
            registry=self.registry,
        )
        self.rollouts_halted = counter(
            "interview_prompt_rollouts_halted_total",
            "Rollouts of prompts that a guardrail halted.",
            ["prompt", "version"],
            registry=self.registry,
        )
        self.audio_seconds = counter(
            "interview_audio_seconds_total",
            "Seconds of audio heard (transcribed) and spoken.",
            ["direction"],
            registry=self.registry,
        )

    def exposition(self) -> bytes:
        return generate_latest(self.registry)


class _Merged(Collector):
    """All replicas' metric families as one, each sample with a ``replica`` label."""

    def __init__(self, expositions: Mapping[str, bytes]) -> None:
        self._expositions = expositions

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        for replica, text in sorted(self._expositions.items()):
            try:
                published = list(text_string_to_metric_families(text.decode()))
            except ValueError as error:  # another release's, or truncated: the other replicas are still shown
                failures.item_failed("metrics", error)
                logger.warning("a replica's metrics cannot be read: replica=%s error=%s", replica, type(error).__name__)
                continue
            for family in published:
                merged = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    # creation timestamps are meaningless once replicas are merged
                    if not sample.name.endswith("_created"):
                        merged.add_sample(sample.name, {**sample.labels, "replica": replica}, sample.value)
        return families.values()


def merge(expositions: Mapping[str, bytes]) -> bytes:
    """Merge many replicas' expositions into one that any Prometheus scraper can read."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Merged(expositions))
    return generate_latest(registry)


class MetricsPublisher:
    """Publishes one process's metrics on the board periodically until closed."""

    def __init__(self, metrics: PlatformMetrics, board: MetricsBoard, replica: str) -> None:
        self._metrics = metrics
        self._board = board
        self.replica = replica
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start publishing on the running event loop. Idempotent."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def exposition(self) -> bytes:
        return self._metrics.exposition()

    async def publish(self) -> None:
        await self._board.put(self.replica, self.exposition(), ttl_s=BOARD_TTL_S)

    async def _run(self) -> None:
        reported = False
        while True:
            try:
                await self.publish()
                reported = False
            except StorageUnavailable as error:
                if not reported:  # once per outage; the store's own health already has an alert
                    logger.warning("metrics are not being published: %s", error.message)
                reported = True
            await asyncio.sleep(PUBLISH_EVERY_S)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
