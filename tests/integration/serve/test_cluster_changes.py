"""A cluster changes while candidates answer and loses no turn: a rolling upgrade to a later release, and a new head.

The nodes are real raylets on this host, started by ``ray start``. The head has no replicas, as in ops/kubernetes.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from interview import __version__
from storage.archive.database import sqlite_url
from storage.embedded.server import EmbeddedRedis
from storage.keys.port import INTERVIEWS
from storage.keys.redis import RedisApiKeys
from tests.support.paths import ROOT
from tests.support.ray_nodes import RayNodes, ray_nodes

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        "FAULT_CLUSTER" not in os.environ, reason="takes four minutes; `make test-faults` sets FAULT_CLUSTER=1"
    ),
]

SESSIONS, THINK_S = 3, 0.2
#: A busy machine takes long to answer; a lost turn is never answered.
REPEATS_FOR_S = 180
NEXT_VERSION = "99.0.0"
PACKAGES = ("interview", "storage", "deployments", "serve")


def next_release(folder: Path) -> Path:
    """A copy of this release that has another version and writes an event of a type that this one does not know."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for shared in ("configs", "models"):
        (folder / shared).symlink_to(ROOT / shared)
    version = folder / "interview" / "__init__.py"
    version.write_text(version.read_text().replace(f'"{__version__}"', f'"{NEXT_VERSION}"'))
    events = folder / "interview" / "sessions" / "events.py"
    text = events.read_text()
    assert text.count('tag="response.sent"') == 1
    events.write_text(
        re.sub(r'(class ReflectionNoted\(Payload, frozen=True, tag=")[^"]+', r"\1reflection.of-next", text)
    )
    return folder


def configuration(nodes: RayNodes, shared: Path, code: Path) -> dict[str, Any]:
    """The Serve config of one release: the same arguments, modules from ``code``."""
    replicas = {"replicas": {"num_cpus": 0.1, "serve_options": {"max_surge_percent": 100}}}
    later = {"runtime_env": {"env_vars": {"PYTHONPATH": str(code)}}} if code != ROOT else {}
    return {
        "proxy_location": "EveryNode",
        "http_options": {"host": "127.0.0.1", "port": nodes.head_http},
        "applications": [
            {
                "name": "interview",
                "route_prefix": "/",
                "import_path": "serve.compose:build",
                **later,
                "args": {
                    "placement": "ingress",
                    "storage": {"blob_url": str(shared / "blobs")},
                    "agent": {"interviewer": "scripted"},
                    "grading": replicas,
                    "stt": {"engine": "fake", **replicas},
                    "tts": {"engine": "fake", **replicas},
                    "llm": {"engine": "none"},
                    "ingress": {"num_replicas": 2, **replicas["replicas"]},
                },
            }
        ],
    }


@dataclass
class Cluster:
    nodes: RayNodes
    shared: Path
    api_key: str

    @property
    def address(self) -> str:
        """The proxy of the worker node."""
        return f"http://127.0.0.1:{self.nodes.worker_http}"

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.api_key}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=20, trust_env=False, verify=False)

    def deploy(self, code: Path) -> None:
        config = self.shared / f"{code.name}.json"
        config.write_text(json.dumps(configuration(self.nodes, self.shared, code)))
        self.nodes.run("deploy", str(config))

    def versions(self) -> set[str]:
        """The releases that answer at present, by several connections."""
        found = set()
        for _ in range(12):
            with self.client() as client:
                found.add(client.get("/openapi.json").raise_for_status().json()["info"]["version"])
        return found


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    shared = tmp_path_factory.mktemp("cluster")

    async def create_key(url: str) -> str:
        keys = RedisApiKeys(url)
        made = await keys.create(tenant="local", scopes=frozenset({INTERVIEWS}))
        await keys.close()
        return made.secret

    with EmbeddedRedis(shared / "store", fsync="no") as server:
        environment = {
            "REDIS_URL": server.url,
            "INTERVIEW_DATA_DIR": str(shared / "data"),
            "INTERVIEW_DATABASE_URL": sqlite_url(shared / "archive.db"),
            "INTERVIEW_TOKEN_KEYS": "00" * 32,
        }
        with ray_nodes(shared, environment) as nodes:
            cluster = Cluster(nodes, shared, asyncio.run(create_key(server.url)))
            cluster.deploy(ROOT)
            yield cluster


