"""Uploads that lie, never end or stop half way, on a real uvicorn and a bare socket: refused early, held nowhere."""

import asyncio
import contextlib
import os

import psutil
import pytest
import uvicorn

from serve.http.app import create_app
from serve.http.settings import HttpSettings
from tests.support.http_ports import StubAgent, stub_ports

HEAD = (
    "POST /session/turn/i-1 HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {key}\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n"
)
PART = b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'
MEGABYTE = b"\0" * 2**20


@contextlib.asynccontextmanager
async def served(agent, settings=None):
    config = uvicorn.Config(create_app(stub_ports(agent=agent), settings), port=0, log_config=None)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def status_of(reader):
    line = await reader.readline()
    return int(line.split()[1])


async def send(port, length, chunks, *, key="key-acme"):
    """The status of an upload, and how many bytes were taken before the answer came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = asyncio.create_task(status_of(reader))
    sent = 0
    try:
        writer.write(HEAD.format(key=key, length=length).encode())
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            sent += len(chunk)
            await asyncio.sleep(0)
            if answered.done():
                break
        return await answered, sent
    except (ConnectionResetError, BrokenPipeError):
        return await answered, sent
    finally:
        writer.close()


def chunked(pieces):
    for piece in pieces:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def a_gigabyte():
    yield PART
    for _ in range(1024):
        yield MEGABYTE


async def test_a_gigabyte_in_chunks_is_refused_after_the_limit_and_never_held():
    process = psutil.Process(os.getpid())
    agent = StubAgent()
    async with served(agent) as port:
        before = process.memory_info().rss
        status, sent = await send(port, "Transfer-Encoding: chunked", chunked(a_gigabyte()))
        grown = process.memory_info().rss - before
    assert status == 413
    assert sent < 64 * 2**20
    assert grown < 64 * 2**20
    assert agent.requests == []


async def test_a_declared_gigabyte_is_refused_before_it_is_sent():
    async with served(StubAgent()) as port:
        assert await send(port, f"Content-Length: {2**30}", []) == (413, 0)


async def test_an_upload_without_a_key_is_refused_before_it_is_sent():
    async with served(StubAgent()) as port:
        assert await send(port, f"Content-Length: {2**30}", [], key="wrong") == (401, 0)


@pytest.mark.parametrize("declared", [10, 100])
async def test_a_length_that_is_too_short_hands_no_recording_on(declared):
    agent = StubAgent()
    async with served(agent) as port:
        status, _ = await send(port, f"Content-Length: {declared}", [PART + MEGABYTE + b"\r\n--b--\r\n"])
    assert status in (400, 422)
    assert agent.requests == []


async def test_a_length_that_is_too_long_ends_with_a_problem_and_not_with_a_wait():
    agent = StubAgent()
    async with served(agent, HttpSettings(body_idle_s=0.05)) as port:
        status, _ = await send(port, "Content-Length: 1000000", [PART + b"RIFF"])
    assert status == 408
    assert agent.requests == []


async def test_a_client_that_leaves_in_mid_upload_breaks_nothing(caplog):
    agent = StubAgent()
    async with served(agent) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD.format(key="key-acme", length="Content-Length: 1000000").encode() + PART)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        whole = PART + b"RIFF\r\n--b--\r\n"
        assert await send(port, f"Content-Length: {len(whole)}", [whole]) == (200, len(whole))
    assert [request.audio for request in agent.requests] == [b"RIFF"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_two_lengths_that_disagree_are_refused():
    agent = StubAgent()
    async with served(agent) as port:
        status, _ = await send(port, "Content-Length: 5\r\nContent-Length: 6", [b"12345"])
    assert status in (400, 422)
    assert agent.requests == []
