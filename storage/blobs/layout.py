"""The layout of blob paths. Only this module builds paths, and never from client input.

::

    plans/<digest>.json                             an installed plan, pinned; shared by its interviews
    policies/<digest>.json                          a pinned policy set, shared by its interviews
    sessions/<tenant>/<interview_id>/audio/…        recordings, served at /session/audio/<interview_id>/<name>
                                    /documents/…    résumé and role description
                                    /plan/…         a plan sent with the start
                                    /reports/…      finished reports
                                    /archive/…      log and snapshot, of releases before the SQL archive only

All personal data of an interview lies under one prefix, so that one call erases it. ``storage.stored_names`` encodes
tenant and id.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal, NamedTuple

from interview.errors import InvalidInput
from storage.blobs.audio_types import extension_of
from storage.sessions.port import SessionKey
from storage.stored_names import decoded, encoded

AUDIO_URL_PREFIX = "/session/audio/"

Role = Literal["candidate", "interviewer"]

#: A stored name is at most 255 bytes on every file system.
_SEGMENT = re.compile(r"[A-Za-z0-9_%-][A-Za-z0-9._%-]{0,254}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
#: The pattern of names made by ``audio_name``; a client's name must match before a path is built from it.
_AUDIO_NAME = re.compile(r"[0-9]{1,6}-(candidate|interviewer)-[0-9a-f]{16}\.[a-z0-9]{2,5}\Z")


def plan_path(digest: str) -> str:
    """The pinned plan with this SHA-256 (hex). Raises InvalidInput."""
    return f"plans/{_checked_digest(digest)}.json"


def session_plan_path(tenant: str, interview_id: str, digest: str) -> str:
    """The plan sent with the request that started this interview. Raises InvalidInput."""
    return f"{session_prefix(tenant, interview_id)}/plan/{_checked_digest(digest)}.json"


def policies_path(digest: str) -> str:
    """The pinned policy set with this SHA-256 (hex). Raises InvalidInput."""
    return f"policies/{_checked_digest(digest)}.json"


def session_prefix(tenant: str, interview_id: str) -> str:
    """Everything stored about one interview, for its erasure. Installed plans and policies are shared and stay."""
    return f"sessions/{encoded(tenant)}/{encoded(interview_id)}"


def blob_archive_prefix(tenant: str, interview_id: str) -> str:
    """What a release before the SQL archive archived of one interview."""
    return f"{session_prefix(tenant, interview_id)}/archive"


def blob_archive_of(path: str) -> SessionKey | None:
    """The interview whose archived log is at ``path``; None when the path is another blob's."""
    parts = path.split("/")
    if len(parts) != 5 or parts[0] != "sessions" or parts[3:] != ["archive", "events.jsonl"]:
        return None
    return SessionKey(decoded(parts[1]), decoded(parts[2]))


def audio_name(turn: int, role: Role, sha256: str, content_type: str) -> str:
    """Content-addressed by the audio's ``sha256`` (hexadecimal), so that a retried write overwrites itself."""
    return f"{turn}-{role}-{sha256[:16]}.{extension_of(content_type)}"


def audio_path(tenant: str, interview_id: str, name: str) -> str:
    """Raises InvalidInput for a name that ``audio_name`` did not make."""
    if not _AUDIO_NAME.match(name):
        raise InvalidInput("There is no audio of that name.", detail={"fields": {"name": "unknown"}})
    return f"{session_prefix(tenant, interview_id)}/audio/{name}"


def audio_url(interview_id: str, name: str) -> str:
    """The URL of a recording for clients."""
    return f"{AUDIO_URL_PREFIX}{interview_id}/{name}"


class StoredAudio(NamedTuple):
    """The blob path of a recording, and its URL for clients."""

    path: str
    url: str


def stored_audio(
    tenant: str, interview_id: str, turn: int, role: Role, *, sha256: str, content_type: str
) -> StoredAudio:
    """The content-addressed place of the recording of ``role`` in ``turn``."""
    name = audio_name(turn, role, sha256, content_type)
    return StoredAudio(audio_path(tenant, interview_id, name), audio_url(interview_id, name))


def path_of_url(tenant: str, interview_id: str, url: str) -> str:
    """The blob path of an ``audio_url``."""
    return audio_path(tenant, interview_id, url.rpartition("/")[2])


def document_path(tenant: str, interview_id: str, kind: str, text: str) -> str:
    """A document sent with the start; ``kind`` is ``resume`` or ``role_description``, never a client's file name."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{session_prefix(tenant, interview_id)}/documents/{kind}-{digest}.txt"


def report_path(tenant: str, interview_id: str, name: str) -> str:
    """A rendered report, for example ``report.json``."""
    return f"{session_prefix(tenant, interview_id)}/reports/{name}"


def audio_prefix(tenant: str, interview_id: str) -> str:
    """All recordings of an interview."""
    return f"{session_prefix(tenant, interview_id)}/audio"


def documents_prefix(tenant: str, interview_id: str) -> str:
    """All documents sent with its start."""
    return f"{session_prefix(tenant, interview_id)}/documents"


def reports_prefix(tenant: str, interview_id: str) -> str:
    """All its rendered reports."""
    return f"{session_prefix(tenant, interview_id)}/reports"


def checked(path: str) -> str:
    """``path`` if it is relative and made of plain segments only.

    Raises:

        InvalidInput: it is empty, absolute, or has a segment such as ``..``.
    """
    if not all(_SEGMENT.match(segment) for segment in path.split("/")):
        raise InvalidInput("That is not the path of a stored blob.")
    return path


def _checked_digest(digest: str) -> str:
    if not _DIGEST.match(digest):
        raise InvalidInput("Pinned content is named by its SHA-256.")
    return digest
