"""Live sessions in Redis: one script per commit, compare-and-set on the length of the event log.

Keys of one session share a hash tag, so that they live in one slot of a Redis Cluster::

    <prefix>:{<tenant>/<interview_id>}:session   hash   s = format + msgpack of SessionState, b = how many events
                                                        it is behind the log, t = tokens of the last commits
    <prefix>:{<tenant>/<interview_id>}:events    list   JSON of each event; element i has sequence i + 1
    <prefix>:{<tenant>/<interview_id>}:idem      hash   <scope>\x1f<key> → flag byte + msgpack of IdempotencyRecord
    <prefix>:{<tenant>/<interview_id>}:erased    string present for an hour after the session was erased

With ``compact`` the snapshot, each event and each record (after its flag byte) are stored as ``compaction.py`` says.
Both forms are read, value by value.

The log is the source of truth, so its length *is* the version: no second number can disagree with it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from interview.sessions.events import Event, decode_event, encode_event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from interview.sessions.snapshot_format import SNAPSHOT_FORMAT
from storage.redis.append_log import rewrite_append_log
from storage.redis.client import DEFAULT_LIMITS, RedisLimits, RedisLink, Script
from storage.sessions.commit_feed import CommitFeed
from storage.sessions.commit_rules import check_commit, session_erased, version_conflict
from storage.sessions.compaction import Compaction
from storage.sessions.port import ERASED_FOR_S, IdempotencyRecord, SessionKey
from storage.stored_names import decoded, encoded
from storage.unique_tokens import unique_token

logger = logging.getLogger(__name__)

#: Returns -1 when the commit succeeded, -2 when the session was erased, else the version found instead of the expected
#: one. A token among the session's last sixteen means that this commit was applied before and only its reply was lost.
_COMMIT = Script(
    """
if redis.call('EXISTS', KEYS[4]) == 1 then return -2 end
local tokens = redis.call('HGET', KEYS[1], 't') or ''
if string.find(tokens, ARGV[2], 1, true) then return -1 end
local version = redis.call('LLEN', KEYS[2])
if version ~= tonumber(ARGV[1]) then return version end
if #ARGV > 9 then redis.call('RPUSH', KEYS[2], unpack(ARGV, 10)) end
tokens = string.sub(ARGV[2] .. tokens, 1, 272)
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 's', ARGV[3], 'b', 0, 't', tokens)
else
  redis.call('HSET', KEYS[1], 't', tokens)
  redis.call('HINCRBY', KEYS[1], 'b', #ARGV - 9)
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
if ARGV[7] ~= '' then redis.call('HSET', KEYS[3], ARGV[7], ARGV[8]) end
if ARGV[9] ~= '' then
  local held = redis.call('HGET', KEYS[3], ARGV[9])
  if held and string.sub(held, 1, 1) == 'f' then redis.call('HDEL', KEYS[3], ARGV[9]) end
end
redis.call('PEXPIRE', KEYS[3], ARGV[5])
if #ARGV > 9 then redis.call('PUBLISH', ARGV[6], version + #ARGV - 9) end
return -1
"""
)

_ERASE = Script(
    """
redis.call('SET', KEYS[4], '1', 'PX', ARGV[1])
return redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
"""
)

_RELEASE = Script(
    """
local record = redis.call('HGET', KEYS[1], ARGV[1])
if record and string.sub(record, 1, 1) == 'f' then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
"""
)

#: Returns 1 when an in-flight record was replaced, else 0.
_RENEW = Script(
    """
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record or string.sub(record, 1, 1) ~= 'f' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""
)

#: A session and one of its idempotency records at one moment: the snapshot, the events it lacks (or, asked for 'all',
#: the whole log and no snapshot), the record, and 1 when the session was erased. A note is written as the port says.
_LOAD = Script(
    """
local held = redis.call('HMGET', KEYS[1], 's', 'b')
local record = redis.call('HGET', KEYS[3], ARGV[1])
local behind = tonumber(held[2] or 0)
if ARGV[3] ~= '' and held[1] and not record then
  redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
  if redis.call('PTTL', KEYS[3]) < 0 then redis.call('PEXPIRE', KEYS[3], ARGV[5]) end
end
if held[1] and ARGV[2] == 'all' then return {'', redis.call('LRANGE', KEYS[2], 0, -1), record, 0} end
if not held[1] then return {false, {}, record, redis.call('EXISTS', KEYS[4])} end
if behind == 0 then return {held[1], {}, record, 0} end
return {held[1], redis.call('LRANGE', KEYS[2], -behind, -1), record, 0}
"""
)

