"""HAProxy's own errors, in the configuration that Ray Serve writes, are problems that tell a client to repeat."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from ray.serve._private import haproxy as serve_haproxy

from interview.errors import EngineUnavailable
from serve.http.problems import problem_of
from serve.local.haproxy import PROGRAM, VARIABLE, haproxy_environment
from serve.local.local_platform import free_port
from tests.support.paths import ROOT


def program(folder: Path) -> Path:
    """The console script as pip writes it."""
    script = folder / PROGRAM
    start = f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    script.write_text(f"{start}from serve.local.haproxy import main\nmain()\n")
    script.chmod(0o755)
    return script


@pytest.fixture
async def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """HAProxy, started by Ray Serve's own class, before a replica that dies with every request."""
    monkeypatch.setattr(serve_haproxy, "RAY_SERVE_HAPROXY_BINARY_PATH", str(program(tmp_path)))

    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    replica = await asyncio.start_server(die, "127.0.0.1", 0)
    port, folder = free_port(), Path(tmp_path)
    config = serve_haproxy.HAProxyConfig(
        socket_path=str(folder / "admin.sock"),
        server_state_base=str(folder),
        server_state_file=str(folder / "state"),
        stats_port=free_port(),
        metrics_port=free_port(),
    )
    config.http_options.host, config.http_options.port = "127.0.0.1", port
    listening: socket.socket = replica.sockets[0]
    server = serve_haproxy.ServerConfig(name="replica", host="127.0.0.1", port=listening.getsockname()[1])
    backend = serve_haproxy.BackendConfig(name="interview", path_prefix="/", app_name="interview", servers=[server])
    api = serve_haproxy.HAProxyApi(config, {"interview": backend}, config_file_path=str(folder / "haproxy.cfg"))
    await api.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await api.stop()
        replica.close()


async def test_a_request_whose_replica_died_is_answered_with_a_problem(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        reply = await client.post("/session/turn/ann-1", json={"answer": "Yes."})
    assert reply.status_code == 503
    assert reply.headers["Content-Type"] == "application/problem+json" and reply.headers["Retry-After"] == "1"
    said = reply.json()
    assert "Idempotency-Key" in said["detail"]
    expected = problem_of(EngineUnavailable(said["detail"], retry_after_s=1.0))
    assert said == msgspec.json.decode(msgspec.json.encode(expected))


def test_ray_is_told_of_the_program_where_haproxy_stands_in_front(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    front = {"RAY_SERVE_ENABLE_HA_PROXY": "1"}
    assert haproxy_environment(front) == {} and "plain text" in caplog.text
    script = program(tmp_path)
    assert haproxy_environment(front) == {VARIABLE: str(script)}
    assert haproxy_environment({}) == {}
    assert haproxy_environment({**front, VARIABLE: "/operators/own"}) == {}
