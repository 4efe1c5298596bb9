"""Authentication: a Bearer key becomes a Principal, and each route requires a scope."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from msgspec import Struct

from interview.errors import Forbidden, Unauthenticated
from serve.http.limits.request_limits import RequestLimits
from serve.http.ports import KeyVerifier
from storage.keys.port import INFERENCE, INLINE_PLANS, INTERVIEWS, OPERATIONS, REPORTS

__all__ = ["INFERENCE", "INLINE_PLANS", "INTERVIEWS", "OPERATIONS", "REPORTS", "Authenticator", "Principal"]

#: Longer tokens are rejected unread: no API key and no reasonable JWT is longer.
MAX_TOKEN_CHARS = 8192

_bearer = HTTPBearer(auto_error=False, scheme_name="ApiKey", description="An API key made by `interview keys create`.")


class Principal(Struct, frozen=True):
    """The authenticated caller. ``key_id`` names the key in audit records; it is not secret."""

    tenant: str
    scopes: frozenset[str]
    key_id: str


def require_scope(caller: Principal, scope: str) -> None:
    """Raises Forbidden: the caller lacks ``scope``."""
    if scope not in caller.scopes:
        raise Forbidden(f"This key lacks the scope '{scope}'.", detail={"scope": scope})


class Authenticator:
    """Turns the ``Authorization`` header into a ``Principal``, or into 401 or 403."""

    def __init__(self, keys: KeyVerifier, limits: RequestLimits | None = None) -> None:
        """``limits`` counts each authenticated request; None counts none."""
        self._keys = keys
        self._limits = limits

    def require(self, scope: str) -> Callable[..., Awaitable[Principal]]:
        """A dependency that yields the ``Principal`` when it holds ``scope``.

        Raises:

            Unauthenticated: no key, or an invalid one; the message does not say which.
            Forbidden: a valid key without ``scope``.
        """

        async def principal(
            credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
        ) -> Principal:
            return await self.holding(scope, credentials.credentials if credentials else None)

        return principal

    async def holding(self, scope: str, token: str | None) -> Principal:
        """The caller with this token, if it holds ``scope``; raises as ``require``."""
        found = await self.authenticate(token)
        require_scope(found, scope)
        return found

    async def authenticate(self, token: str | None) -> Principal:
        if not token:
            raise Unauthenticated("Send an API key in the header 'Authorization: Bearer <key>'.")
        grant = await self._keys.verify(token) if len(token) <= MAX_TOKEN_CHARS else None
        if grant is None:
            raise Unauthenticated("This API key is not valid.", detail={"reason": "invalid_token"})
        caller = Principal(tenant=grant.tenant, scopes=grant.scopes, key_id=grant.key_id)
        if self._limits is not None:
            await self._limits.admit(caller)
        return caller
