"""Opens a work queue of a data directory for a command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from serve.serve_file import data_dir
from serve.settings import StorageSettings
from storage.work_queue.port import WorkQueue

T = TypeVar("T")


def with_queue(name: str, work: Callable[[WorkQueue], Awaitable[T]], settings: StorageSettings, data: Path | None) -> T:
    """The result of ``work`` on the queue ``name`` of ``data``, or of the user's data directory."""

    async def run() -> T:
        from serve.composition.local_stores import open_stores
        from storage.work_queue.redis import RedisWorkQueue

        async with open_stores(settings, (data or data_dir()).resolve()) as stores:
            queue = RedisWorkQueue(stores.redis_url, name)
            try:
                return await work(queue)
            finally:
                await queue.close()

    return asyncio.run(run())
