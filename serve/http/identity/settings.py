"""Configuration of identities: sections ``http.candidates`` and ``http.identity`` of ``configs/serve/*.yaml``."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from storage.keys.port import AGENT, INLINE_PLANS, INTERVIEWS, OPERATIONS, REPORTS, SCOPES

Role = Literal["candidate", "reviewer", "operator", "admin"]

#: Asymmetric signatures alone: an issuer's public key cannot sign (RFC 8725, section 3.1).
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]

#: The scopes of each role. A candidate has none: a claim names the interview.
SCOPES_OF: dict[Role, frozenset[str]] = {
    "candidate": frozenset(),
    "reviewer": frozenset({REPORTS}),
    "operator": frozenset({INTERVIEWS, INLINE_PLANS, AGENT, OPERATIONS}),
    "admin": SCOPES,
}

_FIREBASE_ISSUER = "https://securetoken.google.com/"
_FIREBASE_KEYS = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"


class IssuerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One identity provider.

    - ``issuer`` is compared with ``iss`` exactly; ``audience`` must be in ``aud``.
    - ``preset``: ``keycloak`` (``issuer`` ends with ``/realms/NAME``) and ``firebase`` (``audience`` is the project,
      ``issuer`` may be empty) supply the address of the keys and the claims below; ``oidc`` reads the address in the
      provider's discovery document.
    - ``keys_url`` replaces that address.
    - ``roles_claim``: the path of the list of roles, parts joined with dots. ``roles`` maps a provider's role to ours;
      ours alone count, under their own names when ``roles`` is empty.
    - ``tenant``, or the claim ``tenant_claim``. ``interview_claim`` names a candidate's interview.
    - ``leeway_s``: clock difference that ``exp`` and ``nbf`` tolerate.
    """

    audience: str
    issuer: str = ""
    preset: Literal["oidc", "keycloak", "firebase"] = "oidc"
    keys_url: str = ""
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256")
    roles_claim: str = ""
    roles: dict[str, Role] = {}
    tenant: str = ""
    tenant_claim: str = "tenant"
    interview_claim: str = "interview_id"
    leeway_s: float = 30.0

    def __post_init__(self) -> None:
        if not self.audience or not self.algorithms:
            raise ValueError("an identity provider needs an audience and at least one algorithm")
        for url in filter(None, (self.expected_issuer, self.keys_url)):
            parts = urlsplit(url)
            loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
            if not parts.hostname or (parts.scheme != "https" and not (loopback and parts.scheme == "http")):
                raise ValueError(f"{url!r} must be an https address")
        if not self.expected_issuer:
            raise ValueError("an identity provider needs an issuer")
        if not 0 <= self.leeway_s <= 300:
            raise ValueError("leeway_s must be at most 300")

    @property
    def expected_issuer(self) -> str:
        if self.preset == "firebase" and not self.issuer:
            return _FIREBASE_ISSUER + self.audience
        return self.issuer

    @property
    def known_keys_url(self) -> str:
        """The address of the keys; empty when only the discovery document knows it."""
        if self.keys_url:
            return self.keys_url
        match self.preset:
            case "keycloak":
                return f"{self.issuer}/protocol/openid-connect/certs"
            case "firebase":
                return _FIREBASE_KEYS
            case "oidc":
                return ""

    @property
    def roles_path(self) -> tuple[str, ...]:
        by_preset = {"keycloak": "realm_access.roles", "firebase": "roles", "oidc": "roles"}
        return tuple((self.roles_claim or by_preset[self.preset]).split("."))


class IdentitySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """``issuers``: the providers whose tokens are accepted; none by default."""

    issuers: tuple[IssuerSettings, ...] = ()

    def __post_init__(self) -> None:
        names = [issuer.expected_issuer for issuer in self.issuers]
        if len(set(names)) != len(names):
            raise ValueError("each issuer may be configured once")


class CandidateSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Lifetimes of candidates' access.

    A link lives ``link_days`` unless its maker asks for another time, at most ``link_max_days``. The access token that
    it buys lives ``access_s``, which exceeds a plan's time budget; the link buys another one while it lives.
    """

    link_days: float = 14.0
    link_max_days: float = 90.0
    access_s: float = 7200.0

    def __post_init__(self) -> None:
        if not 0 < self.link_days <= self.link_max_days:
            raise ValueError("candidates needs 0 < link_days <= link_max_days")
        if not 60 <= self.access_s <= 86_400:
            raise ValueError("candidates needs 60 <= access_s <= 86400")
