"""An invitation: an interview prepared by an operator, which its candidate starts later with a link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct


class GrantedTime(Struct, frozen=True):
    """Extra time that a person granted before the start; ``reason`` is for the log."""

    extra_s: float
    author: str
    reason: str


class PreparedStart(Struct, frozen=True):
    """What the operator decides before the candidate arrives; empty for an interview that has already started."""

    plan: str | dict[str, Any] | None = None
    role_description: str = ""
    resume_content: str = ""
    candidate_name: str = ""
    candidate_reference: str = ""
    language: str | None = None
    voice: bool = True
    extra_time: GrantedTime | None = None


class Invitation(Struct, frozen=True):
    """One candidate's access to one interview.

    ``link_id`` names the only valid link; it is empty once the link is revoked, and a new link replaces it.
    ``expires_at`` (UTC) ends the link. ``created_by`` names the person or key that invited.
    """

    tenant: str
    interview_id: str
    link_id: str
    created_at: datetime
    expires_at: datetime
    created_by: str = ""
    start: PreparedStart = PreparedStart()
