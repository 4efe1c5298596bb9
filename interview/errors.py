"""The error tree: every failure that the platform reports, with its HTTP status, its code and whether to retry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class InterviewError(Exception):
    """Base of the tree.

    ``message`` is a sentence a person can act on. It never holds personal data, secrets or a stack trace. ``detail`` is
    small JSON-compatible data for programs (field names, limits), safe to show to the client.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s
        self.detail: dict[str, Any] = dict(detail or {})

    def to_wire(self) -> dict[str, Any]:
        """The error as plain data, for the RPC between two deployments."""
        return {
            "code": self.code,
            "message": self.message,
            "retry_after_s": self.retry_after_s,
            "detail": self.detail,
        }


class InvalidInput(InterviewError):
    """The request is invalid. ``detail["fields"]`` maps a field's path to the problem with it."""

    code = "invalid-input"
    status = 422
    title = "Invalid input"


class ConfigError(InvalidInput):
    """An operator's file is wrong; the message starts with ``file:line: field:``."""

    code = "invalid-config"
    title = "Invalid configuration"

    @classmethod
    def at(cls, file: str, line: int | None, field: str, problem: str) -> ConfigError:
        where = f"{file}:{line}" if line else file
        text = f"{where}: {field}: {problem}" if field else f"{where}: {problem}"
        return cls(text, detail={"file": file, "line": line, "field": field, "problem": problem})


class AudioRejected(InvalidInput):
    code = "audio-rejected"
    title = "Audio rejected"


class UploadInfected(InvalidInput):
    code = "upload-infected"
    title = "Upload refused by the virus scanner"


class EmptyAudio(AudioRejected):
    code = "audio-empty"
    title = "Empty audio"


class UnreadableAudio(AudioRejected):
    code = "audio-unreadable"
    status = 415
    title = "Unreadable audio"


class SilentAudio(AudioRejected):
    code = "audio-silent"
    title = "No speech heard"


class AudioTooLarge(AudioRejected):
    code = "audio-too-large"
    status = 413
    title = "Audio too large"


class AudioTooLong(AudioRejected):
    code = "audio-too-long"
    status = 413
    title = "Audio too long"


class DocumentRejected(InvalidInput):
    """``detail["fields"]`` names the document; the message says what to send instead."""

    code = "document-rejected"
    title = "Document rejected"


class DocumentTooLarge(DocumentRejected):
    code = "document-too-large"
    status = 413
    title = "Document too large"


class IdempotencyMismatch(InvalidInput):
    code = "idempotency-mismatch"
    title = "Idempotency key reused"


class ContextTooLong(InvalidInput):
    code = "context-too-long"
    status = 400
    title = "Context too long"


class UnsupportedRequest(InvalidInput):
    code = "unsupported"
    status = 400
    title = "Unsupported request"


class Unauthenticated(InterviewError):
    code = "unauthenticated"
    status = 401
    title = "Authentication required"


class Forbidden(InterviewError):
    code = "forbidden"
    status = 403
    title = "Forbidden"


class NotFound(InterviewError):
    code = "not-found"
    status = 404
    title = "Not found"


class TranscriptDeleted(InterviewError):
    code = "transcript-deleted"
    status = 410
    title = "Transcript deleted"


class Conflict(InterviewError):
    code = "conflict"
    status = 409
    title = "Conflict"


class SessionEnded(Conflict):
    code = "session-ended"
    title = "Interview has ended"


class QuestionNotCurrent(Conflict):
    """``detail["current"]``: the ``question_id`` and ``turn_number`` that an answer may name now."""

    code = "question-not-current"
    title = "Another question is current"


class VersionConflict(Conflict):
    code = "version-conflict"
    title = "Concurrent update"
    retryable = True


class TurnInFlight(Conflict):
    code = "turn-in-flight"
    title = "Turn in progress"
    retryable = True


class Overloaded(InterviewError):
    code = "overloaded"
    status = 429
    title = "Too many requests"
    retryable = True


class Unavailable(InterviewError):
    code = "unavailable"
    status = 503
    title = "Temporarily unavailable"
    retryable = True


class StorageUnavailable(Unavailable):
    code = "storage-unavailable"


class EngineUnavailable(Unavailable):
    code = "engine-unavailable"


class CircuitOpen(Unavailable):
    code = "circuit-open"


class ModelMissing(Unavailable):
    code = "model-missing"
    title = "Model not installed"
    retryable = False


class ModelCorrupt(Unavailable):
    code = "model-corrupt"
    title = "Model weights differ from their manifest"
    retryable = False


class DeadlineExceeded(InterviewError):
    code = "deadline-exceeded"
    status = 504
    title = "Deadline exceeded"
    retryable = True


class EngineFailed(InterviewError):
    code = "engine-failed"
    status = 502
    title = "Engine failed"
    retryable = True


class InvalidModelOutput(EngineFailed):
    code = "invalid-model-output"
    title = "Invalid model output"


class InternalError(InterviewError):
    pass


def _tree(cls: type[InterviewError]) -> list[type[InterviewError]]:
    return [cls, *(found for sub in cls.__subclasses__() for found in _tree(sub))]


_BY_CODE: dict[str, type[InterviewError]] = {cls.code: cls for cls in reversed(_tree(InterviewError))}


def error_from_wire(wire: Mapping[str, Any]) -> InterviewError:
    """Rebuild an error from ``InterviewError.to_wire``; an unknown code becomes ``InternalError``."""
    cls = _BY_CODE.get(str(wire.get("code")), InternalError)
    return cls(str(wire.get("message", "")), retry_after_s=wire.get("retry_after_s"), detail=wire.get("detail"))
