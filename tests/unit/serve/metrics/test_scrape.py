"""One scrape tells the truth about what replicas share, however many answer, and goes on while the store is away."""

from __future__ import annotations

import uuid
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from interview.errors import EngineUnavailable
from serve.composition.scrape import Scrape
from serve.metrics.registry import MetricsPublisher, PlatformMetrics
from storage.embedded.server import EmbeddedRedis
from storage.metrics.redis import RedisMetricsBoard
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueuedJob
from storage.work_queue.redis import RedisWorkQueue


async def ready() -> None:
    return None


async def broken() -> None:
    raise EngineUnavailable("no engine")


def ingress(url: str, name: str, prefix: str, data: Path) -> tuple[Scrape, PlatformMetrics]:
    metrics, board = PlatformMetrics(), RedisMetricsBoard(url, prefix=prefix)
    scrape = Scrape(
        sessions=RedisSessionStore(url, ttl_s=60, idempotency_ttl_s=60, prefix=prefix),
        queues={name: RedisWorkQueue(url, name, prefix=prefix) for name in ("grading", "webhooks")},
        board=board,
        publisher=MetricsPublisher(metrics, board, name),
        probes={"stt": ready, "llm": broken},
        data=data,
    )
    return scrape, metrics


def samples(text: bytes, name: str) -> list[tuple[dict[str, str], float]]:
    families = text_string_to_metric_families(text.decode())
    return [(sample.labels, sample.value) for family in families for sample in family.samples if sample.name == name]


async def test_two_ingress_replicas_show_the_queue_once_and_as_it_is(redis_url: str, tmp_path: Path) -> None:
    prefix = uuid.uuid4().hex
    (one, _), (other, metrics) = (ingress(redis_url, name, prefix, tmp_path) for name in ("i-1", "i-2"))
    queue = RedisWorkQueue(redis_url, "grading", prefix=prefix)
    for text in (await one(), await other()):
        assert ({"queue": "grading waiting"}, 0.0) in samples(text, "interview_queue_length")
    await queue.enqueue(QueuedJob("a", "judge"))
    metrics.turn.labels("ok").observe(0.1)
    await other()
    text = await one()
    queued = [found for found in samples(text, "interview_queue_length") if found[1]]
    assert queued == [({"queue": "grading waiting"}, 1.0)]
    ages = {labels["queue"]: age for labels, age in samples(text, "interview_queue_oldest_seconds")}
    assert ages == {"grading": ages["grading"], "webhooks": 0} and ages["grading"] > 0
    assert samples(text, "interview_active_sessions") == [({}, 0.0)]
    assert samples(text, "interview_turn_seconds_count") == [({"outcome": "ok", "replica": "i-2"}, 1.0)]
    assert samples(text, "interview_store_up") == [({}, 1.0)]
    assert samples(text, "interview_store_memory_bytes")[0][1] > 0
    ready_tiers = {labels["tier"]: value for labels, value in samples(text, "interview_tier_ready")}
    assert ready_tiers == {"stt": 1, "llm": 0}


async def test_an_outage_is_in_the_scrape_and_does_not_end_it(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path, fsync="no") as server:
        scrape, metrics = ingress(server.url, "i-1", "x", tmp_path)
        metrics.conflicts.inc()
        await scrape()
    text = await scrape()
    assert samples(text, "interview_store_up") == [({}, 0.0)]
    assert samples(text, "interview_commit_conflicts_total") == [({"replica": "i-1"}, 1.0)]
    assert samples(text, "interview_active_sessions") == [], "unknown is not zero"
