"""The work queue on Redis Streams: a consumer group in which every step is one script, so that no job is lost in
between.

All keys share one hash tag::

    <prefix>:{queue:<name>}:jobs     stream    one entry per job that is waiting or running, deleted when it is neither
    <prefix>:{queue:<name>}:delayed  zset      id → due, Unix ms by Redis's clock
    <prefix>:{queue:<name>}:dead     zset      id → when it died, Unix ms
    <prefix>:{queue:<name>}:totals   hash      counters
    <prefix>:{queue:<name>}:job:<id> hash      the job and its status

All workers share one consumer name. The entry's idle time (the lease) and the attempt number (the fence) identify a
job's holder, so replicas that come and go leave no consumers behind.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from interview.errors import StorageUnavailable
from storage.redis.client import DEFAULT_LIMITS, RedisLimits, RedisLink, Script
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
from storage.work_queue.redis_scripts import (
    ACK,
    CLAIM,
    ENQUEUE,
    ERASE,
    EXTEND,
    GIVE_BACK,
    OLDEST,
    PENDING,
    RETRY,
    REVIVE,
)

_STATUS_FIELDS = ("kind", "state", "attempts", "enqueued", "updated", "reason", "worker")
_LOOK_AGAIN_AT_MOST_S = 1.0


class RedisWorkQueue:
    """``WorkQueue`` on Redis ≥ 6.2. ``name`` separates queues; every replica opens it with the same ``rules``."""

    def __init__(
        self,
        url: str,
        name: str,
        *,
        rules: QueueRules = DEFAULT_RULES,
        limits: RedisLimits = DEFAULT_LIMITS,
        prefix: str = "interview",
    ) -> None:
        self._link = RedisLink(url, limits)
        self._rules = rules
        stem = f"{prefix}:{{queue:{name}}}"
        self._names = tuple(f"{stem}:{part}" for part in ("jobs", "delayed", "dead", "totals"))
        self._job_stem = f"{stem}:job:"
        # A blocking read must end before the connection's own deadline, and often enough to notice expired leases.
        self._look_again_s = min(_LOOK_AGAIN_AT_MOST_S, rules.lease_s, limits.reply_timeout_s / 2)

    @property
    def rules(self) -> QueueRules:
        return self._rules

    async def _run(self, script: Script, what: str, job_id: str, *args: str | bytes | int) -> Any:
        # The job's key is declared as well, so that a cluster that moves the slot refuses the script as a whole.
        return await self._run_on((*self._names, self._job_stem + job_id), script, what, job_id, *args)

    async def _run_on(self, names: Sequence[str], script: Script, what: str, *args: str | bytes | int) -> Any:
        return await self._link.script(script, names, (self._job_stem, *args), what=f"queue.{what}")

    async def enqueue(self, job: QueuedJob, *, delay_s: float = 0.0) -> bool:
        return bool(await self._run(ENQUEUE, "enqueue", job.id, job.kind, job.payload, _ms(delay_s)))

    async def claim(self, worker: str, *, limit: int = 1, wait_s: float = 0.0) -> list[Claim]:
        give_up = time.monotonic() + wait_s
        while True:
            claims, last_id, due_s = await self._claim_or_give_back(worker, limit)
            left_s = give_up - time.monotonic()
            if claims or left_s <= 0:
                return claims
            pause_s = min(left_s, self._look_again_s, left_s if due_s is None else due_s)
            # Any job added after the script ran has a later id, so this read cannot miss it.
            wait = ("XREAD", "COUNT", 1, "BLOCK", max(1, _ms(pause_s)), "STREAMS", self._names[0], last_id)
            await self._link.command(*wait, what="queue.wait")

    async def _claim_or_give_back(self, worker: str, limit: int) -> tuple[list[Claim], bytes, float | None]:
        """Claims, the stream's last id, and seconds until the next delayed job.

        If the caller is cancelled meanwhile, claimed jobs would be stuck until their lease expires; so the script runs
        to its end (the reply has a deadline) and its claims are returned.
        """
        running = asyncio.ensure_future(self._claim_now(worker, limit))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            with suppress(StorageUnavailable):
                claims, _, _ = await running
                for claim in claims:
                    await self.give_back(claim)
            raise

    async def _claim_now(self, worker: str, limit: int) -> tuple[list[Claim], bytes, float | None]:
        lease_ms, attempts = _ms(self._rules.lease_s), self._rules.max_attempts
        last_id, due_ms, *flat = await self._run_on(
            self._names, CLAIM, "claim", worker, limit, lease_ms, attempts, WORKER_LOST
        )
        claims = [_claim(flat[place : place + 5]) for place in range(0, len(flat), 5)]
        return claims, last_id, due_ms / 1000 if due_ms >= 0 else None

    async def extend(self, claim: Claim) -> bool:
        return bool(await self._run(EXTEND, "extend", claim.job.id, claim.attempt))

    async def ack(self, claim: Claim) -> bool:
        kept_ms = _ms(self._rules.done_kept_s)
        return bool(await self._run(ACK, "ack", claim.job.id, kept_ms))

    async def retry(self, claim: Claim, reason: str, *, delay_s: float | None = None) -> JobState | None:
        pause_s = self._rules.pause_s(claim.attempt) if delay_s is None else delay_s
        return await self._end_attempt(claim, reason, pause_s, self._rules.max_attempts)

    async def bury(self, claim: Claim, reason: str) -> bool:
        return await self._end_attempt(claim, reason, 0.0, 0) is not None

    async def _end_attempt(self, claim: Claim, reason: str, pause_s: float, max_attempts: int) -> JobState | None:
        args = (claim.job.id, claim.attempt, reason[:REASON_AT_MOST_CHARS], _ms(pause_s), max_attempts)
        state: bytes | None = await self._run(RETRY, "retry", *args)
        return cast(JobState, state.decode()) if state else None

    async def give_back(self, claim: Claim) -> bool:
        return bool(await self._run(GIVE_BACK, "give_back", claim.job.id, claim.attempt))

    async def revive(self, job_id: str) -> bool:
        return bool(await self._run(REVIVE, "revive", job_id))

    async def erase(self, tenant: str, interview_id: str) -> int:
        about = f"*:{encoded(tenant)}:{encoded(interview_id)}"  # encoded names hold no pattern characters
        erased = 0
        async for names in self._link.scan(match=_literal(self._job_stem) + about + "*", what="queue.scan"):
            for name in names:
                found = name.decode().removeprefix(self._job_stem)
                if found.split(":")[1:3] == about.split(":")[1:]:
                    erased += await self._run(ERASE, "erase", found)
        return erased

    async def status(self, job_id: str) -> JobStatus | None:
        found = await self._statuses([job_id])
        return found[0] if found else None

    async def dead(self, *, limit: int = 100) -> list[JobStatus]:
        ids = await self._link.command("ZREVRANGE", self._names[2], 0, max(limit, 0) - 1, what="queue.dead")
        return await self._statuses([raw.decode() for raw in ids]) if limit > 0 else []

    async def _statuses(self, ids: Sequence[str]) -> list[JobStatus]:
        asked = [("HMGET", self._job_stem + job_id, *_STATUS_FIELDS) for job_id in ids]
        rows = await self._link.pipeline(asked, what="queue.status")
        return [_status(job_id, row) for job_id, row in zip(ids, rows, strict=True) if row[1] is not None]

    async def counts(self) -> QueueCounts:
        jobs, delayed, dead, totals = self._names
        length, groups, later, gone, done = await self._link.pipeline(
            [
                ("XLEN", jobs),
                ("EVAL", PENDING, 1, jobs),
                ("ZCARD", delayed),
                ("ZCARD", dead),
                ("HGET", totals, "done"),
            ],
            what="queue.counts",
        )
        return QueueCounts(waiting=length - groups, running=groups, delayed=later, dead=gone, done=int(done or 0))

    async def oldest_s(self) -> float:
        (age_ms,) = await self._link.pipeline([("EVAL", OLDEST, 1, self._names[0])], what="queue.oldest")
        return max(0.0, int(age_ms) / 1000)

    async def close(self) -> None:
        await self._link.close()


def _literal(name: str) -> str:
    """``name`` escaped for use in a Redis pattern."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", name)


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _claim(row: Sequence[Any]) -> Claim:
    job_id, kind, payload, attempt, reason = row
    again = int(attempt) > 1
    return Claim(QueuedJob(job_id.decode(), kind.decode(), payload), int(attempt), reason.decode() if again else "")


def _status(job_id: str, row: Sequence[bytes | None]) -> JobStatus:
    kind, state, attempts, enqueued, updated, reason, worker = ((part or b"").decode() for part in row)
    return JobStatus(
        id=job_id,
        kind=kind,
        state=cast(JobState, state),
        attempts=int(attempts),
        enqueued_at=int(enqueued) / 1000,
        updated_at=int(updated) / 1000,
        reason=reason,
        worker=worker,
    )
