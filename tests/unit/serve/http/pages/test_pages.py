"""``/room``, ``/review``, ``/console`` and their assets over HTTP: headers, caching, true 404s, a missing build."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from serve.http.app import create_app
from serve.http.pages.build import read_build
from serve.http.pages.routes import PAGES, pages_router
from tests.support.http_ports import is_problem, stub_ports


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


@pytest.fixture
def app() -> FastAPI:
    return create_app(stub_ports())


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_is_public_and_confined_to_this_server(app: FastAPI, page: str) -> None:
    async with client_of(app) as client:
        reply = await client.get(f"/{page}")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "microphone=(self)" in reply.headers["permissions-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-cache"


async def test_the_first_page_leads_to_the_others(app: FastAPI) -> None:
    async with client_of(app) as client:
        reply = await client.get("/")
        assert reply.status_code == 200
        assert "script-src 'self'" in reply.headers["content-security-policy"]
        links = re.findall(r'<a href="([^"]+)"', reply.text)
        assert links == ["/room", "/review", "/console", "/docs"]
        for link in links:
            assert (await client.get(link)).status_code == 200, link


async def test_a_page_is_revalidated_and_an_asset_kept(app: FastAPI) -> None:
    name = next(iter(read_build().assets))
    async with client_of(app) as client:
        page, asset = await client.get("/room"), await client.get(f"/assets/{name}")
        again = await client.get("/room", headers={"If-None-Match": page.headers["etag"]})
        changed = await client.get("/room", headers={"If-None-Match": '"other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["lost-12345678.js", "room.html", "..%2froom.html", "%2e%2e", "a/b.js", ""])
async def test_a_lost_asset_is_a_true_404(app: FastAPI, name: str) -> None:
    async with client_of(app) as client:
        reply = await client.get(f"/assets/{name}")
    assert is_problem(reply.headers["content-type"], reply.json(), 404)
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/room/", "/room/x", "/rooms", "/review/i-1", "/index.html"])
async def test_no_page_stands_in_for_an_unknown_path(app: FastAPI, path: str) -> None:
    async with client_of(app) as client:
        reply = await client.get(path)
    assert reply.status_code == 404
    assert "text/html" not in reply.headers["content-type"]


async def test_head_and_compression_agree_with_the_plain_reply(app: FastAPI) -> None:
    async with client_of(app) as client:
        plain = await client.get("/room", headers={"Accept-Encoding": "identity"})
        head = await client.head("/room", headers={"Accept-Encoding": "identity"})
        async with client.stream("GET", "/room", headers={"Accept-Encoding": "br, gzip;q=0.5"}) as packed:
            raw = b"".join([piece async for piece in packed.aiter_raw()])
        refused = await client.get("/room", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert (head.content, head.headers["etag"]) == (b"", plain.headers["etag"])
    assert packed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in refused.headers


async def test_pages_are_no_part_of_the_api_description(app: FastAPI) -> None:
    assert not {path for path in app.openapi()["paths"] if path.startswith(("/room", "/review", "/console", "/assets"))}


async def test_a_missing_build_names_the_command(tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(pages_router(read_build(tmp_path / "none")))
    async with client_of(app) as client:
        reply = await client.get("/room")
    assert reply.status_code == 503
    assert "make web" in reply.text
