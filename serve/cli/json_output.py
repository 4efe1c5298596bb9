"""``--json``, which every command has: one JSON document on stdout in place of text for people."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import msgspec
import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def print_json(value: object) -> None:
    """Print plain data, structs and dates included, as one document."""
    sys.stdout.write(json.dumps(msgspec.to_builtins(value), indent=2) + "\n")
