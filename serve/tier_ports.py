"""What each replica opens for itself: stores, plans, metrics. The factories are picklable, what they open is not."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from deployments.agent.config import AgentConfig
from deployments.agent.deployment import Tiers
from deployments.agent.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from serve.local_stores import blob_store, session_store
from serve.metrics import MetricsPublisher, PlatformMetrics
from serve.metrics_observers import AgentObserver
from serve.serve_file import HOME, data_dir
from serve.settings import Settings, redis_url
from storage.redis_metrics_board import RedisMetricsBoard


def plans_dir() -> Path:
    return Path(os.environ.get("INTERVIEW_PLANS_DIR") or HOME / "configs" / "interviews")


@lru_cache(maxsize=1)
def process_metrics() -> PlatformMetrics:
    """One registry a process, shared by whatever runs in it."""
    return PlatformMetrics()


@lru_cache(maxsize=1)
def process_publisher(role: str) -> MetricsPublisher:
    """One publisher a process; the name is unique among living replicas and readable on a dashboard."""
    name = f"{role}-{socket.gethostname()}-{os.getpid()}"
    return MetricsPublisher(process_metrics(), RedisMetricsBoard(redis_url()), name)


@dataclass(frozen=True)
class AgentPortsFactory:
    """Opens the agent's ports on the replica that runs turns, on its event loop."""

    settings: Settings
    role: str = "agent"

    def __call__(self, config: AgentConfig, tiers: Tiers) -> AgentPorts:
        process_publisher(self.role).start()
        return AgentPorts(
            sessions=session_store(self.settings.storage, redis_url()),
            blobs=blob_store(self.settings.storage, data_dir()),
            grading=tiers.grading,
            plans=InstalledPlans.from_directory(plans_dir()),
            stt=tiers.stt,
            tts=tiers.tts,
            observer=AgentObserver(process_metrics()),
        )
