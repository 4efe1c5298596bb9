"""The message of ``interview up`` when it serves: address, key, and requests to paste."""

from __future__ import annotations

import asyncio

from rich.console import Console

from serve.local.local_platform import Platform
from storage.keys.port import SCOPES

#: A key of the local profile may do everything an operator does by hand.
LOCAL_SCOPES = SCOPES
LOCAL_TENANT = "local"


def create_key(redis_url: str, *, label: str) -> str:
    """A new API key of the local tenant; shown once, stored only as a hash."""
    from storage.keys.redis import RedisApiKeys

    async def create() -> str:
        keys = RedisApiKeys(redis_url)
        try:
            created = await keys.create(tenant=LOCAL_TENANT, scopes=LOCAL_SCOPES, label=label)
            return created.secret
        finally:
            await keys.close()

    return asyncio.run(create())


def welcome(console: Console, platform: Platform, key: str) -> None:
    address = platform.address
    console.print(f"\n[bold green]Serving on {address}[/]   API documentation: {address}/docs")
    console.print(f"API key (shown once): [bold]{key}[/]\n")
    # printed raw: a wrapped or highlighted line would not paste
    lines = (
        f"export KEY={key}",
        f"curl -s {address}/session/start/first -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' "
        '-d \'{"plan": "backend-engineer", "consent": true}\'',
        f"curl -s {address}/session/turn/first -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' "
        '-d \'{"answer": "I build services in Python."}\'',
        f'curl -s {address}/session/report/first -H "Authorization: Bearer $KEY" -H "Accept: application/json"',
    )
    for line in lines:
        console.out(line, highlight=False)
    console.print("\nCtrl-C stops it.")
