"""Rewrites Redis's append-only logs, so that deleted values are also removed from disk."""

from __future__ import annotations

import asyncio
import logging

from interview.errors import StorageUnavailable
from storage.redis.client import RedisLink

logger = logging.getLogger(__name__)

_LOOK_AGAIN_S = 0.1
_TIMEOUT_S = 600.0


async def rewrite_append_log(link: RedisLink, *, timeout_s: float = _TIMEOUT_S) -> bool:
    """Rewrite the logs of the servers behind ``link`` and reset their slow logs; True when no deleted value is left.

    Of a Redis Cluster the replicas' as well. Of Sentinel's service only the master's.

    The slow log keeps the arguments of slow commands, which hold candidates' words. Returns False, and logs an error,
    when the server refuses (a managed one often does), fails, or takes longer than ``timeout_s``.
    """
    try:
        async with asyncio.timeout(timeout_s):
            await link.each_server("SLOWLOG", "RESET", what="purge.slowlog", replicas=True)
            servers = await _idle(link)
            if all(server.get("aof_enabled") != "1" for server in servers):
                return True
            await _replicated(link)
            # A running rewrite began before the deletion, so only a new one excludes the deleted values.
            await link.each_server("BGREWRITEAOF", what="purge.rewrite", replicas=True)
            servers = await _idle(link)
    except (StorageUnavailable, TimeoutError) as error:
        logger.error("the append-only log was not rewritten: error=%s", type(error).__name__)
        return False
    if any(server.get("aof_last_bgrewrite_status") != "ok" for server in servers):
        logger.error("the rewrite of the append-only log failed; see the server's log")
        return False
    return True


async def _idle(link: RedisLink) -> list[dict[str, str]]:
    """Each server's state of ``persistence`` once no rewrite is running or scheduled on any."""
    while True:
        servers = await _about(link, "persistence")
        if all(one.get(f"aof_rewrite_{part}") == "0" for one in servers for part in ("in_progress", "scheduled")):
            return servers
        await asyncio.sleep(_LOOK_AGAIN_S)


async def _replicated(link: RedisLink) -> None:
    """Return once each replica has applied what its primary had written at the time of the call."""
    servers = await _about(link, "replication")
    written = {one["master_replid"]: int(one["master_repl_offset"]) for one in servers if one["role"] == "master"}
    while True:
        replicas = [one for one in servers if one["role"] == "slave"]
        if all(int(one["slave_repl_offset"]) >= written.get(one["master_replid"], 0) for one in replicas):
            return
        await asyncio.sleep(_LOOK_AGAIN_S)
        servers = await _about(link, "replication")


async def _about(link: RedisLink, section: str) -> list[dict[str, str]]:
    """A section of each server's INFO."""
    replies = await link.each_server("INFO", section, what="purge.info", replicas=True)
    return [dict(line.split(":", 1) for line in reply.decode().splitlines() if ":" in line) for reply in replies]
