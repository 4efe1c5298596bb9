"""``interview jobs``: the background jobs of grading, and reviving dead ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from interview.errors import InvalidInput
from serve.cli.data_option import StoredData
from serve.cli.json_output import AsJson, print_json
from serve.cli.work_queues import with_queue
from storage.work_queue.port import WorkQueue

app = typer.Typer(help="Show background jobs of grading; revive dead ones.", no_args_is_help=True)

T = TypeVar("T")


@app.command("list")
def list_jobs(
    limit: Annotated[int, typer.Option(min=1, help="Dead jobs to show at most.")] = 100,
    data: StoredData = None,
    as_json: AsJson = False,
) -> None:
    """Count the jobs by state and list the dead ones, the latest first, with their reasons."""

    async def work(queue: WorkQueue) -> dict[str, object]:
        counts, dead = await queue.counts(), await queue.dead(limit=limit)
        return {"counts": msgspec.to_builtins(counts), "dead": msgspec.to_builtins(dead)}

    found = _with_queue(work, data)
    if as_json:
        print_json(found)
        return
    console = Console()
    console.print(", ".join(f"{state} {jobs}" for state, jobs in found["counts"].items()))  # type: ignore[attr-defined]
    table = Table(box=None)
    for heading in ("dead job", "attempts", "reason"):
        table.add_column(heading, overflow="fold")
    for job in found["dead"]:  # type: ignore[attr-defined]
        table.add_row(job["id"], str(job["attempts"]), job["reason"])
    console.print(table)


@app.command()
def revive(
    job_ids: Annotated[list[str] | None, typer.Argument(help="Ids from `interview jobs list`.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Revive every dead job.")] = False,
    data: StoredData = None,
    as_json: AsJson = False,
) -> None:
    """Let dead jobs be tried again, with a full number of attempts. Remove the cause first.

    Exit status 1 when a named job is not dead.
    """
    if every == bool(job_ids):
        raise InvalidInput("Name the jobs, or use --all.")

    async def work(queue: WorkQueue) -> dict[str, bool]:
        revived: dict[str, bool] = {}
        while chosen := [job for job in await _chosen(queue, job_ids) if job not in revived]:
            for job in chosen:
                revived[job] = await queue.revive(job)
        return revived

    revived = _with_queue(work, data)
    if as_json:
        print_json(revived)
    else:
        for job, done in revived.items():
            print(f"{job}: {'revived' if done else 'is not dead'}")
        if not revived:
            print("No job is dead.")
    if not every and not all(revived.values()):
        raise typer.Exit(1)


async def _chosen(queue: WorkQueue, named: list[str] | None) -> list[str]:
    return named or [job.id for job in await queue.dead(limit=100)]


def _with_queue(work: Callable[[WorkQueue], Awaitable[T]], data: Path | None) -> T:
    from serve.composition.grading_placement import QUEUE_NAME
    from serve.settings import StorageSettings

    return with_queue(QUEUE_NAME, work, StorageSettings(), data)
