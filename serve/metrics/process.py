"""One metrics registry and one publisher per process; every replica reaches the one scrape target."""

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
    """The metrics of this process, which from now on count its retries and the items its batches could not do."""
    metrics = PlatformMetrics()
    failures.install(lambda batch, reason: metrics.item_failures.labels(batch, reason).inc())
    retries.install(lambda tier, reason: metrics.retries.labels(tier, reason).inc())
    return metrics


@lru_cache(maxsize=1)
def process_publisher(role: str) -> MetricsPublisher:
    """One publisher a process; the name is unique among living replicas and readable on a dashboard."""
    name = f"{role}-{socket.gethostname()}-{os.getpid()}"
    return MetricsPublisher(process_metrics(), RedisMetricsBoard(redis_url()), name)


def publish_metrics(role: str) -> None:
    """For a tier's replica to call on its event loop. Raises ConfigError when ``REDIS_URL`` is not set."""
    process_publisher(role).start()


def metered_judge_model(model: LanguageModel) -> LanguageModel:
    """``model`` with its tokens counted in this process."""
    return MeteredLanguageModel(model, process_metrics())
