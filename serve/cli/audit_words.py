"""The audit log in words: what was done, and the details of an entry with their labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

ACTIONS: Final[Mapping[str, str]] = {
    "sessions.listed": "listed interviews",
    "invitations.listed": "listed invitations",
    "session.read": "read an interview",
    "events.read": "read the event log",
    "recording.read": "heard a recording",
    "report.read": "read a report",
    "interview.exported": "exported an interview",
    "grade.overridden": "overrode a grade",
    "time.granted": "granted extra time",
    "interview.erased": "erased an interview",
    "recordings.deleted": "deleted recordings",
    "transcript.deleted": "deleted a transcript",
    "plan.created": "drafted a plan",
    "plan.changed": "changed a draft plan",
    "plan.approved": "approved a plan",
    "plan.deleted": "deleted a draft plan",
    "key.created": "created a key",
    "key.revoked": "revoked a key",
}

_DETAILS: Final[Mapping[str, str]] = {
    "author": "by",
    "blobs": "files",
    "cause": "because of",
    "compared": "to compare candidates",
    "digest": "version",
    "extra_s": "seconds granted in all",
    "format": "format",
    "question_id": "question",
    "scopes": "scopes",
    "tool": "tool",
}


def action_words(action: str) -> str:
    """An action of a later release is shown by its name."""
    return ACTIONS.get(action, action)


def detail_words(detail: Mapping[str, Any]) -> str:
    """As ``format: pdf; scopes: interviews, reports``. A field of a later release is shown by its name."""
    return "; ".join(_one(_DETAILS.get(name, name.replace("_", " ")), value) for name, value in detail.items())


def _one(label: str, value: Any) -> str:
    if value is True:
        return label
    return f"{label}: {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}"
