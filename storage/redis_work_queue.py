"""The work queue on Redis Streams: a consumer group whose every step is one script, so that no job falls between two.

All keys share one hash tag::

    <prefix>:{queue:<name>}:jobs     stream    one entry per job that is waiting or running, deleted when it is neither
    <prefix>:{queue:<name>}:delayed  zset      id → due, Unix ms by Redis's clock
    <prefix>:{queue:<name>}:dead     zset      id → when it died, Unix ms
    <prefix>:{queue:<name>}:totals   hash      counters
    <prefix>:{queue:<name>}:job:<id> hash      the job and its status

All workers share one consumer name: who holds a job is told by the entry's idle time (the lease) and by the attempt
number (the fence), so replicas that come and go leave no consumers behind.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

from interview.errors import StorageUnavailable
from storage.redis_client import DEFAULT_LIMITS, RedisLimits, RedisLink, Script
from storage.work_queue import (
    DEFAULT_RULES,
    REASON_AT_MOST_CHARS,
    Claim,
    Job,
    JobState,
    JobStatus,
    QueueCounts,
    QueueRules,
)

# Every script gets KEYS = jobs, delayed, dead, totals and ARGV[1] = the stem of the job hashes, and shares this.
_COMMON = """
local jobs, delayed, dead, totals = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group = 'workers'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function job_key(id) return ARGV[1] .. id end
local function mark(id, state, ...)
  redis.call('HSET', job_key(id), 'state', state, 'updated', now, ...)
end
local function put_in_line(id)
  mark(id, 'waiting', 'entry', redis.call('XADD', jobs, '*', 'id', id))
end
local function take_off(id)
  local entry = redis.call('HGET', job_key(id), 'entry')
  redis.call('XACK', jobs, group, entry)
  redis.call('XDEL', jobs, entry)
end
local function kill(id, reason)
  mark(id, 'dead', 'reason', reason)
  redis.call('ZADD', dead, now, id)
end
local function holds(id, attempt)
  local found = redis.call('HMGET', job_key(id), 'state', 'attempts')
  return found[1] == 'running' and found[2] == attempt
end
"""

_ENQUEUE = Script(
    _COMMON
    + """
local id, kind, payload, delay_ms = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
if redis.call('EXISTS', job_key(id)) == 1 then return 0 end
redis.call('HSET', job_key(id), 'kind', kind, 'payload', payload, 'attempts', 0, 'enqueued', now)
if delay_ms > 0 then
  mark(id, 'delayed')
  redis.call('ZADD', delayed, now + delay_ms, id)
else
  put_in_line(id)
end
return 1
"""
)

#: Returns the stream's last id, the milliseconds until the next delayed job (-1: none), and flat rows of claims.
_CLAIM = Script(
    _COMMON
    + """
