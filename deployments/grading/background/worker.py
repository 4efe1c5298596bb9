"""The background worker of a grading replica: the queue's consumer, the sweeps, and a clean shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from deployments.grading.background.evaluation_sweep import EVALUATION, request_missing_evaluations
from deployments.grading.background.jobs import BackgroundGrading
from deployments.grading.background.queued_work import QueuedWork
from deployments.grading.config import BackgroundConfig
from interview import failures
from interview.errors import InterviewError
from storage.archive.port import Archive
from storage.archive.transfer import ARCHIVE, archive_recent
from storage.blobs.port import BlobStore
from storage.erasure.erasure import ERASURE, Erasure
from storage.sessions.port import SessionStore
from storage.work_queue.consumer import WorkConsumer
from storage.work_queue.port import QueueRules, WorkQueue

logger = logging.getLogger(__name__)


def rules_of(config: BackgroundConfig) -> QueueRules:
    return QueueRules(lease_s=config.lease_s, max_attempts=config.max_attempts, backoff_s=config.backoff_s)


class GradingWorker:
    """Works on the grading queue until stopped; unfinished jobs return to the queue."""

    def __init__(
        self,
        queue: WorkQueue,
        grading: BackgroundGrading,
        sessions: SessionStore,
        archive: Archive,
        blobs: BlobStore,
        config: BackgroundConfig,
        *,
        name: str,
    ) -> None:
        self._consumer = WorkConsumer(
            queue, grading.handlers, worker=name, concurrency=config.concurrency, tier="grading"
        )
        self._work = QueuedWork(queue)
        self._erasure = Erasure(sessions, archive, blobs, (queue,))
        self._sessions = sessions
        self._archive = archive
        self._config = config
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._consumer.run(), name="grading-worker")]
        if self._config.archive_sweep_s > 0:
            self._tasks.append(asyncio.create_task(self._sweep(), name="archive-sweep"))
            self._tasks.append(asyncio.create_task(self._sweep_evaluations(), name="evaluation-sweep"))
            self._tasks.append(asyncio.create_task(self._sweep_erased(), name="erasure-sweep"))

    def check_health(self) -> None:
        """Raises the error that ended a background task, which should never end."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _sweep(self) -> None:
        """Archive the sessions that committed since the last sweep, and those about to expire."""
        while True:
            await asyncio.sleep(self._config.archive_sweep_s)
            try:
                swept = await archive_recent(self._sessions, self._archive, self._config.archive_sweep_s)
            except InterviewError as error:
                failures.item_failed(ARCHIVE, error)
                logger.error("the archive sweep failed and will be retried: error=%s", error.code)
                continue
            if swept.failed:
                logger.error(
                    "the archive sweep left sessions behind: archived=%d failed=%d", swept.archived, swept.failed
                )

    async def _sweep_evaluations(self) -> None:
        """Evaluate interviews that ended without an evaluation, even if no client requests their report."""
        while True:
            await asyncio.sleep(self._config.archive_sweep_s)
            try:
                asked = await request_missing_evaluations(self._sessions, self._work, self._config.archive_sweep_s)
            except InterviewError as error:
                failures.item_failed(EVALUATION, error)
                logger.error("the evaluation sweep failed and will be retried: error=%s", error.code)
                continue
            if asked:
                logger.warning("missing evaluations were queued: count=%d", asked)

    async def _sweep_erased(self) -> None:
        """Erase writes of steps that were in flight while their interview was erased."""
        while True:
            await asyncio.sleep(self._config.archive_sweep_s)
            try:
                found = await self._erasure.erase_leftovers()
            except InterviewError as error:
                failures.item_failed(ERASURE, error)
                logger.error("the erasure sweep failed and will be retried: error=%s", error.code)
                continue
            if found:
                logger.warning("leftovers of erased interviews were erased: interviews=%d", found)
