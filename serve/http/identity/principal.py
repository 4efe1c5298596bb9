"""The authenticated caller of a request."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from interview.errors import InvalidInput
from storage.keys.port import AGENT, REPORTS


class Principal(Struct, frozen=True):
    """The authenticated caller.

    ``key_id`` identifies the credential in audit records, and ``name`` its owner for people; neither is secret.
    ``interview_id`` is set for a candidate, who holds no scope and reaches the routes of that interview only.
    ``is_person``: an identity provider vouches for ``name``; else the credential is a program's.
    ``expires_at``: the UTC end of an API key; None for a key that lasts until it is revoked, and for other credentials.
    """

    tenant: str
    scopes: frozenset[str]
    key_id: str
    name: str = ""
    interview_id: str | None = None
    is_person: bool = False
    expires_at: datetime | None = None

    @property
    def is_candidate(self) -> bool:
        return self.interview_id is not None

    @property
    def sees_assessment(self) -> bool:
        """Whether grades, abilities, reasons and tool results may be shown; everyone else gets the candidate's view."""
        return not self.is_candidate and bool(self.scopes & {REPORTS, AGENT})


def name_of(caller: Principal) -> str:
    """The person who signed in, or the key, marked as a key: its maker chose the label."""
    return caller.name if caller.is_person else f"key {caller.name or caller.key_id}"


def author_of(caller: Principal, named: str) -> str:
    """The author of a decision: the person who signed in; or a program's key, with the person whom it ``named``.

    Raises:

        InvalidInput: a person names another author, or no author is named.
    """
    if caller.is_person:
        if named:
            raise _wrong_author("is decided by your identity; leave it out")
        return caller.name
    if named:
        return f"{named} ({name_of(caller)})"
    if not caller.name:
        raise _wrong_author("is required: this key has no name")
    return name_of(caller)


def _wrong_author(problem: str) -> InvalidInput:
    return InvalidInput("Some fields are not valid: 'author'.", detail={"fields": {"author": problem}})
