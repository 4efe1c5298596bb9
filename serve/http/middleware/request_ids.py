"""The id of a request: in its response, in its problem and in log lines."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

HEADER = b"x-request-id"

_PLAIN = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def request_id_in(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The client's ``X-Request-Id`` if it is a plain token, else a new id."""
    sent = next((value for name, value in headers if name == HEADER), b"")
    return sent.decode() if _PLAIN.fullmatch(sent) else uuid.uuid4().hex
