"""Two raylets on one host: replicas spread, a killed node loses no answer, local stores are refused."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import ray
from ray import serve as ray_serve
from ray.cluster_utils import Cluster

from interview.errors import ConfigError
from serve.compose import build
from serve.local.local_platform import PRIVATE_ENVIRONMENT, free_port
from storage.archive.database import sqlite_url
from storage.embedded.server import EmbeddedRedis
from storage.keys.port import INTERVIEWS
from storage.keys.redis import RedisApiKeys

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]

SESSIONS, TURNS = 4, 6


def arguments(blob_url: str) -> dict[str, Any]:
    """Turns in the agent tier; ingress and agent have at most one replica on a node."""
    spread = {"max_replicas_per_node": 1}
    return {
        "storage": {"blob_url": blob_url},
        "agent": {
            "interviewer": "scripted",
            "replicas": {"min_replicas": 2, "max_replicas": 2, "num_cpus": 0.2, "serve_options": spread},
        },
        "grading": {"replicas": {"num_cpus": 0.2}},
        "stt": {"engine": "fake", "replicas": {"num_cpus": 0.2}},
        "tts": {"engine": "fake", "replicas": {"num_cpus": 0.2}},
        "llm": {"engine": "none"},
        "ingress": {"num_replicas": 2, "num_cpus": 0.2, "serve_options": spread},
    }


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Path, str]]:
    """A head and one more node, the shared directory, and the URL of the store."""
    shared = tmp_path_factory.mktemp("shared")
    with EmbeddedRedis(shared / "store", fsync="no") as server, pytest.MonkeyPatch.context() as patch:
        for name, value in {
            **PRIVATE_ENVIRONMENT,
            "REDIS_URL": server.url,
            "INTERVIEW_DATA_DIR": str(shared / "data"),
            "INTERVIEW_DATABASE_URL": sqlite_url(shared / "archive.db"),
        }.items():
            patch.setenv(name, value)
        node = {"num_cpus": 2, "object_store_memory": 80 * 1024 * 1024, "include_dashboard": False}
        nodes = Cluster(initialize_head=True, head_node_args=node)
        try:
            ray.init(address=nodes.address, log_to_driver=False)
            nodes.add_node(num_cpus=2, object_store_memory=80 * 1024 * 1024)
            nodes.wait_for_nodes()
            yield nodes, shared, server.url
        finally:
            ray_serve.shutdown()
            ray.shutdown()
            nodes.shutdown()


def test_local_stores_are_refused_with_two_nodes(cluster: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"storage\.blob_url.*2 nodes"):
        build(arguments(""))
    monkeypatch.delenv("INTERVIEW_DATABASE_URL")
    with pytest.raises(ConfigError, match="INTERVIEW_DATABASE_URL"):
        build(arguments("/shared"))


@pytest.fixture
def platform(cluster: tuple[Cluster, Path, str]) -> str:
    """The address of the platform on both nodes; the proxy is on the head."""
    _, shared, _ = cluster
    port = free_port()
    ray_serve.start(proxy_location="HeadOnly", http_options={"host": "127.0.0.1", "port": port})
    ray_serve.run(build(arguments(str(shared / "blobs"))), name="interview", route_prefix="/")
    return f"http://127.0.0.1:{port}"


def nodes_of(deployment: str) -> list[str]:
    """The node of each living replica."""
    actors: dict[str, dict[str, Any]] = ray._private.state.actors()
    return [
        actor["Address"]["NodeID"]
        for actor in actors.values()
        if actor["State"] == "ALIVE" and f"interview:{deployment}" in actor["ActorClassName"] + actor["Name"]
    ]


def answered(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request that is repeated under one idempotency key until it succeeds, as api.md tells clients."""
    key = {"Idempotency-Key": uuid.uuid4().hex}
    deadline = time.monotonic() + 60
    while True:
        try:
            reply = client.post(path, json=body, headers=key)
        except httpx.TransportError as error:
            said = repr(error)
        else:
            if reply.status_code == 200:
                found: dict[str, Any] = reply.json()
                return found
            said = reply.text
            assert reply.status_code in (409, 429, 500, 502, 503, 504), said
        assert time.monotonic() < deadline, said
        time.sleep(0.2)


def test_replicas_spread_and_a_killed_node_loses_no_answer(cluster: tuple[Cluster, Path, str], platform: str) -> None:
    import asyncio

    nodes, _, url = cluster
    for deployment in ("ingress", "agent"):
        placed = nodes_of(deployment)
        assert len(placed) == len(set(placed)) == 2, f"{deployment} on {placed}"

    async def create() -> str:
        keys = RedisApiKeys(url)
        made = await keys.create(tenant="local", scopes=frozenset({INTERVIEWS}))
        await keys.close()
        return made.secret

    headers = {"Authorization": f"Bearer {asyncio.run(create())}"}
    under_way = threading.Barrier(SESSIONS + 1)

    def hold(interview_id: str) -> list[int]:
        with httpx.Client(base_url=platform, headers=headers, timeout=10) as client:
            answered(client, f"/session/start/{interview_id}", {"plan": "backend-engineer", "consent": True})
            numbers = []
            for turn in range(TURNS):
                if turn == 2:
                    under_way.wait(60)
                answer = f"I measured the slow query and added index number {turn}, which made it faster."
                numbers.append(answered(client, f"/session/turn/{interview_id}", {"answer": answer})["turn_number"])
            return numbers

    with ThreadPoolExecutor(SESSIONS) as pool:
        held = [pool.submit(hold, f"node-{number}") for number in range(SESSIONS)]
        under_way.wait(60)
        (worker,) = nodes.worker_nodes
        nodes.remove_node(worker, allow_graceful=False)
        numbers = [future.result() for future in held]
    assert numbers == [list(range(1, TURNS + 1))] * SESSIONS, "an answer was lost or counted twice"
