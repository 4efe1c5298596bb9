"""People's tokens from an OpenID provider: verified offline with the issuer's keys, roles mapped to scopes."""

from __future__ import annotations

import re
from typing import Any

import jwt
from msgspec.structs import replace

from interview.sessions.ids import INTERVIEW_ID, tenant_problem
from serve.http.identity.issuer_keys import IssuerKeys
from serve.http.identity.principal import Principal
from serve.http.identity.settings import SCOPES_OF, IdentitySettings, IssuerSettings, Role

_REQUIRED = ["iss", "aud", "sub", "exp", "iat"]
_TYPES = frozenset({None, "JWT", "at+jwt", "application/at+jwt"})
_MAX_NAME_CHARS = 200
_INTERVIEW_ID = re.compile(INTERVIEW_ID)


class Identities:
    """Verifies tokens of the configured issuers. ``close`` when done."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._issuers = {one.expected_issuer: (one, IssuerKeys(one)) for one in settings.issuers}

    async def verify(self, token: str) -> Principal | None:
        """The person of a token; None when it is malformed, forged, expired, for another audience, or without a role.

        Raises:

            EngineUnavailable: the issuer's keys cannot be fetched.
        """
        try:
            header = jwt.get_unverified_header(token)
            unverified = jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            return None
        issuer = unverified.get("iss")
        found = self._issuers.get(issuer) if isinstance(issuer, str) else None
        key_id = header.get("kid")
        if found is None or not isinstance(key_id, str) or header.get("typ") not in _TYPES:
            return None
        settings, keys = found
        if header.get("alg") not in settings.algorithms:
            return None
        key = await keys.find(key_id)
        claims = _claims(token, key, settings) if key is not None else None
        return _principal(claims, settings) if claims is not None else None

    async def close(self) -> None:
        for _, keys in self._issuers.values():
            await keys.close()


def _claims(token: str, key: jwt.PyJWK, settings: IssuerSettings) -> dict[str, Any] | None:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(settings.algorithms),
            audience=settings.audience,
            issuer=settings.expected_issuer,
            leeway=settings.leeway_s,
            options={"require": _REQUIRED},
        )
    except jwt.PyJWTError:
        return None
    return claims


def _principal(claims: dict[str, Any], settings: IssuerSettings) -> Principal | None:
    """None: the claims name no person, no valid tenant or no role of ours."""
    subject, tenant = claims["sub"], settings.tenant or claims.get(settings.tenant_claim)
    roles = _roles(claims, settings)
    if not isinstance(subject, str) or not subject or not isinstance(tenant, str) or tenant_problem(tenant):
        return None
    name = next((text for text in (claims.get("name"), claims.get("email"), subject) if isinstance(text, str)), "")
    person = Principal(
        tenant=tenant,
        scopes=frozenset().union(*(SCOPES_OF[role] for role in roles)),
        key_id=f"person:{subject}"[:_MAX_NAME_CHARS],
        name=" ".join(name.split())[:_MAX_NAME_CHARS],
        is_person=True,
    )
    if roles == {"candidate"}:
        return _candidate(person, claims.get(settings.interview_claim))
    return person if roles else None


def _candidate(person: Principal, interview_id: Any) -> Principal | None:
    if not isinstance(interview_id, str) or not _INTERVIEW_ID.fullmatch(interview_id):
        return None
    return replace(person, interview_id=interview_id)


def _roles(claims: dict[str, Any], settings: IssuerSettings) -> set[Role]:
    found: Any = claims
    for part in settings.roles_path:
        found = found.get(part) if isinstance(found, dict) else None
    named = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    ours: dict[str, Role] = settings.roles or {role: role for role in SCOPES_OF}
    return {ours[name] for name in named if isinstance(name, str) and name in ours}
