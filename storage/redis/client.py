"""The Redis client: bounded pools with deadlines, scripts by digest, and errors of the platform's own tree."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct
from opentelemetry.trace import SpanKind
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MovedError, NoScriptError, OutOfMemoryError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from interview import retries, telemetry
from interview.errors import ConfigError, InterviewError, StorageUnavailable
from storage.redis.address import without_credentials
from storage.redis.cluster import ClusterConnections, NodeLimits
from storage.redis.connections import Argument, RedisConnections
from storage.redis.endpoint import Address, cluster_nodes, connection_pool

T = TypeVar("T")

logger = logging.getLogger(__name__)

_UNAVAILABLE = "The store does not answer; try again shortly."
_RETRY_AFTER_S = 1.0
_FULL = "The store is full: running interviews are kept, and nothing new is stored until there is room."
_FULL_RETRY_S = 30.0
_ONE_OF_A_CLUSTER = "REDIS_URL names one node of a Redis Cluster; write redis+cluster://[user:password@]host:port,…"
_SCAN_PAGE = 1000


class RedisLimits(Struct, frozen=True):
    """Bounds on every exchange with Redis, so that a stalled server costs a caller seconds and never a hang.

    At most ``pool_size`` connections (to each node of a cluster); a caller waits ``pool_wait_s`` for a free one. A lost
    connection or an overdue reply is retried ``retries`` times, ``retry_pause_s`` apart, and only for idempotent
    operations.
    """

    pool_size: int = 64
    pool_wait_s: float = 1.0
    connect_timeout_s: float = 1.0
    reply_timeout_s: float = 2.0
    retries: int = 1
    retry_pause_s: float = 0.05


DEFAULT_LIMITS = RedisLimits()


class Script:
    """A Lua script called by its SHA-1: one round trip, and a second only when the server does not know it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


