"""The reading process: a file's bytes in, visible text and findings out. Runs in the sandbox only."""

from __future__ import annotations

import importlib
from typing import Literal

import msgspec
from msgspec import Struct

from deployments.documents.contract import HiddenText

Format = Literal["pdf", "docx", "html"]

Problem = Literal["", "damaged", "encrypted", "no_text", "pages", "expanded", "chars"]

_ENGINES: dict[Format, str] = {
    "pdf": "deployments.documents.engines.pdf",
    "docx": "deployments.documents.engines.docx",
    "html": "deployments.documents.engines.web_page",
}


class ExtractJob(Struct, frozen=True):
    format: Format
    data: bytes
    max_pages: int
    max_expanded_bytes: int
    max_chars: int


class Extracted(Struct, frozen=True):
    """``problem`` is the reason when there is no text, else empty."""

    text: str = ""
    hidden: tuple[HiddenText, ...] = ()
    problem: Problem = ""


class Unreadable(Exception):
    """The document cannot be read; the argument is the ``Problem``."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


def warm_up() -> None:
    """Import the installed libraries, so that a task's fork has them at once."""
    for engine in _ENGINES.values():
        try:
            importlib.import_module(engine)
        except ImportError:
            continue  # the service rejects this format before calling the sandbox


def run(payload: bytes) -> bytes:
    """``ExtractJob`` to ``Extracted``, both as msgpack."""
    job = msgspec.msgpack.decode(payload, type=ExtractJob)
    engine = importlib.import_module(_ENGINES[job.format])
    try:
        extracted: Extracted = engine.extract(job)
    except Unreadable as error:
        extracted = Extracted(problem=error.problem)
    if len(extracted.text) > job.max_chars:
        extracted = Extracted(problem="chars")
    return msgspec.msgpack.encode(extracted)


def joined(hidden: dict[tuple[str, int], int]) -> tuple[HiddenText, ...]:
    """Findings from counts by kind and page, in page order."""
    found = [msgspec.convert((kind, count, page), _Row) for (kind, page), count in hidden.items() if count]
    return tuple(HiddenText(*msgspec.structs.astuple(row)) for row in sorted(found, key=lambda row: row.page))


class _Row(Struct, array_like=True):
    kind: str
    characters: int
    page: int
