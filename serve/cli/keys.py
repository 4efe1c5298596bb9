"""``interview keys``: create, list and revoke API keys."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table

from serve.cli.data_option import Data, StoredData
from serve.cli.json_output import AsJson, print_json
from serve.cli.tables import print_table
from serve.serve_file import data_dir
from storage.keys.port import SCOPES, ApiKey, ApiKeys, CreatedKey
from storage.redis.address import without_credentials

app = typer.Typer(help="Manage API keys. Each has a tenant and scopes; only its hash is stored.", no_args_is_help=True)

T = TypeVar("T")


@app.command()
def create(
    tenant: Annotated[str, typer.Option(help="Tenant whose interviews the key may access.")] = "local",
    scope: Annotated[list[str] | None, typer.Option(help=f"Repeatable: {', '.join(sorted(SCOPES))}.")] = None,
    label: Annotated[str, typer.Option(help="Name of the key: the author of its overrides.")] = "",
    days: Annotated[float | None, typer.Option(help="Days until the key expires (default: never).")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Create a key and print it. It is shown once; only its hash is stored."""

    async def work(keys: ApiKeys) -> CreatedKey:
        return await keys.create(
            tenant=tenant,
            scopes=frozenset(scope or ["interviews", "reports"]),
            label=label,
            expires_in=None if days is None else timedelta(days=days),
        )

    made = _with_keys(work, data)
    store = _store(data)
    if as_json:
        print_json({**_shown(made.key), "secret": made.secret, "store": store})
        return
    Console(stderr=True, soft_wrap=True).print(f"The key is in {store}.", highlight=False)
    Console().print(made.secret, highlight=False)


@app.command("list")
def list_keys(
    tenant: Annotated[str, typer.Option(help="Tenant of the keys.")] = "local",
    as_json: AsJson = False,
    data: StoredData = None,
) -> None:
    """List a tenant's keys, without their secrets."""

    async def work(keys: ApiKeys) -> list[ApiKey]:
        return await keys.list(tenant)

    found = _with_keys(work, data)
    if as_json:
        print_json([_shown(key) for key in found])
        return
    table = Table(Column("key", no_wrap=True), "tenant", "scopes", "label", "created", "expires", "revoked")
    for key in found:
        table.add_row(
            key.key_id,
            key.tenant,
            " ".join(sorted(key.scopes)),
            key.label,
            f"{key.created_at:%Y-%m-%d}",
            f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "never",
            f"{key.revoked_at:%Y-%m-%d}" if key.revoked_at else "",
        )
    print_table(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="Key id from `interview keys list`.")],
    as_json: AsJson = False,
    data: StoredData = None,
) -> None:
    """Revoke a key; it stops working within a second."""

    async def work(keys: ApiKeys) -> ApiKey:
        return await keys.revoke(key_id)

    revoked = _with_keys(work, data)
    if as_json:
        print_json(_shown(revoked))
    else:
        Console().print(f"Revoked {key_id}.")


def _store(data: Path | None) -> str:
    """Where keys are kept, for a person: a platform over another store rejects them."""
    if url := os.environ.get("REDIS_URL"):
        return f"the store of REDIS_URL, {without_credentials(url)}"
    return f"the embedded store of {(data or data_dir()).resolve()}, because REDIS_URL is not set"


def _shown(key: ApiKey) -> dict[str, object]:
    """The key for ``--json``; scopes in alphabetical order, so that two outputs can be compared."""
    return {**msgspec.to_builtins(key), "scopes": sorted(key.scopes)}


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