@dataclass
class Candidates:
    """Interviews under way. ``answers`` counts the turns of each; every answer is repeated under one idempotency key
    until it succeeds, as docs/clients.md tells clients."""

    cluster: Cluster
    stop: threading.Event = field(default_factory=threading.Event)
    answers: dict[str, list[int]] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)

    def hold(self, interview_id: str) -> None:
        """Interviews in a row, until told to stop; each turn's number is appended to its interview's list."""
        began = 0
        while not self.stop.is_set():
            name = f"{interview_id}-{began}"
            began += 1
            numbers = self.answers[name] = []
            with self.cluster.client() as client:
                self._ask(client, f"/session/start/{name}", {"plan": "backend-engineer", "consent": True})
                for turn in range(5):
                    if self.stop.wait(THINK_S):
                        return
                    answer = f"I measured the slow query and added index number {turn}, which made it faster."
                    numbers.append(self._ask(client, f"/session/turn/{name}", {"answer": answer})["turn_number"])

    def _ask(self, client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        give_up = time.monotonic() + REPEATS_FOR_S
        while True:
            try:
                reply = client.post(path, json=body, headers=key)
            except httpx.TransportError as error:
                said = type(error).__name__
            else:
                if reply.status_code == 200:
                    found: dict[str, Any] = reply.json()
                    return found
                said = f"{reply.status_code} {reply.text[:300]}"
                assert reply.status_code in (409, 429, 500, 502, 503, 504), said
            self.repeated[said] = self.repeated.get(said, 0) + 1
            assert time.monotonic() < give_up, said
            time.sleep(0.2)

    def total(self) -> int:
        return sum(len(numbers) for numbers in list(self.answers.values()))

    def await_more(self, turns: int, held: list[Future[None]], within_s: float = REPEATS_FOR_S) -> None:
        """Returns once ``turns`` more answers were taken."""
        goal, give_up = self.total() + turns, time.monotonic() + within_s
        while self.total() < goal:
            for one in held:
                if one.done():
                    one.result()
            assert time.monotonic() < give_up, f"{self.total()} of {goal} answers; {self.repeated}"
            time.sleep(0.05)

    def check(self) -> None:
        for name, numbers in self.answers.items():
            assert numbers == list(range(1, len(numbers) + 1)), (
                f"{name}: an answer was lost or counted twice: {numbers}"
            )


def test_a_rolling_upgrade_loses_no_turn(cluster: Cluster, tmp_path: Path) -> None:
    candidates = Candidates(cluster)
    assert cluster.versions() == {__version__}
    before = {process.pid for process in cluster.nodes.processes("ServeReplica:interview")}
    with ThreadPoolExecutor(SESSIONS) as pool:
        held = [pool.submit(candidates.hold, f"upgrade-{number}") for number in range(SESSIONS)]
        try:
            candidates.await_more(SESSIONS, held)
            cluster.deploy(next_release(tmp_path / "next"))
            candidates.await_more(SESSIONS, held)
        finally:
            candidates.stop.set()
        for one in held:
            one.result()
    candidates.check()
    assert cluster.versions() == {NEXT_VERSION}
    left = before & {process.pid for process in cluster.nodes.processes("ServeReplica:interview")}
    assert not left, "a replica of the earlier release still runs"


def test_candidates_answer_without_a_head_and_a_new_head_takes_over(cluster: Cluster) -> None:
    candidates = Candidates(cluster)
    nodes = cluster.nodes
    with ThreadPoolExecutor(SESSIONS) as pool:
        held = [pool.submit(candidates.hold, f"head-{number}") for number in range(SESSIONS)]
        try:
            # a replica's first call of another tier asks Serve's controller, so every tier is called before
            candidates.await_more(8 * SESSIONS, held)
            kept = {process.pid for process in nodes.processes("ServeReplica:interview")}
            nodes.kill_head()
            candidates.await_more(4 * SESSIONS, held)  # no head runs
            nodes.start_head()
            candidates.await_more(SESSIONS, held)
            nodes.run("ready")
            candidates.await_more(SESSIONS, held)
        finally:
            candidates.stop.set()
        for one in held:
            one.result()
    candidates.check()
    replicas = nodes.processes("ServeReplica:interview")
    assert kept == {process.pid for process in replicas}, "the new head replaced running replicas"
    nodes.processes("ServeReplica:interview:tts")[0].kill()
    give_up = time.monotonic() + REPEATS_FOR_S
    while {process.pid for process in nodes.processes("ServeReplica:interview:tts")} <= kept:
        assert time.monotonic() < give_up, "the new head's controller does not replace a replica that died"
        time.sleep(0.2)
