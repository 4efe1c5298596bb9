"""The message of ``interview up`` when it serves: addresses, location of the key, and example requests."""

from __future__ import annotations

import shlex

from rich.console import Console

from serve.local.candidate_link import browsable, trial_link
from serve.local.local_key import key_path
from serve.local.local_platform import Platform


def welcome(console: Console, platform: Platform) -> None:
    """Print the message. It omits the key itself: under a service manager it would go to the journal."""
    address, path = platform.address, key_path(platform.data)
    here = browsable(address)
    console.print(f"\n[bold green]Serving on {address}[/]   API documentation: {here}/docs")
    links(console, platform)
    console.print("The API key of this data directory, the same at every start:\n")
    # printed raw, because wrapping or highlighting breaks pasting
    lines = (
        f'export KEY="$(cat {shlex.quote(str(path))})"',
        f"curl -s {here}/session/start/first -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' "
        '-d \'{"plan": "backend-engineer", "consent": true}\'',
        f"curl -s {here}/session/turn/first -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' "
        '-d \'{"answer": "I build services in Python."}\'',
        f'curl -s {here}/session/report/first -H "Authorization: Bearer $KEY" -H "Accept: application/json"',
    )
    for line in lines:
        console.out(line, highlight=False)
    console.print(f"\nLogs: {shlex.quote(str(platform.data / 'logs' / 'serve'))}", highlight=False, soft_wrap=True)
    console.print("Ctrl-C stops it.")


def addresses(platform: Platform) -> dict[str, str]:
    """The message for a program: addresses, and the files with the key and the logs. No secret."""
    return {
        "address": platform.address,
        "documentation": f"{browsable(platform.address)}/docs",
        "review": f"{browsable(platform.address)}/review",
        "console": f"{browsable(platform.address)}/console",
        "key_file": str(key_path(platform.data)),
        "logs": str(platform.data / "logs" / "serve"),
    }


def links(console: Console, platform: Platform) -> None:
    """Print the pages for a browser. A candidate's link is a secret, so only a terminal gets one."""
    if console.is_terminal:
        link = trial_link(platform.config, platform.data, platform.address)
    else:
        link = f"interview link ID --plan backend-engineer --data {shlex.quote(str(platform.data))}"
    console.out(f"Take an interview:   {link}", highlight=False)
    console.out(f"Review interviews:   {browsable(platform.address)}/review   (asks for the API key)", highlight=False)
    console.out(f"Operate:             {browsable(platform.address)}/console   (asks for the API key)", highlight=False)
