"""A process that serves ``/v1/realtime`` and that a test may kill.

``python -m tests.support.realtime_worker REDIS_URL PREFIX DIRECTORY`` imports everything once, prints the port of a
listening socket, and forks a replica for each line of its input, whose process id it prints. The replica serves the
whole application on that socket. Connections wait in its queue until the next replica accepts them, so the address
outlives every replica.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from deployments.agent.config import AgentConfig
from storage.sessions.redis import RedisSessionStore
from tests.support.realtime import application, application_ports

#: A dead replica's answer is taken over when its lease has expired.
LEASE_S = 1.0


async def _serve(listener: socket.socket, url: str, prefix: str, directory: str) -> None:
    ports = application_ports(
        Path(directory),
        stt=None,
        tts=None,
        sessions=RedisSessionStore(url, prefix=prefix),
        config=AgentConfig(lease_s=LEASE_S),
    )
    server = uvicorn.Server(uvicorn.Config(application(ports), log_level="critical"))
    print(os.getpid(), flush=True)
    await server.serve(sockets=[listener])


def main() -> None:
    url, prefix, directory = sys.argv[1:]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no process waits for the replicas
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listener.getsockname()[1], flush=True)
    while sys.stdin.readline():
        if os.fork() == 0:
            asyncio.run(_serve(listener, url, prefix, directory))
            os._exit(0)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
