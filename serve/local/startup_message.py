"""The message of ``interview up`` when it serves: address, where the key is, and requests to paste."""

from __future__ import annotations

import shlex

from rich.console import Console

from serve.local.local_key import key_path
from serve.local.local_platform import Platform


def welcome(console: Console, platform: Platform) -> None:
    """Print the message. The key itself is not in it: under a service manager it would go to the journal."""
    address, path = platform.address, key_path(platform.data)
    console.print(f"\n[bold green]Serving on {address}[/]   API documentation: {address}/docs")
    console.print("The API key of this data directory, the same at every start:\n")
    # printed raw: a wrapped or highlighted line would not paste
    lines = (
        f'export KEY="$(cat {shlex.quote(str(path))})"',
        f"curl -s {address}/session/start/first -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' "
        '-d \'{"plan": "backend-engineer", "consent": true}\'',
        f"curl -s {address}/session/turn/first -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' "
        '-d \'{"answer": "I build services in Python."}\'',
        f'curl -s {address}/session/report/first -H "Authorization: Bearer $KEY" -H "Accept: application/json"',
    )
    for line in lines:
        console.out(line, highlight=False)
    console.print("\nCtrl-C stops it.")
