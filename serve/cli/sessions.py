"""``interview sessions``, ``replay`` and ``report``: the list, a log, a report, with or without a running platform."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Column, Table

from interview.errors import InvalidInput
from interview.sessions.session import Status
from serve.cli.data_option import StoredData
from serve.cli.json_output import AsJson, print_json
from serve.cli.output_files import written
from serve.cli.tables import print_table
from serve.serve_file import data_dir, profile_path, read_serve_file
from serve.settings import StorageSettings

ReportFormat = Literal["json", "html", "pdf"]
Tenant = Annotated[str, typer.Option(help="Tenant of the session.")]
Profile = Annotated[str, typer.Option(help="Profile with the storage settings.")]


def register(app: typer.Typer) -> None:
    app.command()(sessions)
    app.command()(replay)
    app.command()(report)


def sessions(
    plan: Annotated[str | None, typer.Option(help="Only interviews with this plan.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only interviews with this status.")] = None,
    candidate: Annotated[
        str | None, typer.Option(help="The interview's id, the candidate's reference, or a part of the name.")
    ] = None,
    needs_review: Annotated[bool | None, typer.Option(help="Whether a person must look.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="The newest interviews.")] = 50,
    as_json: AsJson = False,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: StoredData = None,
) -> None:
    """List a tenant's interviews, live and archived, newest first."""
    from serve.composition.session_lists import sessions_of
    from storage.archive.port import SessionQuery

    query = SessionQuery(tenant, plan=plan, status=status, candidate=candidate, needs_review=needs_review, limit=limit)
    found = asyncio.run(sessions_of(storage_of(profile), directory_of(data), query))
    if as_json:
        print_json(found)
        return
    table = Table(Column("interview", no_wrap=True), "candidate", "plan", "status", "started (UTC)", "score", "review")
    for row in found:
        name = " ".join(filter(None, (row.candidate_name, row.candidate_reference and f"({row.candidate_reference})")))
        score = "–" if row.score is None else f"{row.score:.2f}"
        review = "needed" if row.needs_review else ""
        table.add_row(row.interview_id, name, row.plan, row.status, f"{row.started_at:%Y-%m-%d %H:%M}", score, review)
    print_table(table)


def replay(
    interview_id: str,
    to: Annotated[int | None, typer.Option(help="Last sequence number to fold.")] = None,
    events: Annotated[Path | None, typer.Option(help="Fold an exported event log (events.jsonl) instead.")] = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option(help="Also write the log as an HTML page.")] = None,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: StoredData = None,
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
        with written(html):
            html.write_text(result.as_html(), encoding="utf-8")
    if as_json:
        print_json(result.as_dict())
    else:
        result.show(Console())
    if not result.ok:
        Console(stderr=True).print(f"Replay differs: {result.first_difference}", highlight=False, markup=False)
        raise typer.Exit(1)


def report(
    interview_id: str,
    format: Annotated[ReportFormat, typer.Option(help="Format: json, html or pdf.")] = "json",
    out: Annotated[Path | None, typer.Option(help="Output file (default: stdout).")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document: the report, or with --out the written file's name.")
    ] = False,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: StoredData = None,
) -> None:
    """Write a session's report."""
    from serve.composition.stored_reports import report_of

    if as_json and out is None and format != "json":
        raise InvalidInput(f"--json prints no {format}; write it with --out FILE.")
    document = asyncio.run(report_of(storage_of(profile), directory_of(data), tenant, interview_id, format))
    if out is not None:
        with written(out):
            out.write_bytes(document)
        if as_json:
            print_json({"file": str(out), "format": format, "bytes": len(document)})
        else:
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
