"""The authenticated caller of a request."""

from __future__ import annotations

from msgspec import Struct

from storage.keys.port import AGENT, REPORTS


class Principal(Struct, frozen=True):
    """The authenticated caller.

    ``key_id`` identifies the credential in audit records, and ``name`` its owner for people; neither is secret.
    ``interview_id`` is set for a candidate, who holds no scope and reaches the routes of that interview only.
    """

    tenant: str
    scopes: frozenset[str]
    key_id: str
    name: str = ""
    interview_id: str | None = None

    @property
    def is_candidate(self) -> bool:
        return self.interview_id is not None

    @property
    def sees_assessment(self) -> bool:
        """Whether grades, abilities, reasons and tool results may be shown; everyone else gets the candidate's view."""
        return not self.is_candidate and bool(self.scopes & {REPORTS, AGENT})
