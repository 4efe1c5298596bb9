"""Session-sticky routing on a real tier of two replicas: one replica for each session, another one when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import msgspec
import psutil
import pytest
import pytest_asyncio

from deployments.llm.config import LlmConfig, LlmReplicas
from deployments.llm.contract import LanguageModelClient
from deployments.llm.deployment import DEPLOYMENT_NAME, LlmDeployment
from deployments.shell.handle_rpc import Envelope, encode, handle_caller, handle_stream_caller
from interview.errors import EngineUnavailable
from tests.support.local_ray import start_local_ray

pytestmark = [pytest.mark.cluster, pytest.mark.asyncio(loop_scope="module")]

APPLICATION = "sessions"
# Replicas have random names, so the ring is random: all of 8 sessions were on one replica in 1 run of 128.
SESSIONS = tuple(f"acme/interview-{number}" for number in range(40))
ROUTER = "ray.serve.experimental.consistent_hash_router:ConsistentHashRouter"


def tier() -> Any:
    """The tier's application; its answers name the process of their replica."""
    from ray import serve as ray_serve

    class NamedReplica(LlmDeployment):
        async def _chat(self, request: dict[str, Any]) -> dict[str, Any]:
            return {**await super()._chat(request), "replica": os.getpid()}

        async def stream(self, payload: bytes) -> AsyncGenerator[bytes, None]:
            yield encode(Envelope(value=msgspec.Raw(encode([{"replica": os.getpid()}]))))
            async for item in super().stream(payload):
                yield item

    config = LlmConfig(
        engine="fake",
        replicas=LlmReplicas(
            min_replicas=2,
            max_replicas=2,
            num_cpus=0.1,
            health_check_period_s=1,
            serve_options={"request_router_config": {"request_router_class": ROUTER}},
        ),
    )
    options = config.replicas.deployment_options(DEPLOYMENT_NAME)
    return ray_serve.deployment(**options)(NamedReplica).bind(config)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[LanguageModelClient]:
    import ray
    from ray import serve as ray_serve

    start_local_ray(num_cpus=4, configure_logging=False)
    try:
        await asyncio.to_thread(ray_serve.start, proxy_location="Disabled")
        handle = await asyncio.to_thread(ray_serve.run, tier(), name=APPLICATION, route_prefix=None)
        yield LanguageModelClient(
            handle_caller(handle, timeout_s=60, tier="llm", by_value=True),
            handle_stream_caller(handle, timeout_s=60, tier="llm", by_value=True),
        )
    finally:
        await asyncio.to_thread(ray_serve.shutdown)
        ray.shutdown()


async def replica_of(model: LanguageModelClient, **session: str) -> int:
    """The process that answers one turn; a turn whose replica dies is repeated."""
    request = {"messages": [{"role": "user", "content": "Why?"}], **session}
    async with asyncio.timeout(60):
        while True:
            try:
                return int((await model.chat(request))["replica"])
            except EngineUnavailable:
                await asyncio.sleep(0.05)


async def streaming_replica_of(model: LanguageModelClient, session_id: str) -> int:
    request = {"messages": [{"role": "user", "content": "Why?"}], "session_id": session_id}
    chunks = [chunk async for chunk in model.stream(request)]
    return int(chunks[0]["replica"])


async def replicas_of_sessions(model: LanguageModelClient) -> dict[str, int]:
    """The replica of each session over four turns, three of them at once and one streamed."""
    found = {}
    for session in SESSIONS:
        turns = [replica_of(model, session_id=session) for _ in range(3)]
        found[session] = {*(await asyncio.gather(*turns)), await streaming_replica_of(model, session)}
    assert all(len(replicas) == 1 for replicas in found.values()), f"a session was on several replicas: {found}"
    return {session: replicas.pop() for session, replicas in found.items()}


async def test_a_session_stays_on_one_replica_and_moves_when_it_dies(model: LanguageModelClient) -> None:
    from ray import serve as ray_serve

    before = await replicas_of_sessions(model)
    assert len(set(before.values())) == 2, "all sessions are on one replica"
    # OpenAI's own field does the same for clients of /v1/chat/completions
    for session, replica in before.items():
        assert await replica_of(model, prompt_cache_key=session) == replica

    victim = before[SESSIONS[0]]
    os.kill(victim, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(victim)] if psutil.pid_exists(victim) else [], timeout=10)
    assert await replica_of(model, session_id=SESSIONS[0]) != victim

    async with asyncio.timeout(60):  # until Serve has replaced the dead replica, which changes the ring once more
        while True:
            (deployment,) = ray_serve.status().applications[APPLICATION].deployments.values()
            turns = [await replica_of(model) for _ in range(8)]
            if deployment.status == "HEALTHY" and len(set(turns)) == 2:
                break
            await asyncio.sleep(0.1)
    after = await replicas_of_sessions(model)
    assert victim not in after.values()


async def test_requests_without_a_session_use_every_replica(model: LanguageModelClient) -> None:
    assert len({await replica_of(model) for _ in range(24)}) == 2
