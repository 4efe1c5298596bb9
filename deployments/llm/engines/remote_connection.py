"""HTTP to an OpenAI-compatible server: pooled connections, plain dicts, failures as the platform's errors.

aiohttp and msgspec instead of the ``openai`` client, whose requests and pydantic models take ten times the CPU
(docs/measurements/2026-11-30-gateway.md).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec

from deployments.shell.remote_errors import RemoteServer, from_event, from_response
from interview.errors import DeadlineExceeded, EngineFailed, EngineUnavailable

#: A pooled connection that was idle this long is closed, before a server or a load balancer between closes it.
_KEEP_ALIVE_S = 15.0

_MAX_ERROR_BYTES = 64 * 1024
_MAX_EVENT_BYTES = 4 * 1024 * 1024
_DONE = b"[DONE]"


class RemoteConnection:
    """One server's API. Its pool belongs to the event loop of the first call."""

    def __init__(self, base_url: str, api_key: str, server: RemoteServer, *, connect_timeout_s: float) -> None:
        """``base_url`` ends before ``/chat/completions``; an empty ``api_key`` sends none."""
        self.base_url = base_url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._server = server
        self._connect_timeout_s = connect_timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the pool. Idempotent."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def models(self) -> frozenset[str]:
        """The ids of the server's models; raises as ``complete``."""
        async with self._exchange("GET", "/models", None, timeout_s=self._connect_timeout_s) as response:
            listed = _decoded(await response.read())
        models = listed.get("data")
        if not isinstance(models, list):
            raise EngineFailed("The server's list of models cannot be read.")
        return frozenset(str(model["id"]) for model in models if isinstance(model, dict) and "id" in model)

    async def complete(self, body: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        """The ``chat.completion`` for a request body.

        Raises:

            InvalidInput, ContextTooLong, ModelMissing, Overloaded, EngineUnavailable, EngineFailed, DeadlineExceeded:
                by the server's status; no connection is EngineUnavailable.
        """
        async with self._exchange("POST", "/chat/completions", body, timeout_s=timeout_s) as response:
            return _decoded(await response.read())

    async def stream(self, body: dict[str, Any], *, timeout_s: float) -> AsyncGenerator[dict[str, Any], None]:
        """The ``chat.completion.chunk`` objects until ``[DONE]`` or the end of the response; raises as ``complete``.
        Closing the generator closes the connection, which aborts the request at the server."""
        async with self._exchange("POST", "/chat/completions", body, timeout_s=timeout_s) as response:
            async for data in _events(response.content):
                if data == _DONE:
                    return
                chunk = _decoded(data)
                if chunk.get("error"):
                    raise from_event(chunk["error"], self._server)
                yield chunk

    @asynccontextmanager
    async def _exchange(
        self, method: str, path: str, body: dict[str, Any] | None, *, timeout_s: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        data = None if body is None else msgspec.json.encode(body)
        timeout = aiohttp.ClientTimeout(total=timeout_s, connect=self._connect_timeout_s)
        try:
            async with self._pool().request(method, self.base_url + path, data=data, timeout=timeout) as response:
                if not response.ok:
                    told = await response.content.read(_MAX_ERROR_BYTES)
                    raise from_response(response.status, told, response.headers.get("Retry-After"), self._server)
                yield response
        except TimeoutError as error:
            raise DeadlineExceeded(f"The {self._server.kind} did not answer in time.", retry_after_s=1) from error
        except (aiohttp.ClientPayloadError, aiohttp.http.HttpProcessingError) as error:
            raise EngineFailed(f"The {self._server.kind}'s answer could not be read.") from error
        except aiohttp.ClientError as error:
            raise EngineUnavailable(f"The {self._server.kind} cannot be reached.", retry_after_s=1) from error

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            # callers are bounded by the tier's limits and each has a deadline: no second queue here
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_S)
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                connector=connector,
                proxy=_proxy(self.base_url),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for ``url`` (``HTTPS_PROXY``, ``NO_PROXY``, …). Asked once: aiohttp's own
    ``trust_env`` asks for each request, in a thread, and reads a netrc file as well."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        decoded = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EngineFailed("The server's answer is not JSON.") from error
    if not isinstance(decoded, dict):
        raise EngineFailed("The server's answer is not a JSON object.")
    return decoded


async def _events(content: aiohttp.StreamReader) -> AsyncGenerator[bytes, None]:
    """The data of each server-sent event; OpenAI's API sends no other fields, and ``data`` on one line."""
    rest = b""
    async for piece in content.iter_any():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()
        if len(rest) > _MAX_EVENT_BYTES:
            raise EngineFailed("An event of the server's stream is too large.")
    if rest.startswith(b"data:"):
        yield rest[5:].strip()
