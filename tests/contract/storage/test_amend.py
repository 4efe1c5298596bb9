"""One commit loop on every session store: concurrent changes lose nothing, and giving up is an error of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest

from interview.errors import Conflict, NotFound, VersionConflict
from interview.plans.plan import PlanRef
from interview.sessions.events import AnyPayload, Event, IntegrityNoted, SessionStarted
from interview.sessions.fold import fold
from interview.sessions.ledger import Ledger
from interview.sessions.session import SessionState
from storage.sessions.amend import ATTEMPTS, Amendment, Loaded, amend, transact
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import IdempotencyRecord, SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore

KEY = SessionKey("acme", "i-1")


def now() -> datetime:
    return datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture(params=["memory", "redis"])
async def sessions(request: pytest.FixtureRequest) -> AsyncIterator[SessionStore]:
    if request.param == "memory":
        store: SessionStore = MemorySessionStore()
    else:
        store = RedisSessionStore(request.getfixturevalue("redis_url"), prefix=f"t{secrets.token_hex(4)}")
    ledger = Ledger(None, now)
    plan = PlanRef(id="plan", version="1", digest="0" * 64)
    ledger.record(SessionStarted(interview_id=KEY.interview_id, tenant=KEY.tenant, plan=plan, phase="intro"))
    await store.commit(KEY, expected_version=0, state=ledger.state, events=ledger.events)
    yield store
    await store.close()


def signal(name: str) -> IntegrityNoted:
    return IntegrityNoted(turn=0, signal=name)


def signals(events: Sequence[Event]) -> list[str]:
    return [event.data.signal for event in events if isinstance(event.data, IntegrityNoted)]


async def test_concurrent_amends_lose_nothing(sessions: SessionStore) -> None:
    names = [f"seen_{number}" for number in range(ATTEMPTS)]
    decided: list[int] = []

    def decide(state: SessionState, name: str) -> Sequence[AnyPayload]:
        decided.append(state.version)
        return (signal(name),)

    await asyncio.gather(*(amend(sessions, KEY, lambda state, name=name: decide(state, name)) for name in names))

    log = await sessions.events(KEY)
    assert sorted(signals(log)) == sorted(names)
    assert [event.seq for event in log] == list(range(1, 2 + len(names)))
    assert await sessions.load(KEY) == fold(log)


async def test_a_lost_race_is_decided_again_on_the_newer_state(sessions: SessionStore) -> None:
    conflicts: list[str] = []

    async def decide(loaded: Loaded) -> Amendment[int]:
        assert loaded.state is not None
        ledger = Ledger(loaded.state, now)
        ledger.record(signal("mine"))
        if loaded.state.version == 1:
            await amend(sessions, KEY, lambda _: (signal("theirs"),))
        return Amendment(loaded.state.version, ledger)

    assert await transact(sessions, KEY, decide, on_conflict=lambda: conflicts.append("lost")) == 2
    assert signals(await sessions.events(KEY)) == ["theirs", "mine"]
    assert conflicts == ["lost"]


async def test_giving_up_is_a_retryable_version_conflict_and_writes_nothing(sessions: SessionStore) -> None:
    tried = 0

    async def decide(loaded: Loaded) -> Amendment[None]:
        nonlocal tried
        tried += 1
        ledger = Ledger(loaded.state, now)
        ledger.record(signal("mine"))
        await amend(sessions, KEY, lambda _: (signal("theirs"),))
        return Amendment(None, ledger)

    with pytest.raises(VersionConflict) as raised:
        await transact(sessions, KEY, decide)
    assert raised.value.retryable and raised.value.retry_after_s
    assert raised.value.detail == {"attempts": ATTEMPTS} and tried == ATTEMPTS
    assert "mine" not in signals(await sessions.events(KEY))


async def test_a_decision_without_events_commits_nothing(sessions: SessionStore) -> None:
    assert (await amend(sessions, KEY, lambda _: ())).version == 1
    assert len(await sessions.events(KEY)) == 1


async def test_what_the_decision_raises_comes_out_and_nothing_is_written(sessions: SessionStore) -> None:
    def refuse(state: SessionState) -> Sequence[AnyPayload]:
        raise Conflict("Not now.")

    with pytest.raises(Conflict, match="Not now"):
        await amend(sessions, KEY, refuse)
    assert len(await sessions.events(KEY)) == 1


async def test_an_absent_session_is_not_found(sessions: SessionStore) -> None:
    with pytest.raises(NotFound):
        await amend(sessions, SessionKey("rival", "i-1"), lambda _: (signal("mine"),))


async def test_the_idempotency_record_is_read_and_kept_with_the_events(sessions: SessionStore) -> None:
    record = IdempotencyRecord("hint", "k", "f", "done", body=b"{}")

    async def decide(loaded: Loaded) -> Amendment[bool]:
        if loaded.record is not None:
            assert loaded.record == record
            return Amendment(True)
        ledger = Ledger(loaded.state, now)
        ledger.record(signal("once"))
        return Amendment(False, ledger, record)

    assert not await transact(sessions, KEY, decide, record=("hint", "k"))
    assert await transact(sessions, KEY, decide, record=("hint", "k"))
    assert signals(await sessions.events(KEY)) == ["once"]


async def test_a_session_that_is_known_is_not_loaded_first(sessions: SessionStore) -> None:
    state = await sessions.load(KEY)

    class NeverLoads:
        def __getattr__(self, name: str) -> object:
            assert name == "commit", "the session was known"
            return sessions.commit

    async def decide(loaded: Loaded) -> Amendment[None]:
        ledger = Ledger(loaded.state, now)
        ledger.record(signal("mine"))
        return Amendment(None, ledger)

    await transact(NeverLoads(), KEY, decide, known=Loaded(state))  # type: ignore[arg-type]
    assert signals(await sessions.events(KEY)) == ["mine"]
