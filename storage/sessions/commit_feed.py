"""Notifies followers of a session's commits: one pub/sub connection per process, events always read from the log.

A notification carries no events; followers always read those from the log. So a lost, duplicate or late notification
can cost time, never an event:

- a follower registers first and reads second, and wakes again when the server confirms the subscription: that
  second read finds a commit before the confirmation, and a commit after it is announced;
- after a reconnect every channel is subscribed anew, and each confirmation wakes its followers;
- without any notification a follower reads once per heartbeat.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from interview.errors import StorageUnavailable
from storage.redis.client import RedisLink, cancellation_watch

logger = logging.getLogger(__name__)

_RECONNECT_PAUSE_S = 0.02
_RECONNECT_PAUSE_AT_MOST_S = 2.0
_OUTAGE_PAUSE_S = 1.0
_SILENCE_S = 10.0

Read = Callable[[int], Awaitable[list[bytes]]]


class CommitFeed:
    """The followers of one process and their shared connection; both start with the first follower."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._followers: dict[str, set[asyncio.Event]] = {}
        self._pubsub: PubSub | None = None
        self._writing = asyncio.Lock()
        self._heard = False
        self._reader: asyncio.Task[None] | None = None

    async def follow(self, channel: str, read: Read, *, after: int, heartbeat_s: float) -> AsyncIterator[list[bytes]]:
        """Batches of encoded events after ``after``; ``read(seen)`` returns those after ``seen``. ``[]`` = heartbeat.

        It survives an outage of the store: heartbeats continue, and it reads the log again when the store is back.
        """
        wake = asyncio.Event()
        seen = after
        await self._join(channel, wake)
        try:
            while True:
                wake.clear()
                try:
                    batch = await read(seen)
                except StorageUnavailable:
                    yield []
                    await asyncio.sleep(_OUTAGE_PAUSE_S)
                    continue
                if batch:
                    seen += len(batch)
                    yield batch
                try:
                    async with asyncio.timeout(heartbeat_s):
                        await wake.wait()
                except TimeoutError:
                    yield []
        finally:
            await self._leave(channel, wake)

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    async def _join(self, channel: str, wake: asyncio.Event) -> None:
        others = self._followers.setdefault(channel, set())
        others.add(wake)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_while_followed(), name="storage-commit-feed")
        elif len(others) == 1:
            await self._tell(channel)

    async def _leave(self, channel: str, wake: asyncio.Event) -> None:
        others = self._followers.get(channel, set())
        others.discard(wake)
        if not others:
            self._followers.pop(channel, None)
            await self._tell(channel)

    async def _tell(self, channel: str) -> None:
        """Bring the server's subscription to one channel up to date. The reader handles a broken connection and
        resubscribes."""
        async with self._writing:
            if self._pubsub is None:
                return
            try:
                if channel in self._followers:
                    await self._pubsub.subscribe(channel)
                else:
                    await self._pubsub.unsubscribe(channel)
            except (RedisError, OSError) as error:
                logger.info("commit feed could not subscribe: error=%s", type(error).__name__)

    async def _read_while_followed(self) -> None:
        """Reconnect until nobody follows; the next follower starts it again."""
        pause_s = _RECONNECT_PAUSE_S
        while self._followers:
            self._heard = False
            try:
                await self._read_connection()
            except (RedisError, OSError) as error:
                logger.warning("commit feed lost its connection: error=%s", type(error).__name__)
            pause_s = _RECONNECT_PAUSE_S if self._heard else min(2 * pause_s, _RECONNECT_PAUSE_AT_MOST_S)
            await asyncio.sleep(pause_s)

    async def _read_connection(self) -> None:
        """Serve one connection: subscribe to all followed sessions, then wake followers until it breaks."""
        cancelled = cancellation_watch()
        pubsub = await self._link.pubsub()
        try:
            async with self._writing:
                if not self._followers:
                    return  # a connection without a subscription cannot be read
                await pubsub.subscribe(*self._followers)
                self._pubsub = pubsub
            unanswered = 0
            while unanswered < 2:
                message = await pubsub.get_message(timeout=_SILENCE_S)
                cancelled()
                if message is not None:
                    unanswered = 0
                    self._heard = True
                    if message["type"] in ("message", "subscribe"):
                        for wake in self._followers.get(message["channel"].decode(), ()):
                            wake.set()
                elif self._followers:
                    unanswered += 1
                    async with self._writing:
                        await pubsub.ping()
            logger.warning("commit feed: the server is silent, reconnecting")
        finally:
            self._pubsub = None
            await pubsub.aclose()  # type: ignore[no-untyped-call]