_FORMAT = SNAPSHOT_FORMAT.encode()
_IN_FLIGHT, _DONE = b"f", b"d"
_SCAN_PAGE = 1000
_SCAN_PAGES_AT_MOST = 20

_encode = msgspec.msgpack.Encoder().encode
_decode_state = msgspec.msgpack.Decoder(SessionState).decode
_decode_record = msgspec.msgpack.Decoder(IdempotencyRecord).decode


class _Keys(Struct, frozen=True):
    session: str
    events: str
    idempotency: str
    erased: str
    channel: str

    @property
    def stored(self) -> tuple[str, str, str, str]:
        """The keys, as every script takes them."""
        return self.session, self.events, self.idempotency, self.erased


class RedisSessionStore:
    """``SessionStore`` on Redis ≥ 6.2.

    A session lives ``ttl_s`` after its last commit, a paused one ``paused_ttl_s``. Its idempotency records live at
    least ``idempotency_ttl_s`` after theirs, so that a late retry of a request to an expired session still gets its
    first reply.

    **Retries.** Reads are repeated once after a lost connection. A commit may be repeated as well: each carries a
    random token that the script remembers for the session's last sixteen commits. So a repeated commit either happens
    now, or is recognised as done, or conflicts with another client's version.
    """

    def __init__(
        self,
        url: str,
        *,
        ttl_s: float = 7200.0,
        paused_ttl_s: float = 30 * 86_400.0,
        idempotency_ttl_s: float = 86_400.0,
        limits: RedisLimits = DEFAULT_LIMITS,
        prefix: str = "interview",
        heartbeat_s: float = 10.0,
        compact: bool = False,
    ) -> None:
        """``compact`` writes values in a fifth of the space; only releases that know the form can read them."""
        self._link = RedisLink(url, limits)
        self._prefix = prefix
        self._ttl_ms = max(1, round(ttl_s * 1000))
        self._paused_ttl_ms = max(self._ttl_ms, round(paused_ttl_s * 1000))
        self._idempotency_ttl_ms = max(self._ttl_ms, round(idempotency_ttl_s * 1000))
        self._heartbeat_s = heartbeat_s
        compaction = Compaction()
        self._expanded = compaction.expanded
        self._written = compaction.compacted if compact else _plain
        self._feed = CommitFeed(self._link)
        self._keys = lru_cache(maxsize=512)(self._keys_of)  # avoids formatting the key several times per turn

    def _keys_of(self, key: SessionKey) -> _Keys:
        stem = f"{self._prefix}:{{{encoded(key.tenant)}/{encoded(key.interview_id)}}}"
        return _Keys(f"{stem}:session", f"{stem}:events", f"{stem}:idem", f"{stem}:erased", f"{stem}:new")

    async def load(self, key: SessionKey) -> SessionState | None:
        return (await self._load(key, ""))[0]

    async def load_with_idempotency(
        self, key: SessionKey, scope: str, idempotency_key: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, IdempotencyRecord | None]:
        state, raw_record, erased = await self._load(key, _field(scope, idempotency_key), note)
        if erased:
            raise session_erased()
        return state, self._record(raw_record) if raw_record else None

    async def _load(
        self, key: SessionKey, field: str, note: IdempotencyRecord | None = None
    ) -> tuple[SessionState | None, bytes | None, bool]:
        snapshot, tail, record, erased = await self._read(key, field, "tail", note)
        if snapshot is None:
            return None, record, erased
        state = self._state(snapshot)
        if state is None:
            # Another release wrote it; the log is the source of truth, and the next commit writes a new snapshot.
            _, log, record, erased = await self._read(key, field, "all")
            return fold(self._events(log)) if log else None, record, erased
        # The snapshot lags between the commit that accepts an answer and the one that replies to it.
        return fold(self._events(tail), state) if tail else state, record, False

    def _state(self, snapshot: bytes) -> SessionState | None:
        """None: another release wrote it, or it is damaged."""
        try:
            plain = self._expanded(snapshot)
            return _decode_state(plain[len(_FORMAT) :]) if plain.startswith(_FORMAT) else None
        except msgspec.DecodeError:
            logger.warning("a stored snapshot does not decode; folding its events instead")
            return None

    def _events(self, log: list[bytes]) -> list[Event]:
        return [decode_event(self._expanded(raw)) for raw in log]

    def _record(self, raw: bytes) -> IdempotencyRecord:
        return _decode_record(self._expanded(raw[1:]))

    def _stored(self, record: IdempotencyRecord | None) -> tuple[str, bytes]:
        """The field and the value of a record, both empty without one."""
        if record is None:
            return "", b""
        flag = _DONE if record.status == "done" else _IN_FLIGHT
        return _field(record.scope, record.key), flag + self._written(_encode(record))

    @property
    def paused_ttl_s(self) -> float:
        return self._paused_ttl_ms / 1000

    async def _read(
        self, key: SessionKey, field: str, part: str, note: IdempotencyRecord | None = None
    ) -> tuple[bytes | None, list[bytes], bytes | None, bool]:
        names = self._keys(key).stored
        args = (field, part, *self._stored(note), self._idempotency_ttl_ms)
        snapshot, events, record, erased = await self._link.script(_LOAD, names, args, what="load")
        return snapshot, events, record, bool(erased)

    async def commit(
        self,
        key: SessionKey,
        *,
        expected_version: int,
        state: SessionState,
        events: Sequence[Event],
        idempotency: IdempotencyRecord | None = None,
        releases: IdempotencyRecord | None = None,
        snapshot: bool = True,
    ) -> None:
        check_commit(key, expected_version, state, events)
        keys = self._keys(key)
        lives_ms = self._paused_ttl_ms if state.status == "paused" else self._ttl_ms
        args: list[str | bytes | int] = [
            expected_version,
            unique_token() + ",",
            self._written(_FORMAT + _encode(state)) if snapshot or not expected_version else b"",
            lives_ms,
            max(lives_ms, self._idempotency_ttl_ms),
            keys.channel,
            *self._stored(idempotency),
            _field(releases.scope, releases.key) if releases else "",
            *[self._written(encode_event(event)) for event in events],
        ]
        found: int = await self._link.script(_COMMIT, keys.stored, args, what="commit")
        if found == -2:
            raise session_erased()
        if found >= 0:
            raise version_conflict(expected_version, found)

    async def events(self, key: SessionKey, *, after: int = 0, limit: int | None = None) -> list[Event]:
        return [decode_event(raw) for raw in await self._range(key, after, limit)]

    async def raw_events(self, key: SessionKey, *, after: int = 0) -> list[bytes]:
        return await self._range(key, after, None)

    async def _range(self, key: SessionKey, after: int, limit: int | None) -> list[bytes]:
        if limit is not None and limit <= 0:
            return []
        name = self._keys(key).events
        last = -1 if limit is None else after + limit - 1
        found: list[bytes] = await self._link.command("LRANGE", name, after, last, what="events")
        return [self._expanded(raw) for raw in found]

    def follow(self, key: SessionKey, *, after: int = 0) -> AsyncIterator[list[bytes]]:
        return self._feed.follow(
            self._keys(key).channel,
            lambda seen: self.raw_events(key, after=seen),
            after=after,
            heartbeat_s=self._heartbeat_s,
        )

    async def release(self, key: SessionKey, scope: str, idempotency_key: str) -> None:
        names = (self._keys(key).idempotency,)
        args = (_field(scope, idempotency_key),)
        await self._link.script(_RELEASE, names, args, what="release")

    async def renew(self, key: SessionKey, lease: IdempotencyRecord) -> bool:
        names = (self._keys(key).idempotency,)
        renewed: int = await self._link.script(_RENEW, names, self._stored(lease), what="renew")
        return bool(renewed)

    async def held_until(self, key: SessionKey, scope: str) -> float:
        leases = [0.0]
        cursor = b"0"
        match = _field(scope, "*")
        while True:
            page = ("HSCAN", self._keys(key).idempotency, cursor, "MATCH", match, "COUNT", _SCAN_PAGE)
            cursor, found = await self._link.command(*page, what="held")
            records = [raw for raw in found[1::2] if raw.startswith(_IN_FLIGHT)]
            leases += [self._record(raw).lease_until for raw in records]
            if cursor == b"0":
                return max(leases)

    async def live_count(self) -> int:
        """Exact up to about 20,000 keys; beyond, extrapolated from that many, which a scan visits in hash order."""
        seen = live = pages = 0
        suffix = b":session"
        stem = f"{self._prefix}:{{".encode()
        async for names in self._link.scan(what="scan"):
            seen += len(names)
            live += sum(name.endswith(suffix) and name.startswith(stem) for name in names)
            pages += 1
            if pages == _SCAN_PAGES_AT_MOST:
                break
        else:
            return live
        total: int = sum(await self._link.each_server("DBSIZE", what="live_count"))
        return round(live * total / max(seen, 1))

    async def expiring(self, within_s: float) -> list[SessionKey]:
        return await self._with_lifetimes((0, within_s * 1000))

    async def quiet(self, at_least_s: float, at_most_s: float) -> list[SessionKey]:
        # Every commit resets the time to live, so the remaining time tells when the last commit was.
        lives_ms = dict.fromkeys((self._ttl_ms, self._paused_ttl_ms))
        return await self._with_lifetimes(*((ms - at_most_s * 1000, ms - at_least_s * 1000) for ms in lives_ms))

    async def _with_lifetimes(self, *ranges_ms: tuple[float, float]) -> list[SessionKey]:
        """Sessions whose time left to live is within one of ``ranges_ms``."""
        found: list[SessionKey] = []
        async for page in self._named("session"):
            lifetimes_ms = await self._link.pipeline([("PTTL", name) for name in page], what="lifetimes")
            for key, left_ms in zip(page.values(), lifetimes_ms, strict=True):
                if any(max(0, from_ms) <= left_ms <= to_ms for from_ms, to_ms in ranges_ms):
                    found.append(key)
        return list(dict.fromkeys(found))

    async def _named(self, part: str) -> AsyncIterator[dict[bytes, SessionKey]]:
        """Stored keys that end with ``part``, each with its session, one page of the key space at a time."""
        stem, suffix = f"{self._prefix}:{{".encode(), f"}}:{part}".encode()
        async for names in self._link.scan(what="scan"):
            page: dict[bytes, SessionKey] = {}
            for name in names:
                # In bytes: the server may hold another application's keys, which need not be text.
                if name.startswith(stem) and name.endswith(suffix):
                    address = name.removeprefix(stem).removesuffix(suffix).decode(errors="replace")
                    tenant, _, interview_id = address.partition("/")
                    page[name] = SessionKey(decoded(tenant), decoded(interview_id))
            yield page

    async def delete(self, key: SessionKey) -> bool:
        keys = self._keys(key)
        return bool(await self._link.command("DEL", keys.session, keys.events, keys.idempotency, what="delete"))

    async def erase(self, key: SessionKey) -> bool:
        keys = self._keys(key)
        gone = await self._link.script(_ERASE, keys.stored, (round(ERASED_FOR_S * 1000),), what="erase")
        return bool(gone)

    async def erased(self) -> list[SessionKey]:
        found: list[SessionKey] = []
        async for page in self._named("erased"):
            found.extend(page.values())
        return list(dict.fromkeys(found))

    async def purge_log(self) -> bool:
        return await rewrite_append_log(self._link)

    async def ping(self) -> None:
        await self._link.each_server("PING", what="ping")

    async def close(self) -> None:
        await self._feed.close()
        await self._link.close()


def _plain(value: bytes) -> bytes:
    return value


def _field(scope: str, idempotency_key: str) -> str:
    return f"{scope}\x1f{idempotency_key}"
