"""Authentication: a Bearer key or token becomes a Principal, and each route requires a scope or an interview."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Path, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from interview.errors import Forbidden, NotFound, Unauthenticated
from interview.sessions.ids import INTERVIEW_ID
from interview.sessions.invitation import Invitation
from serve.http.identity.candidate_tokens import CandidateTokens, is_candidate_token, is_jwt
from serve.http.identity.oidc import Identities
from serve.http.identity.principal import Principal
from serve.http.limits.request_limits import RequestLimits
from serve.http.ports import KeyVerifier
from storage.keys.port import (
    AGENT,
    INFERENCE,
    INLINE_PLANS,
    INTERVIEWS,
    KEYS,
    OPERATIONS,
    PLANS,
    PRIVACY,
    REPORTS,
    SCOPES,
)

__all__ = [
    "AGENT",
    "INFERENCE",
    "INLINE_PLANS",
    "INTERVIEWS",
    "KEYS",
    "OPERATIONS",
    "PLANS",
    "PRIVACY",
    "REPORTS",
    "Authenticator",
    "Principal",
    "require_scope",
]

#: Longer tokens are rejected unread: no API key and no reasonable JWT is longer.
MAX_TOKEN_CHARS = 8192

#: One sentence for every inaccessible interview: absent, expired, or another tenant's.
NO_SUCH_INTERVIEW = "There is no such interview."

InterviewId = Annotated[str, Path(pattern=INTERVIEW_ID, description="Chosen by the caller; unique for the tenant.")]

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="Bearer",
    description="An API key made by `interview keys create`, or a candidate's access token.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def require_scope(caller: Principal, scope: str) -> None:
    """Raises Forbidden: the caller lacks ``scope``; a candidate has none."""
    if caller.is_candidate:
        raise Forbidden("A candidate's token cannot be used here.", detail={"scope": scope})
    if scope not in caller.scopes:
        raise Forbidden(f"This key lacks the scope '{scope}'.", detail={"scope": scope})


class Authenticator:
    """Turns the ``Authorization`` header into a ``Principal``, or into 401, 403 or 404.

    A candidate holds no scope, so every route that requires one answers 403. Only routes that declare
    ``require_interview`` accept a candidate, and only for the candidate's own interview.
    """

    def __init__(
        self,
        keys: KeyVerifier,
        candidates: CandidateTokens | None = None,
        identities: Identities | None = None,
        limits: RequestLimits | None = None,
    ) -> None:
        """``limits`` counts each authenticated request; None counts none."""
        self._keys = keys
        self._candidates = candidates
        self._identities = identities
        self._limits = limits

    def require(self, scope: str) -> Callable[..., Awaitable[Principal]]:
        """A dependency that yields the ``Principal`` when it holds ``scope``.

        Raises:

            Unauthenticated: no key, or an invalid one; the message does not say which.
            Forbidden: a valid key without ``scope``, or a candidate.
        """

        async def principal(credentials: Credentials) -> Principal:
            return await self.holding(scope, _token(credentials))

        return principal

    def require_interview(self, *also: str) -> Callable[..., Awaitable[Principal]]:
        """A dependency of routes with an ``interview_id``: that interview's candidate, or a caller with ``INTERVIEWS``
        or with a scope in ``also``.

        Raises:

            Unauthenticated, Forbidden: as ``require``.
            NotFound: the candidate of another interview.
        """

        async def principal(interview_id: InterviewId, credentials: Credentials) -> Principal:
            return await self.of_interview(interview_id, _token(credentials), *also)

        return principal

    def require_any(self) -> Callable[..., Awaitable[Principal]]:
        """A dependency that yields any caller; the route itself checks the interview (``taking_part``)."""

        async def principal(credentials: Credentials) -> Principal:
            return await self.authenticate(_token(credentials))

        return principal

    def require_link(self) -> Callable[..., Awaitable[Invitation]]:
        """A dependency that yields the invitation of a link token. Raises Unauthenticated."""

        async def invitation(credentials: Credentials) -> Invitation:
            return await self._invited(_token(credentials))

        return invitation

    def require_candidate(self) -> Callable[..., Awaitable[Principal]]:
        """A dependency that yields a candidate. Raises Unauthenticated, Forbidden (any other caller)."""

        async def candidate(credentials: Credentials) -> Principal:
            found = await self.authenticate(_token(credentials))
            if not found.is_candidate:
                raise Forbidden("Only a candidate's token can be used here.")
            return found

        return candidate

    async def holding(self, scope: str, token: str | None) -> Principal:
        """The caller with this token, if it holds ``scope``; raises as ``require``."""
        found = await self.authenticate(token)
        require_scope(found, scope)
        return found

    async def of_interview(self, interview_id: str, token: str | None, *also: str) -> Principal:
        """The caller with this token, if it may take part in the interview; raises as ``require_interview``."""
        return _taking_part(await self.authenticate(token), interview_id, also)

    def taking_part(self, caller: Principal, interview_id: str) -> Principal:
        """``caller``, if it may take part in the interview; raises Forbidden, NotFound as ``require_interview``."""
        return _taking_part(caller, interview_id, ())

    async def still_of_interview(self, interview_id: str, token: str | None, *also: str) -> Principal:
        """``of_interview`` again, for a stream that is open: not counted as a request."""
        return _taking_part(await self._identified(token), interview_id, also)

    async def authenticate(self, token: str | None) -> Principal:
        """The caller with this token, whatever it may do; counts a request.

        Raises:

            Unauthenticated: no key or token, or an invalid one.
            Forbidden: a key with a scope that this release does not know.
            Overloaded: the caller is at a limit.
            EngineUnavailable: the identity provider's keys cannot be fetched.
        """
        return await self.admitted(await self._identified(token))

    async def admitted(self, caller: Principal) -> Principal:
        """Count a request of ``caller``. Raises Overloaded: it is at a limit."""
        if self._limits is not None:
            await self._limits.admit(caller)
        return caller

    async def _identified(self, token: str | None) -> Principal:
        if not token:
            raise Unauthenticated("Send an API key or a token in the header 'Authorization: Bearer <key>'.")
        if len(token) > MAX_TOKEN_CHARS:
            raise _invalid()
        if is_candidate_token(token):
            return await self._candidate(token)
        if self._identities is not None and is_jwt(token):
            person = await self._identities.verify(token)
            if person is None:
                raise _invalid()
            return person
        grant = await self._keys.verify(token)
        if grant is None:
            raise _invalid()
        unknown = sorted(grant.scopes - SCOPES)
        if unknown:
            raise Forbidden(
                "This key has a scope that does not exist here; create a new key.", detail={"unknown_scopes": unknown}
            )
        return Principal(
            tenant=grant.tenant,
            scopes=grant.scopes,
            key_id=grant.key_id,
            name=grant.label,
            expires_at=grant.expires_at,
        )

    async def _candidate(self, token: str) -> Principal:
        invitation = await self._candidates.verify(token, "access") if self._candidates else None
        if invitation is None:
            raise _invalid()
        return Principal(
            tenant=invitation.tenant,
            scopes=frozenset(),
            key_id=invitation.link_id,
            interview_id=invitation.interview_id,
        )

    async def _invited(self, token: str | None) -> Invitation:
        if not token or len(token) > MAX_TOKEN_CHARS:
            raise Unauthenticated("Send the token of the link in the header 'Authorization: Bearer <token>'.")
        invitation = await self._candidates.verify(token, "link") if self._candidates else None
        if invitation is None:
            raise Unauthenticated(
                "This link is not valid any more. Ask the person who sent it for a new one.",
                detail={"reason": "invalid_token"},
            )
        return invitation


def _taking_part(caller: Principal, interview_id: str, also: tuple[str, ...]) -> Principal:
    if not caller.is_candidate:
        if caller.scopes.isdisjoint(also):
            require_scope(caller, INTERVIEWS)
    elif caller.interview_id != interview_id:
        raise NotFound(NO_SUCH_INTERVIEW)
    return caller


def _token(credentials: HTTPAuthorizationCredentials | None) -> str | None:
    return credentials.credentials if credentials else None


def _invalid() -> Unauthenticated:
    return Unauthenticated("This API key or token is not valid.", detail={"reason": "invalid_token"})
