"""The conversations of this replica: at most one for an interview, kept a while for a client that comes back."""

from __future__ import annotations

import asyncio

from serve.http.realtime.conversation import Conversation, ConversationPorts
from serve.http.realtime.outbox import Close, Outbox
from serve.http.realtime.session_config import SessionConfig
from storage.sessions.port import SessionKey

#: Not among the codes after which the SDKs reconnect, or two clients would evict each other for ever.
SUPERSEDED = Close(1008, "superseded: this interview was opened by another connection")
#: Service restart: the SDKs reconnect, and resume.
RESTARTING = Close(1012, "the server restarts: connect again, with resume and after")


class Conversations:
    """Belongs to one event loop."""

    def __init__(self, ports: ConversationPorts) -> None:
        self._ports = ports
        self._open: dict[SessionKey, Conversation] = {}
        self._parked: dict[SessionKey, asyncio.TimerHandle] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    def claim(self, key: SessionKey, session_id: str | None, config: SessionConfig) -> Conversation:
        """The conversation of an interview for a new connection; an older connection to it is closed.

        The one with ``session_id`` goes on where it stopped. Any other is given up: what was said and not yet
        committed in it is lost, and its turn under way is finished.
        """
        found = self._open.get(key)
        timer = self._parked.pop(key, None)
        if timer is not None:
            timer.cancel()
        if found is not None:
            if found.attached is not None:
                found.attached.close(SUPERSEDED)
                found.detach(found.attached)
            if found.session_id == session_id:
                return found
            self._give_up(found)
        conversation = self._open[key] = Conversation(self._ports, key, config)
        return conversation

    def park(self, conversation: Conversation, outbox: Outbox) -> None:
        """A connection ended; a conversation that has begun waits for the next one."""
        conversation.detach(outbox)
        if conversation.attached is None and self._open.get(conversation.key) is conversation:
            if not conversation.begun:
                self._give_up(conversation)
                return
            loop = asyncio.get_running_loop()
            self._parked[conversation.key] = loop.call_later(self._ports.settings.park_s, self._expired, conversation)

    async def stop(self) -> None:
        """Tell every client to come back, and let the running turns finish."""
        for timer in self._parked.values():
            timer.cancel()
        self._parked.clear()
        for conversation in tuple(self._open.values()):
            if conversation.attached is not None:
                conversation.attached.close(RESTARTING)
            self._give_up(conversation)
        if self._stopping:
            await asyncio.wait(self._stopping)

    def _expired(self, conversation: Conversation) -> None:
        self._parked.pop(conversation.key, None)
        self._give_up(conversation)

    def _give_up(self, conversation: Conversation) -> None:
        if self._open.get(conversation.key) is conversation:
            del self._open[conversation.key]
        task = asyncio.create_task(conversation.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
