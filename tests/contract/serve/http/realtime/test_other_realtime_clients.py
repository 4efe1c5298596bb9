"""The unmodified OpenAI Agents SDK, the ``openai`` package under Node and Pipecat hold whole interviews by voice."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from serve.http.ports import IngressPorts
from storage.sessions.port import SessionKey
from tests.contract.serve.http.realtime.test_openai_sdk_realtime import ANSWERS, SKIP, ports, spoken
from tests.support.certificates import self_signed
from tests.support.paths import ROOT
from tests.support.realtime import KEY as API_KEY
from tests.support.realtime import application, http_client, serving, start

__all__ = ["ports"]  # the fixture: real ears, a real voice, a short interview

CLIENTS = ROOT / "tests" / "clients"
PYTHON = ROOT / ".venv-clients" / "bin" / "python"


def require(found: bool, what: str) -> None:
    if not found and os.environ.get("CI"):
        pytest.fail(f"{what}: `make test-clients` installs it")
    if not found:
        pytest.skip(f"{what}: `make test-clients` installs it")


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """Raw PCM at 24 kHz: noise, the answers, and last the request to skip a question."""
    directory = tmp_path / "speech"
    directory.mkdir()
    random = np.random.default_rng(7)

    def write(name: str, samples: np.ndarray) -> None:
        noisy = samples + random.normal(0, 20, len(samples))
        (directory / name).write_bytes(noisy.astype("<i2").tobytes())

    write("noise.pcm", np.zeros(480))
    for number, text in enumerate([*ANSWERS, SKIP]):
        write(f"answer-{number}.pcm", spoken(text))
    return directory


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this machine and its key: the package connects with TLS only."""
    return self_signed(tmp_path)


async def secret_of(address: str, **session: Any) -> str:
    async with http_client(address) as client:
        body = {"interview": {"id": "i-1"}, "session": session}
        reply = await client.post("/v1/realtime/client_secrets", json=body)
        return str(reply.json()["value"])


async def held(program: list[str], speech: Path, **environment: str) -> dict[str, list[str]]:
    """What the candidate's program printed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = await asyncio.create_subprocess_exec(
        *program,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**kept, "SPEECH": str(speech), "OPENAI_AGENTS_DISABLE_TRACING": "1", **environment},
    )
    try:
        async with asyncio.timeout(150):
            printed, complained = await run.communicate()
    finally:
        if run.returncode is None:
            run.kill()
    assert run.returncode == 0, complained.decode()[-3000:]
    found: dict[str, list[str]] = json.loads(printed)
    return found


async def check(ports: IngressPorts, told: dict[str, list[str]]) -> None:
    """The interview is over, and both sides know the same words."""
    assert told["errors"] == []
    state = await ports.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    assert state.status == "concluded"
    history = state.conversation_history
    assert [turn.content for turn in history if turn.role == "candidate"] == told["heard"]
    assert [turn.content for turn in history if turn.role == "interviewer"] == told["said"]
    assert "fixed order" in " ".join(told["heard"])


async def test_the_agents_sdk_holds_an_interview(ports: IngressPorts, speech: Path) -> None:
    require(PYTHON.exists(), "the OpenAI Agents SDK is not installed")
    async with serving(application(ports)) as address:
        await start(address)
        url = f"ws://{address}/v1/realtime?model=gpt-realtime"
        program = [str(PYTHON), str(CLIENTS / "agents_sdk.py")]
        told = await held(program, speech, URL=url, KEY=await secret_of(address))
    await check(ports, told)


async def test_pipecats_service_holds_an_interview(ports: IngressPorts, speech: Path) -> None:
    require(PYTHON.exists(), "Pipecat is not installed")
    async with serving(application(ports)) as address:
        await start(address)
        told = await held(
            [str(PYTHON), str(CLIENTS / "pipecat_service.py")],
            speech,
            URL=f"ws://{address}/v1/realtime",
            # the candidate's speaker plays at once, which the server cannot know
            KEY=await secret_of(address, interview={"shows_text": True}),
            STATE=f"http://{address}/session/state/i-1",
            API_KEY=API_KEY,
        )
    await check(ports, told)


async def test_the_openai_package_under_node_holds_an_interview(
    ports: IngressPorts,
    speech: Path,
    certificate: tuple[Path, Path],
) -> None:
    node = shutil.which("node")
    require(node is not None, "Node is not installed")
    require((CLIENTS / "node_modules" / "openai").exists(), "the package `openai` of npm is not installed")
    app = application(ports)
    async with serving(app) as plain:
        await start(plain)
        secret = await secret_of(plain)
    async with serving(app, certificate=certificate) as address:
        told = await held(
            [str(node), str(CLIENTS / "openai_js.mjs")],
            speech,
            URL=f"https://{address}/v1",
            KEY=secret,
            NODE_EXTRA_CA_CERTS=str(certificate[0]),
        )
    await check(ports, told)
