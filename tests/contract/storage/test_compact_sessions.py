"""Sessions in their compact form: small, the same for every reader, and mixed with plain values of before."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from deployments.agent.contract import EndRequest
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.sessions.events import decode_event, encode_event
from interview.sessions.fold import fold
from serve.serve_file import plans_dir
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from storage.sessions.compaction import Compaction
from storage.sessions.port import HEARING, IdempotencyRecord, SessionKey
from storage.sessions.redis import RedisSessionStore

KEY = SessionKey("acme", "rehearsal")
ANSWERS = (
    "I would measure first, then change one thing and measure again, because guesses about speed are usually wrong.",
    "In my last job we moved the payment service to its own database and reduced the latency by forty percent.",
    "A deadlock is when two threads wait for each other, so I take the locks in the same order everywhere.",
)
#: The turns of an interview in the load benchmark, on average.
TURNS = 12


@dataclass
class Stores:
    """Two stores over the same keys: as a release before the compact form writes, and as this one does."""

    plain: RedisSessionStore
    compact: RedisSessionStore


@pytest.fixture
async def stores(redis_url: str) -> AsyncIterator[Stores]:
    prefix = f"c{secrets.token_hex(4)}"
    made = Stores(
        RedisSessionStore(redis_url, prefix=prefix), RedisSessionStore(redis_url, prefix=prefix, compact=True)
    )
    yield made
    await made.plain.close()
    await made.compact.close()


def stage(sessions: RedisSessionStore, blobs: MemoryBlobs | None = None) -> RehearsalStage:
    grading = GradingService(GradingConfig(), background=NotedQueue())
    plan = load_plan(plans_dir() / "backend-engineer.yaml")
    return RehearsalStage(sessions=sessions, plan=plan, grading=grading, blobs=blobs or MemoryBlobs())


async def interview(sessions: RedisSessionStore, turns: int) -> list[dict[str, Any]]:
    """The replies of an interview with so many answers, and its end."""
    of = stage(sessions)
    candidate = of.rehearsal()
    await candidate.start(of.plan.id)
    for number in range(turns):
        await candidate.answer(ANSWERS[number % len(ANSWERS)], key=secrets.token_hex(16))
    await candidate.agent.end(EndRequest(KEY.tenant, KEY.interview_id))
    return candidate.said


async def memory_bytes(store: RedisSessionStore) -> int:
    names = store._keys(KEY)
    used = [
        await store._link.command("MEMORY", "USAGE", name, "SAMPLES", 0, what="test")
        for name in (names.session, names.events, names.idempotency)
    ]
    return sum(used)


async def test_a_finished_interview_occupies_at_most_45_kilobytes(stores: Stores) -> None:
    await interview(stores.compact, TURNS)
    assert await memory_bytes(stores.compact) <= 45_000


async def test_the_same_interview_took_more_than_twice_as_much_before(stores: Stores) -> None:
    await interview(stores.plain, TURNS)
    assert await memory_bytes(stores.plain) > 90_000


@pytest.mark.parametrize("first", ["plain", "compact"])
async def test_either_form_continues_the_others_session(stores: Stores, first: str) -> None:
    """A rollout in two steps and its rollback: both forms lie in one log, and every reader sees one log."""
    begun, continued = (stores.plain, stores.compact) if first == "plain" else (stores.compact, stores.plain)
    blobs = MemoryBlobs()
    of = stage(begun, blobs)
    candidate = of.rehearsal()
    await candidate.start(of.plan.id)
    said = await candidate.answer(ANSWERS[0], key="first")
    other = stage(continued, blobs).rehearsal()
    assert await other.answer(ANSWERS[0], key="first") == said, "a reply recorded in the other form is replayed"
    await other.answer(ANSWERS[1])
    log = await stores.compact.raw_events(KEY)
    assert log == await stores.plain.raw_events(KEY)
    assert [encode_event(decode_event(raw)) for raw in log] == log
    state = await stores.plain.load(KEY)
    assert state == await stores.compact.load(KEY) == fold(map(decode_event, log))


async def test_what_the_release_before_wrote_stays_readable_to_it(stores: Stores) -> None:
    """It knows no compact value. While ``compact_sessions`` is off, none is written."""
    await interview(stores.plain, 2)
    names = stores.plain._keys(KEY)
    for raw in await stores.plain._link.command("LRANGE", names.events, 0, -1, what="test"):
        decode_event(raw)
    for raw in await stores.plain._link.command("HVALS", names.idempotency, what="test"):
        msgspec.msgpack.decode(raw[1:], type=IdempotencyRecord)


async def test_a_compact_lease_is_seen_and_released(stores: Stores) -> None:
    await interview(stores.compact, 1)
    lease = IdempotencyRecord(HEARING, "k", "f", "in_flight", lease_until=4_000_000_000.0)
    await stores.compact.load_with_idempotency(KEY, HEARING, "k", note=lease)
    assert (await stores.compact.load_with_idempotency(KEY, HEARING, "k"))[1] == lease
    assert await stores.plain.held_until(KEY, HEARING) == lease.lease_until
    await stores.compact.release(KEY, HEARING, "k")
    assert await stores.compact.held_until(KEY, HEARING) == 0


@pytest.mark.parametrize("damaged", [lambda raw: raw[:-9], lambda raw: raw[:1], lambda raw: raw[:1] + raw[9:]])
async def test_a_damaged_compact_snapshot_is_folded_anew(stores: Stores, damaged: Callable[[bytes], bytes]) -> None:
    await interview(stores.compact, 1)
    true = await stores.compact.load(KEY)
    name = stores.compact._keys(KEY).session
    stored = await stores.compact._link.command("HGET", name, "s", what="test")
    await stores.compact._link.command("HSET", name, "s", damaged(stored), what="test")
    assert await stores.compact.load(KEY) == true


@given(st.binary(max_size=2000).filter(lambda value: not value.startswith(b"\x01")))
def test_every_value_comes_back_from_both_forms(value: bytes) -> None:
    compaction = Compaction()
    assert compaction.expanded(compaction.compacted(value)) == value
    assert compaction.expanded(value) == value


def test_a_value_of_an_unknown_or_excessive_size_is_not_expanded() -> None:
    excessive = zstandard.ZstdCompressor().compress(bytes(65 * 1024 * 1024))
    unknown = zstandard.ZstdCompressor(write_content_size=False).compress(b"{}")
    for frame in (excessive, unknown):
        with pytest.raises(msgspec.DecodeError, match="size"):
            Compaction().expanded(b"\x01" + frame)


def test_the_dictionary_never_changes() -> None:
    """Stored values need this one; a better one gets a number of its own."""
    from storage.sessions import compaction

    digest = hashlib.sha256(compaction._DICTIONARY.read_bytes()).hexdigest()
    assert digest == "ff7f2c5c81c023d1553670df537fe41c8bc2d56839aef81ddd830f457939f0e2"
