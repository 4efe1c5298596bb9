"""The port of the durable work queue: jobs are claimed under a lease, retried with backoff, never lost.

Guarantees of every implementation (durability is that of the store below):

- **At least once.** An enqueued job is claimed until it is acknowledged or dead. A worker that dies holds its job only
  until its lease expires. So a handler may run twice, even concurrently: its *effects* must be idempotent (a commit
  by compare-and-set under the job's id).
- **Enqueued once.** A known job id (waiting, running, dead, or done within the last day) is not added again.
- **No endless loops.** After ``max_attempts`` claims a job is dead, even when every worker died without a report; it
  keeps its payload and its last reason, and ``revive`` resets it.
- **No order.** Jobs start roughly oldest first; retries and several workers reorder them.
"""

from __future__ import annotations

import random
from typing import Literal, Protocol

from msgspec import Struct

from storage.stored_names import encoded

JobState = Literal["waiting", "running", "delayed", "done", "dead"]


class QueuedJob(Struct, frozen=True):
    """``id`` names the effect (``job_id`` for a job about an interview); ``kind`` selects the handler."""

    id: str
    kind: str
    payload: bytes = b""


def job_id(kind: str, tenant: str, interview_id: str, *effect: object) -> str:
    """The id of a job about an interview, such as ``judge:<tenant>:<id>:<turn>:<question>``; ``WorkQueue.erase`` finds
    the job by it."""
    return ":".join((kind, encoded(tenant), encoded(interview_id), *map(str, effect)))


class Claim(Struct, frozen=True):
    """A job leased to one worker. ``attempt`` counts from 1 and fences off earlier claims.

    ``reason`` is why the previous attempt failed: the argument of ``retry``, or ``WORKER_LOST``; empty at first.
    """

    job: QueuedJob
    attempt: int
    reason: str = ""


class JobStatus(Struct, frozen=True):
    """The state of a job. Times are Unix seconds; ``reason`` is why it was last retried or buried."""

    id: str
    kind: str
    state: JobState
    attempts: int
    enqueued_at: float
    updated_at: float
    reason: str = ""
    worker: str = ""


class QueueCounts(Struct, frozen=True):
    """Jobs per state now; ``done`` counts all jobs ever finished."""

    waiting: int = 0
    running: int = 0
    delayed: int = 0
    dead: int = 0
    done: int = 0


class QueueRules(Struct, frozen=True):
    """``lease_s`` must exceed a handler's time between two ``extend`` calls. ``done_kept_s`` is how long a finished id
    is remembered.

    The pause before attempt n + 1 is ``backoff_s`` · 2ⁿ⁻¹, at most ``backoff_at_most_s``, minus up to half at random,
    so that failures do not retry in step. The defaults retry for about an hour: long enough to replace a model server.
    """

    lease_s: float = 60.0
    max_attempts: int = 20
    backoff_s: float = 1.0
    backoff_at_most_s: float = 300.0
    done_kept_s: float = 86_400.0

    def pause_s(self, attempt: int) -> float:
        whole = min(self.backoff_at_most_s, self.backoff_s * 2.0 ** min(attempt - 1, 32))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


DEFAULT_RULES = QueueRules()
REASON_AT_MOST_CHARS = 300
#: The reason of an attempt whose lease expired without a report.
WORKER_LOST = "worker-lost: the lease of its worker expired"


class WorkQueue(Protocol):
    """Every method raises StorageUnavailable when the store is unavailable."""

    @property
    def rules(self) -> QueueRules: ...

    async def enqueue(self, job: QueuedJob, *, delay_s: float = 0.0) -> bool:
        """Add a job; False when its id is known already (see the module), which is not an error."""
        ...

    async def claim(self, worker: str, *, limit: int = 1, wait_s: float = 0.0) -> list[Claim]:
        """Up to ``limit`` jobs that are due or whose lease expired; waits ``wait_s`` for the first."""
        ...

    async def extend(self, claim: Claim) -> bool:
        """Renew the lease; False when this claim no longer holds the job: stop working on it."""
        ...

    async def ack(self, claim: Claim) -> bool:
        """Mark the job done; False when it was finished before. A superseded claim may still finish it."""
        ...

    async def retry(self, claim: Claim, reason: str, *, delay_s: float | None = None) -> JobState | None:
        """Retry after ``delay_s`` (by default the backoff): ``delayed``, or ``dead`` after the last attempt.

        None when this claim no longer holds the job. ``reason`` is for operators: no answers, no names.
        """
        ...

    async def bury(self, claim: Claim, reason: str) -> bool:
        """Declare the job dead now, because no attempt can succeed. False: this claim no longer holds it."""
        ...

    async def give_back(self, claim: Claim) -> bool:
        """Return a job on shutdown: the attempt does not count. False: this claim no longer holds it."""
        ...

    async def revive(self, job_id: str) -> bool:
        """Reset a dead job, so that it is tried again; False when it is not dead."""
        ...

    async def erase(self, tenant: str, interview_id: str) -> int:
        """Remove every job about an interview (``job_id``), whatever its state; returns how many.

        A worker that runs one loses its claim. Walks the whole key space: not for a request.
        """
        ...

    async def status(self, job_id: str) -> JobStatus | None: ...

    async def dead(self, *, limit: int = 100) -> list[JobStatus]:
        """Dead jobs, the latest first."""
        ...

    async def counts(self) -> QueueCounts: ...

    async def oldest_s(self) -> float:
        """Seconds since the oldest job that waits or runs became due; 0 when there is none."""
        ...

    async def close(self) -> None: ...
