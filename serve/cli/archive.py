"""``interview archive``: moves interviews that earlier releases archived as blobs into the database."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console

from serve.cli.data_option import Data
from serve.cli.sessions import Profile, directory_of, storage_of

app = typer.Typer(help="The archive of interviews.", no_args_is_help=True)


@app.callback()
def archive() -> None:
    """The archive of interviews."""


@app.command("import")
def import_blobs(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    profile: Profile = "local",
    data: Data = None,
) -> None:
    """Move interviews that releases before the SQL archive stored as blobs into the archive. Repeating it is safe.

    Exit status 1 when one could not be moved; it is named, and left as it is.
    """
    from serve.composition.archive_import import import_archives

    found = asyncio.run(import_archives(storage_of(profile), directory_of(data)))
    counts = Counter(one.outcome for one in found)
    failed = [one for one in found if one.outcome == "failed"]
    if as_json:
        problems = [{"tenant": one.key.tenant, "id": one.key.interview_id, "reason": one.reason} for one in failed]
        print(json.dumps({**{name: counts[name] for name in ("imported", "erased")}, "failed": problems}))
    else:
        console = Console(stderr=True)
        console.print(f"{counts['imported']} imported, {counts['erased']} erased before, {len(failed)} failed.")
        for one in failed:
            console.print(f"{one.key.tenant}/{one.key.interview_id}: {one.reason}", highlight=False, markup=False)
    if failed:
        raise typer.Exit(1)