local worker, limit, lease_ms, max_attempts = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
redis.pcall('XGROUP', 'CREATE', jobs, group, '0', 'MKSTREAM')
for _, id in ipairs(redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', delayed, id)
  put_in_line(id)
end

local reply = {}
local taken = 0
local function take(entry)
  local id = entry[2][2]
  local attempts = tonumber(redis.call('HGET', job_key(id), 'attempts'))
  if attempts >= max_attempts then
    take_off(id)
    kill(id, 'abandoned by its workers: every attempt ended without a word')
  else
    mark(id, 'running', 'attempts', attempts + 1, 'worker', worker)
    local found = redis.call('HMGET', job_key(id), 'kind', 'payload')
    taken = taken + 1
    for _, part in ipairs({id, found[1], found[2], attempts + 1}) do reply[#reply + 1] = part end
  end
end

local cursor = '0-0'
repeat
  local stale = redis.call('XAUTOCLAIM', jobs, group, 'any', lease_ms, cursor, 'COUNT', limit - taken)
  cursor = stale[1]
  for _, entry in ipairs(stale[2]) do
    if entry and entry[2] then take(entry) end
  end
until cursor == '0-0' or taken >= limit
while taken < limit do
  local fresh = redis.call('XREADGROUP', 'GROUP', group, 'any', 'COUNT', limit - taken, 'STREAMS', jobs, '>')
  if not fresh then break end
  for _, entry in ipairs(fresh[1][2]) do take(entry) end
end

local info = redis.call('XINFO', 'STREAM', jobs)
local last_id = '0-0'
for place = 1, #info, 2 do
  if info[place] == 'last-generated-id' then last_id = info[place + 1] end
end
local next_due = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
return {last_id, next_due[2] and math.max(0, next_due[2] - now) or -1, unpack(reply)}
"""
)

_EXTEND = Script(
    _COMMON
    + """
if not holds(ARGV[2], ARGV[3]) then return 0 end
redis.call('XCLAIM', jobs, group, 'any', 0, redis.call('HGET', job_key(ARGV[2]), 'entry'), 'JUSTID')
return 1
"""
)

_ACK = Script(
    _COMMON
    + """
local id, kept_ms = ARGV[2], ARGV[3]
local state = redis.call('HGET', job_key(id), 'state')
if not state or state == 'done' then return 0 end
if state == 'delayed' then
  redis.call('ZREM', delayed, id)
elseif state == 'dead' then
  redis.call('ZREM', dead, id)
else
  take_off(id)
end
mark(id, 'done')
redis.call('HDEL', job_key(id), 'payload')
redis.call('PEXPIRE', job_key(id), kept_ms)
redis.call('HINCRBY', totals, 'done', 1)
return 1
"""
)

_RETRY = Script(
    _COMMON
    + """
local id, attempt, reason, delay_ms, max_attempts = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
if not holds(id, attempt) then return false end
take_off(id)
if tonumber(attempt) >= max_attempts then
  kill(id, reason)
  return 'dead'
end
mark(id, 'delayed', 'reason', reason)
redis.call('ZADD', delayed, now + delay_ms, id)
return 'delayed'
"""
)

_GIVE_BACK = Script(
    _COMMON
    + """
local id, attempt = ARGV[2], ARGV[3]
if not holds(id, attempt) then return 0 end
take_off(id)
redis.call('HINCRBY', job_key(id), 'attempts', -1)
put_in_line(id)
return 1
"""
)

_REVIVE = Script(
    _COMMON
    + """
local id = ARGV[2]
if redis.call('ZREM', dead, id) == 0 then return 0 end
redis.call('HSET', job_key(id), 'attempts', 0)
put_in_line(id)
return 1
"""
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
        # A blocking read must end before the connection's own deadline, and often enough to see leases end.
        self._look_again_s = min(_LOOK_AGAIN_AT_MOST_S, rules.lease_s, limits.reply_timeout_s / 2)

    @property
    def rules(self) -> QueueRules:
        return self._rules

    async def _run(self, script: Script, what: str, *args: str | bytes | int) -> Any:
        return await self._link.script(script, self._names, (self._job_stem, *args), what=f"queue.{what}")

    async def enqueue(self, job: Job, *, delay_s: float = 0.0) -> bool:
        return bool(await self._run(_ENQUEUE, "enqueue", job.id, job.kind, job.payload, _ms(delay_s)))

    async def claim(self, worker: str, *, limit: int = 1, wait_s: float = 0.0) -> list[Claim]:
        give_up = time.monotonic() + wait_s
        while True:
            claims, last_id, due_s = await self._claim_or_give_back(worker, limit)
            left_s = give_up - time.monotonic()
            if claims or left_s <= 0:
                return claims
            pause_s = min(left_s, self._look_again_s, left_s if due_s is None else due_s)
            # Anything added after the script ran has a later id, so this read cannot sleep through it.
            wait = ("XREAD", "COUNT", 1, "BLOCK", max(1, _ms(pause_s)), "STREAMS", self._names[0], last_id)
            await self._link.command(*wait, what="queue.wait")

    async def _claim_or_give_back(self, worker: str, limit: int) -> tuple[list[Claim], bytes, float | None]:
        """Claims, the stream's last id, and seconds until the next delayed job.

        A caller that is cancelled half-way would leave jobs claimed by nobody until their lease ends; so the script is
        waited for (the reply has a deadline) and what it claimed is given back.
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
        last_id, due_ms, *flat = await self._run(_CLAIM, "claim", worker, limit, lease_ms, attempts)
        claims = [_claim(flat[place : place + 4]) for place in range(0, len(flat), 4)]
        return claims, last_id, due_ms / 1000 if due_ms >= 0 else None

    async def extend(self, claim: Claim) -> bool:
        return bool(await self._run(_EXTEND, "extend", claim.job.id, claim.attempt))

    async def ack(self, claim: Claim) -> bool:
        kept_ms = _ms(self._rules.done_kept_s)
        return bool(await self._run(_ACK, "ack", claim.job.id, kept_ms))

    async def retry(self, claim: Claim, reason: str, *, delay_s: float | None = None) -> JobState | None:
        pause_s = self._rules.pause_s(claim.attempt) if delay_s is None else delay_s
        return await self._end_attempt(claim, reason, pause_s, self._rules.max_attempts)

    async def bury(self, claim: Claim, reason: str) -> bool:
        return await self._end_attempt(claim, reason, 0.0, 0) is not None

    async def _end_attempt(self, claim: Claim, reason: str, pause_s: float, max_attempts: int) -> JobState | None:
        args = (claim.job.id, claim.attempt, reason[:REASON_AT_MOST_CHARS], _ms(pause_s), max_attempts)
        state: bytes | None = await self._run(_RETRY, "retry", *args)
        return cast(JobState, state.decode()) if state else None

    async def give_back(self, claim: Claim) -> bool:
        return bool(await self._run(_GIVE_BACK, "give_back", claim.job.id, claim.attempt))

    async def revive(self, job_id: str) -> bool:
        return bool(await self._run(_REVIVE, "revive", job_id))

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
                ("EVAL", _PENDING, 1, jobs),
                ("ZCARD", delayed),
                ("ZCARD", dead),
                ("HGET", totals, "done"),
            ],
            what="queue.counts",
        )
        return QueueCounts(waiting=length - groups, running=groups, delayed=later, dead=gone, done=int(done or 0))

    async def close(self) -> None:
        await self._link.close()


#: XPENDING's count, and 0 before the first claim made the group.
_PENDING = "local found = redis.pcall('XPENDING', KEYS[1], 'workers') return found.err and 0 or found[1]"


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _claim(row: Sequence[Any]) -> Claim:
    job_id, kind, payload, attempt = row
    return Claim(Job(job_id.decode(), kind.decode(), payload), int(attempt))


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
