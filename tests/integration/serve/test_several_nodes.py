"""Three raylets on one host: replicas spread, a killed node loses no answer, and a node that joins takes replicas.

Local stores are refused.
"""

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

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

NODES, SESSIONS, TURNS = 3, 4, 6
NODE = {"num_cpus": 2, "object_store_memory": 80 * 1024 * 1024}


def arguments(blob_url: str) -> dict[str, Any]:
    """Turns in the agent tier, with a replica on each node; the ingress has two, on two nodes."""
    spread = {"max_replicas_per_node": 1}
    return {
        "storage": {"blob_url": blob_url},
        "agent": {
            "interviewer": "scripted",
            "replicas": {"min_replicas": NODES, "max_replicas": NODES, "num_cpus": 0.2, "serve_options": spread},
        },
        "grading": {"replicas": {"num_cpus": 0.2}},
        "stt": {"engine": "fake", "replicas": {"num_cpus": 0.2}},
        "tts": {"engine": "fake", "replicas": {"num_cpus": 0.2}},
        "llm": {"engine": "none"},
        "ingress": {"num_replicas": 2, "num_cpus": 0.2, "serve_options": spread},
    }


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Path, str]]:
    """A head and two more nodes, the shared directory, and the URL of the store."""
    shared = tmp_path_factory.mktemp("shared")
    with EmbeddedRedis(shared / "store", fsync="no") as server, pytest.MonkeyPatch.context() as patch:
        for name, value in {
            **PRIVATE_ENVIRONMENT,
            # at Ray's default of 15 a busy machine starves the workers that it starts
            "RAY_worker_niceness": "0",
            "REDIS_URL": server.url,
            "INTERVIEW_DATA_DIR": str(shared / "data"),
            "INTERVIEW_DATABASE_URL": sqlite_url(shared / "archive.db"),
        }.items():
            patch.setenv(name, value)
        nodes = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
        try:
            ray.init(address=nodes.address, log_to_driver=False)
            for _ in range(NODES - 1):
                nodes.add_node(**NODE)
            nodes.wait_for_nodes()
            yield nodes, shared, server.url
        finally:
            ray_serve.shutdown()
            ray.shutdown()
            nodes.shutdown()


def test_local_stores_are_refused_with_several_nodes(cluster: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"storage\.blob_url.*3 nodes"):
        build(arguments(""))
    monkeypatch.delenv("INTERVIEW_DATABASE_URL")
    with pytest.raises(ConfigError, match="INTERVIEW_DATABASE_URL"):
        build(arguments("/shared"))


@pytest.fixture
def platform(cluster: tuple[Cluster, Path, str]) -> str:
    """The address of the platform on all nodes; the proxy is on the head."""
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


def wait_for_nodes(deployment: str, wanted: set[str]) -> None:
    deadline = time.monotonic() + 90
    while set(nodes_of(deployment)) != wanted:
        assert time.monotonic() < deadline, f"{deployment} on {nodes_of(deployment)}, wanted on {wanted}"
        time.sleep(0.2)


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


def test_a_killed_node_loses_no_answer_and_a_node_that_joins_takes_replicas(
    cluster: tuple[Cluster, Path, str], platform: str
) -> None:
    import asyncio

    nodes, _, url = cluster
    for deployment, replicas in (("ingress", 2), ("agent", NODES)):
        placed = nodes_of(deployment)
        assert len(placed) == len(set(placed)) == replicas, f"{deployment} on {placed}"

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
        killed, *_ = nodes.worker_nodes
        nodes.remove_node(killed, allow_graceful=False)
        numbers = [future.result() for future in held]
    assert numbers == [list(range(1, TURNS + 1))] * SESSIONS, "an answer was lost or counted twice"

    left = {node.node_id for node in (nodes.head_node, *nodes.worker_nodes)}
    assert len(left) == NODES - 1
    joined = nodes.add_node(**NODE)
    wait_for_nodes("agent", left | {joined.node_id})
    with httpx.Client(base_url=platform, headers=headers, timeout=10) as client:
        for number in range(SESSIONS):
            reply = answered(client, f"/session/turn/node-{number}", {"answer": "Then I removed the old index."})
            assert reply["turn_number"] == TURNS + 1
