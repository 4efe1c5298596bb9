"""Where a session's blobs lie and under which address a client finds its audio.

::

    plans/<digest>.json                                     a pinned plan
    sessions/<tenant>/<interview_id>/audio/<name>           a recording, served at /session/audio/<interview_id>/<name>
    sessions/<tenant>/<interview_id>/documents/<name>.txt   résumé and role description

Everything personal of a session lies under one prefix, so that erasing it is one call.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

from interview.errors import InvalidInput

AUDIO_URL_PREFIX = "/session/audio/"

#: What an interview id may look like; it becomes part of paths, URLs and Redis keys.
INTERVIEW_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")

#: What an audio name made here looks like; whatever a client asks for must match before a path is built from it.
AUDIO_NAME = re.compile(r"[0-9]{1,6}-(candidate|interviewer)-[0-9a-f]{16}\.[a-z0-9]{2,5}\Z")

_EXTENSIONS = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/ogg": "ogg",
    "audio/opus": "ogg",
    "audio/webm": "webm",
    "video/webm": "webm",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "audio/x-m4a": "m4a",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
}


def check_interview_id(interview_id: str) -> str:
    """The id itself.

    Raises:
        InvalidInput: it is not 1–128 letters, digits, dots, dashes or underscores beginning with a letter or digit.
    """
    if not INTERVIEW_ID.match(interview_id):
        raise InvalidInput(
            "The interview id must be 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit.",
            detail={"fields": {"interview_id": "1 to 128 of A-Z a-z 0-9 . _ -"}},
        )
    return interview_id


def session_prefix(tenant: str, interview_id: str) -> str:
    return f"sessions/{quote(tenant, safe='').replace('.', '%2E')}/{interview_id}/"


def plan_path(digest: str) -> str:
    return f"plans/{digest}.json"


def audio_name(turn: int, role: str, data: bytes, content_type: str) -> str:
    """Content-addressed, so that a retried write overwrites itself."""
    bare = content_type.partition(";")[0].strip().lower()
    return f"{turn}-{role}-{hashlib.sha256(data).hexdigest()[:16]}.{_EXTENSIONS.get(bare, 'bin')}"


def audio_path(tenant: str, interview_id: str, name: str) -> str:
    """Raises InvalidInput for a name this platform did not make."""
    if not AUDIO_NAME.match(name):
        raise InvalidInput("There is no audio of that name.", detail={"fields": {"name": "unknown"}})
    return f"{session_prefix(tenant, check_interview_id(interview_id))}audio/{name}"


def audio_url(interview_id: str, name: str) -> str:
    return f"{AUDIO_URL_PREFIX}{interview_id}/{name}"


def path_of_url(tenant: str, interview_id: str, url: str) -> str:
    """The blob path of an ``audio_url`` made here."""
    return audio_path(tenant, interview_id, url.rpartition("/")[2])


def document_path(tenant: str, interview_id: str, kind: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{session_prefix(tenant, interview_id)}documents/{kind}-{digest}.txt"
