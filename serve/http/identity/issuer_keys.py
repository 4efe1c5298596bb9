"""An issuer's public keys: fetched when needed, kept, and fetched again when a key is new or the set is old."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import httpx
import jwt
import msgspec
from msgspec import Struct

from interview.errors import EngineUnavailable
from serve.http.identity.settings import IssuerSettings

logger = logging.getLogger(__name__)

#: A set is fetched again after ``REFRESH_S``, and for an unknown key at most every ``UNKNOWN_S``, so that invented key
#: ids cost the issuer nothing. While the issuer does not answer, known keys stay valid for ``STALE_S``.
REFRESH_S, UNKNOWN_S, STALE_S = 600.0, 10.0, 3600.0

_TIMEOUT_S = 5.0
_MAX_BYTES = 512 * 1024
_SYMMETRIC = "oct"


class _Discovery(Struct, frozen=True):
    issuer: str
    jwks_uri: str


class _KeySet(Struct, frozen=True):
    """Members that RFC 7517 does not name are ignored, as it requires."""

    keys: list[dict[str, object]]


class IssuerKeys:
    """The signing keys of one issuer. Redirects are not followed."""

    def __init__(self, settings: IssuerSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = -STALE_S
        self._asked_at = -STALE_S
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of this id; None when the issuer has none.

        Raises:

            EngineUnavailable: the issuer does not answer, and the known keys are too old.
        """
        if self._is_due(key_id):
            async with self._fetching:
                if self._is_due(key_id):
                    await self._refresh()
        if self._monotonic() - self._fetched_at >= STALE_S:
            raise EngineUnavailable("The identity provider does not answer; try again shortly.", retry_after_s=5.0)
        return self._keys.get(key_id)

    async def close(self) -> None:
        await self._client.aclose()

    def _is_due(self, key_id: str) -> bool:
        now = self._monotonic()
        old = now - self._fetched_at >= REFRESH_S or key_id not in self._keys
        return old and now - self._asked_at >= UNKNOWN_S

    async def _refresh(self) -> None:
        self._asked_at = self._monotonic()
        try:
            url = self._settings.known_keys_url or await self._discovered()
            self._keys = _signing_keys(await self._get(url))
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, jwt.PyJWTError, ValueError) as error:
            logger.warning("the keys of an issuer could not be read: error=%s", type(error).__name__)
            return
        self._fetched_at = self._asked_at

    async def _discovered(self) -> str:
        """Raises ValueError: the document is another issuer's (OpenID Connect Discovery 1.0, section 4.3)."""
        issuer = self._settings.expected_issuer
        raw = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        found = msgspec.json.decode(raw, type=_Discovery)
        if found.issuer != issuer:
            raise ValueError("the discovery document names another issuer")
        return found.jwks_uri

    async def _get(self, url: str) -> bytes:
        async with self._client.stream("GET", url) as response:
            if response.status_code != 200:
                raise ValueError(f"status {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise ValueError("the document is too large")
        return bytes(body)


def _signing_keys(raw: bytes) -> dict[str, jwt.PyJWK]:
    """The usable keys of a set (RFC 7517) by id; those of other uses and kinds are left out."""
    found: dict[str, jwt.PyJWK] = {}
    for key in msgspec.json.decode(raw, type=_KeySet).keys:
        key_id = key.get("kid")
        if not isinstance(key_id, str) or key.get("kty") == _SYMMETRIC or key.get("use", "sig") != "sig":
            continue
        try:
            found[key_id] = jwt.PyJWK(dict(key))
        except jwt.PyJWTError as error:
            logger.warning("a key of an issuer cannot be used: error=%s", type(error).__name__)
    return found
