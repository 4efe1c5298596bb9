"""A candidate who types answers over ``/v1/realtime`` and resumes after every lost connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.support.realtime import KEY, Line, line

#: A connection that ended, or that a dying server did not open.
LOST = (ConnectionClosed, ConnectionError, EOFError, InvalidHandshake, InvalidMessage)


#: Between two attempts to connect.
RETRY_S = 0.05


@dataclass
class ResumingCandidate:
    """Gives ``answers``, each under an item id of its own, until the log has every one and its reply.

    ``cut`` is called in the middle of an answer and ends the connection, or lets it be; ``connections`` counts them.
    """

    address: str
    interview: str
    answers: list[str]
    chance: random.Random
    cut: Callable[[Line], Awaitable[None]]
    key: str = KEY
    connections: int = 0
    _session: str = ""
    _seq: int = 0
    _logged: set[str] = field(default_factory=set)
    _active: set[str] = field(default_factory=set)

    async def give_all(self) -> None:
        todo = {f"item_{self.interview}_{place}": text for place, text in enumerate(self.answers)}
        while todo:
            opened = self.connections
            try:
                async with line(
                    self.address, key=self.key, interview=self.interview, resume=self._session or None, after=self._seq
                ) as talk:
                    self.connections += 1
                    await self._resumed(talk)
                    for item_id in tuple(todo):
                        if item_id not in self._logged:
                            await self._give(talk, item_id, todo[item_id])
                        del todo[item_id]
            except (*LOST, TimeoutError) as error:
                if isinstance(error, TimeoutError) and self.connections > opened:
                    raise  # it was connected, and an event did not come
                await asyncio.sleep(RETRY_S)

    async def _resumed(self, talk: Line) -> None:
        """Everything of the log that was missed, and the reply to an answer that a dead server had accepted."""
        self._active.clear()
        self._session = (await self._until(talk, "session.created"))["session"]["id"]
        await talk.send("session.update", session={"output_modalities": ["text"]})
        await self._until(talk, "session.updated")
        while self._active:
            await self._until(talk, "response.done")

    async def _give(self, talk: Line, item_id: str, text: str) -> None:
        """One answer, in the middle of which the connection may be cut."""
        await talk.type(text, id=item_id)
        await talk.send("response.create")
        for _ in range(self.chance.randrange(12)):
            if (await self._next(talk))["type"] == "response.done":
                return
        await self.cut(talk)
        while True:
            done = await self._until(talk, "response.done")
            if done["response"]["status"] == "completed":
                return

    async def _until(self, talk: Line, type_: str) -> dict[str, Any]:
        while True:
            event = await self._next(talk)
            if event["type"] == type_:
                return event

    async def _next(self, talk: Line) -> dict[str, Any]:
        event = await talk.next()
        assert event["type"] != "error", event
        self._seq = max(self._seq, event.get("seq", 0))
        match event["type"]:
            case "conversation.item.done" if "seq" in event:
                self._logged.add(event["item"]["id"])
            case "response.created":
                self._active.add(event["response"]["id"])
            case "response.done":
                self._active.discard(event["response"]["id"])
            case _:
                pass
        return event
