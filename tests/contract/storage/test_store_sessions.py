"""One suite of promises that every session store keeps: in memory, on a real server, on a real Redis Cluster."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from interview.errors import InternalError, SessionEnded, VersionConflict
from interview.plans.plan import PlanRef
from interview.sessions.events import (
    AnswerReceived,
    Event,
    IntegrityNoted,
    SessionPaused,
    SessionResumed,
    SessionStarted,
    decode_event,
)
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import HEARING, IdempotencyRecord, SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore

START = datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)
TTL_S = 100.0


@dataclass
class Subject:
    """A store under test, and a way to make time pass in it."""

    store: SessionStore
    pass_time: Callable[[SessionKey, float], Awaitable[None]]


@pytest.fixture(params=["memory", "redis", "redis, compact", "redis cluster"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    if request.param == "memory":
        now = [1_000_000.0]

        async def advance(_: SessionKey, seconds: float) -> None:
            now[0] += seconds

        yield Subject(MemorySessionStore(clock=lambda: now[0], ttl_s=TTL_S, heartbeat_s=0.05), advance)
        return

    url = request.getfixturevalue("redis_cluster_url" if request.param == "redis cluster" else "redis_url")
    compact = request.param == "redis, compact"
    prefix = f"t{secrets.token_hex(4)}"
    store = RedisSessionStore(url, ttl_s=TTL_S, prefix=prefix, heartbeat_s=0.05, compact=compact)

    async def shorten(key: SessionKey, seconds: float) -> None:
        """Redis's clock cannot be moved, so its deadlines are."""
        names = store._keys(key)
        for name in (names.session, names.events, names.idempotency):
            left_ms = await store._link.command("PTTL", name, what="test")
            if left_ms > 0:
                await store._link.command("PEXPIRE", name, left_ms - round(seconds * 1000), what="test")

    yield Subject(store, shorten)
    await store.close()


@pytest.fixture
def store(subject: Subject) -> SessionStore:
    return subject.store


def started(key: SessionKey) -> Event:
    plan = PlanRef(id="backend", version="1", digest="0" * 64)
    data = SessionStarted(interview_id=key.interview_id, tenant=key.tenant, plan=plan, phase="intro")
    return Event(seq=1, time=START, data=data)


def noted(seq: int, signal: str = "tab.hidden") -> Event:
    return Event(seq=seq, time=START + timedelta(seconds=seq), data=IntegrityNoted(turn=0, signal=signal))


def fresh_key(interview_id: str = "") -> SessionKey:
    return SessionKey("acme", interview_id or f"iv-{secrets.token_hex(6)}")


async def create(store: SessionStore, key: SessionKey, record: IdempotencyRecord | None = None) -> SessionState:
    state = fold([started(key)])
    await store.commit(key, expected_version=0, state=state, events=[started(key)], idempotency=record)
    return state


async def append(
    store: SessionStore, key: SessionKey, state: SessionState, *signals: str, record: IdempotencyRecord | None = None
) -> SessionState:
    events = [noted(state.version + place, signal) for place, signal in enumerate(signals, start=1)]
    after = fold(events, state)
    await store.commit(key, expected_version=state.version, state=after, events=events, idempotency=record)
    return after


def in_flight(key: str = "k1", scope: str = "turn", fingerprint: str = "f1") -> IdempotencyRecord:
    return IdempotencyRecord(scope, key, fingerprint, "in_flight", lease_until=123.5)


def done(key: str = "k1", scope: str = "turn", body: bytes = b'{"text":"\xc3\xa9"}\x00') -> IdempotencyRecord:
    return IdempotencyRecord(scope, key, "f1", "done", body=body)


async def test_an_unknown_session_is_absent(store: SessionStore) -> None:
    key = fresh_key()
    assert await store.load(key) is None
    assert await store.load_with_idempotency(key, "turn", "k") == (None, None)
    assert await store.events(key) == []
    assert await store.raw_events(key) == []


