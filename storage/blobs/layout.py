"""Where each kind of blob lives: the one place that names paths, so that none is ever made from a client's words."""

from __future__ import annotations

import re

from interview.errors import InvalidInput

_SEGMENT = re.compile(r"[A-Za-z0-9_%-][A-Za-z0-9._%-]{0,127}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def plan_path(digest: str) -> str:
    """The pinned plan with this SHA-256 (hex)."""
    if not _DIGEST.match(digest):
        raise InvalidInput("A plan is named by the SHA-256 of its content.")
    return f"plans/{digest}.json"


def audio_path(tenant: str, interview_id: str, turn: int, role: str, extension: str) -> str:
    """One utterance; ``role`` is ``candidate`` or ``interviewer``."""
    return _joined("audio", tenant, interview_id, f"{turn}-{role}.{extension}")


def document_path(tenant: str, interview_id: str, name: str) -> str:
    """A document the interview was started with; ``name`` is ours (``resume.txt``), not the uploader's."""
    return _joined("documents", tenant, interview_id, name)


def archived_events_path(tenant: str, interview_id: str) -> str:
    return _joined("archive", tenant, interview_id, "events.jsonl")


def archived_snapshot_path(tenant: str, interview_id: str) -> str:
    return _joined("archive", tenant, interview_id, "snapshot.json")


def report_path(tenant: str, interview_id: str, name: str) -> str:
    """A rendered report, for example ``report.json``."""
    return _joined("reports", tenant, interview_id, name)


def session_prefixes(tenant: str, interview_id: str) -> tuple[str, ...]:
    """Everything kept of one interview, for its erasure. Pinned plans are shared and stay."""
    kinds = ("audio", "documents", "archive", "reports")
    return tuple(_joined(kind, tenant, interview_id) for kind in kinds)


def checked(path: str) -> str:
    """``path`` if it is relative and made of plain segments only.

    Raises:
        InvalidInput: it is empty, absolute, or has a segment that could lead elsewhere.
    """
    if not all(_SEGMENT.match(segment) for segment in path.split("/")):
        raise InvalidInput("That is not the path of a stored blob.")
    return path


def _joined(*segments: str) -> str:
    if not all(_SEGMENT.match(segment) for segment in segments):
        raise InvalidInput("A path segment may hold letters, digits, dots, dashes and underscores only.")
    return "/".join(segments)
