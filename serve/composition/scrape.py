"""The answer to a Prometheus scrape: every replica's metrics, and the shared state as the answering replica sees it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from interview.errors import StorageUnavailable
from serve.http.operations import ask_all
from serve.http.ports import Probe
from serve.metrics.registry import MetricsPublisher, merge
from serve.metrics.store_state import StoreState
from storage.embedded.supervisor import state_of
from storage.metrics.port import MetricsBoard
from storage.sessions.port import SessionStore
from storage.work_queue.port import WorkQueue

PROBE_TIMEOUT_S = 2.0


class Scrape:
    """Merges the board with ``StoreState``.

    While the store is away, the answer has this replica's own metrics and ``interview_store_up 0``, so that an outage
    does not end the series that describe it.
    """

    def __init__(
        self,
        *,
        sessions: SessionStore,
        queues: Mapping[str, WorkQueue],
        board: MetricsBoard,
        publisher: MetricsPublisher,
        probes: Mapping[str, Probe],
        data: Path,
    ) -> None:
        self._sessions = sessions
        self._queues = queues
        self._board = board
        self._publisher = publisher
        self._probes = probes
        self._data = data

    async def __call__(self) -> bytes:
        state = StoreState()
        supervised = state_of(self._data)
        state.set("embedded_store_restarts", supervised.restarts if supervised else 0)
        if self._data.is_dir():
            state.set("data_free_bytes", shutil.disk_usage(self._data).free)
        checks, replicas = await asyncio.gather(ask_all(self._probes, PROBE_TIMEOUT_S), self._replicas(state))
        for tier, answer in checks.items():
            state.set("tier_ready", float(answer["ok"]), tier)
        return await asyncio.to_thread(merge, replicas) + state.exposition()

    async def _replicas(self, state: StoreState) -> Mapping[str, bytes]:
        try:
            await self._ask_store(state)
            await self._publisher.publish()
            replicas = await self._board.all()
        except StorageUnavailable:
            state.set("store_up", 0)
            return {self._publisher.replica: self._publisher.exposition()}
        state.set("store_up", 1)
        return replicas

    async def _ask_store(self, state: StoreState) -> None:
        state.set("active_sessions", await self._sessions.live_count())
        for queue_name, queue in self._queues.items():
            for name, jobs in msgspec.to_builtins(await queue.counts()).items():
                state.set("queue_length", jobs, f"{queue_name} {name}")
            state.set("queue_oldest_seconds", await queue.oldest_s(), queue_name)
        health = await self._board.server()
        state.set("store_memory_bytes", health.used_memory_bytes)
        state.set("store_memory_limit_bytes", health.max_memory_bytes)
        state.set("store_persistence_ok", float(health.persistence_ok))