async def test_what_was_committed_is_loaded_equal(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    answer = Event(
        seq=2,
        time=START + timedelta(microseconds=1),
        data=AnswerReceived(turn=1, idempotency_key="k", text="naïve 面接 \x00 answer", signals={"pastes": 2}),
    )
    after = fold([answer], state)
    await store.commit(key, expected_version=1, state=after, events=[answer])
    assert await store.load(key) == after
    assert await store.events(key) == [started(key), answer]


async def test_the_stored_snapshot_is_the_fold_of_the_stored_events(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    for place in range(5):
        state = await append(store, key, state, f"a{place}", f"b{place}")
    assert fold(await store.events(key)) == await store.load(key)


async def test_a_commit_on_an_old_version_conflicts_and_writes_nothing(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    newer = await append(store, key, state, "first")
    with pytest.raises(VersionConflict) as caught:
        await append(store, key, state, "second", record=done())
    assert caught.value.detail == {"expected_version": 1, "found_version": 2}
    assert await store.load_with_idempotency(key, "turn", "k1") == (newer, None)
    assert len(await store.events(key)) == 2


async def test_a_session_is_created_once(store: SessionStore) -> None:
    key = fresh_key()
    await create(store, key)
    with pytest.raises(VersionConflict):
        await create(store, key)


async def test_of_many_commits_on_one_version_exactly_one_wins(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    outcomes = await asyncio.gather(
        *(append(store, key, state, f"worker-{number}") for number in range(20)), return_exceptions=True
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, SessionState)]
    assert len(winners) == 1
    assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == 19
    assert await store.load(key) == winners[0]


async def test_a_commit_that_contradicts_itself_is_refused(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    later = fold([noted(2)], state)
    with pytest.raises(InternalError, match="cannot make version"):
        await store.commit(key, expected_version=1, state=later, events=[])
    with pytest.raises(InternalError, match="gap"):
        await store.commit(key, expected_version=1, state=later, events=[noted(3)])
    with pytest.raises(InternalError, match="addressed one session"):
        await store.commit(fresh_key(), expected_version=1, state=later, events=[noted(2)])
    assert await store.load(key) == state


async def test_a_foreign_tenants_session_is_absent(store: SessionStore) -> None:
    key = fresh_key()
    await create(store, key, done())
    foreign = SessionKey("globex", key.interview_id)
    assert await store.load_with_idempotency(foreign, "turn", "k1") == (None, None)
    assert await store.raw_events(foreign) == []


@pytest.mark.parametrize("pair", [("a/b", "c", "a", "b/c"), ("a}", "{b", "a", "}{b"), ("a%2Fb", "c", "a/b", "c")])
async def test_ids_with_separators_never_meet(store: SessionStore, pair: tuple[str, str, str, str]) -> None:
    suffix = secrets.token_hex(4)
    one, other = SessionKey(pair[0], pair[1] + suffix), SessionKey(pair[2], pair[3] + suffix)
    await create(store, one)
    assert await store.load(other) is None
    assert one in await store.expiring(TTL_S)


async def test_a_record_is_stored_with_the_commit_and_replayed_byte_for_byte(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key, in_flight())
    assert await store.load_with_idempotency(key, "turn", "k1") == (state, in_flight())
    state = await append(store, key, state, "x", record=done())
    assert await store.load_with_idempotency(key, "turn", "k1") == (state, done())


async def test_records_of_different_scopes_and_keys_do_not_meet(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key, done("k", "turn", b"1"))
    state = await append(store, key, state, "x", record=done("k", "hint", b"2"))
    await append(store, key, state, "y", record=done("k2", "turn", b"3"))
    found = [await store.load_with_idempotency(key, *address) for address in [("turn", "k"), ("hint", "k")]]
    assert [record.body for _, record in found if record] == [b"1", b"2"]


async def test_a_record_may_be_committed_without_an_event(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    await store.commit(key, expected_version=1, state=state, events=[], idempotency=in_flight())
    assert await store.load_with_idempotency(key, "turn", "k1") == (state, in_flight())


async def test_release_gives_up_a_lease_and_never_a_finished_reply(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key, in_flight())
    await store.release(key, "turn", "k1")
    assert await store.load_with_idempotency(key, "turn", "k1") == (state, None)
    await append(store, key, state, "x", record=done())
    await store.release(key, "turn", "k1")
    assert (await store.load_with_idempotency(key, "turn", "k1"))[1] == done()


async def test_renew_prolongs_a_held_lease_and_nothing_else(store: SessionStore) -> None:
    key = fresh_key()
    later = IdempotencyRecord("turn", "k1", "f", "in_flight", lease_until=999.5)
    assert not await store.renew(key, later), "no session"
    state = await create(store, key, in_flight())
    assert await store.renew(key, later)
    assert await store.load_with_idempotency(key, "turn", "k1") == (state, later)
    await store.release(key, "turn", "k1")
    assert not await store.renew(key, later), "released"
    await append(store, key, state, "x", record=done())
    assert not await store.renew(key, later), "done"
    assert (await store.load_with_idempotency(key, "turn", "k1"))[1] == done()


async def test_a_note_is_written_with_a_load_and_removed_with_a_commit(store: SessionStore) -> None:
    key = fresh_key()
    note = IdempotencyRecord(HEARING, "k1", "f", "in_flight", lease_until=90.0)
    assert await store.load_with_idempotency(key, "turn", "k1", note) == (None, None)
    assert await store.held_until(key, HEARING) == 0, "there is no session to note anything of"
    state = await create(store, key)
    assert await store.load_with_idempotency(key, "turn", "k1", note) == (state, None)
    assert await store.held_until(key, HEARING) == 90.0
    with pytest.raises(VersionConflict):
        later = [noted(2), noted(3)]
        await store.commit(key, expected_version=2, state=fold(later, state), events=later[1:], releases=note)
    assert await store.held_until(key, HEARING) == 90.0
    await store.commit(
        key, expected_version=1, state=state, events=[], idempotency=done(), releases=note, snapshot=False
    )
    assert await store.held_until(key, HEARING) == 0
    assert await store.load_with_idempotency(key, "turn", "k1", note) == (state, done())
    assert await store.held_until(key, HEARING) == 0, "the answer has its reply: nothing is heard again"


async def test_a_note_does_not_outlive_its_session(subject: Subject) -> None:
    store, key = subject.store, fresh_key()
    await create(store, key)
    note = IdempotencyRecord(HEARING, "k1", "f", "in_flight", lease_until=90.0)
    await store.load_with_idempotency(key, "turn", "k1", note)
    assert await store.erase(key)
    assert await store.held_until(key, HEARING) == 0


async def test_a_record_and_the_state_it_is_loaded_with_are_of_one_moment(store: SessionStore) -> None:
    """Otherwise a duplicate that arrives during the commit is told that another request settled its answer."""
    key = fresh_key()
    state = await create(store, key, record=done(body=b"1"))
    writing = True

    async def read() -> int:
        seen = set()
        while writing:
            loaded, record = await store.load_with_idempotency(key, "turn", "k1")
            assert loaded is not None and record is not None
            assert record.body == b"%d" % loaded.version
            seen.add(loaded.version)
            await asyncio.sleep(0)
        return len(seen)

    readers = [asyncio.create_task(read()) for _ in range(8)]
    for place in range(1, 301):
        event = noted(state.version + 1)
        state = fold([event], state)
        record = done(body=b"%d" % state.version)
        await store.commit(
            key,
            expected_version=state.version - 1,
            state=state,
            events=[event],
            idempotency=record,
            snapshot=place % 3 == 0,  # as an accepted answer is committed: its state is told by the log alone
        )
        await asyncio.sleep(0)
    writing = False
    assert max(await asyncio.gather(*readers)) > 1


async def test_releasing_what_is_not_held_is_harmless(store: SessionStore) -> None:
    await store.release(fresh_key(), "turn", "nothing")


async def test_a_session_expires_and_a_commit_gives_it_its_whole_life_again(subject: Subject) -> None:
    store, key = subject.store, fresh_key()
    state = await create(store, key)
    await subject.pass_time(key, 60)
    state = await append(store, key, state, "x")
    await subject.pass_time(key, 60)
    assert await store.load(key) == state
    assert len(await store.events(key)) == 2
    await subject.pass_time(key, 60)
    assert await store.load(key) is None
    assert await store.events(key) == []


async def test_a_paused_session_outlives_its_time_to_live_until_it_goes_on(subject: Subject) -> None:
    store, key = subject.store, fresh_key()
    state = await create(store, key)
    paused = Event(seq=2, time=START, data=SessionPaused(turn=0, reason="A rule was tripped."))
    state = fold([paused], state)
    await store.commit(key, expected_version=1, state=state, events=[paused])
    assert await store.quiet(0, 10) == [key]
    assert await store.expiring(20 * TTL_S) == []
    await subject.pass_time(key, 20 * TTL_S)
    assert await store.load(key) == state
    resumed = Event(seq=3, time=START, data=SessionResumed(turn=0))
    await store.commit(key, expected_version=2, state=fold([resumed], state), events=[resumed])
    await subject.pass_time(key, TTL_S + 1)
    assert await store.load(key) is None


async def test_an_expired_session_cannot_be_committed_to(subject: Subject) -> None:
    store, key = subject.store, fresh_key()
    state = await create(store, key)
    await subject.pass_time(key, TTL_S + 1)
    with pytest.raises(VersionConflict) as caught:
        await append(store, key, state, "late")
    assert caught.value.detail["found_version"] == 0


async def test_a_finished_reply_outlives_its_session_by_a_day(subject: Subject) -> None:
    store, key = subject.store, fresh_key()
    await create(store, key, done())
    await subject.pass_time(key, 23.9 * 3600)
    assert await store.load_with_idempotency(key, "turn", "k1") == (None, done())
    await subject.pass_time(key, 0.2 * 3600)
    assert await store.load_with_idempotency(key, "turn", "k1") == (None, None)


async def test_events_are_read_from_where_the_reader_stands(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    await append(store, key, state, "two", "three", "four")
    assert [event.seq for event in await store.events(key, after=1)] == [2, 3, 4]
    assert [event.seq for event in await store.events(key, after=1, limit=2)] == [2, 3]
    assert await store.events(key, after=1, limit=0) == []
    assert await store.events(key, after=99) == []
    assert [decode_event(raw).seq for raw in await store.raw_events(key, after=3)] == [4]


async def test_follow_gives_the_past_then_the_present(store: SessionStore) -> None:
    key = fresh_key()
    state = await create(store, key)
    async with aclosing(store.follow(key)) as batches:
        assert seqs(await anext(batches)) == [1]
        state = await append(store, key, state, "two", "three")
        assert await next_seqs(batches) == [2, 3]
        await append(store, key, state, "four")
        assert await next_seqs(batches) == [4]


async def test_follow_waits_for_a_session_that_does_not_exist_yet(store: SessionStore) -> None:
    key = fresh_key()
    async with aclosing(store.follow(key)) as batches:
        assert await anext(batches) == []
        await create(store, key)
        assert await next_seqs(batches) == [1]


async def test_follow_sends_heartbeats_while_nothing_happens(store: SessionStore) -> None:
    key = fresh_key()
    await create(store, key)
    async with aclosing(store.follow(key, after=1)) as batches:
        assert [await anext(batches), await anext(batches)] == [[], []]


async def test_every_follower_sees_every_event_once_in_order(store: SessionStore) -> None:
    keys = [fresh_key() for _ in range(3)]
    states = [await create(store, key) for key in keys]

    async def watch(key: SessionKey) -> list[int]:
        seen: list[int] = []
        async with aclosing(store.follow(key)) as batches:
            while len(seen) < 31:
                seen += seqs(await anext(batches))
        return seen

    async def write(key: SessionKey, state: SessionState) -> None:
        for place in range(15):
            state = await append(store, key, state, f"a{place}", f"b{place}")

    watching = [asyncio.create_task(watch(key)) for key in keys for _ in range(4)]
    await asyncio.gather(*(write(key, state) for key, state in zip(keys, states, strict=True)))
    assert await asyncio.gather(*watching) == [list(range(1, 32))] * 12


async def test_live_sessions_are_counted_and_listed_before_they_expire(subject: Subject) -> None:
    store = subject.store
    keys = [fresh_key() for _ in range(3)]
    for key in keys:
        await create(store, key)
    assert await store.live_count() == 3
    assert await store.expiring(10) == []
    for key in keys if isinstance(store, RedisSessionStore) else keys[:1]:
        await subject.pass_time(key, 95)
    assert await store.expiring(1) == []
    assert set(await store.expiring(10)) == set(keys)


async def test_quiet_sessions_are_those_whose_last_commit_was_that_long_ago(subject: Subject) -> None:
    store = subject.store
    key, fresh = fresh_key(), fresh_key()
    await create(store, key)
    await subject.pass_time(key, 40)
    await create(store, fresh)
    if isinstance(store, RedisSessionStore):
        assert set(await store.quiet(0, 10)) == {fresh}
    assert await store.quiet(30, 50) == [key]
    assert await store.quiet(60, 90) == []


async def test_a_deleted_session_is_gone_with_its_records(store: SessionStore) -> None:
    key, other = fresh_key(), fresh_key()
    await create(store, key, done())
    kept = await create(store, other)
    assert await store.delete(key)
    assert not await store.delete(key)
    assert await store.load_with_idempotency(key, "turn", "k1") == (None, None)
    assert await store.events(key) == []
    assert await store.load(other) == kept
    assert await store.live_count() == 1


async def test_a_working_store_answers_a_ping(store: SessionStore) -> None:
    await store.ping()


def seqs(batch: list[bytes]) -> list[int]:
    return [decode_event(raw).seq for raw in batch]


async def next_seqs(batches: AsyncIterator[list[bytes]]) -> list[int]:
    """The sequences of the next batch that is not a heartbeat."""
    while not (batch := await anext(batches)):
        pass
    return seqs(batch)


async def test_an_erased_session_is_gone_and_no_work_in_flight_brings_it_back(store: SessionStore) -> None:
    key, beside = fresh_key(), fresh_key()
    record = IdempotencyRecord("turn", "k", "f", "done", body=b"reply")
    state = await create(store, key, record)
    await create(store, beside)
    assert await store.erase(key)
    assert await store.load(key) is None
    assert await store.events(key) == []
    with pytest.raises(SessionEnded, match="erased"):
        await store.load_with_idempotency(key, "turn", "k")
    for version, events in ((1, [started(key), noted(2)]), (0, [started(key)])):
        with pytest.raises(SessionEnded, match="erased"):
            await store.commit(key, expected_version=version, state=fold(events), events=events[version:])
    assert await store.load(key) is None
    assert not await store.erase(key)
    assert await store.erased() == [key]
    assert await store.load(beside) is not None
    assert state.version == 1
    assert await store.expiring(TTL_S) == [beside]
    assert await store.purge_log()
