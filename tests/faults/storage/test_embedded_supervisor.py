"""A server killed under a running platform comes back with its data; one that dies on and on is left down, and told."""

from __future__ import annotations

import os
import queue
import signal
from pathlib import Path

import httpx
import psutil
import pytest

from deployments.agent.config import AgentConfig
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import StorageUnavailable
from interview.plans.files import load_plan
from interview.sessions.events import AnswerReceived, ResponseSent
from interview.sessions.fold import fold
from serve.composition.store_probe import store_probe
from serve.http.app import create_app
from serve.http.settings import HttpSettings
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.embedded.server import EmbeddedRedis
from storage.embedded.supervisor import RestartRules, ServerSupervisor, SupervisorState, state_of
from storage.redis.client import RedisLink
from storage.sessions.redis import RedisSessionStore
from tests.support.http_ports import stub_ports
from tests.support.paths import TESTS

ANSWERS = (
    "I build the billing service of a logistics company together with four other people",
    "Every write must also update the index and it takes additional disk space",
    "We measured the slow queries first and then added two indexes",
)


class Watched(queue.SimpleQueue[SupervisorState]):
    """The states a supervisor told of, to be waited for."""

    def until(self, status: str) -> SupervisorState:
        while (state := self.get(timeout=60)).status != status:
            pass
        return state


def kill(server: EmbeddedRedis) -> int:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


async def test_turns_go_on_after_every_kill_of_the_server_and_nothing_is_lost(tmp_path: Path) -> None:
    states, server = Watched(), EmbeddedRedis(tmp_path)
    supervisor = ServerSupervisor(server, rules=RestartRules(pause_s=0.0), listener=states.put)
    store = RedisSessionStore(supervisor.start())
    stage = RehearsalStage(
        sessions=store,
        plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
        config=AgentConfig(lease_s=60),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )
    try:
        candidate = stage.rehearsal()
        await candidate.start("short-plan")
        for restarts, answer in enumerate(ANSWERS, start=1):
            before = await stage.log()
            dead = kill(server)
            assert states.until("restarting").reason == "the embedded server ended (signal 9)"
            assert states.until("running") == SupervisorState("running", restarts)
            assert not psutil.pid_exists(dead)  # reaped, not a zombie
            assert await stage.log() == before
            reply = await candidate.answer(answer, key=f"answer-{restarts}")
            assert await candidate.answer(answer, key=f"answer-{restarts}") == reply
        log = await stage.log()
        for kind, turns in ((AnswerReceived, [1, 2, 3]), (ResponseSent, [0, 1, 2, 3])):
            assert [event.data.turn for event in log if isinstance(event.data, kind)] == turns
        assert fold(log) == await stage.state()
        assert state_of(tmp_path) == SupervisorState("running", 3)
    finally:
        await store.close()
        supervisor.stop()
    assert server.pid is None
    assert state_of(tmp_path) is None


async def test_an_answer_whose_server_dies_is_a_503_and_its_retry_is_the_answer(tmp_path: Path) -> None:
    states, server = Watched(), EmbeddedRedis(tmp_path, fsync="always")
    supervisor = ServerSupervisor(server, rules=RestartRules(pause_s=0.0), listener=states.put)
    store = RedisSessionStore(supervisor.start())
    stage = RehearsalStage(
        sessions=store,
        plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
        config=AgentConfig(lease_s=60),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )
    try:
        candidate = stage.rehearsal()
        await candidate.start("short-plan")
        os.kill(server.pid or 0, signal.SIGSTOP)  # it hears the turn and does not answer it
        with pytest.raises(StorageUnavailable):
            await candidate.answer(ANSWERS[0], key="the-one")
        kill(server)
        states.until("restarting")
        states.until("running")
        await candidate.answer(ANSWERS[0], key="the-one")
        turns = [event.data.turn for event in await stage.log() if isinstance(event.data, ResponseSent)]
        assert turns == [0, 1]
    finally:
        await store.close()
        supervisor.stop()


async def test_a_server_that_dies_on_and_on_is_left_down_and_readiness_says_why(tmp_path: Path) -> None:
    states, server = Watched(), EmbeddedRedis(tmp_path, fsync="no")
    supervisor = ServerSupervisor(server, rules=RestartRules(deaths_at_most=2, pause_s=0.0), listener=states.put)
    store = RedisSessionStore(supervisor.start())
    app = create_app(stub_ports(sessions=store, probes={"sessions": store_probe(store, tmp_path)}), HttpSettings())
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
    try:
        assert (await client.get("/readyz")).status_code == 200
        for _ in range(2):
            states.until("running")
            kill(server)
        states.until("restarting")
        states.until("running")
        kill(server)
        state = states.until("gave-up")
        assert state.restarts == 2
        assert "that was failure 3 within 600 s" in state.reason
        assert state_of(tmp_path) == state
        reply = await client.get("/readyz")
        assert reply.status_code == 503
        told = reply.json()["context"]["checks"]["sessions"]
        assert told["error"] == "storage-unavailable"
        assert "is not restarted any more" in told["detail"]
        assert "restart the platform" in told["detail"]
        assert (await client.get("/healthz")).status_code == 200
        assert server.pid is None
    finally:
        await client.aclose()
        await store.close()
        supervisor.stop()


def test_a_server_that_cannot_start_again_is_given_up_too(tmp_path: Path) -> None:
    states, server = Watched(), EmbeddedRedis(tmp_path, fsync="no", start_timeout_s=10)
    supervisor = ServerSupervisor(server, rules=RestartRules(deaths_at_most=3, pause_s=0.0), listener=states.put)
    supervisor.start()
    try:
        log = next(tmp_path.glob("redis/appendonlydir/*.incr.aof"))
        log.write_bytes(b"*1\r\n$4\r\nthis is no command at all\r\n")
        kill(server)
        assert "could not be started" in states.until("gave-up").reason
        assert b"no command at all" in log.read_bytes()
    finally:
        supervisor.stop()


def test_deaths_long_ago_are_forgiven(tmp_path: Path) -> None:
    now = [0.0]
    states, server = Watched(), EmbeddedRedis(tmp_path, fsync="no")
    rules = RestartRules(deaths_at_most=1, within_s=600, pause_s=0.0)
    supervisor = ServerSupervisor(server, rules=rules, listener=states.put, clock=lambda: now[0])
    supervisor.start()
    try:
        states.until("running")
        for restarts in (1, 2, 3):
            now[0] += 601
            kill(server)
            assert states.until("running").restarts == restarts
    finally:
        supervisor.stop()


async def test_a_stop_during_a_restart_leaves_no_server(tmp_path: Path) -> None:
    states, server = Watched(), EmbeddedRedis(tmp_path, fsync="no")
    supervisor = ServerSupervisor(server, rules=RestartRules(pause_s=3600, pause_at_most_s=3600), listener=states.put)
    url = supervisor.start()
    kill(server)
    states.until("restarting")
    supervisor.stop()
    assert server.pid is None
    link = RedisLink(url)
    with pytest.raises(StorageUnavailable):
        await link.command("PING", what="test")
    await link.close()
