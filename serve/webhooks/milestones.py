"""Announces the milestones of interviews: one queued message per milestone and endpoint of the tenant."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket

import msgspec

from interview.sessions.session import SessionState
from serve.webhooks.delivery import DELIVER, Message, WebhookDelivery, body_of, check_secrets
from serve.webhooks.settings import EventType, WebhookSettings
from storage.work_queue.consumer import WorkConsumer
from storage.work_queue.port import QueuedJob, QueueRules, WorkQueue, job_id

logger = logging.getLogger(__name__)

QUEUE_NAME = "webhooks"
#: Deliveries at a time: enough that some slow endpoints do not delay the others' messages.
_LANES = 16


def rules_of(settings: WebhookSettings) -> QueueRules:
    """Five seconds, doubled up to six hours: twenty attempts take one to two days."""
    return QueueRules(
        lease_s=settings.timeout_s + 60, max_attempts=settings.max_attempts, backoff_s=5.0, backoff_at_most_s=21_600.0
    )


class WebhookMilestones:
    """``Milestones`` of background grading; also works on the queue, since replicas of that tier always run."""

    def __init__(self, settings: WebhookSettings, queue: WorkQueue, delivery: WebhookDelivery) -> None:
        self._settings = settings
        self._queue = queue
        self._delivery = delivery
        name = f"webhooks-{socket.gethostname()}-{os.getpid()}"
        self._consumer = WorkConsumer(
            queue, {DELIVER: delivery.deliver}, worker=name, concurrency=_LANES, tier="webhooks"
        )
        self._task: asyncio.Task[None] | None = None

    async def concluded(self, state: SessionState) -> None:
        await self._announce("session.concluded", state, {"status": state.status})

    async def reported(self, state: SessionState) -> None:
        await self._announce("report.ready", state, {"report_url": state.report_url})
        doubtful = sum(record.grade.needs_review for record in state.grades)
        if doubtful:
            await self._announce("review.needed", state, {"report_url": state.report_url, "grades": doubtful})

    async def _announce(self, event: EventType, state: SessionState, data: dict[str, object]) -> None:
        """Queue the message; a milestone that was announced before is not announced again."""
        for name, endpoint in self._settings.endpoints.items():
            if endpoint.tenant != state.tenant or event not in endpoint.events:
                continue
            about = {"tenant": state.tenant, "interview_id": state.interview_id, **data}
            message = Message(name, body_of(event, state.last_updated, about))
            job = job_id(DELIVER, state.tenant, state.interview_id, event, name)
            await self._queue.enqueue(QueuedJob(job, DELIVER, msgspec.msgpack.encode(message)))

    def start(self) -> None:
        """Raises ConfigError: an endpoint's secret is missing or malformed."""
        check_secrets(self._settings)
        if self._settings.endpoints:
            self._task = asyncio.create_task(self._consumer.run(), name="webhooks")

    def check_health(self) -> None:
        """Raises the error that ended the consumer, which should never end."""
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._delivery.close()
        await self._queue.close()
