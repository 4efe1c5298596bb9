"""The names of the stored keys: a release that changed one would lose what an earlier one stored.

Each name has the hash tag that puts the keys of one script into one slot of a Redis Cluster.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from interview.plans.plan import PlanRef
from interview.sessions.events import Event, SessionStarted
from interview.sessions.fold import fold
from interview.sessions.invitation import Invitation, PreparedStart
from storage.invitations.redis import RedisInvitations
from storage.keys.redis import RedisApiKeys
from storage.limits.port import Rate
from storage.limits.rates import redis_rates
from storage.limits.slots import RedisSlots
from storage.metrics.redis import RedisMetricsBoard
from storage.redis.client import RedisLink
from storage.sessions.port import IdempotencyRecord, SessionKey
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueuedJob
from storage.work_queue.redis import RedisWorkQueue


async def test_stored_keys_have_the_names_of_earlier_releases(any_redis_url: str) -> None:
    p, tenant = f"n{secrets.token_hex(4)}", f"T{secrets.token_hex(4)}"
    url, now = any_redis_url, datetime.now(UTC)
    sessions, queue, board = (
        RedisSessionStore(url, prefix=p),
        RedisWorkQueue(url, "grading", prefix=p),
        RedisMetricsBoard(url, prefix=p),
    )
    keys, slots, rates = RedisApiKeys(url, prefix=p), RedisSlots(url, prefix=p), redis_rates(url)
    invitations, link = RedisInvitations(url, prefix=p), RedisLink(url)
    try:
        data = SessionStarted("i 1", tenant, PlanRef("backend", "1", "0" * 64), "intro")
        started, record = Event(1, now, data), IdempotencyRecord("turn", "k", "f", "done")
        await sessions.commit(
            SessionKey(tenant, "i 1"), expected_version=0, state=fold([started]), events=[started], idempotency=record
        )
        await sessions.erase(SessionKey(tenant, "i 2"))
        await invitations.put(
            Invitation(tenant, "i 1", "l", now, now + timedelta(1), "ops", PreparedStart({"id": "b"}))
        )
        await queue.enqueue(QueuedJob("a", "judge", b""))
        await queue.enqueue(QueuedJob("b", "judge", b""), delay_s=60)
        (claim,) = await queue.claim("w", wait_s=5)
        await queue.ack(claim)
        made = (await keys.create(tenant=tenant, scopes=frozenset({"keys"}))).key.key_id
        await board.put("r", b"", ttl_s=60)
        await slots.take("streams", "m", limit=1, ttl_s=60)
        await rates.take(Rate(10), "tenant", tenant)
        found = {name.decode(errors="replace") async for page in link.scan(what="test") for name in page}
    finally:
        for store in (sessions, queue, board, keys, slots, rates, invitations, link):
            await store.close()
    encoded = tenant.replace("T", "%54")
    interview = f"{p}:{{{encoded}/i%201}}"
    assert {name for name in found if p in name or tenant in name} == {
        f"{interview}:session",
        f"{interview}:events",
        f"{interview}:idem",
        f"{interview}:invitation",
        f"{p}:{{{encoded}/i%202}}:erased",
        f"{p}:{{queue:grading}}:jobs",
        f"{p}:{{queue:grading}}:delayed",
        f"{p}:{{queue:grading}}:totals",
        f"{p}:{{queue:grading}}:job:a",
        f"{p}:{{queue:grading}}:job:b",
        f"{p}:{{keys}}:key:{made}",
        f"{p}:{{keys}}:tenant:{tenant}",
        f"{p}:{{metrics}}:replicas",
        f"{p}:{{metrics}}:of:r",
        f"{p}:slots:{{streams}}",
        f"interview:rates:{{LIMITER/tenant/{tenant}/10/60/second}}",
    }
