"""A Redis Cluster on loopback, of real servers: three primaries, and replicas on demand."""

from __future__ import annotations

import contextlib
import random
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from storage.embedded.program import find_redis_server

_SLOTS = 16384
_BUS = 10_000  # the bus listens that far above a node's port
_READY_WITHIN_S = 60


@dataclass
class Node:
    port: int
    password: str
    process: subprocess.Popen[bytes]
    id: str = ""

    def ask(self, *words: object) -> Any:
        """One command, its reply as text. Raises RedisError."""
        with Redis(port=self.port, password=self.password, decode_responses=True, protocol=2) as client:
            return client.execute_command(*words)  # type: ignore[no-untyped-call]


@dataclass
class Cluster:
    folder: Path
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    nodes: list[Node] = field(default_factory=list)

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:3])
        return f"redis+cluster://:{self.password}@{hosts}"

    def start_node(self) -> Node:
        binary = find_redis_server()
        assert binary is not None
        port = _free_port()
        home = self.folder / str(port)
        home.mkdir()
        settings = (
            f"dir {home}",
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {self.password}",
            f"masterauth {self.password}",
            "cluster-enabled yes",
            "cluster-node-timeout 1000",
            "appendonly yes",
            "appendfsync no",
            "aof-use-rdb-preamble no",  # a rewritten log can be searched for a word
            "save ''",
        )
        (home / "server.conf").write_text("\n".join(settings) + "\n")
        process = subprocess.Popen(
            [binary.path, home / "server.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        node = Node(port, self.password, process)
        self.nodes.append(node)
        until(lambda: node.ask("PING") or None)
        node.id = node.ask("CLUSTER", "MYID")
        return node

    def form(self) -> None:
        """Give each of the three nodes its share of the slots, and introduce them to each other."""
        bounds = [share * _SLOTS // len(self.nodes) for share in range(len(self.nodes) + 1)]
        for place, node in enumerate(self.nodes):
            node.ask("CLUSTER", "ADDSLOTS", *range(bounds[place], bounds[place + 1]))
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", place + 1)
        for other in self.nodes[1:]:
            self.nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", other.port)
        self.await_ok()

    def add_replica(self, primary: Node) -> Node:
        node = self.start_node()
        node.ask("CLUSTER", "MEET", "127.0.0.1", primary.port)
        until(lambda: primary.id in node.ask("CLUSTER", "NODES") or None)
        until(lambda: node.ask("CLUSTER", "REPLICATE", primary.id))
        until(lambda: node.ask("INFO", "replication").get("master_link_status") == "up" or None)
        self.await_ok()
        return node

    def await_replicated(self, primary: Node) -> None:
        """Wait until the primary's replica has received every write."""

        def received() -> bool | None:
            about = primary.ask("INFO", "replication")
            return about["slave0"]["offset"] == about["master_repl_offset"] or None

        until(received)

    def await_ok(self) -> None:
        """Wait until every living node knows every other and sees all slots served."""
        living = [node for node in self.nodes if node.process.poll() is None]
        for node in living:
            until(lambda node=node: _agrees(node, len(self.nodes)))  # type: ignore[misc]

    def owner(self, slot: int) -> Node:
        for first, last, primary, *_ in self.nodes[0].ask("CLUSTER", "SLOTS"):
            if first <= slot <= last:
                return next(node for node in self.nodes if node.port == primary[1])
        raise AssertionError(f"no node serves slot {slot}")

    def stop(self) -> None:
        for node in self.nodes:
            node.process.kill()
            node.process.wait()


def _agrees(node: Node, count: int) -> bool | None:
    about = dict(line.split(":", 1) for line in node.ask("CLUSTER", "INFO").split())
    return (about["cluster_state"] == "ok" and int(about["cluster_known_nodes"]) == count) or None


def until(attempt: Any) -> Any:
    """The first value other than None that ``attempt`` returns."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while True:
        with contextlib.suppress(RedisError):
            found = attempt()
            if found is not None:
                return found
        assert time.monotonic() < deadline, "the cluster does not become ready"
        time.sleep(0.02)


def _free_port() -> int:
    """A port below the ephemeral ones, free together with the port of its bus."""
    while True:
        port = random.randrange(12_000, 22_000)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for each in (port, port + _BUS):
                stack.enter_context(socket.create_server(("127.0.0.1", each)))
            return port


@contextlib.contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder)
    try:
        for _ in range(3):
            cluster.start_node()
        cluster.form()
        yield cluster
    finally:
        cluster.stop()
