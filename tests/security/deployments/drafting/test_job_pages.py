"""Job pages by URL: public https addresses only, each redirect checked, within bytes and seconds; off by default."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import httpx
import pytest

from deployments.documents.service import DocumentService
from deployments.drafting.config import DraftingConfig
from deployments.drafting.engines.page_fetch import PageFetcher
from deployments.drafting.job_pages import JobPages
from interview.errors import DocumentRejected, DocumentTooLarge, EngineUnavailable, InvalidInput

PAGE = b"""<!doctype html><html><head><title>Jobs</title><script>var hidden = "SCRIPT"</script></head><body>
<nav><a href="/">NAVIGATION</a></nav><main><h1>Baker</h1><h2>Your work</h2><ul><li>Bake bread every night with two
colleagues</li><li>Plan the shifts of the bakery</li></ul><p style="display: none">CANARY one</p>
<p hidden>CANARY two</p></main><footer>FOOTER</footer></body></html>"""
PUBLIC = "93.184.215.14"
ADDRESSES = {"jobs.example": PUBLIC, "www.jobs.example": "8.8.8.8", "inside.example": "10.0.0.7"}


async def resolve(host: str, port: int) -> Sequence[str]:
    return [ADDRESSES.get(host, host)]


def page(body: bytes = PAGE, kind: str = "text/html; charset=utf-8", **headers: str) -> httpx.Response:
    return httpx.Response(200, content=body, headers={"content-type": kind, **headers})


def fetcher(handle: Callable[[httpx.Request], httpx.Response], **limits: float) -> PageFetcher:
    return PageFetcher(
        max_bytes=int(limits.get("max_bytes", 10_000)),
        max_s=limits.get("max_s", 5.0),
        resolve=resolve,
        transport=httpx.MockTransport(handle),
    )


async def test_the_connection_goes_to_the_checked_address_without_credentials() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return page()

    assert await fetcher(handle).fetch("https://jobs.example/baker?id=1") == PAGE
    (request,) = seen
    assert str(request.url) == f"https://{PUBLIC}/baker?id=1"
    assert request.headers["host"] == "jobs.example"
    assert request.extensions["sni_hostname"] == "jobs.example"
    assert not {"cookie", "authorization"} & set(request.headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://jobs.example/",
        "https://inside.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:secret@jobs.example/",
        "https://jobs.example:8443/",
        "https://jobs.example:99999/",
        "https:///baker",
        "file:///etc/passwd",
        "ftp://jobs.example/",
        f"https://jobs.example/{'x' * 2000}",
        "https://a..b/",
        f"https://{'x' * 64}.example/",
        "https://[/",
        "https://jobs.example/\x01",
        "https://jobs.example/\x7f",
    ],
)
async def test_anything_but_a_public_https_page_is_refused_before_a_connection(url: str) -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        raise AssertionError("connected")

    with pytest.raises(InvalidInput):
        await fetcher(handle).fetch(url)


@pytest.mark.parametrize(
    "target",
    [
        "https://inside.example/",
        "http://jobs.example/",
        "https://169.254.169.254/",
        "https://[",
        "//[",
        "https://a..b/",
        "https://jobs.example/\x01",
        "https://jobs.example:x/",
    ],
)
async def test_a_redirect_is_checked_like_the_first_address(target: str) -> None:
    calls: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        calls.append(str(request.url))
        return httpx.Response(302, headers={"location": target})

    with pytest.raises(InvalidInput):
        await fetcher(handle).fetch("https://jobs.example/")
    assert len(calls) == 1


async def test_public_redirects_are_followed_and_counted() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == PUBLIC:
            return httpx.Response(301, headers={"location": "https://www.jobs.example/baker"})
        return page()

    assert await fetcher(handle).fetch("https://jobs.example/") == PAGE
    with pytest.raises(InvalidInput, match="redirects more than 3 times"):
        await fetcher(lambda _request: httpx.Response(302, headers={"location": "/again"})).fetch(
            "https://jobs.example/"
        )


async def test_size_time_kind_and_compression_are_bounded() -> None:
    with pytest.raises(DocumentTooLarge):
        await fetcher(lambda _request: page(b"x" * 10_001)).fetch("https://jobs.example/")
    with pytest.raises(InvalidInput, match="no web page"):
        await fetcher(lambda _request: page(kind="application/zip")).fetch("https://jobs.example/")
    with pytest.raises(EngineUnavailable, match="503"):
        await fetcher(lambda _request: httpx.Response(503)).fetch("https://jobs.example/")

    async def forever() -> AsyncIterator[bytes]:
        yield b"<html>"
        await asyncio.Future()

    slow = fetcher(
        lambda _request: httpx.Response(200, content=forever(), headers={"content-type": "text/html"}), max_s=0.05
    )
    with pytest.raises(EngineUnavailable, match="TimeoutError"):
        await slow.fetch("https://jobs.example/")
    packed = fetcher(
        lambda _request: httpx.Response(
            200, stream=httpx.ByteStream(b"\x1f\x8b"), headers={"content-type": "text/html", "content-encoding": "gzip"}
        )
    )
    with pytest.raises(InvalidInput, match="compressed"):
        await packed.fetch("https://jobs.example/")


async def test_the_main_text_is_read_and_what_a_reader_cannot_see_is_left_out() -> None:
    documents = DocumentService()
    try:
        pages = JobPages(documents, DraftingConfig(job_pages=True), fetcher(lambda _request: page()))
        text = await pages.text("https://jobs.example/")
        assert "Bake bread every night with two colleagues" in " ".join(text.split())
        assert not {"CANARY", "SCRIPT", "NAVIGATION", "FOOTER"} & set(text.split())
        empty = JobPages(documents, DraftingConfig(job_pages=True), fetcher(lambda _request: page(b"<html></html>")))
        with pytest.raises(DocumentRejected):
            await empty.text("https://jobs.example/")
    finally:
        await documents.stop()


async def test_job_pages_are_off_unless_the_operator_allows_them() -> None:
    pages = JobPages(DocumentService(), DraftingConfig(), fetcher(lambda _request: page()))
    with pytest.raises(InvalidInput, match="not fetched here"):
        await pages.text("https://jobs.example/")
