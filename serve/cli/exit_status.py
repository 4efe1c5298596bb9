"""The exit status of each kind of error, after BSD's ``sysexits.h``; docs/operations.md lists them."""

from __future__ import annotations

import json
import sys

from rich.console import Console
from rich.markup import escape

from interview.errors import (
    ConfigError,
    Conflict,
    DeadlineExceeded,
    EngineFailed,
    Forbidden,
    InternalError,
    InterviewError,
    InvalidInput,
    NotFound,
    Overloaded,
    TranscriptDeleted,
    Unauthenticated,
    Unavailable,
)

#: The first matching type decides. 1 is for a command that worked and found something wrong (``doctor``, ``replay``).
_STATUS: tuple[tuple[type[InterviewError], int], ...] = (
    (ConfigError, 78),
    (InvalidInput, 65),
    (NotFound, 66),
    (Unauthenticated, 77),
    (Forbidden, 77),
    (Conflict, 75),
    (Overloaded, 75),
    (Unavailable, 69),
    (EngineFailed, 76),
    (DeadlineExceeded, 74),
    (TranscriptDeleted, 66),
    (InternalError, 70),
)


def exit_status(error: InterviewError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 70)


def print_error(error: InterviewError, *, as_json: bool) -> None:
    """Print ``error`` to stderr: one JSON object, or one sentence with every further problem on its own line."""
    if as_json:
        sys.stderr.write(json.dumps({"error": error.to_wire()}) + "\n")
        return
    console = Console(stderr=True)
    console.print(f"[bold red]{escape(error.title)}:[/] {escape(error.message)}", highlight=False, soft_wrap=True)
    problems = error.detail.get("problems")
    if isinstance(problems, list | tuple):
        for problem in problems[1:]:
            console.print(f"  {escape(str(problem))}", highlight=False, soft_wrap=True)
