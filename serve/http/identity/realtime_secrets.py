"""Ephemeral secrets of the realtime API: signed, bound to one interview of one tenant, for opening sockets only.

A secret is ``ek_`` and a JWT signed with HMAC-SHA-256. A candidate's secret ends with the link behind it. A secret that
an API key made, or a candidate who signed in, lives for its own time, at most two hours, also when the key is revoked
in between.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from msgspec import Struct

from serve.http.identity.candidate_tokens import ALGORITHM, ISSUER, CandidateTokens, IssuedToken
from serve.http.identity.principal import Principal
from storage.keys.signing_keys import SigningKey
from storage.sessions.port import SessionKey

PREFIX = "ek_"

#: Seconds; the bounds and the default of OpenAI's ``expires_after``.
MIN_LIFE_S, MAX_LIFE_S, DEFAULT_LIFE_S = 10, 7200, 600

_TYPE = "realtime-secret+jwt"
_REQUIRED = ["iss", "aud", "sub", "tenant", "jti", "iat", "exp"]


class Opened(Struct, frozen=True):
    """What a valid secret opens: the caller, and the session settings that were requested with it."""

    caller: Principal
    session: dict[str, Any] = {}


def is_realtime_secret(token: str) -> bool:
    return token.startswith(PREFIX)


class RealtimeSecrets:
    """Issues and verifies secrets. ``keys``: the first signs, all verify."""

    def __init__(
        self,
        keys: Sequence[SigningKey],
        candidates: CandidateTokens | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._signing = keys[0]
        self._secrets = {key.key_id: key.secret for key in keys}
        self._candidates = candidates
        self._clock = clock

    def issue(self, caller: Principal, interview_id: str, lives_s: int, session: dict[str, Any]) -> IssuedToken:
        """A secret for ``caller``'s part in the interview; ``session`` is the settings that its sockets begin with."""
        now = self._clock()
        expires_at = now + timedelta(seconds=lives_s)
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": _TYPE,
            "sub": interview_id,
            "tenant": caller.tenant,
            "jti": caller.key_id,
            "candidate": caller.is_candidate and not caller.is_person,
            "session": session,
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        headers = {"typ": _TYPE, "kid": self._signing.key_id}
        token = jwt.encode(claims, self._signing.secret, algorithm=ALGORITHM, headers=headers)
        return IssuedToken(PREFIX + token, expires_at, lives_s=lives_s)

    async def verify(self, secret: str, *, opened: bool = False) -> Opened | None:
        """What ``secret`` opens; None when it is malformed, forged, expired or its candidate's link was revoked.

        A socket that is ``opened`` stays open after its secret has expired.

        Raises:

            StorageUnavailable
        """
        claims = self._claims(secret.removeprefix(PREFIX), opened=opened)
        if claims is None:
            return None
        if claims.get("candidate"):
            key = SessionKey(claims["tenant"], claims["sub"])
            invitation = await self._candidates.invitation(key) if self._candidates else None
            if invitation is None or not secrets.compare_digest(invitation.link_id, claims["jti"]):
                return None
        caller = Principal(
            tenant=claims["tenant"], scopes=frozenset(), key_id=claims["jti"], interview_id=claims["sub"]
        )
        session = claims.get("session")
        return Opened(caller, session if isinstance(session, dict) else {})

    def _claims(self, token: str, *, opened: bool) -> dict[str, Any] | None:
        try:
            header = jwt.get_unverified_header(token)
            key = self._secrets.get(header.get("kid", ""))
            if key is None or header.get("typ") != _TYPE:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=_TYPE,
                issuer=ISSUER,
                # PyJWT reads the wall clock itself; ``exp`` is checked below against this object's clock
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        texts = (claims["sub"], claims["tenant"], claims["jti"])
        if not all(isinstance(text, str) and text for text in texts) or not isinstance(claims["exp"], int):
            return None
        return claims if opened or self._clock().timestamp() < claims["exp"] else None
