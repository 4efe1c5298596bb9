"""The work queue in this process's memory, for tests and tools: the promises of Redis without its durability."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from msgspec import Struct

from storage.stored_names import encoded
from storage.work_queue.port import (
    DEFAULT_RULES,
    REASON_AT_MOST_CHARS,
    WORKER_LOST,
    Claim,
    JobState,
    JobStatus,
    QueueCounts,
    QueuedJob,
    QueueRules,
)


class _Entry(Struct):
    job: QueuedJob
    state: JobState
    enqueued_at: float
    updated_at: float
    due: float
    attempts: int = 0
    lease_until: float = 0.0
    reason: str = ""
    worker: str = ""


class MemoryWorkQueue:
    """``WorkQueue`` for one event loop. ``clock`` returns Unix seconds and decides what is due."""

    def __init__(self, *, rules: QueueRules = DEFAULT_RULES, clock: Callable[[], float] = time.time) -> None:
        self._rules = rules
        self._clock = clock
        self._jobs: dict[str, _Entry] = {}
        self._done = 0
        self._changed = asyncio.Event()

    @property
    def rules(self) -> QueueRules:
        return self._rules

    async def enqueue(self, job: QueuedJob, *, delay_s: float = 0.0) -> bool:
        known = self._jobs.get(job.id)
        now = self._clock()
        if known is not None and not (known.state == "done" and known.updated_at + self._rules.done_kept_s <= now):
            return False
        state: JobState = "delayed" if delay_s > 0 else "waiting"
        self._jobs[job.id] = _Entry(job, state, now, now, now + delay_s)
        self._changed.set()
        return True

    async def claim(self, worker: str, *, limit: int = 1, wait_s: float = 0.0) -> list[Claim]:
        give_up = time.monotonic() + wait_s
        while True:
            self._changed.clear()
            claims = self._take(worker, limit)
            left_s = give_up - time.monotonic()
            if claims or left_s <= 0:
                return claims
            now = self._clock()
            waits = [self._ready_at(entry) - now for entry in self._jobs.values() if entry.state in _UNFINISHED]
            try:
                async with asyncio.timeout(max(0.0, min([left_s, *waits]))):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _ready_at(self, entry: _Entry) -> float:
        return entry.lease_until if entry.state == "running" else entry.due

    def _take(self, worker: str, limit: int) -> list[Claim]:
        now = self._clock()
        ready = [entry for entry in self._jobs.values() if entry.state in _UNFINISHED and self._ready_at(entry) <= now]
        claims: list[Claim] = []
        for entry in sorted(ready, key=self._ready_at):
            if len(claims) >= limit:
                break
            if entry.attempts >= self._rules.max_attempts:
                self._mark(entry, "dead", "abandoned by its workers: every attempt ended without a word")
                continue
            lost = entry.state == "running"
            entry.attempts += 1
            entry.worker = worker
            entry.lease_until = now + self._rules.lease_s
            self._mark(entry, "running", WORKER_LOST if lost else None)
            claims.append(Claim(entry.job, entry.attempts, entry.reason if entry.attempts > 1 else ""))
        return claims

    def _mark(self, entry: _Entry, state: JobState, reason: str | None = None) -> None:
        entry.state = state
        entry.updated_at = self._clock()
        if reason is not None:
            entry.reason = reason[:REASON_AT_MOST_CHARS]
        self._changed.set()

    def _held(self, claim: Claim) -> _Entry | None:
        entry = self._jobs.get(claim.job.id)
        return entry if entry and entry.state == "running" and entry.attempts == claim.attempt else None

    async def extend(self, claim: Claim) -> bool:
        entry = self._held(claim)
        if entry is None:
            return False
        entry.lease_until = self._clock() + self._rules.lease_s
        return True

    async def ack(self, claim: Claim) -> bool:
        entry = self._jobs.get(claim.job.id)
        if entry is None or entry.state == "done":
            return False
        self._mark(entry, "done")
        self._done += 1
        return True

    async def retry(self, claim: Claim, reason: str, *, delay_s: float | None = None) -> JobState | None:
        entry = self._held(claim)
        if entry is None:
            return None
        if entry.attempts >= self._rules.max_attempts:
            self._mark(entry, "dead", reason)
        else:
            entry.due = self._clock() + (self._rules.pause_s(claim.attempt) if delay_s is None else delay_s)
            self._mark(entry, "delayed", reason)
        return entry.state

    async def bury(self, claim: Claim, reason: str) -> bool:
        entry = self._held(claim)
        if entry is not None:
            self._mark(entry, "dead", reason)
        return entry is not None

    async def give_back(self, claim: Claim) -> bool:
        entry = self._held(claim)
        if entry is not None:
            entry.attempts -= 1
            entry.due = self._clock()
            self._mark(entry, "waiting")
        return entry is not None

    async def revive(self, job_id: str) -> bool:
        entry = self._jobs.get(job_id)
        if entry is None or entry.state != "dead":
            return False
        entry.attempts = 0
        entry.due = self._clock()
        self._mark(entry, "waiting")
        return True

    async def erase(self, tenant: str, interview_id: str) -> int:
        about = [encoded(tenant), encoded(interview_id)]
        gone = [known for known in self._jobs if known.split(":")[1:3] == about]
        for known in gone:
            del self._jobs[known]
        return len(gone)

    async def status(self, job_id: str) -> JobStatus | None:
        entry = self._jobs.get(job_id)
        return _status(entry) if entry else None

    async def dead(self, *, limit: int = 100) -> list[JobStatus]:
        dead = [_status(entry) for entry in self._jobs.values() if entry.state == "dead"]
        return sorted(dead, key=lambda status: status.updated_at, reverse=True)[: max(limit, 0)]

    async def counts(self) -> QueueCounts:
        states = [entry.state for entry in self._jobs.values()]
        return QueueCounts(
            waiting=states.count("waiting"),
            running=states.count("running"),
            delayed=states.count("delayed"),
            dead=states.count("dead"),
            done=self._done,
        )

    async def oldest_s(self) -> float:
        due = [entry.due for entry in self._jobs.values() if entry.state in ("waiting", "running")]
        return max(0.0, self._clock() - min(due)) if due else 0.0

    async def close(self) -> None:
        return None


_UNFINISHED: tuple[JobState, ...] = ("waiting", "running", "delayed")


def _status(entry: _Entry) -> JobStatus:
    return JobStatus(
        id=entry.job.id,
        kind=entry.job.kind,
        state=entry.state,
        attempts=entry.attempts,
        enqueued_at=entry.enqueued_at,
        updated_at=entry.updated_at,
        reason=entry.reason,
        worker=entry.worker,
    )
