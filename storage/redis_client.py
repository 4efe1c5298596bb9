"""One way to reach Redis: a bounded pool with deadlines, scripts by digest, and every failure in our own words."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

from msgspec import Struct
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from interview import retries, telemetry
from interview.errors import StorageUnavailable

T = TypeVar("T")
Argument = str | bytes | int | float

logger = logging.getLogger(__name__)

_UNAVAILABLE = "The store does not answer; try again shortly."
_RETRY_AFTER_S = 1.0


class RedisLimits(Struct, frozen=True):
    """Bounds on every conversation with Redis, so that a stalled server costs a caller seconds and never a hang.

    ``pool_size`` connections at most; a caller waits ``pool_wait_s`` for a free one. A lost connection or an overdue
    reply is retried ``retries`` times, ``retry_pause_s`` apart, and only where running twice is harmless.
    """

    pool_size: int = 64
    pool_wait_s: float = 1.0
    connect_timeout_s: float = 1.0
    reply_timeout_s: float = 2.0
    retries: int = 1
    retry_pause_s: float = 0.05


DEFAULT_LIMITS = RedisLimits()


class Script:
    """A Lua script called by its SHA-1: one round trip, and one more only after the server forgot it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


class RedisLink:
    """Redis as the stores see it: commands in, replies as bytes out, ``StorageUnavailable`` when it does not work.

    ``url`` is ``redis://``, ``rediss://`` or ``unix://``; the first command connects. Every operation may be sent
    twice (see ``RedisLimits.retries``), so each one given here must be harmless when it runs twice.

    The library's own retries are off, because they are blind to that. RESP2 is asked for by name, so that replies
    keep their shape across versions of the library.
    """

    def __init__(self, url: str, limits: RedisLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=limits.pool_size,
            timeout=limits.pool_wait_s,
            socket_connect_timeout=limits.connect_timeout_s,
            socket_timeout=limits.reply_timeout_s,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._client = Redis.from_pool(pool)

    async def command(self, *words: Argument, what: str) -> Any:
        """One command. ``what`` names the operation in the log and in the error."""
        return await self._attempt(lambda: _send(self._client, *words), what)

    async def pipeline(self, commands: Iterable[Sequence[Argument]], *, what: str) -> list[Any]:
        """Several commands in one round trip, not in one transaction."""
        listed = list(commands)
        if not listed:
            return []

        async def send() -> list[Any]:
            async with self._client.pipeline(transaction=False) as pipe:
                for words in listed:
                    _send(pipe, *words)
                return await pipe.execute()

        return await self._attempt(send, what)

    async def script(self, script: Script, keys: Sequence[str], args: Sequence[Argument], *, what: str) -> Any:
        """One script, atomically."""

        async def send() -> Any:
            try:
                return await _send(self._client, "EVALSHA", script.sha, len(keys), *keys, *args)
            except NoScriptError:
                return await _send(self._client, "EVAL", script.source, len(keys), *keys, *args)

        return await self._attempt(send, what)

    def pubsub(self) -> PubSub:
        """A connection for subscriptions; its own errors are ``RedisError`` and ``OSError``."""
        return self._client.pubsub()

    async def close(self) -> None:
        await self._client.aclose(close_connection_pool=True)

    async def _attempt(self, operation: Callable[[], Awaitable[T]], what: str) -> T:
        if not telemetry.tracing():
            return await self._attempts(operation, what)
        with telemetry.span(f"redis {what}", "client"):
            return await self._attempts(operation, what)

    async def _attempts(self, operation: Callable[[], Awaitable[T]], what: str) -> T:
        cancelled = cancellation_watch()
        for left in range(self._limits.retries, -1, -1):
            try:
                result = await operation()
                cancelled()
                return result
            except (RedisConnectionError, RedisTimeoutError, OSError) as error:
                cancelled()
                if not left:
                    raise _unavailable(error, what) from error
                await asyncio.sleep(self._limits.retry_pause_s)
                retries.tried_again("store", "overdue" if isinstance(error, RedisTimeoutError) else "connection-lost")
            except RedisError as error:
                raise _unavailable(error, what) from error
        raise AssertionError("unreachable")


def cancellation_watch() -> Callable[[], None]:
    """A check that raises CancelledError if this task was cancelled since now and the library swallowed it.

    redis-py writes under ``asyncio.wait_for``, which before Python 3.12 returns normally when the cancellation arrives
    just as the write completes (python/cpython#81839). A worker told to stop would go on for ever.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0

    def check() -> None:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError

    return check


def _send(client: Redis, *words: Argument) -> Awaitable[Any]:
    return cast(Awaitable[Any], client.execute_command(*words))  # type: ignore[no-untyped-call]


def _unavailable(error: Exception, what: str) -> StorageUnavailable:
    """The typed error for a failure of Redis; its kind goes to the log, never its arguments (they hold answers)."""
    logger.warning("redis failed: operation=%s error=%s", what, type(error).__name__)
    return StorageUnavailable(_UNAVAILABLE, retry_after_s=_RETRY_AFTER_S, detail={"operation": what})
