"""Placement of grading: background stores in the grading tier, and inline graders in the turn's replica."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache

from deployments.grading.background.worker import rules_of
from deployments.grading.config import GradingConfig
from deployments.grading.contract import CalculateRequest, Calculation, GradeRequest, Grading
from deployments.grading.fake import FakeGrading
from deployments.grading.graders.registry import Registry
from deployments.grading.service import GradingService
from deployments.grading.tier import GradingStores
from interview.grades import Grade
from interview.plans.plan import PlanRef
from interview.policies.retention import load_retention
from serve.composition.erasure import GRADING, PlatformErasure
from serve.composition.local_stores import archive_database, blob_store, session_store
from serve.composition.prompt_rollouts import rollout_check
from serve.metrics.observers import AgentObserver
from serve.metrics.process import process_metrics, publish_metrics
from serve.serve_file import data_dir, retention_file
from serve.settings import Settings, redis_url
from serve.webhooks import milestones as webhooks
from serve.webhooks.delivery import WebhookDelivery
from storage.archive.audit import SqlAuditLog
from storage.archive.sql import SqlArchive
from storage.erasure.retention import Retention
from storage.work_queue.port import WorkQueue
from storage.work_queue.redis import RedisWorkQueue

QUEUE_NAME = GRADING


@dataclass(frozen=True)
class GradingStoresFactory:
    """Opens the stores for background grading on a grading replica, and starts publishing the replica's metrics."""

    settings: Settings

    def __call__(self, config: GradingConfig) -> GradingStores:
        publish_metrics("grading")
        url = redis_url()
        database = archive_database(data_dir())
        sessions, archive = session_store(self.settings.storage, url), SqlArchive(database)
        blobs = blob_store(self.settings.storage, data_dir())
        queue = RedisWorkQueue(url, QUEUE_NAME, rules=rules_of(config.background))
        hooks = self.settings.webhooks
        outbox = RedisWorkQueue(url, webhooks.QUEUE_NAME, rules=webhooks.rules_of(hooks))
        milestones = webhooks.WebhookMilestones(hooks, outbox, WebhookDelivery(hooks))
        erasure = PlatformErasure(sessions, archive, blobs, url)
        policy = load_retention(retention_file())
        retention = Retention(policy, sessions, archive, SqlAuditLog(database), blobs, erasure)
        counted = AgentObserver(process_metrics()).session_concluded

        def count_expiry(plan: PlanRef) -> None:
            counted(plan, "expiry")

        return GradingStores(
            sessions,
            archive,
            blobs,
            queue,
            retention,
            milestones,
            erasure,
            count_expiry,
            rollout_check=rollout_check(self.settings, database, archive, blobs),
        )


class InlineGrading:
    """``Grading`` with its own graders in the caller's replica, which saves an RPC; the tier does the rest. Made on the
    replica's event loop, which warms the graders' process.

    docs/measurements/2026-11-22-load.md gives the cost of the RPC.
    """

    def __init__(self, config: GradingConfig, tier: Grading) -> None:
        self._quick: Grading
        if config.engine == "fake":
            self._quick = FakeGrading(config.fake)
        else:
            self._quick = graders = GradingService(config, Registry(config, quick_apart=True))
            self._warming = asyncio.get_running_loop().create_task(graders.start())
        self._tier = tier

    async def grade(self, request: GradeRequest) -> Grade:
        return await self._quick.grade(request)

    async def calculate(self, request: CalculateRequest) -> Calculation:
        return await self._tier.calculate(request)

    async def judge(self, request: GradeRequest) -> None:
        await self._tier.judge(request)

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        await self._tier.evaluate(tenant, interview_id)


@lru_cache(maxsize=1)
def grading_queue() -> RedisWorkQueue:
    """A read-only view of the queue, for counting waiting jobs."""
    return RedisWorkQueue(redis_url(), QUEUE_NAME)


def queues_by_name() -> dict[str, WorkQueue]:
    """Read-only views of the queues that the grading replicas work on."""
    outbox = RedisWorkQueue(redis_url(), webhooks.QUEUE_NAME)
    return {QUEUE_NAME: grading_queue(), webhooks.QUEUE_NAME: outbox}
