"""``interview webhooks``: messages that were given up, and sending them again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table

from interview.errors import InvalidInput, NotFound
from serve.cli.data_option import StoredData
from serve.cli.json_output import AsJson, print_json
from serve.cli.sessions import storage_of
from serve.cli.work_queues import with_queue
from storage.work_queue.port import JobStatus, WorkQueue

app = typer.Typer(help="Manage webhooks: messages that no attempt could deliver.", no_args_is_help=True)

T = TypeVar("T")

Profile = Annotated[str, typer.Option(help="Profile with the storage settings.")]

_ALL = 10_000


@app.command()
def dead(as_json: AsJson = False, profile: Profile = "local", data: StoredData = None) -> None:
    """List the dead letters with the reason of the last attempt."""

    async def work(queue: WorkQueue) -> list[JobStatus]:
        return await queue.dead()

    letters = _with_queue(work, profile, data)
    if as_json:
        print_json(letters)
        return
    table = Table(Column("message", no_wrap=True), "attempts", "given up", "reason")
    for job in letters:
        table.add_row(job.id, str(job.attempts), f"{datetime.fromtimestamp(job.updated_at, UTC):%F %T}", job.reason)
    Console().print(table)


@app.command()
def replay(
    message: Annotated[str | None, typer.Argument(help="A message from `interview webhooks dead`.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
    as_json: AsJson = False,
    profile: Profile = "local",
    data: StoredData = None,
) -> None:
    """Try dead letters again, from the first attempt on."""
    if (message is None) != every:
        raise InvalidInput("Name one message, or use --all.")

    async def work(queue: WorkQueue) -> list[str]:
        ids = [job.id for job in await queue.dead(limit=_ALL)] if message is None else [message]
        return [one for one in ids if await queue.revive(one)]

    revived = _with_queue(work, profile, data)
    if message is not None and not revived:
        raise NotFound("There is no such dead letter.")
    if as_json:
        print_json({"revived": revived})
    else:
        Console().print(f"Sending again: {len(revived)}.")


def _with_queue(work: Callable[[WorkQueue], Awaitable[T]], profile: str, data: Path | None) -> T:
    from serve.webhooks.milestones import QUEUE_NAME

    return with_queue(QUEUE_NAME, work, storage_of(profile), data)
