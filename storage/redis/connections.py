"""One exchange with Redis on a persistent connection: commands in one write, one reply for each.

redis-py provides the protocol and the connection. Its pool and client are not used, because their work per command
(locks, records, polling, timers, tasks) costs more CPU than the exchange itself: docs/measurements/2026-11-22-load.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from storage.redis.endpoint import Address, connection_pool

Argument = str | bytes | int | float


class RedisConnections:
    """At most ``size`` connections to ``url``, created on demand and kept.

    A connection whose exchange failed is closed, so that no later exchange reads its replies. Times in seconds.
    """

    def __init__(self, url: str, *, size: int, wait_s: float, connect_timeout_s: float, reply_timeout_s: float) -> None:
        # creates connections; the pool itself is never used. One deadline holds for the whole exchange instead of one
        # per write and read.
        self._url = url
        self._maker = connection_pool(url, connect_timeout_s=connect_timeout_s, timeout_s=None)
        self._places = asyncio.Semaphore(size)
        self._wait_s = wait_s
        self._reply_timeout_s = reply_timeout_s
        self._idle: list[AbstractConnection] = []

    async def exchange(self, *commands: Sequence[Argument]) -> list[Any]:
        """The raw reply of each command, an error reply as a ``ResponseError`` in its place.

        Raises:
            TimeoutError: no connection was free, or no reply came, in time.
            RedisError, OSError: the connection failed; whether the commands ran is not known.
        """
        await self._take_place()
        try:
            connection = self._idle.pop() if self._idle else self._maker.make_connection()  # type: ignore[no-untyped-call]
            try:
                async with asyncio.timeout(self._reply_timeout_s):
                    if not connection.is_connected:
                        await connection.connect()  # sending alone would not ask a Sentinel for the master
                    await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
                    replies = [await _reply(connection) for _ in commands]
            except BaseException as error:
                await connection.disconnect(nowait=True)
                if isinstance(error, RedisConnectionError):
                    # a server that closed one connection has closed the idle ones as well
                    await self._close_idle()
                raise
            self._idle.append(connection)
        finally:
            self._places.release()
        return replies

    async def exchange_at(self, server: Address | None, *commands: Sequence[Argument]) -> list[Any]:
        """``exchange`` with the one server that there is, ``None``."""
        return await self.exchange(*commands)

    async def servers(self, *, replicas: bool = False) -> list[Address | None]:
        return [None]

    async def url_for_subscriptions(self) -> str:
        return self._url

    async def close(self) -> None:
        await self._close_idle()

    async def _take_place(self) -> None:
        if self._places.locked():
            async with asyncio.timeout(self._wait_s):
                await self._places.acquire()
        else:
            await self._places.acquire()

    async def _close_idle(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.disconnect(nowait=True)


async def _reply(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response()
    except ResponseError as error:
        return error
