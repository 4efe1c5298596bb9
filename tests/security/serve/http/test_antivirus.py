"""Uploads pass a real clamd, or are refused: infected, too large to scan, or while it is down."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deployments.documents.service import DocumentService
from deployments.shell.antivirus import Clamd
from deployments.stt.engines.fake import FakeSpeechToText
from interview.errors import ConfigError, EngineUnavailable, UploadInfected
from serve.http.app import create_app
from serve.http.auth import INFERENCE, Authenticator
from serve.http.openai import errors
from serve.http.openai.routes import openai_router
from serve.settings import read_settings
from tests.support.http_ports import StubAgent, StubKeys, stub_ports

#: EICAR's test file, in two halves so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + rb"-ANTIVIRUS-TEST-FILE!$H+H*"

CONFIGURATION = """
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}/signatures
Foreground yes
StreamMaxLength 1M
MaxFileSize 512K
MaxScanSize 512K
AlertExceedsMax yes
"""

ACME = {"Authorization": "Bearer key-acme"}


@pytest.fixture
async def clamd(tmp_path: Path) -> AsyncIterator[str]:
    """A daemon of its own with one signature, on a private socket; its address."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        pytest.skip("clamd is not installed (apt-get install clamav-daemon)")
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "test.ndb").write_text(f"Eicar-Local:0:*:{EICAR.hex()}\n")
    (tmp_path / "clamd.conf").write_text(CONFIGURATION.format(folder=tmp_path))
    process = await asyncio.create_subprocess_exec(
        program, "-c", tmp_path / "clamd.conf", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    address = f"unix://{tmp_path}/clamd.sock"
    async with asyncio.timeout(60):
        while not await answers(address):
            assert process.returncode is None, "clamd ended"
            await asyncio.sleep(0.05)
    yield address
    if process.returncode is None:
        process.kill()
        await process.wait()


async def answers(address: str) -> bool:
    try:
        await Clamd(address, timeout_s=5).scan(b"nothing", "file")
    except EngineUnavailable:
        return False
    return True


async def test_a_clean_file_passes_and_an_infected_one_is_refused(clamd: str) -> None:
    scanner = Clamd(clamd)
    await scanner.scan(b"", "resume")
    await scanner.scan(b"%PDF-1.7 a resume " * 1000, "resume")
    for infected in (EICAR, b"\n" * 200_000 + EICAR):
        with pytest.raises(UploadInfected) as refused:
            await scanner.scan(infected, "resume")
        assert refused.value.detail == {"fields": {"resume": "refused by the virus scanner"}}


async def test_what_is_not_scanned_whole_is_not_called_clean(clamd: str) -> None:
    scanner = Clamd(clamd)
    with pytest.raises(UploadInfected):
        await scanner.scan(b"x" * 700_000, "resume")  # over MaxFileSize: AlertExceedsMax
    with pytest.raises(EngineUnavailable):
        await scanner.scan(b"x" * 3_000_000, "resume")  # over StreamMaxLength


async def test_every_upload_is_refused_where_it_arrives_and_while_the_scanner_is_down(clamd: str) -> None:
    agent, stt, keys = StubAgent(), FakeSpeechToText(), StubKeys()

    def client(address: str) -> httpx.AsyncClient:
        scanner = Clamd(address)
        inference = openai_router(stt, None, None, Authenticator(keys).require(INFERENCE), scanner=scanner)
        ports = stub_ports(agent=agent, keys=keys, documents=DocumentService(), scanner=scanner, routers=(inference,))
        app = create_app(ports)
        errors.install(app)
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=ACME)

    async def uploads(one: httpx.AsyncClient, data: bytes) -> list[int]:
        document = {"resume": ("cv.txt", data, "text/plain")}
        audio = {"audio": ("a.wav", data, "audio/wav")}
        speech = {"file": ("a.wav", data, "audio/wav")}
        replies = [
            await one.post("/session/start/i-1", data={"request": '{"plan": "backend"}'}, files=document),
            await one.post("/session/turn/i-1", files=audio),
            await one.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, files=speech),
        ]
        return [reply.status_code for reply in replies]

    async with client(clamd) as scanned, client("unix:///nowhere/clamd.sock") as unscanned:
        assert await uploads(scanned, EICAR) == [422, 422, 422]
        assert await uploads(unscanned, b"RIFF clean") == [503, 503, 503]
        assert agent.requests == []
        assert (await uploads(scanned, b"RIFF clean"))[:2] == [200, 200]


@pytest.mark.parametrize("address", ["/run/clamd.ctl", "http://localhost:3310", "tcp://localhost", "unix://relative"])
def test_an_address_that_cannot_be_clamds_is_refused_before_anything_starts(address: str) -> None:
    with pytest.raises(ConfigError, match="clamd must be"):
        read_settings({"security": {"clamd": address}})
