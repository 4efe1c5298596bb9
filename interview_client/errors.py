"""The client's errors: one tree. A refusal of the server carries the fields of its problem (RFC 9457)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct


class FieldError(Struct, frozen=True):
    """One wrong field; ``field`` is its path in the request."""

    field: str
    detail: str


class Problem(Struct, frozen=True):
    """The server's problem. ``code`` is for programs, ``detail`` for people."""

    title: str = ""
    status: int = 0
    detail: str = ""
    code: str = ""
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()
    retryable: bool = False
    retry_after_s: float | None = None
    context: dict[str, Any] = {}


class ClientError(Exception):
    """Base of the tree."""


class ConnectionFailed(ClientError):
    """The server was not reached, or the connection ended before the reply, after every retry."""


class UnexpectedReply(ClientError):
    """A reply that is none of this API's: another server answers, or one of another major version."""


class ApiError(ClientError):
    """The server refused. ``problem`` has all of its fields; the common ones are attributes."""

    def __init__(self, problem: Problem) -> None:
        fields = "; ".join(f"{error.field}: {error.detail}" for error in problem.errors)
        super().__init__(problem.detail + (f" ({fields})" if fields else ""))
        self.problem = problem

    @property
    def status(self) -> int:
        return self.problem.status

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def detail(self) -> str:
        return self.problem.detail

    @property
    def retryable(self) -> bool:
        return self.problem.retryable

    @property
    def retry_after_s(self) -> float | None:
        return self.problem.retry_after_s


class InvalidRequest(ApiError):
    """400, 406, 413, 415, 422: the request must change."""


class RecordingRejected(InvalidRequest):
    """The recording is empty, silent, unreadable, too large or too long: ask for another one."""


class NotAuthenticated(ApiError):
    """401."""


class NotPermitted(ApiError):
    """403: the key lacks a scope."""


class NotFound(ApiError):
    """404, 410: absent, expired, another tenant's, or deleted."""


class Conflict(ApiError):
    """409."""


class InterviewEnded(Conflict):
    """The interview is over."""


class QuestionNotCurrent(Conflict):
    """The question that an answer or a hint named is not the current one: ``problem.context["current"]`` names that."""


class RateLimited(ApiError):
    """429: a limit of the caller, or a busy server; it did nothing."""


class ServerFailed(ApiError):
    """5xx."""


_BY_STATUS: dict[int, type[ApiError]] = {
    401: NotAuthenticated,
    403: NotPermitted,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    429: RateLimited,
}


def error_of(status: int, body: bytes) -> ApiError:
    """The error of a reply. A reply without a problem, of a proxy perhaps, is an error of its status alone."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        retryable = status in (429, 502, 503, 504)
        problem = Problem("", status, f"The server answered {status} without a problem.", "", retryable=retryable)
    problem = msgspec.structs.replace(problem, status=status)
    if problem.code == "session-ended":
        return InterviewEnded(problem)
    if problem.code == "question-not-current":
        return QuestionNotCurrent(problem)
    if problem.code.startswith("audio-"):
        return RecordingRejected(problem)
    kind = _BY_STATUS.get(status) or (ServerFailed if status >= 500 else InvalidRequest)
    return kind(problem)
