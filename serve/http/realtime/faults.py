"""Errors of a realtime session as ``error`` events: the session stays open and usable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interview.errors import InterviewError, QuestionNotCurrent
from serve.http.openai.errors import openai_error_body


class Fault(Exception):
    """A client event that cannot be carried out. ``param`` is the path of the wrong field."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param


def fault_of(error: Fault | InterviewError, event_id: str | None = None) -> dict[str, Any]:
    """The ``error`` member of an ``error`` event; ``event_id`` is the client event's."""
    if isinstance(error, Fault):
        return {
            "type": "invalid_request_error",
            "code": error.code,
            "message": error.message,
            "param": error.param,
            "event_id": event_id,
        }
    body: dict[str, Any] = openai_error_body(error)["error"]
    retry: Mapping[str, float] = {} if error.retry_after_s is None else {"retry_after_s": error.retry_after_s}
    current = {"current": error.detail["current"]} if isinstance(error, QuestionNotCurrent) else {}
    return {**body, "event_id": event_id, **retry, **current}
