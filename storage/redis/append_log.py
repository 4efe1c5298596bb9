"""Rewrites Redis's append-only log, so that deleted values are also removed from disk."""

from __future__ import annotations

import asyncio
import logging

from interview.errors import StorageUnavailable
from storage.redis.client import RedisLink

logger = logging.getLogger(__name__)

_LOOK_AGAIN_S = 0.1
_TIMEOUT_S = 600.0


async def rewrite_append_log(link: RedisLink, *, timeout_s: float = _TIMEOUT_S) -> bool:
    """Rewrite the log of the server behind ``link`` and reset its slow log; True when no deleted value is left.

    The slow log keeps the arguments of slow commands, which hold candidates' words. Returns False, and logs an error,
    when the server refuses (a managed one often does), fails, or takes longer than ``timeout_s``.
    """
    try:
        async with asyncio.timeout(timeout_s):
            await link.command("SLOWLOG", "RESET", what="purge.slowlog")
            persistence = await _idle(link)
            if persistence.get("aof_enabled") != "1":
                return True
            # A running rewrite began before the deletion, so only a new one excludes the deleted values.
            await link.command("BGREWRITEAOF", what="purge.rewrite")
            persistence = await _idle(link)
    except (StorageUnavailable, TimeoutError) as error:
        logger.error("the append-only log was not rewritten: error=%s", type(error).__name__)
        return False
    if persistence.get("aof_last_bgrewrite_status") != "ok":
        logger.error("the rewrite of the append-only log failed; see the server's log")
        return False
    return True


async def _idle(link: RedisLink) -> dict[str, str]:
    """The server's section ``persistence`` once no rewrite is running or scheduled."""
    while True:
        lines = (await link.command("INFO", "persistence", what="purge.info")).decode().splitlines()
        found = dict(line.split(":", 1) for line in lines if ":" in line)
        if found.get("aof_rewrite_in_progress") == "0" and found.get("aof_rewrite_scheduled") == "0":
            return found
        await asyncio.sleep(_LOOK_AGAIN_S)
