"""Events on their way to one client, in order and bounded: a client that reads too slowly is disconnected."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode


class Close(Exception):
    """Ends the connection with a WebSocket close code (RFC 6455, section 7.4) and a reason of at most 123 bytes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Outbox:
    """``put`` never waits; ``pump`` sends. Belongs to one event loop."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._waiting: deque[str] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._close: Close | None = None
        self._numbers = itertools.count(1)

    def put(self, event: dict[str, Any]) -> None:
        """Queue an event; ``event_id`` is added."""
        if self._close is not None:
            return
        text = _encode({"event_id": f"event_{next(self._numbers)}", **event}).decode()
        self._waiting.append(text)
        self._bytes += len(text)
        self._wake.set()
        if self._bytes > self._max_bytes:
            self._waiting.clear()
            self.close(Close(1008, "slow reader: events were not read fast enough"))

    def close(self, reason: Close) -> None:
        """End the connection after what is queued; the first reason counts."""
        self._close = self._close or reason
        self._wake.set()

    async def pump(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send until closed. Raises Close."""
        while True:
            while self._waiting:
                text = self._waiting.popleft()
                self._bytes -= len(text)
                await send(text)
            if self._close is not None:
                raise self._close
            self._wake.clear()
            await self._wake.wait()
