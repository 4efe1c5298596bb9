"""The Redis store against a model: any sequence of operations has the outcome that the in-memory store gives."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from interview.errors import InterviewError
from interview.plans.plan import PlanRef
from interview.sessions.events import Event, IntegrityNoted, SessionStarted
from interview.sessions.fold import fold
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import HEARING, IdempotencyRecord, SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore

START = datetime(2026, 1, 5, tzinfo=UTC)

keys = st.builds(SessionKey, tenant=st.sampled_from(["acme", "a/b"]), interview_id=st.sampled_from(["one", "{two}"]))
scopes = st.sampled_from(["turn", "hint"])
idempotency_keys = st.sampled_from(["k1", "k2"])
records = st.builds(
    IdempotencyRecord,
    scope=scopes,
    key=idempotency_keys,
    fingerprint=st.text(max_size=5),
    status=st.sampled_from(["in_flight", "done"]),
    lease_until=st.floats(0, 2e9),
    body=st.binary(max_size=40),
)


def events_after(key: SessionKey, version: int, signals: list[str]) -> list[Event]:
    plan = PlanRef(id="p", version="1", digest="0" * 64)
    start = SessionStarted(interview_id=key.interview_id, tenant=key.tenant, plan=plan, phase="intro")
    data: list[Any] = [start] if version == 0 else []
    data += [IntegrityNoted(turn=0, signal=signal) for signal in signals]
    return [Event(seq=seq, time=START, data=item) for seq, item in enumerate(data, start=version + 1)]


def machine_over(url: str) -> type[RuleBasedStateMachine]:
    class Stores(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.runner = asyncio.Runner()
            self.real = RedisSessionStore(url, prefix=f"m{secrets.token_hex(6)}")
            self.model = MemorySessionStore(clock=lambda: 0.0)
            self.histories: dict[SessionKey, list[Event]] = {}

        def teardown(self) -> None:
            self.runner.run(self.real.close())
            self.runner.close()

        def agree(self, operation: Callable[[SessionStore], Awaitable[Any]]) -> Any:
            outcomes = [self.runner.run(outcome_of(operation, store)) for store in (self.model, self.real)]
            assert outcomes[0] == outcomes[1]
            return outcomes[0]

        @rule(
            key=keys,
            behind=st.sampled_from([0, 0, 0, 1, 2, -1]),
            signals=st.lists(st.text(max_size=5), max_size=3),
            record=st.none() | records,
            releases=st.none() | records,
            snapshot=st.booleans(),
        )
        def commit(
            self,
            key: SessionKey,
            behind: int,
            signals: list[str],
            record: IdempotencyRecord | None,
            releases: IdempotencyRecord | None,
            snapshot: bool,
        ) -> None:
            history = self.histories.get(key, [])
            version = max(0, len(history) - behind)
            known = [*history, *events_after(key, len(history), ["ahead"])][:version]
            fresh = events_after(key, version, signals)
            state = fold([*known, *fresh])

            async def write(store: SessionStore) -> None:
                await store.commit(
                    key,
                    expected_version=version,
                    state=state,
                    events=fresh,
                    idempotency=record,
                    releases=releases,
                    snapshot=snapshot,
                )

            if self.agree(write) is None:
                self.histories[key] = [*known, *fresh]

        @rule(key=keys, scope=scopes, idempotency_key=idempotency_keys, noted=st.booleans())
        def load(self, key: SessionKey, scope: str, idempotency_key: str, noted: bool) -> None:
            note = IdempotencyRecord(HEARING, idempotency_key, "", "in_flight", lease_until=1.0) if noted else None
            self.agree(lambda store: store.load_with_idempotency(key, scope, idempotency_key, note))
            self.agree(lambda store: store.held_until(key, HEARING))
            state = self.agree(lambda store: store.load(key))
            assert state == (fold(self.histories[key]) if self.histories.get(key) else None)

        @rule(key=keys, after=st.integers(0, 6), limit=st.none() | st.integers(0, 4))
        def read_events(self, key: SessionKey, after: int, limit: int | None) -> None:
            self.agree(lambda store: store.events(key, after=after, limit=limit))
            self.agree(lambda store: store.raw_events(key, after=after))

        @rule(key=keys, scope=scopes, idempotency_key=idempotency_keys)
        def release(self, key: SessionKey, scope: str, idempotency_key: str) -> None:
            self.agree(lambda store: store.release(key, scope, idempotency_key))

        @rule(key=keys, lease=records)
        def renew(self, key: SessionKey, lease: IdempotencyRecord) -> None:
            held = msgspec.structs.replace(lease, status="in_flight")
            self.agree(lambda store: store.renew(key, held))

        @rule(key=keys, now=st.integers(0, 9).map(lambda drawn: drawn == 0))
        def erase(self, key: SessionKey, now: bool) -> None:
            if not now:  # rarely, because nothing happens to that session any more
                return
            self.agree(lambda store: store.erase(key))
            self.histories.pop(key, None)

        @rule()
        def erased(self) -> None:
            self.agree(sorted_erased)

        @rule(key=keys)
        def delete(self, key: SessionKey) -> None:
            self.agree(lambda store: store.delete(key))
            self.histories.pop(key, None)

    return Stores


async def sorted_erased(store: SessionStore) -> list[str]:
    return sorted(map(repr, await store.erased()))


async def outcome_of(operation: Callable[[SessionStore], Awaitable[Any]], store: SessionStore) -> Any:
    try:
        return await operation(store)
    except InterviewError as error:
        return type(error), error.detail


@pytest.mark.parametrize(("server", "examples"), [("redis_url", 40), ("redis_cluster_url", 10)])
def test_every_sequence_of_operations_agrees_with_the_model(
    request: pytest.FixtureRequest, server: str, examples: int
) -> None:
    run_state_machine_as_test(
        machine_over(request.getfixturevalue(server)),
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None, database=None),
    )
