"""HAProxy's own errors, in the configuration that Ray Serve writes, are problems that tell a client to repeat."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import psutil
import pytest
from ray.serve._private import haproxy as serve_haproxy

from interview.errors import ConfigError, EngineUnavailable
from serve.http.problems import problem_of
from serve.local.haproxy import (
    CONFINED,
    LOG_FILE,
    PROGRAM,
    TARGET_VARIABLE,
    VARIABLE,
    _logs_directory,
    configured,
    confined,
    find_haproxy,
    haproxy_environment,
    open_files_limit,
    separate_environment,
    shortage_of_files,
    within_limit,
)
from serve.local.local_platform import free_port
from tests.support.paths import ROOT
from tests.support.processes import listening, named

TIMEOUTS = "defaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n"


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
    monkeypatch.setenv(CONFINED, "1")
    monkeypatch.setenv("INTERVIEW_DATA_DIR", str(tmp_path))
    monkeypatch.delenv(TARGET_VARIABLE, raising=False)
    (tmp_path / "logs" / "serve").mkdir(parents=True)

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


@pytest.mark.parametrize("sent", [{"X-Request-Id": "mine-1"}, {"X-Request-Id": "not a token"}, {}])
async def test_the_id_of_haproxys_own_503_is_in_the_log(address: str, sent: dict[str, str], tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        reply = await client.post("/session/turn/ann-1", json={"answer": "Yes."}, headers=sent)
        healthy = await client.get("/-/routes")
    request_id = reply.headers["x-request-id"]
    assert request_id == "mine-1" if "mine-1" in sent.values() else re.fullmatch("[0-9a-f-]{36}", request_id)
    log = tmp_path / "logs" / "serve" / LOG_FILE
    async with asyncio.timeout(10):
        while request_id not in log.read_text():  # written by another process after the answer
            await asyncio.sleep(0.01)
    (line,) = [line for line in log.read_text().splitlines() if request_id in line]
    written = (
        r"WARNING \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ haproxy - request \S+ answered 503: POST /session/turn operation="
    )
    assert re.match(written + r"interview/(replica|<NOSRV>) termination=\w\w\S* host=\S+$", line), line
    assert healthy.headers["x-request-id"] not in log.read_text()


def test_logs_that_another_user_owns_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = tmp_path / "logs" / "serve"
    logs.mkdir(parents=True)
    monkeypatch.setenv("INTERVIEW_DATA_DIR", str(tmp_path))
    assert _logs_directory() == logs
    monkeypatch.setattr(os, "access", lambda place, mode: False)  # root may write everywhere
    assert _logs_directory() is None


@pytest.mark.parametrize(("open_files", "served"), [(1024, 384), (20_000, 4096)])
def test_a_low_limit_of_open_files_costs_connections_and_not_the_start(
    open_files: int, served: int, tmp_path: Path
) -> None:
    """HAProxy refuses to start where the limit is too low for `maxconn`."""
    configuration, listening = tmp_path / "haproxy.cfg", tmp_path / "listening"
    written = f"global\n    maxconn 4096\n{TIMEOUTS}listen any\n    bind {listening}\n"
    configuration.write_text(within_limit(written, open_files))
    assert f"maxconn {served}\n" in configuration.read_text()
    started = subprocess.Popen(
        ["sh", "-c", f"ulimit -n {min(open_files, open_files_limit())} && exec {find_haproxy()} -db -f {configuration}"]
    )
    try:
        while not listening.exists():
            assert started.poll() is None, "HAProxy ended"
            time.sleep(0.01)
    finally:
        started.kill()
        started.wait()


def test_no_limit_of_open_files_costs_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's number for "no limit" is -1."""
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (1024, resource.RLIM_INFINITY))
    assert shortage_of_files(open_files_limit(), {}) is None
    assert within_limit("    maxconn 4096\n", open_files_limit()) == "    maxconn 4096\n"


def test_what_a_low_limit_costs_is_said() -> None:
    said = shortage_of_files(1024, {})
    assert said is not None and "384 connections" in said and "10304" in said
    assert shortage_of_files(10304, {}) is None
    assert shortage_of_files(1024, {"RAY_SERVE_HAPROXY_MAXCONN": "300"}) is None


def test_another_form_of_rays_configuration_is_refused() -> None:
    with pytest.raises(ConfigError, match="http_frontend"):
        configured("global\n    daemon\n", log_to_stdout=True)


def test_an_operators_log_target_stands_and_the_rules_are_added_once() -> None:
    written = "global\n    log 10.0.0.1:514 local0 info\nfrontend http_frontend\n    bind *:8000\n"
    once = configured(written, log_to_stdout=False)
    assert "log 10.0.0.1:514 local0 info" in once
    assert configured(once, log_to_stdout=False) == once


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


@pytest.mark.parametrize("host", ["127.0.0.1", "*"])
def test_only_the_platform_itself_may_listen_beyond_loopback(host: str) -> None:
    written = (
        "frontend prometheus\n    bind :9101\n    mode http\n"
        f"frontend http_frontend\n    bind {host}:8000\n"
        "listen stats\n  bind *:8404\n  stats enable\n"
    )
    listeners = [line.split()[1] for line in confined(written).splitlines() if line.strip().startswith("bind")]
    assert listeners == ["127.0.0.1:9101", f"{host}:8000", "127.0.0.1:8404"]


async def test_no_port_of_a_platform_on_loopback_is_open_to_other_machines(address: str) -> None:
    own = named(psutil.Process().children(recursive=True), "haproxy")
    addresses = [address.ip for _, address in listening(own)]
    assert len(addresses) == 3 and set(addresses) == {"127.0.0.1"}


def test_platforms_of_one_machine_share_neither_files_nor_ports_of_haproxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (separate_environment(tmp_path / name, free_port) for name in ("first", "second"))
    assert first.keys() == second.keys() and not set(first.values()) & (set(second.values()) - {"1"})
    monkeypatch.setenv("RAY_SERVE_HAPROXY_STATS_PORT", "8404")
    assert "RAY_SERVE_HAPROXY_STATS_PORT" not in separate_environment(tmp_path, free_port)
