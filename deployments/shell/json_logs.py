"""Log lines as JSON for a log collector, when ``INTERVIEW_LOGS=json``; each names its trace and its request.

A line holds what the platform's own code wrote, never the text of an exception, which may quote a candidate: of an
exception it names the types and the places.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec
from opentelemetry import trace

from interview.telemetry import REQUEST_ID

VARIABLE = "INTERVIEW_LOGS"

#: Where the platform's own modules log.
_OWN = ("interview", "storage", "deployments", "serve")


class JsonFormatter(logging.Formatter):
    """``time`` (UTC), ``level``, ``logger``, ``message``, ``process``; where known ``trace_id`` and ``span_id`` (hex,
    W3C) and ``request_id``; of an exception ``error`` (types, outermost first) and ``stack``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"], line["span_id"] = f"{span.trace_id:032x}", f"{span.span_id:016x}"
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1] is not None:
            line["error"], line["stack"] = _places(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def install_from_environment(stream: TextIO | None = None) -> None:
    """Write the platform's log lines as JSON on stderr, or ``stream``, when the environment asks for it. Idempotent."""
    if os.environ.get(VARIABLE) != "json":
        return
    for name in _OWN:
        logger = logging.getLogger(name)
        if any(isinstance(handler.formatter, JsonFormatter) for handler in logger.handlers):
            continue
        handler = logging.StreamHandler(stream or sys.stderr)
        handler.setFormatter(JsonFormatter())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


def _places(error: BaseException) -> tuple[list[str], list[str]]:
    types: list[str] = []
    stack: list[str] = []
    found: BaseException | None = error
    while found is not None and len(types) < 8:
        types.append(type(found).__name__)
        stack += [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found.__traceback__)
        ]
        found = found.__cause__ or found.__context__
    return types, stack
