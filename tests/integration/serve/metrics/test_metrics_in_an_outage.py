"""The ingress's own application while Redis is away: metrics go on, and a 503 can be found in the log."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest

from serve.composition.ingress import Ingress
from serve.metrics.process import process_publisher
from serve.serve_file import profile_path, read_serve_file
from serve.settings import read_settings
from storage.embedded.server import EmbeddedRedis
from storage.keys.port import OPERATIONS
from storage.keys.redis import RedisApiKeys
from tests.support.replica_logs import stop_logging_through_serve


async def test_metrics_go_on_and_the_log_names_server_operation_and_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = read_serve_file(profile_path("local"))
    monkeypatch.setenv("INTERVIEW_DATA_DIR", str(tmp_path))
    process_publisher.cache_clear()  # another test's server
    with EmbeddedRedis(tmp_path, fsync="no") as server:
        monkeypatch.setenv("REDIS_URL", server.url)
        ingress = Ingress(read_settings(file.arguments, file.document), agent=None, grading=None)
        transport = httpx.ASGITransport(app=ingress.__serve_build_asgi_app__())
        keys = RedisApiKeys(server.url)
        key = await keys.create(tenant="local", scopes=frozenset({OPERATIONS}), label="Prometheus")
        unseen = await keys.create(tenant="local", scopes=frozenset({OPERATIONS}))
        await keys.close()
        headers = {"Authorization": f"Bearer {key.secret}", "X-Request-Id": "r-outage"}
        async with httpx.AsyncClient(transport=transport, base_url="http://ingress", headers=headers) as client:
            assert "interview_store_up 1.0" in (await client.get("/metrics")).text
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://ingress", headers=headers) as client:
            with caplog.at_level(logging.WARNING):
                scraped = await client.get("/metrics")
                stopped = await client.get("/status", headers={"Authorization": f"Bearer {unseen.secret}"})
    finally:
        process_publisher.cache_clear()
        stop_logging_through_serve()
    assert (scraped.status_code, stopped.status_code) == (200, 503)
    assert "interview_store_up 0.0" in scraped.text
    said = [record.getMessage() for record in caplog.records]
    assert any("r-outage answered 503" in line and "operation=keys.verify" in line for line in said)
    assert any(f"server=unix:{tmp_path}" in line and "operation=keys.verify" in line for line in said)
