"""``interview erase``, ``interview export`` and ``interview audit-log``, with or without a running platform."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from interview.errors import InvalidInput, NotFound
from interview.sessions.ids import check_interview_id
from serve.cli.audit_words import action_words, detail_words
from serve.cli.data_option import StoredData
from serve.cli.json_output import AsJson, print_json
from serve.cli.output_files import written
from serve.cli.sessions import Profile, Tenant, directory_of, storage_of
from serve.cli.tables import print_table
from storage.audit.port import COMMAND_LINE, AuditEntry
from storage.sessions.port import SessionKey

InterviewIds = Annotated[list[str] | None, typer.Argument(help="Ids of interviews.")]
Candidate = Annotated[str | None, typer.Option(help="All interviews of the candidate with this reference.")]


_AUDIT_COLUMNS = ("time (UTC)", "actor", "action", "subject", "detail")


def register(app: typer.Typer) -> None:
    app.command()(erase)
    app.command()(export)
    app.command("audit-log")(audit_log)


def erase(
    interview_ids: InterviewIds = None,
    candidate: Candidate = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: StoredData = None,
) -> None:
    """Erase interviews from every store: session, recordings, documents, archive, reports, jobs. It cannot be undone.

    Exit status 1 when deleted values may still be in a server's own files.
    """
    from serve.composition.personal_data import open_personal_data

    async def run() -> None:
        async with open_personal_data(storage_of(profile), directory_of(data)) as (personal_data, _):
            keys = _keys(tenant, interview_ids)
            if candidate is not None:
                keys = await personal_data.of_candidate(tenant, candidate)
            unknown = [key.interview_id for key in keys if not await personal_data.knows(key)]
            if unknown:
                raise NotFound(f"Nothing was erased: there is no interview {', '.join(unknown)} of tenant {tenant}.")
            names = ", ".join(key.interview_id for key in keys)
            if not yes:
                typer.confirm(f"Erase for ever: {names}?", abort=True)
            purged = await personal_data.erase(keys, by=COMMAND_LINE)
            if as_json:
                print_json({"erased": [key.interview_id for key in keys], "purged": purged})
            else:
                Console(stderr=True).print(f"Erased: {names}.", highlight=False)
            if not purged:
                Console(stderr=True).print("A server refused to rewrite its log: deleted values may still be in it.")
                raise typer.Exit(1)

    _check_one_of(interview_ids, candidate)
    if as_json and not yes:
        raise InvalidInput("--json asks no question: confirm with --yes.")
    asyncio.run(run())


def export(
    out: Annotated[Path, typer.Option(help="The ZIP file to write.")],
    interview_ids: InterviewIds = None,
    candidate: Candidate = None,
    as_json: AsJson = False,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: StoredData = None,
) -> None:
    """Write everything stored about interviews to a ZIP file: state, events, recordings, documents, reports."""
    from serve.composition.personal_data import open_personal_data

    async def run() -> list[str]:
        async with open_personal_data(storage_of(profile), directory_of(data)) as (personal_data, _):
            keys = _keys(tenant, interview_ids)
            if candidate is not None:
                keys = await personal_data.of_candidate(tenant, candidate)
            with written(out), out.open("wb") as file:
                await personal_data.export(keys, file, by=COMMAND_LINE)
            return [key.interview_id for key in keys]

    _check_one_of(interview_ids, candidate)
    try:
        exported = asyncio.run(run())
    except NotFound:
        out.unlink(missing_ok=True)
        raise
    size = out.stat().st_size
    if as_json:
        print_json({"file": str(out), "interviews": exported, "bytes": size})
    else:
        Console(stderr=True).print(f"Wrote {out}: {len(exported)} interviews, {size} bytes.", highlight=False)


def audit_log(
    interview: Annotated[str | None, typer.Option(help="Only entries about this interview, erased or not.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only entries from this time on (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest entries.")] = 100,
    as_json: AsJson = False,
    tenant: Tenant = "local",
    profile: Profile = "local",
    data: StoredData = None,
) -> None:
    """Show who read, changed or erased personal data, newest first."""
    from serve.composition.local_stores import open_stores

    async def entries() -> list[AuditEntry]:
        async with open_stores(storage_of(profile), directory_of(data)) as stores:
            from_time = None if since is None else since.replace(tzinfo=UTC)
            return await stores.audit.entries(tenant, subject=interview, since=from_time, limit=limit)

    found = asyncio.run(entries())
    if as_json:
        print_json(found)
        return
    table = Table(*(Column(heading, no_wrap=heading != "detail") for heading in _AUDIT_COLUMNS))
    for entry in found:
        words = (action_words(entry.action), entry.subject, detail_words(entry.detail))
        table.add_row(f"{entry.time:%Y-%m-%d %H:%M:%S}", entry.actor, *words)
    print_table(table)


def _check_one_of(interview_ids: list[str] | None, candidate: str | None) -> None:
    if bool(interview_ids) == (candidate is not None):
        raise InvalidInput("Name one or more interview ids, or a candidate with --candidate, but not both.")


def _keys(tenant: str, interview_ids: list[str] | None) -> list[SessionKey]:
    return [SessionKey(tenant, check_interview_id(interview_id)) for interview_id in interview_ids or ()]
