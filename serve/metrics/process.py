"""One metrics registry and one publisher per process, so that one scrape covers every replica."""

from __future__ import annotations

import os
import socket
from functools import lru_cache

from deployments.llm.contract import LanguageModel
from interview import failures, retries
from serve.metrics.metered_tiers import MeteredLanguageModel
from serve.metrics.registry import MetricsPublisher, PlatformMetrics
from serve.settings import redis_url
from storage.metrics.redis import RedisMetricsBoard


@lru_cache(maxsize=1)
def process_metrics() -> PlatformMetrics:
    """The metrics of this process; the first call also starts counting its retries and failed batch items."""
    metrics = PlatformMetrics()
    failures.install(lambda batch, reason: metrics.item_failures.labels(batch, reason).inc())
    retries.install(lambda tier, reason: metrics.retries.labels(tier, reason).inc())
    return metrics


@lru_cache(maxsize=1)
def process_publisher(role: str) -> MetricsPublisher:
    """One publisher per process; its name is unique among living replicas and readable on a dashboard."""
    name = f"{role}-{socket.gethostname()}-{os.getpid()}"
    return MetricsPublisher(process_metrics(), RedisMetricsBoard(redis_url()), name)


def publish_metrics(role: str) -> None:
    """Start publishing on a tier replica's event loop. Raises ConfigError when ``REDIS_URL`` is not set."""
    process_publisher(role).start()


def metered_judge_model(model: LanguageModel) -> LanguageModel:
    """``model`` with its tokens counted in this process."""
    return MeteredLanguageModel(model, process_metrics())
