"""The unmodified OpenAI Agents SDK and the ``openai`` package under Node hold whole interviews by voice."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from serve.http.ports import IngressPorts
from storage.sessions.port import SessionKey
from tests.contract.serve.http.realtime.test_openai_sdk_realtime import ANSWERS, SKIP, ports, spoken
from tests.support.paths import ROOT
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
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "server.crt", tmp_path / "server.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


async def secret_of(address: str) -> str:
    async with http_client(address) as client:
        reply = await client.post("/v1/realtime/client_secrets", json={"interview": {"id": "i-1"}})
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
