"""Candidates' tokens: signed, bound to one interview of one tenant, short-lived, void once the link is revoked.

A link holds a link token. It buys nothing but access tokens, which the candidate's routes accept. Both are JWTs signed
with HMAC-SHA-256, told apart by ``typ`` and audience (RFC 8725, sections 3.8 and 3.11), and both name the ``link_id``
of the invitation, which is read again at every use.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import jwt
from msgspec import Struct
from msgspec.structs import replace

from interview.errors import InvalidInput, NotFound, SessionEnded
from interview.sessions.invitation import GrantedTime, Invitation, PreparedStart
from interview.sessions.session import SessionState
from serve.http.identity.settings import CandidateSettings
from storage.invitations.port import KEPT_AFTER_EXPIRY, Invitations
from storage.keys.signing_keys import SigningKey
from storage.sessions.port import SessionKey, SessionStore

ALGORITHM = "HS256"
ISSUER = "interview"

Use = Literal["link", "access"]

_TYPES: dict[Use, str] = {"link": "candidate-link+jwt", "access": "candidate+jwt"}
#: The beginning of ``{"`` in base64url, and so of every JWT.
_JWT = "ey"
_REQUIRED = ["iss", "aud", "sub", "tenant", "jti", "iat", "exp"]


#: Whether the candidate of an interview may return from a pause at a time, or has returned and the interview runs.
MayReturn = Callable[[SessionKey, datetime], Awaitable[bool]]


class IssuedToken(Struct, frozen=True):
    """A token with its end of life (UTC)."""

    secret: str
    expires_at: datetime
    lives_s: int

    def __repr__(self) -> str:
        return f"IssuedToken(…, {self.expires_at!r})"


def _now() -> datetime:
    return datetime.now(UTC)


class CandidateTokens:
    """Issues and verifies candidates' tokens. ``keys``: the first signs, all verify."""

    def __init__(
        self,
        keys: Sequence[SigningKey],
        invitations: Invitations,
        settings: CandidateSettings | None = None,
        clock: Callable[[], datetime] = _now,
        may_return: MayReturn | None = None,
    ) -> None:
        """``may_return`` tells for whom a link outlives its end; None: for nobody."""
        self._signing = keys[0]
        self._secrets = {key.key_id: key.secret for key in keys}
        self._invitations = invitations
        self._settings = settings or CandidateSettings()
        self._clock = clock
        self._may_return = may_return

    async def invite(
        self,
        key: SessionKey,
        state: SessionState | None,
        start: PreparedStart | None,
        *,
        created_by: str,
        expires_in: timedelta | None = None,
        extra_time: GrantedTime | None = None,
    ) -> IssuedToken:
        """A new link to an interview; the earlier link stops working.

        ``state`` is the session, if it has started. ``start`` None keeps what was prepared before. ``extra_time`` takes
        the place of what was granted before; None keeps that.

        Raises:

            SessionEnded: the interview is over.
            InvalidInput: the interview runs and ``start`` would change it; nothing says how to conduct it; or
                ``expires_in`` is not positive, or longer than ``candidates.link_max_days``.
            StorageUnavailable
        """
        earlier = await self._invitations.find(key)
        _check_start(state, start, earlier)
        if extra_time is not None and state is not None:
            raise _wrong("extra_time", "the interview runs already; grant time with /session/extra-time")
        prepared = start or (earlier.start if earlier else PreparedStart())
        granted = extra_time or (earlier.start.extra_time if earlier else None)
        now, lasts = self._clock(), self._lifetime(expires_in)
        invitation = Invitation(
            tenant=key.tenant,
            interview_id=key.interview_id,
            link_id=secrets.token_hex(8),
            created_at=now,
            expires_at=now + lasts,
            created_by=created_by,
            start=replace(prepared, extra_time=granted),
        )
        await self._invitations.put(invitation)
        if state is not None and state.return_by is not None:
            await self.keep(key, state.return_by)
        return self._signed("link", invitation, invitation.expires_at)

    async def keep(self, key: SessionKey, return_by: datetime) -> None:
        """The candidate paused: the link must be known when they return. Raises StorageUnavailable."""
        await self._invitations.keep(key, return_by + KEPT_AFTER_EXPIRY)

    def _lifetime(self, asked: timedelta | None) -> timedelta:
        longest = self._settings.link_max_days
        lasts = timedelta(days=self._settings.link_days) if asked is None else asked
        if not timedelta(0) < lasts <= timedelta(days=longest):
            raise _wrong("expires_in_s", f"must be more than 0 and at most {longest:g} days")
        return lasts

    async def invitation(self, key: SessionKey) -> Invitation | None:
        """Raises StorageUnavailable."""
        return await self._invitations.find(key)

    async def granted_time(self, key: SessionKey) -> GrantedTime | None:
        """The extra time of the interview's invitation, whoever starts the interview. Raises StorageUnavailable."""
        invitation = await self._invitations.find(key)
        return invitation.start.extra_time if invitation else None

    async def of_tenant(self, tenant: str) -> list[Invitation]:
        """Every invitation of a tenant. Walks the whole key space. Raises StorageUnavailable."""
        return await self._invitations.of_tenant(tenant)

    async def revoke(self, key: SessionKey) -> None:
        """Void the interview's link and every token made from it, within a second. Idempotent.

        Raises:

            NotFound: the interview has no invitation.
            StorageUnavailable
        """
        invitation = await self._invitations.find(key)
        if invitation is None:
            raise NotFound("There is no such invitation.")
        await self._invitations.put(replace(invitation, link_id=""))

    def access(self, invitation: Invitation) -> IssuedToken:
        """An access token for an invited candidate; it lives ``candidates.access_s``."""
        return self._signed("access", invitation, self._clock() + timedelta(seconds=self._settings.access_s))

    async def verify(self, token: str, use: Use) -> Invitation | None:
        """The invitation behind a token; None when it is malformed, forged, expired, revoked or made for another use.

        A link outlives its end while the candidate may return from a pause, and while the interview runs after it.

        Raises:

            StorageUnavailable
        """
        claims = self._claims(token, use)
        if claims is None:
            return None
        key = SessionKey(claims["tenant"], claims["sub"])
        invitation = await self._invitations.find(key)
        if invitation is None or not secrets.compare_digest(invitation.link_id, claims["jti"]):
            return None
        now = self._clock()
        if now.timestamp() < claims["exp"]:
            return invitation
        if use != "link" or self._may_return is None:
            return None
        return invitation if await self._may_return(key, now) else None

    def _claims(self, token: str, use: Use) -> dict[str, Any] | None:
        """The claims of an authentic token, whatever its end."""
        try:
            header = jwt.get_unverified_header(token)
            secret = self._secrets.get(header.get("kid", ""))
            if secret is None or header.get("typ") != _TYPES[use]:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=_TYPES[use],
                issuer=ISSUER,
                # PyJWT reads the wall clock itself; ``verify`` compares ``exp`` with this object's clock
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        texts = (claims["sub"], claims["tenant"], claims["jti"])
        if not all(isinstance(text, str) and text for text in texts) or not isinstance(claims["exp"], int):
            return None
        return claims

    def _signed(self, use: Use, invitation: Invitation, expires_at: datetime) -> IssuedToken:
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": _TYPES[use],
            "sub": invitation.interview_id,
            "tenant": invitation.tenant,
            "jti": invitation.link_id,
            "iat": int(self._clock().timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        headers = {"typ": _TYPES[use], "kid": self._signing.key_id}
        token = jwt.encode(claims, self._signing.secret, algorithm=ALGORITHM, headers=headers)
        return IssuedToken(token, expires_at, lives_s=claims["exp"] - claims["iat"])


def returns_of(sessions: SessionStore) -> MayReturn:
    async def may_return(key: SessionKey, now: datetime) -> bool:
        state = await sessions.load(key)
        if state is None or state.return_by is None:
            return False
        if state.paused_by == "candidate":
            return now < state.return_by
        return state.status in ("active", "paused")

    return may_return


def _check_start(state: SessionState | None, start: PreparedStart | None, earlier: Invitation | None) -> None:
    if state is not None:
        if state.has_ended:
            raise SessionEnded("This interview has ended; invite the candidate to a new one.")
        if start is not None and not (earlier and start == replace(earlier.start, extra_time=start.extra_time)):
            raise _wrong("plan", "cannot be changed: the interview has already started")
    elif start is None and earlier is None:
        raise _wrong("plan", "is required without role_description")
    if start is not None and start.plan is None and not start.role_description.strip():
        raise _wrong("plan", "is required without role_description")


def _wrong(field: str, problem: str) -> InvalidInput:
    return InvalidInput(f"Some fields are not valid: '{field}'.", detail={"fields": {field: problem}})


def is_jwt(token: str) -> bool:
    """Whether a token has the form of a JWT."""
    return token.startswith(_JWT) and token.count(".") == 2


def is_candidate_token(token: str) -> bool:
    """Whether a token calls itself a candidate's, unverified: it decides who verifies it."""
    if not is_jwt(token):
        return False
    try:
        return jwt.get_unverified_header(token).get("typ") in _TYPES.values()
    except jwt.InvalidTokenError:
        return False
