"""``interview keys``: create, list and revoke API keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table

from serve.cli.tables import print_table
from serve.serve_file import data_dir
from storage.keys.port import SCOPES, ApiKeys

app = typer.Typer(help="Manage API keys. Each has a tenant and scopes; only its hash is stored.", no_args_is_help=True)

T = TypeVar("T")

Data = Annotated[Path | None, typer.Option("--data", help="Data directory (default: the user's).")]


@app.command()
def create(
    tenant: Annotated[str, typer.Option(help="Tenant whose interviews the key may access.")] = "local",
    scope: Annotated[list[str] | None, typer.Option(help=f"Repeatable: {', '.join(sorted(SCOPES))}.")] = None,
    label: Annotated[str, typer.Option(help="Name of the key: the author of its overrides.")] = "",
    days: Annotated[float | None, typer.Option(help="Days until the key expires (default: never).")] = None,
    data: Data = None,
) -> None:
    """Create a key and print it. It is shown once; only its hash is stored."""

    async def work(keys: ApiKeys) -> str:
        made = await keys.create(
            tenant=tenant,
            scopes=frozenset(scope or ["interviews", "reports"]),
            label=label,
            expires_in=None if days is None else timedelta(days=days),
        )
        return made.secret

    Console().print(_with_keys(work, data), highlight=False)


@app.command("list")
def list_keys(tenant: Annotated[str, typer.Option(help="Tenant of the keys.")] = "local", data: Data = None) -> None:
    """List a tenant's keys, without their secrets."""

    async def work(keys: ApiKeys) -> Table:
        table = Table(Column("key", no_wrap=True), "tenant", "scopes", "label", "created", "expires", "revoked")
        for key in await keys.list(tenant):
            table.add_row(
                key.key_id,
                key.tenant,
                " ".join(sorted(key.scopes)),
                key.label,
                f"{key.created_at:%Y-%m-%d}",
                f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "never",
                f"{key.revoked_at:%Y-%m-%d}" if key.revoked_at else "",
            )
        return table

    print_table(_with_keys(work, data))


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="Key id from `interview keys list`.")], data: Data = None
) -> None:
    """Revoke a key; it stops working within a second."""

    async def work(keys: ApiKeys) -> None:
        await keys.revoke(key_id)

    _with_keys(work, data)
    Console().print(f"Revoked {key_id}.")


def _with_keys(work: Callable[[ApiKeys], Awaitable[T]], data: Path | None) -> T:
    async def run() -> T:
        from serve.composition.local_stores import open_stores
        from serve.settings import StorageSettings
        from storage.audit.keys import AuditedApiKeys
        from storage.keys.redis import RedisApiKeys

        async with open_stores(StorageSettings(), (data or data_dir()).resolve()) as stores:
            keys = AuditedApiKeys(RedisApiKeys(stores.redis_url), stores.audit)
            try:
                return await work(keys)
            finally:
                await keys.close()

    return asyncio.run(run())
