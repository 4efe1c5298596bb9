"""The background worker of a grading replica: the queue's consumer, the sweeps, and a clean shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from deployments.grading.background.abandoned_sweep import ABANDONED, OnExpiry, expire_abandoned, expire_overdue
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
from storage.erasure.retention import RETENTION, Applied, Retention
from storage.sessions.port import SessionStore
from storage.work_queue.consumer import WorkConsumer
from storage.work_queue.port import QueueRules, WorkQueue

logger = logging.getLogger(__name__)

#: One run of a sweep. Raises InterviewError: the run failed and is repeated after the sweep's interval.
Sweep = Callable[[], Awaitable[None]]

#: The batch name under which a failed check of the rollouts is counted.
ROLLOUTS = "prompt rollouts"


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
        retention: Retention | None = None,
        erasure: Erasure | None = None,
        on_expiry: OnExpiry | None = None,
        rollout_check: Sweep | None = None,
    ) -> None:
        self._consumer = WorkConsumer(
            queue, grading.handlers, worker=name, concurrency=config.concurrency, tier="grading"
        )
        self._work = QueuedWork(queue)
        self._erasure = erasure or Erasure(sessions, archive, blobs, (queue,))
        self._sessions = sessions
        self._archive = archive
        self._retention = retention
        self._on_expiry = on_expiry
        self._rollout_check = rollout_check
        self._config = config
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._consumer.run(), name="grading-worker")]
        self._repeat(ARCHIVE, self._config.archive_sweep_s, self._archive_sessions)
        self._repeat(ABANDONED, self._config.archive_sweep_s, self._expire_abandoned)
        self._repeat(EVALUATION, self._config.archive_sweep_s, self._request_evaluations)
        self._repeat(ERASURE, self._config.archive_sweep_s, self._erase_leftovers)
        if self._rollout_check is not None:
            self._repeat(ROLLOUTS, self._config.archive_sweep_s, self._rollout_check)
        if self._retention is not None:
            self._repeat(RETENTION, self._config.retention_sweep_s, self._apply_retention)

    def _repeat(self, batch: str, every_s: float, sweep: Sweep) -> None:
        """Run ``sweep`` every ``every_s`` seconds, 0 never. A failed run is counted under ``batch`` and repeated."""

        async def sweeps() -> None:
            while True:
                await asyncio.sleep(every_s)
                try:
                    await sweep()
                except InterviewError as error:
                    failures.item_failed(batch, error)
                    logger.error("a sweep failed and will be repeated: sweep=%s error=%s", batch, error.code)

        if every_s > 0:
            self._tasks.append(asyncio.create_task(sweeps(), name=f"{batch}-sweep"))

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

    async def _archive_sessions(self) -> None:
        """Archive the sessions that committed since the last sweep, and those about to expire."""
        swept = await archive_recent(self._sessions, self._archive, self._config.archive_sweep_s)
        if swept.failed:
            logger.error("the archive sweep left sessions behind: archived=%d failed=%d", swept.archived, swept.failed)

    async def _expire_abandoned(self) -> None:
        """End abandoned interviews at least two sweep periods before they expire in the live store."""
        within_s = 3 * self._config.archive_sweep_s
        ended = await expire_abandoned(self._sessions, self._work, within_s, on_expiry=self._on_expiry)
        ended += await expire_overdue(self._sessions, self._archive, self._work, on_expiry=self._on_expiry)
        if ended:
            logger.warning("abandoned interviews were ended: count=%d", ended)

    async def _request_evaluations(self) -> None:
        """Queue the evaluation of interviews that ended without one, even if no client requests their report."""
        asked = await request_missing_evaluations(self._sessions, self._work, self._config.archive_sweep_s)
        if asked:
            logger.warning("missing evaluations were queued: count=%d", asked)

    async def _erase_leftovers(self) -> None:
        """Erase writes of steps that were in flight while their interview was erased."""
        found = await self._erasure.erase_leftovers()
        if found:
            logger.warning("leftovers of erased interviews were erased: interviews=%d", found)

    async def _apply_retention(self) -> None:
        """Delete what the retention policy no longer keeps."""
        if self._retention is None:
            return
        done = await self._retention.apply(datetime.now(UTC))
        if done != Applied():
            logger.warning(
                "the retention policy was applied: recordings=%d transcripts=%d decisions=%d audit_entries=%d",
                done.recordings,
                done.transcripts,
                done.decisions,
                done.audit_entries,
            )
