"""Assembles the grading tier without Ray: service, judge and background worker over given stores."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from deployments.grading.background.abandoned_sweep import OnExpiry
from deployments.grading.background.jobs import BackgroundGrading
from deployments.grading.background.milestones import Milestones
from deployments.grading.background.queued_work import QueuedWork
from deployments.grading.background.worker import GradingWorker, Sweep
from deployments.grading.config import GradingConfig, SynthesisConfig
from deployments.grading.contract import Grading
from deployments.grading.fake import FakeGrading
from deployments.grading.graders.registry import Registry
from deployments.grading.judge.drift_watch import DriftWatch
from deployments.grading.judge.rubric import RubricJudge
from deployments.grading.service import GradingService
from deployments.grading.synthesis.writer import SynthesisWriter
from deployments.llm.contract import LanguageModel
from storage.archive.port import Archive
from storage.blobs.port import BlobStore
from storage.erasure.erasure import Erasure
from storage.erasure.retention import Retention
from storage.sessions.port import SessionStore
from storage.work_queue.port import WorkQueue


@dataclass(frozen=True)
class GradingStores:
    """The stores of background grading.

    ``retention`` None keeps everything, ``milestones`` None announces nothing, ``erasure`` None erases leftovers from
    these stores only. ``on_expiry`` hears of each interview that a sweep ended. ``rollout_check`` halts the rollouts of
    prompts that do harm; None where no model interviews.
    """

    sessions: SessionStore
    archive: Archive
    blobs: BlobStore
    queue: WorkQueue
    retention: Retention | None = None
    milestones: Milestones | None = None
    erasure: Erasure | None = None
    on_expiry: OnExpiry | None = None
    rollout_check: Sweep | None = None


#: Opens the stores on the replica, on its event loop; ``worker.rules_of(config.background)`` are the queue's rules.
#: Must be picklable.
StoresFactory = Callable[[GradingConfig], GradingStores]


class GradingTier:
    """The service with its background worker, without Ray. Without ``stores``, background work is rejected."""

    def __init__(
        self,
        config: GradingConfig,
        stores: GradingStores | None = None,
        model: LanguageModel | None = None,
        judge_model: LanguageModel | None = None,
    ) -> None:
        """``judge_model`` judges open answers, ``model`` if there is none; ``model`` writes the report's summary."""
        self.worker: GradingWorker | None = None
        self._milestones = stores.milestones if stores is not None else None
        self.service: Grading
        if config.engine == "fake":
            self.service = FakeGrading(config.fake)
            return
        queued = QueuedWork(stores.queue) if stores is not None else None
        registry = Registry(config, quick_apart=True)
        self._graders = GradingService(config, registry, background=queued)
        self.service = self._graders
        if stores is not None:
            judging = judge_model or model
            judge = RubricJudge(judging, config.judge, registry.coverage).grade if judging is not None else None
            drift = DriftWatch(judge, config.judge.watchdog) if judge is not None else None
            grading = BackgroundGrading(
                stores.sessions,
                stores.archive,
                stores.blobs,
                config,
                judge,
                drift=drift,
                grade=self._graders.grade,
                milestones=stores.milestones,
                synthesis=_synthesis(model, config.synthesis),
            )
            name = f"grading-{socket.gethostname()}-{os.getpid()}"
            self.worker = GradingWorker(
                stores.queue,
                grading,
                stores.sessions,
                stores.archive,
                stores.blobs,
                config.background,
                name=name,
                retention=stores.retention,
                erasure=stores.erasure,
                on_expiry=stores.on_expiry,
                rollout_check=stores.rollout_check,
            )

    async def start(self) -> None:
        if isinstance(self.service, GradingService):
            await self.service.start()
        if self.worker is not None:
            self.worker.start()
            if self._milestones is not None:
                self._milestones.start()

    async def stop(self) -> None:
        if self.worker is not None:
            await self.worker.stop()
        if self._milestones is not None:
            await self._milestones.stop()
        if isinstance(self.service, GradingService):
            await self.service.stop()

    def check_health(self) -> None:
        if self.worker is not None:
            self.worker.check_health()
        if self._milestones is not None:
            self._milestones.check_health()


def _synthesis(model: LanguageModel | None, config: SynthesisConfig) -> SynthesisWriter | None:
    if model is None or not config.enabled:
        return None
    return SynthesisWriter(model, max_tokens=config.max_tokens, deadline_s=config.deadline_s)
