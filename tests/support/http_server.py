"""A real HTTP server on loopback in place of a remote model server, failures for it, and virtual time for retries."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse


@asynccontextmanager
async def serving(application: Starlette) -> AsyncIterator[str]:
    """The base URL (``…/v1``) of ``application``, running on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        await task
        listener.close()


def failing(status: int, message: str = "no", **headers: str) -> JSONResponse:
    """An error response in OpenAI's envelope."""
    return JSONResponse({"error": {"message": message}}, status, headers)


class Pauses:
    """Virtual time: back-offs are noted, not spent, and move the breaker's clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now
