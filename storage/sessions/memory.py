"""Live sessions in this process's memory, for unit tests and embedding: Redis's semantics without its durability."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence

from msgspec import Struct

from interview.sessions.events import Event, decode_event, encode_event
from interview.sessions.session import SessionState
from storage.sessions.commit_rules import check_commit, session_erased, version_conflict
from storage.sessions.port import ERASED_FOR_S, IdempotencyRecord, SessionKey


class _Session(Struct):
    state: SessionState
    log: list[bytes]
    expires_at: float
    committed_at: float


class _Recorded(Struct):
    record: IdempotencyRecord
    expires_at: float


class MemorySessionStore:
    """``SessionStore`` for one event loop. ``clock`` returns Unix seconds and determines expiry."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        ttl_s: float = 7200.0,
        paused_ttl_s: float = 30 * 86_400.0,
        idempotency_ttl_s: float = 86_400.0,
        heartbeat_s: float = 10.0,
    ) -> None:
        self._clock = clock
        self._ttl_s = ttl_s
        self._paused_ttl_s = max(ttl_s, paused_ttl_s)
        self._idempotency_ttl_s = max(ttl_s, idempotency_ttl_s)
        self._heartbeat_s = heartbeat_s
        self._sessions: dict[SessionKey, _Session] = {}
        self._records: dict[SessionKey, dict[tuple[str, str], _Recorded]] = {}
        self._erased: dict[SessionKey, float] = {}
        self._followers: dict[SessionKey, set[asyncio.Event]] = {}

    @property
    def paused_ttl_s(self) -> float:
        return self._paused_ttl_s

    def _live(self, key: SessionKey) -> _Session | None:
        found = self._sessions.get(key)
        if found is not None and found.expires_at <= self._clock():
            del self._sessions[key]
            return None
        return found

    async def load(self, key: SessionKey) -> SessionState | None:
        found = self._live(key)
        return found.state if found else None

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]:
        if key in self._erased_now():
            raise session_erased()
        recorded = self._records.get(key, {}).get((scope, idempotency_key))
        if recorded is not None and recorded.expires_at <= self._clock():
            recorded = None
        found = self._live(key)
        if note is not None and found is not None and recorded is None:
            expires_at = max(found.expires_at, self._clock() + self._idempotency_ttl_s)
            self._records.setdefault(key, {})[(note.scope, note.key)] = _Recorded(note, expires_at)
        return found.state if found else None, recorded.record if recorded else None

    async def commit(
        self,
        key: SessionKey,
        *,
        expected_version: int,
        state: SessionState,
        events: Sequence[Event],
        idempotency: IdempotencyRecord | None = None,
        releases: IdempotencyRecord | None = None,
        snapshot: bool = True,  # nothing is written here, so nothing is saved
    ) -> None:
        check_commit(key, expected_version, state, events)
        if key in self._erased_now():
            raise session_erased()
        found = self._live(key)
        version = len(found.log) if found else 0
        if version != expected_version:
            raise version_conflict(expected_version, version)
        now = self._clock()
        log = found.log if found else []
        log.extend(encode_event(event) for event in events)
        lives_s = self._paused_ttl_s if state.status == "paused" else self._ttl_s
        self._sessions[key] = _Session(state, log, now + lives_s, committed_at=now)
        records = self._records.setdefault(key, {})
        if idempotency is not None:
            records[(idempotency.scope, idempotency.key)] = _Recorded(idempotency, 0.0)
        if releases is not None:
            await self.release(key, releases.scope, releases.key)
        for recorded in records.values():
            recorded.expires_at = now + max(lives_s, self._idempotency_ttl_s)
        if events:
            for wake in self._followers.get(key, ()):
                wake.set()

    async def events(self, key: SessionKey, *, after: int = 0, limit: int | None = None) -> list[Event]:
        end = None if limit is None else after + max(limit, 0)
        found = self._live(key)
        return [decode_event(raw) for raw in found.log[after:end]] if found else []

    async def raw_events(self, key: SessionKey, *, after: int = 0) -> list[bytes]:
        found = self._live(key)
        return found.log[after:] if found else []

    async def follow(self, key: SessionKey, *, after: int = 0) -> AsyncIterator[list[bytes]]:
        wake = asyncio.Event()
        seen = after
        self._followers.setdefault(key, set()).add(wake)
        try:
            while True:
                wake.clear()
                batch = await self.raw_events(key, after=seen)
                if batch:
                    seen += len(batch)
                    yield batch
                try:
                    async with asyncio.timeout(self._heartbeat_s):
                        await wake.wait()
                except TimeoutError:
                    yield []
        finally:
            followers = self._followers[key]
            followers.discard(wake)
            if not followers:
                del self._followers[key]

    async def release(self, key: SessionKey, scope: str, idempotency_key: str) -> None:
        records = self._records.get(key, {})
        recorded = records.get((scope, idempotency_key))
        if recorded is not None and recorded.record.status == "in_flight":
            del records[(scope, idempotency_key)]

    async def renew(self, key: SessionKey, lease: IdempotencyRecord) -> bool:
        recorded = self._records.get(key, {}).get((lease.scope, lease.key))
        if recorded is None or recorded.record.status != "in_flight":
            return False
        recorded.record = lease
        return True

    async def held_until(self, key: SessionKey, scope: str) -> float:
        records = [recorded.record for recorded in self._records.get(key, {}).values()]
        held = [each.lease_until for each in records if each.scope == scope and each.status == "in_flight"]
        return max(held, default=0.0)

    async def live_count(self) -> int:
        return sum(self._live(key) is not None for key in list(self._sessions))

    async def expiring(self, within_s: float) -> list[SessionKey]:
        soon = self._clock() + within_s
        return [key for key in list(self._sessions) if (found := self._live(key)) and found.expires_at <= soon]

    async def quiet(self, at_least_s: float, at_most_s: float) -> list[SessionKey]:
        committed = {key: found.committed_at for key in list(self._sessions) if (found := self._live(key))}
        now = self._clock()
        return [key for key, at in committed.items() if at_least_s <= now - at <= at_most_s]

    async def delete(self, key: SessionKey) -> bool:
        records = self._records.pop(key, None)
        return self._sessions.pop(key, None) is not None or bool(records)

    async def erase(self, key: SessionKey) -> bool:
        self._erased[key] = self._clock() + ERASED_FOR_S
        return await self.delete(key)

    async def erased(self) -> list[SessionKey]:
        return list(self._erased_now())

    def _erased_now(self) -> dict[SessionKey, float]:
        now = self._clock()
        self._erased = {key: until for key, until in self._erased.items() if until > now}
        return self._erased

    async def purge_log(self) -> bool:
        return True

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None