class RedisLink:
    """The stores' access to Redis: commands in, replies as bytes out, ``StorageUnavailable`` on failure.

    ``url`` is one of ``storage.redis.endpoint``; the first command connects. Every operation may be sent twice
    (see ``RedisLimits.retries``), so each one must be idempotent.

    Replies come as the server sends them (RESP2): a set or a map is a list.

    On a Redis Cluster a command goes to the node of its first key. Commands without keys go to each primary
    (``each_server``), and ``scan`` visits all of them.
    """

    def __init__(self, url: str, limits: RedisLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._server = without_credentials(url)
        nodes = cluster_nodes(url)
        self._connections = (
            ClusterConnections(
                nodes,
                NodeLimits(limits.pool_size, limits.pool_wait_s, limits.connect_timeout_s, limits.reply_timeout_s),
            )
            if nodes is not None
            else RedisConnections(
                url,
                size=limits.pool_size,
                wait_s=limits.pool_wait_s,
                connect_timeout_s=limits.connect_timeout_s,
                reply_timeout_s=limits.reply_timeout_s,
            )
        )
        self._subscribers: dict[str, Redis] = {}

    async def command(self, *words: Argument, what: str) -> Any:
        """One command. ``what`` names the operation in the log and in the error."""
        return (await self.pipeline([words], what=what))[0]

    async def pipeline(self, commands: Iterable[Sequence[Argument]], *, what: str) -> list[Any]:
        """Several commands in one round trip, not in one transaction."""
        listed = list(commands)
        if not listed:
            return []

        async def send() -> list[Any]:
            return [_accepted(reply) for reply in await self._connections.exchange(*listed)]

        return await self._attempt(send, what)

    async def script(self, script: Script, keys: Sequence[str], args: Sequence[Argument], *, what: str) -> Any:
        """One script, atomically."""

        async def send() -> Any:
            (reply,) = await self._connections.exchange(("EVALSHA", script.sha, len(keys), *keys, *args))
            if isinstance(reply, NoScriptError):
                (reply,) = await self._connections.exchange(("EVAL", script.source, len(keys), *keys, *args))
            return _accepted(reply)

        return await self._attempt(send, what)

    async def each_server(self, *words: Argument, what: str, replicas: bool = False) -> list[Any]:
        """The reply of each server to one command: of each primary of a cluster, and of its replicas if asked for."""

        async def send() -> list[Any]:
            servers = await self._connections.servers(replicas=replicas)
            return [_accepted((await self._connections.exchange_at(one, words))[0]) for one in servers]

        return await self._attempt(send, what)

    async def scan(self, *, what: str, match: str | None = None) -> AsyncIterator[list[bytes]]:
        """The names of the stored keys, a page at a time; a name may come twice. ``match`` is a pattern of Redis.

        On a cluster a key may be missed whose slot moves to another node meanwhile.
        """
        pattern = () if match is None else ("MATCH", match)

        async def page(server: Address | None, cursor: int) -> tuple[bytes, list[bytes]]:
            words = ("SCAN", cursor, *pattern, "COUNT", _SCAN_PAGE)
            following, names = _accepted((await self._connections.exchange_at(server, words))[0])
            return following, names

        for server in await self._attempt(self._connections.servers, what):
            cursor = 0
            while True:
                following, names = await self._attempt(partial(page, server, cursor), what)
                yield names
                cursor = int(following)
                if not cursor:
                    break

    async def pubsub(self) -> PubSub:
        """A connection for subscriptions; its own errors, and those of this call, are ``RedisError`` and ``OSError``.

        On a cluster it leads to another node each time, and each node delivers what any of them publishes.
        """
        url = await self._connections.url_for_subscriptions()
        if url not in self._subscribers:
            limits = self._limits
            pool = connection_pool(url, connect_timeout_s=limits.connect_timeout_s, timeout_s=limits.reply_timeout_s)
            self._subscribers[url] = Redis(connection_pool=pool)
        return self._subscribers[url].pubsub()

    async def close(self) -> None:
        await self._connections.close()
        for subscriber in self._subscribers.values():
            await subscriber.aclose()

    async def _attempt(self, operation: Callable[[], Awaitable[T]], what: str) -> T:
        with telemetry.span(f"redis {what}", SpanKind.CLIENT, {"db.system.name": "redis", "db.operation.name": what}):
            return await self._attempts(operation, what)

    async def _attempts(self, operation: Callable[[], Awaitable[T]], what: str) -> T:
        for left in range(self._limits.retries, -1, -1):
            try:
                return await operation()
            except (RedisConnectionError, RedisTimeoutError, OSError) as error:
                if not left:
                    raise self._unavailable(error, what) from error
                await asyncio.sleep(self._limits.retry_pause_s)
                overdue = isinstance(error, RedisTimeoutError | TimeoutError)
                retries.tried_again("store", "overdue" if overdue else "connection-lost")
            except OutOfMemoryError as error:
                logger.error("redis is full: operation=%s", what)
                raise StorageUnavailable(_FULL, retry_after_s=_FULL_RETRY_S, detail={"operation": what}) from error
            except MovedError as error:
                raise self._moved(error, what) from error
            except RedisError as error:
                raise self._unavailable(error, what) from error
        raise AssertionError("unreachable")

    def _moved(self, error: MovedError, what: str) -> InterviewError:
        """A cluster's layout changes faster than it is read; a single server that redirects is one of a cluster."""
        if isinstance(self._connections, ClusterConnections):
            return self._unavailable(error, what)
        return ConfigError(_ONE_OF_A_CLUSTER)

    def _unavailable(self, error: Exception, what: str) -> StorageUnavailable:
        """The typed error for a Redis failure. The log gets the error's type: its arguments may hold answers."""
        logger.warning("redis failed: server=%s operation=%s error=%s", self._server, what, type(error).__name__)
        return StorageUnavailable(_UNAVAILABLE, retry_after_s=_RETRY_AFTER_S, detail={"operation": what})


def cancellation_watch() -> Callable[[], None]:
    """A check that raises CancelledError if this task was cancelled in the meantime and the library swallowed it.

    redis-py writes under ``asyncio.wait_for``, which before Python 3.12 returns normally when the cancellation arrives
    just as the write completes (python/cpython#81839). A cancelled worker would then never stop.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0

    def check() -> None:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError

    return check


def _accepted(reply: Any) -> Any:
    """The reply; raises it when it is an error."""
    if isinstance(reply, RedisError):
        raise reply
    return reply
