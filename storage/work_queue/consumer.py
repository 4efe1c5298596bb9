"""Consumes a work queue: renews leases, sorts failures into retry and dead letter, and returns jobs on shutdown."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress

from interview import retries
from interview.errors import InterviewError, StorageUnavailable
from storage.work_queue.port import Claim, QueuedJob, WorkQueue

logger = logging.getLogger(__name__)

#: Runs a job. It may run twice, even concurrently: its effects must be idempotent.
Handler = Callable[[QueuedJob], Awaitable[None]]

_OUTAGE_PAUSE_S = 1.0


class WorkConsumer:
    """Works on a queue with ``concurrency`` jobs at a time. ``handlers`` maps a job's kind to its handler; redeliveries
    are counted as retries of ``tier``.

    A handler's ``InterviewError`` with a status below 500 that is not retryable means that no attempt can succeed: the
    job becomes a dead letter. Every other failure is retried with the queue's backoff. When the lease is lost (the
    process was suspended for longer than it), the handler is cancelled, because another worker has the job.
    """

    def __init__(
        self,
        queue: WorkQueue,
        handlers: Mapping[str, Handler],
        *,
        worker: str,
        concurrency: int = 2,
        wait_s: float = 5.0,
        tier: str = "queue",
    ) -> None:
        self._queue = queue
        self._handlers = dict(handlers)
        self._worker = worker
        self._concurrency = concurrency
        self._wait_s = wait_s
        self._tier = tier

    async def run(self) -> None:
        """Work until cancelled; then stop the running handlers and return their jobs."""
        async with asyncio.TaskGroup() as lanes:
            for _ in range(self._concurrency):
                lanes.create_task(self._lane())

    async def _lane(self) -> None:
        while True:
            try:
                for claim in await self._queue.claim(self._worker, wait_s=self._wait_s):
                    await self.work(claim)
            except StorageUnavailable:
                # Logged where it happened. Claimed jobs return when their lease expires.
                await asyncio.sleep(_OUTAGE_PAUSE_S)

    async def work(self, claim: Claim) -> None:
        """Run one claimed job until it is acknowledged, retried or a dead letter. Raises StorageUnavailable."""
        if claim.attempt > 1:
            retries.tried_again(self._tier, claim.reason.partition(":")[0])
        handler = self._handlers.get(claim.job.kind)
        if handler is None:
            # During a rolling upgrade a newer replica may have a handler.
            await self._queue.retry(claim, f"no-handler: no handler for jobs of kind {claim.job.kind}")
            return
        doing = asyncio.ensure_future(handler(claim.job))
        keeping = asyncio.create_task(self._keep_lease(claim, doing))
        try:
            await asyncio.wait({doing})
        except asyncio.CancelledError:
            doing.cancel()
            await asyncio.wait({doing})
            with suppress(StorageUnavailable):  # then the lease expires and the job returns
                if doing.cancelled():
                    await self._queue.give_back(claim)
                else:
                    await self._conclude(claim, doing.exception())
            raise
        finally:
            keeping.cancel()
        if doing.cancelled():
            logger.warning("a job was taken over by another worker: id=%s attempt=%d", claim.job.id, claim.attempt)
            return
        await _to_the_end(self._conclude(claim, doing.exception()))

    async def _conclude(self, claim: Claim, error: BaseException | None) -> None:
        if error is None:
            await self._queue.ack(claim)
            return
        reason = f"{error.code}: {error.message}" if isinstance(error, InterviewError) else type(error).__name__
        if isinstance(error, InterviewError):
            logger.warning("a job failed: id=%s attempt=%d error=%s", claim.job.id, claim.attempt, error.code)
        else:
            # Log the stack's locations, not the message, which may quote an answer.
            places = "".join(traceback.format_tb(error.__traceback__))
            logger.error("a job failed: id=%s attempt=%d error=%s\n%s", claim.job.id, claim.attempt, reason, places)
        if isinstance(error, InterviewError) and error.status < 500 and not error.retryable:
            await self._queue.bury(claim, reason)
        else:
            await self._queue.retry(claim, reason)

    async def _keep_lease(self, claim: Claim, doing: asyncio.Future[None]) -> None:
        while True:
            await asyncio.sleep(self._queue.rules.lease_s / 3)
            try:
                if not await self._queue.extend(claim):
                    doing.cancel()
                    return
            except StorageUnavailable:
                continue  # logged where it happened; two more tries before the lease expires


async def _to_the_end(work: Coroutine[None, None, None]) -> None:
    """Finish ``work`` even when cancelled meanwhile, so that a finished job is acknowledged and not delivered again."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
