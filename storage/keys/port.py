"""The port of API keys: created once, stored as hashes, looked up by a public prefix.

A key reads ``ik_<key id>_<secret>``: the id (48 random bits, hex) finds the record, the secret (256 random bits) proves
it. The store holds the SHA-256 of the whole key; with 256 random bits a slow hash would add nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from interview.errors import InvalidInput
from interview.sessions.ids import tenant_problem
from interview.yaml.schema import nearest

_PRESENTED = re.compile(r"ik_([0-9a-f]{12})_[A-Za-z0-9_-]{43}\Z")
_LABEL_AT_MOST = 200

#: Run interviews: invite, start, turn, hint, state, events, audio, end, signals. Alone it shows what a candidate sees.
INTERVIEWS = "interviews"
#: Start interviews with a plan in the request (also needs ``interviews``): its author writes keys, rubrics and prompts.
INLINE_PLANS = "plans:inline"
#: Draft, change, approve and delete the tenant's own plans.
PLANS = "plans"
#: Read reports and grades, override grades, resume paused interviews.
REPORTS = "reports"
#: Call the agent's tools that grade, steer or show what comes next; read grades in state and events.
AGENT = "agent"
#: Call the inference tier (``/v1``).
INFERENCE = "inference"
#: Read ``/status``, ``/metrics`` and ``/platform``.
OPERATIONS = "operations"
#: Export and erase a candidate's data.
PRIVACY = "privacy"
#: Create, list and revoke the tenant's keys, with at most one's own scopes.
KEYS = "keys"

#: All scopes.
SCOPES = frozenset({INTERVIEWS, INLINE_PLANS, PLANS, REPORTS, AGENT, INFERENCE, OPERATIONS, PRIVACY, KEYS})


class ApiKey(Struct, frozen=True):
    """A key without its secret. Times are UTC; a key without ``expires_at`` lasts until it is revoked."""

    key_id: str
    tenant: str
    scopes: frozenset[str]
    created_at: datetime
    label: str = ""
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid_at(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class CreatedKey(Struct, frozen=True):
    """A new key with its ``secret``, the whole string a client sends: shown once, never stored."""

    key: ApiKey
    secret: str

    def __repr__(self) -> str:
        return f"CreatedKey({self.key!r}, secret=…)"


class ApiKeys(Protocol):
    async def create(
        self, *, tenant: str, scopes: frozenset[str], label: str = "", expires_in: timedelta | None = None
    ) -> CreatedKey:
        """Raises InvalidInput (a tenant's name that breaks the rules, no or unknown scopes), StorageUnavailable."""
        ...

    async def list(self, tenant: str) -> list[ApiKey]:
        """A tenant's keys, including expired and revoked ones, oldest first. Raises StorageUnavailable."""
        ...

    async def revoke(self, key_id: str) -> ApiKey:
        """Revoke a key and return it; it stops working everywhere within a second. Idempotent.

        Raises NotFound, StorageUnavailable.
        """
        ...

    async def verify(self, presented: str) -> ApiKey | None:
        """The key a client presented; None when it is malformed, unknown, expired or revoked.

        Raises StorageUnavailable.
        """
        ...

    async def close(self) -> None: ...


def new_key(tenant: str, scopes: frozenset[str], label: str, expires_in: timedelta | None, now: datetime) -> CreatedKey:
    """Create a key from fresh randomness. Raises InvalidInput."""
    wrong: dict[str, str] = {}
    if problem := tenant_problem(tenant):
        wrong["tenant"] = problem
    if problem := _scopes_problem(scopes):
        wrong["scopes"] = problem
    if len(label) > _LABEL_AT_MOST:
        wrong["label"] = f"at most {_LABEL_AT_MOST} characters"
    if expires_in is not None and expires_in <= timedelta(0):
        wrong["expires_in"] = "must be positive"
    if wrong:
        problems = "; ".join(f"{field} {problem}" for field, problem in sorted(wrong.items()))
        raise InvalidInput(f"The key cannot be created: {problems}.", detail={"fields": wrong})
    key_id = secrets.token_hex(6)
    key = ApiKey(
        key_id=key_id,
        tenant=tenant,
        scopes=scopes,
        created_at=now,
        label=label,
        expires_at=None if expires_in is None else now + expires_in,
    )
    return CreatedKey(key, f"ik_{key_id}_{secrets.token_urlsafe(32)}")


def _scopes_problem(scopes: frozenset[str]) -> str:
    known = ", ".join(sorted(SCOPES))
    unknown = sorted(scopes - SCOPES)
    if unknown:
        named = ", ".join(map(repr, unknown))
        return f"contain the unknown {named}{nearest(unknown[0], SCOPES)} (known: {known})"
    return "" if scopes else f"must name at least one of {known}"


def key_id_of(presented: str) -> str | None:
    """The id inside a presented key; None when it is malformed."""
    found = _PRESENTED.match(presented)
    return found.group(1) if found else None


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def same_digest(one: bytes, other: bytes) -> bool:
    """Compare in constant time, so that timing does not reveal the first difference."""
    return hmac.compare_digest(one, other)
