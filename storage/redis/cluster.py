"""A Redis Cluster behind the interface of one server: each command goes to the node that serves its key.

The names of the stores' keys have hash tags, so that the keys of one script or command share a slot: an interview's
(``{tenant/id}``), a queue's (``{queue:name}``), the API keys' (``{keys}``), the metrics' (``{metrics}``). redis-py
provides the protocol and the slot of a key. Its cluster client is not used: it sends ``ASKING`` on another connection
than the command when several are idle, and closes connections under other callers' commands when the layout changes.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MovedError, ResponseError, TryAgainError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from interview.errors import ConfigError
from storage.redis.connections import Argument, RedisConnections
from storage.redis.endpoint import Address, ClusterNodes

logger = logging.getLogger(__name__)

#: A resharding moves a slot once; a second redirection follows a layout that was outdated already.
_ATTEMPTS = 6
_TRY_AGAIN_PAUSE_S = 0.02

Command = Sequence[Argument]


class NodeLimits(Struct, frozen=True):
    """The bounds of ``RedisConnections``, for each node."""

    size: int
    wait_s: float
    connect_timeout_s: float
    reply_timeout_s: float


class Layout(Struct, frozen=True):
    """Which node serves which slots, as one node told it: (first, last, primary), at least one, and the replicas."""

    ranges: tuple[tuple[int, int, Address], ...]
    replicas: frozenset[Address]

    @property
    def primaries(self) -> list[Address]:
        return sorted({primary for _, _, primary in self.ranges})

    def primary_of(self, slot: int) -> Address:
        """Raises ClusterDownError: no node serves the slot."""
        for first, last, primary in self.ranges:
            if first <= slot <= last:
                return primary
        raise ClusterDownError("CLUSTERDOWN Hash slot not served")


class ClusterConnections:
    """``RedisConnections`` to every node, created on demand.

    The layout is read anew when a node corrects it or does not answer.
    """

    def __init__(self, seeds: ClusterNodes, limits: NodeLimits) -> None:
        self._seeds = seeds
        self._limits = limits
        self._nodes: dict[Address, RedisConnections] = {}
        self._layout: Layout | None = None
        self._failed: Address | None = None
        self._reading = asyncio.Lock()
        self._turn = itertools.count()

    async def exchange(self, *commands: Command) -> list[Any]:
        """The raw reply of each command, an error reply as a ``ResponseError`` in its place.

        Commands of different slots may run in another order than given. An atomic command is sent once more only
        after a node refused to run it.

        Raises:
            TimeoutError: no connection was free, or no reply came, in time.
            RedisError, OSError: a connection failed; whether the commands ran is not known.
        """
        replies: list[Any] = [None] * len(commands)
        slots = [key_slot(_key_of(command)) for command in commands]
        layout = await self._known_layout()
        try:
            routes = {place: (layout.primary_of(slot), False) for place, slot in enumerate(slots)}
        except ClusterDownError:
            self._layout = None  # a node may serve the slot by the next command
            raise
        for attempt in range(_ATTEMPTS):
            await self._send(commands, routes, replies)
            routes, moved = _redirections(routes, replies)
            if not routes:
                break
            if moved:
                self._layout = None
            elif attempt:
                await asyncio.sleep(_TRY_AGAIN_PAUSE_S)
        if any(isinstance(reply, ClusterDownError) for reply in replies):
            self._layout = None  # a failover is under way
        return replies

    async def exchange_at(self, server: Address | None, *commands: Command) -> list[Any]:
        """As ``exchange``, with one node, whatever the keys."""
        assert server is not None  # noqa: S101 - one of ``servers``
        try:
            return await self._node(server).exchange(*commands)
        except (RedisConnectionError, RedisTimeoutError, OSError):
            self._layout, self._failed = None, server
            raise

    async def servers(self, *, replicas: bool = False) -> list[Address | None]:
        """The primaries, then the replicas if asked for, as a node tells them now: without replicas that are down."""
        async with self._reading:
            layout = self._layout = await self._read_layout()
        return [*layout.primaries, *(sorted(layout.replicas) if replicas else ())]

    async def url_for_subscriptions(self) -> str:
        """The next primary's URL: each node of the cluster delivers the publications of all, a forgotten seed none.

        Raises as ``_read_layout``.
        """
        primaries = (await self._known_layout()).primaries
        return self._seeds.url_of(primaries[next(self._turn) % len(primaries)])

    async def close(self) -> None:
        for node in self._nodes.values():
            await node.close()

    async def _send(
        self, commands: Sequence[Command], routes: dict[int, tuple[Address, bool]], replies: list[Any]
    ) -> None:
        """Send the commands at the places in ``routes``, and put their replies into ``replies``."""
        at: dict[Address, list[int]] = {}
        for place, (address, _) in routes.items():
            at.setdefault(address, []).append(place)

        async def exchange(address: Address, places: list[int]) -> None:
            words: list[Command] = []
            for place in places:
                words += [("ASKING",), commands[place]] if routes[place][1] else [commands[place]]
            received = iter(await self.exchange_at(address, *words))
            for place in places:
                if routes[place][1]:
                    next(received)
                replies[place] = next(received)

        if len(at) == 1:
            await exchange(*next(iter(at.items())))
            return
        done = await asyncio.gather(*(exchange(*one) for one in at.items()), return_exceptions=True)
        for failure in done:
            if isinstance(failure, BaseException):
                raise failure

    def _node(self, address: Address) -> RedisConnections:
        node = self._nodes.get(address)
        if node is None:
            limits = self._limits
            node = self._nodes[address] = RedisConnections(
                self._seeds.url_of(address),
                size=limits.size,
                wait_s=limits.wait_s,
                connect_timeout_s=limits.connect_timeout_s,
                reply_timeout_s=limits.reply_timeout_s,
            )
        return node

    async def _known_layout(self) -> Layout:
        if self._layout is not None:
            return self._layout
        async with self._reading:
            if self._layout is None:
                self._layout = await self._read_layout()
            return self._layout

    async def _read_layout(self) -> Layout:
        """The layout as the first node tells it that answers and knows of a slot that is served.

        Raises:
            ConfigError: the URL names a server that is no node of a cluster.
            ClusterDownError: nodes answer, and none knows of a served slot.
            RedisError, OSError, TimeoutError: no node answers.
        """
        failed: Exception | None = None
        known = dict.fromkeys([*self._nodes, *self._seeds.nodes])
        for address in sorted(known, key=lambda one: one == self._failed):
            try:
                (reply,) = await self._node(address).exchange(("CLUSTER", "SLOTS"))
            except (RedisConnectionError, RedisTimeoutError, OSError) as error:
                failed = error
                continue
            if isinstance(reply, ResponseError):
                if "cluster support disabled" in str(reply):
                    raise ConfigError("REDIS_URL names a server that is no node of a Redis Cluster.") from reply
                failed = reply
                continue
            if not reply:  # the cluster is not created yet, or the node was reset or forgotten
                logger.warning("a node of the cluster knows of no slot: node=%s:%d", *address)
                failed = ClusterDownError("CLUSTERDOWN No slot is served")
                continue
            layout = _layout(reply, address)
            await self._forget_others(layout)
            return layout
        assert failed is not None  # noqa: S101 - a URL without nodes is refused
        raise failed

    async def _forget_others(self, layout: Layout) -> None:
        kept = {*layout.primaries, *layout.replicas}
        for address in [one for one in self._nodes if one not in kept]:
            await self._nodes.pop(address).close()


def _layout(reply: Sequence[Any], asked: Address) -> Layout:
    """From the reply to CLUSTER SLOTS; a node that does not know its own host is the one that was asked."""
    ranges, replicas = [], set()
    for first, last, primary, *others in reply:
        ranges.append((int(first), int(last), _address(primary, asked)))
        replicas |= {_address(other, asked) for other in others}
    return Layout(tuple(ranges), frozenset(replicas))


def _address(node: Sequence[Any], asked: Address) -> Address:
    host = (node[0] or b"").decode()
    return (asked[0] if host in ("", "?") else host), int(node[1])


def _redirections(
    routes: dict[int, tuple[Address, bool]], replies: Sequence[Any]
) -> tuple[dict[int, tuple[Address, bool]], bool]:
    """Where the commands that were not run must go next (address, with ASKING), and whether the layout is outdated."""
    again: dict[int, tuple[Address, bool]] = {}
    moved = False
    for place, (address, asking) in routes.items():
        reply = replies[place]
        if isinstance(reply, MovedError):
            again[place] = (reply.host or address[0], reply.port), False
            moved = True
        elif isinstance(reply, AskError):
            again[place] = (reply.host or address[0], reply.port), True
        elif isinstance(reply, TryAgainError):
            again[place] = address, asking
    return again, moved


def _key_of(command: Command) -> bytes:
    """The first key of a command; those of a script or a command share their slot."""
    name = str(command[0]).upper()
    if name in ("EVAL", "EVALSHA"):
        key = command[3]
    elif name == "XREAD":
        key = command[[str(word).upper() for word in command].index("STREAMS") + 1]
    else:
        key = command[1]
    return key if isinstance(key, bytes) else str(key).encode()
