"""Queues missing evaluations: the step that ended an interview may have died, or could not reach the queue."""

from __future__ import annotations

import logging

from deployments.grading.background.queued_work import QueuedWork
from interview import failures
from storage.sessions.port import SessionStore

logger = logging.getLogger(__name__)

#: The batch name of failed items in the log and the metric.
EVALUATION = "evaluation request"


async def request_missing_evaluations(sessions: SessionStore, work: QueuedWork, every_s: float) -> int:
    """Queue the evaluation of every ended session without a report; returns how many were queued.

    A session is checked in the first and second sweep after its last commit and in the last three before it expires.
    Queueing is idempotent, so a waiting evaluation is not run twice. An item that fails is counted, logged and left for
    the next sweep.

    Raises:

        StorageUnavailable: the sessions could not be listed.
    """
    keys = [*await sessions.quiet(every_s, 3 * every_s), *await sessions.expiring(3 * every_s)]
    asked = 0
    for key in dict.fromkeys(keys):
        try:
            state = await sessions.load(key)
            if state is not None and state.awaits_report:
                await work.evaluate(key.tenant, key.interview_id)
                asked += 1
        except Exception as error:  # noqa: BLE001 - counted; whatever it is, the next session is another one's
            reason = failures.item_failed(EVALUATION, error)
            logger.error("an evaluation could not be queued and will be retried: error=%s", reason)
    return asked
