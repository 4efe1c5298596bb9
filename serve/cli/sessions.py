"""``interview replay`` and ``interview report``: a session's log and report, with or without a running platform."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from interview.errors import EngineFailed, InvalidInput
from serve.serve_file import data_dir, profile_path, read_serve_file
from serve.settings import StorageSettings

ReportFormat = Literal["json", "html", "pdf"]
Data = Annotated[Path | None, typer.Option("--data", help="Data directory (default: the user's).")]
Tenant = Annotated[str, typer.Option(help="Tenant of the session.")]
Profile = Annotated[str, typer.Option(help="Profile with the storage settings.")]


def register(app: typer.Typer) -> None:
    app.command()(replay)
    app.command()(report)


def replay(
    interview_id: str,
    to: Annotated[int | None, typer.Option(help="Last sequence number to fold.")] = None,
    events: Annotated[Path | None, typer.Option(help="Fold an exported event log (events.jsonl) instead.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    html: Annotated[Path | None, typer.Option(help="Also write the log as an HTML page.")] = None,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: Data = None,
) -> None:
    """Fold a session's events again, compare with the stored snapshot, and re-check every deterministic decision.

    Exit status 1 when anything differs; the first difference is printed.
    """
    from serve.replay.replay import replay_file, replay_stored

    if events is not None:
        result = replay_file(events, to)
    else:
        settings = storage_of(profile)
        result = asyncio.run(replay_stored(settings, directory_of(data), tenant, interview_id, to))
    if html is not None:
        html.write_text(result.as_html(), encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(result.as_dict(), indent=2) + "\n")
    else:
        result.show(Console())
    if not result.ok:
        raise EngineFailed(f"Replay differs: {result.first_difference}")


def report(
    interview_id: str,
    format: Annotated[ReportFormat, typer.Option(help="Format: json, html or pdf.")] = "json",
    out: Annotated[Path | None, typer.Option(help="Output file (default: stdout).")] = None,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: Data = None,
) -> None:
    """Write a session's report."""
    from serve.composition.stored_reports import report_of

    document = asyncio.run(report_of(storage_of(profile), directory_of(data), tenant, interview_id, format))
    if out is not None:
        out.write_bytes(document)
        Console(stderr=True).print(f"Wrote {out} ({len(document)} bytes).")
    elif format == "pdf" and sys.stdout.isatty():
        raise InvalidInput("A PDF cannot be printed to a terminal; use --out FILE.")
    else:
        sys.stdout.buffer.write(document)


def directory_of(data: Path | None) -> Path:
    return (data or data_dir()).resolve()


def storage_of(profile: str) -> StorageSettings:
    from serve.settings import read_settings

    config = read_serve_file(profile_path(profile))
    return read_settings(config.arguments, config.document).storage
