"""Turns grading requests into background jobs; a job's id names its effect, so it is queued once."""

from __future__ import annotations

from deployments.grading.contract import EvaluateRequest, GradeRequest
from deployments.shell.handle_rpc import encode
from storage.work_queue.port import QueuedJob, WorkQueue, job_id

JUDGE = "judge"
EVALUATE = "evaluate"


class QueuedWork:
    """``BackgroundWork`` on a work queue: durable once a method has returned, and idempotent."""

    def __init__(self, queue: WorkQueue) -> None:
        self._queue = queue

    async def judge(self, request: GradeRequest) -> None:
        await self._enqueue(QueuedJob(judge_id(request), JUDGE, encode(request)))

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        await self._enqueue(
            QueuedJob(evaluate_id(tenant, interview_id), EVALUATE, encode(EvaluateRequest(tenant, interview_id)))
        )

    async def _enqueue(self, job: QueuedJob) -> None:
        """Enqueue; a dead job is revived when it is requested again."""
        if not await self._queue.enqueue(job):
            await self._queue.revive(job.id)


def judge_id(request: GradeRequest) -> str:
    return job_id(JUDGE, request.tenant, request.interview_id, request.turn, request.question.id)


def evaluate_id(tenant: str, interview_id: str) -> str:
    return job_id(EVALUATE, tenant, interview_id)
