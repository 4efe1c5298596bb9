"""Fetches one web page from a public address: https only, few redirects, each checked, within bytes and seconds."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin, urlsplit

import httpx

from deployments.shell.destination import Resolver, destination, resolved
from interview.errors import DocumentTooLarge, EngineUnavailable, InvalidInput

MAX_REDIRECTS = 3
MAX_URL_CHARS = 2000

_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
_HEADERS = {"Accept": ", ".join(_TYPES), "Accept-Encoding": "identity", "User-Agent": "interview-serve"}
_WHOSE = "The page"


class PageFetcher:
    """Sends no cookies, no credentials and no proxy's settings. ``transport`` and ``resolve`` are for tests."""

    def __init__(
        self,
        *,
        max_bytes: int,
        max_s: float,
        resolve: Resolver = resolved,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._max_s = max_s
        self._resolve = resolve
        self._transport = transport

    async def fetch(self, url: str) -> bytes:
        """The body of the page.

        Raises:

            InvalidInput: not an https URL of a public host on port 443, not a page, or too many redirects.
            DocumentTooLarge: more bytes than allowed.
            EngineUnavailable: the host does not answer in time, or with an error.
        """
        try:
            async with (
                asyncio.timeout(self._max_s),
                httpx.AsyncClient(follow_redirects=False, trust_env=False, transport=self._transport) as client,
            ):
                for _hop in range(MAX_REDIRECTS + 1):
                    body, onward = await self._got(client, url)
                    if onward is None:
                        return body
                    url = onward
        except httpx.InvalidURL as error:
            raise _refused("is no address") from error
        except (TimeoutError, httpx.HTTPError) as error:
            raise EngineUnavailable(f"The page could not be fetched: {type(error).__name__}.") from error
        raise _refused(f"redirects more than {MAX_REDIRECTS} times")

    async def _got(self, client: httpx.AsyncClient, url: str) -> tuple[bytes, str | None]:
        """The body, or the address that the page redirects to."""
        _check(url)
        to = await destination(url, (), self._resolve, whose=_WHOSE)
        request = client.build_request(
            "GET",
            to.url,
            headers={
                "Host": to.host,
                "Accept": ", ".join(_TYPES),
                "Accept-Encoding": "identity",
                "User-Agent": "interview-serve",
            },
            extensions={"sni_hostname": to.server_name},
        )
        try:
            response = await client.send(request, stream=True)
        except httpx.RemoteProtocolError as error:
            if isinstance(error.__context__, httpx.InvalidURL):  # httpx reads the redirect, although it does not follow
                raise _refused("redirects to no address") from error
            raise
        try:
            if response.is_redirect:
                return b"", _onward(url, response.headers.get("location", ""))
            if not response.is_success:
                raise EngineUnavailable(f"The page's host answered {response.status_code}.")
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in _TYPES:
                raise _refused("is no web page")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise _refused("is compressed, although it was asked not to be")  # it could expand without bound
            return await self._body(response), None
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        found = bytearray()
        async for part in response.aiter_bytes():
            found += part
            if len(found) > self._max_bytes:
                raise DocumentTooLarge(
                    f"The page has more than {self._max_bytes} bytes.", detail={"fields": {"role_url": "is too large"}}
                )
        return bytes(found)


def _check(url: str) -> None:
    """Raises InvalidInput: not a plain https address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("is no address") from error
    if len(url) > MAX_URL_CHARS or parts.scheme != "https" or not parts.hostname:
        raise _refused("must be an https address")
    if parts.username is not None or parts.password is not None or port not in (None, 443):
        raise _refused("must have neither a name, a password nor a port of its own")


def _onward(url: str, location: str) -> str:
    """Raises InvalidInput: the redirect leads to no address."""
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise _refused("redirects to no address") from error


def _refused(why: str) -> InvalidInput:
    return InvalidInput(f"The page {why}.", detail={"fields": {"role_url": why}})
