"""``DocumentReader``: detects a file's format, rejects unsupported ones, and reads the rest in the sandbox."""

from __future__ import annotations

import logging
from importlib.util import find_spec

import msgspec

from deployments.documents.config import DocumentsConfig
from deployments.documents.contract import ReadDocument
from deployments.documents.engines.extract import Extracted, ExtractJob, Format, Problem
from deployments.documents.engines.plain_text import Kind, kind_of, read_text
from deployments.shell.sandbox import Sandbox
from interview.errors import DocumentRejected, DocumentTooLarge, InterviewError, Overloaded, UnsupportedRequest

logger = logging.getLogger(__name__)

MODULE = "deployments.documents.engines.extract"

#: The dependencies of each format.
_LIBRARIES: dict[Format, str] = {"pdf": "pypdfium2", "docx": "docx", "html": "trafilatura"}
_EXTRAS: dict[Format, str] = {"pdf": "documents", "docx": "documents", "html": "pages"}

_BUSY_RETRY_S = 2.0

_SEND = "Send a PDF, a DOCX or a text file, or paste the text."

_REFUSED: dict[Kind, str] = {
    "html": f"web pages (HTML) are not supported. {_SEND}",
    "rtf": f"RTF is not supported. {_SEND}",
    "old_office": "it is an old Word file (.doc) or a file with a password. Save it as .docx without one, or as PDF.",
    "archive": f"it is an archive, not a Word document. {_SEND}",
    "unknown": f"its format is not supported. {_SEND}",
}

_NOT_INSTALLED = (
    "{} files need an extra that is not installed on this server (the extra `{}`). Paste the text, or send a text file."
)

_NO_TEXT = "it has no visible text. It may be a scan, and OCR is not supported: paste the text."

_PROBLEMS: dict[Problem, str] = {
    "damaged": "it is damaged. Save it again, or paste the text.",
    "encrypted": "it is protected by a password. Save it without one, or paste the text.",
    "no_text": _NO_TEXT,
}


class DocumentService:
    """Reads documents in one limited process, started with the first PDF or DOCX. Use it from one event loop only."""

    def __init__(self, config: DocumentsConfig | None = None) -> None:
        self._config = config or DocumentsConfig()
        self._sandbox = Sandbox(MODULE, self._config.sandbox)
        self._in_hand = 0

    async def read(self, data: bytes, *, name: str = "", field: str = "document") -> ReadDocument:
        """See ``DocumentReader.read``."""
        if len(data) > self._config.max_bytes:
            megabytes = self._config.max_bytes / 1024 / 1024
            raise self._too_large(field, f"it is larger than {megabytes:g} MB", max_bytes=self._config.max_bytes)
        if not data.strip():
            raise _rejected(field, "it is empty. Send the file again, or paste the text.")
        kind = kind_of(data, name)
        if kind == "pdf" or kind == "docx":
            return await self._read_apart(kind, data, field)
        if kind == "picture":
            raise _rejected(field, "it is a picture, and OCR is not supported: paste the text.")
        if kind in _REFUSED:
            raise _unsupported(field, _REFUSED[kind], "an unsupported kind of file")
        try:
            document = read_text(data, kind)
        except UnicodeDecodeError:
            raise _rejected(field, "its text is not in UTF-8. Save it as UTF-8, or paste the text.") from None
        if len(document.text) > self._config.max_chars:
            raise self._too_many_characters(field)
        return document

    async def read_page(self, data: bytes, *, field: str = "document") -> ReadDocument:
        """The main text of a web page (HTML); plain text as it is. Raises as ``read``."""
        if kind_of(data, "") in ("html", "text"):
            return await self._read_apart("html", data, field)
        return await self.read(data, field=field)

    async def stop(self) -> None:
        await self._sandbox.stop()

    async def _read_apart(self, format: Format, data: bytes, field: str) -> ReadDocument:
        if find_spec(_LIBRARIES[format]) is None:
            raise _unsupported(
                field, _NOT_INSTALLED.format(format.upper(), _EXTRAS[format]), "needs an extra that is not installed"
            )
        if self._in_hand >= self._config.max_waiting:
            raise Overloaded(
                "Too many documents are being read right now; try again in a moment.", retry_after_s=_BUSY_RETRY_S
            )
        limits = self._config
        job = ExtractJob(format, data, limits.max_pages, limits.max_expanded_bytes, limits.max_chars)
        self._in_hand += 1
        try:
            outcome = await self._sandbox.run(msgspec.msgpack.encode(job))
        finally:
            self._in_hand -= 1
        if outcome.kind in ("time", "memory"):
            logger.warning("a %s of %d bytes ran out of %s", format, len(data), outcome.kind)
            raise self._too_large(field, f"reading it ran out of {outcome.kind}")
        if outcome.kind != "done":
            # Its last output may quote the document, so it is not logged.
            logger.warning("a %s of %d bytes crashed its reader", format, len(data))
            raise _rejected(field, _PROBLEMS["damaged"])
        extracted = msgspec.msgpack.decode(outcome.result, type=Extracted)
        if extracted.problem:
            raise self._problem(field, extracted.problem)
        return ReadDocument(extracted.text, extracted.hidden)

    def _problem(self, field: str, problem: Problem) -> InterviewError:
        if problem == "pages":
            return self._too_large(
                field, f"it has more than {self._config.max_pages} pages", max_pages=self._config.max_pages
            )
        if problem == "expanded":
            return self._too_large(field, "it unpacks to more than the limit")
        if problem == "chars":
            return self._too_many_characters(field)
        return _rejected(field, _PROBLEMS[problem])

    def _too_many_characters(self, field: str) -> DocumentTooLarge:
        limit = self._config.max_chars
        return self._too_large(field, f"it holds more than {limit} characters", max_chars=limit)

    def _too_large(self, field: str, why: str, **limits: int) -> DocumentTooLarge:
        message = f"The document '{field}' is too large: {why}. Send a shorter one, or paste the text."
        return DocumentTooLarge(message, detail={"fields": {field: why}, **limits})


def _rejected(field: str, why: str) -> DocumentRejected:
    return DocumentRejected(f"The document '{field}' cannot be read: {why}", detail={"fields": {field: why}})


def _unsupported(field: str, why: str, short: str) -> UnsupportedRequest:
    return UnsupportedRequest(f"The document '{field}' cannot be read: {why}", detail={"fields": {field: short}})
