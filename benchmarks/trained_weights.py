"""The command line of a training: ``--write`` replaces the shipped weights, otherwise they are compared."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec


def compare_or_write(description: str | None, train: Callable[[], Any], target: Path) -> None:
    """Print size and SHA-256 of what ``train`` returns. Exits with 1 if ``target`` differs and is not replaced."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    content = msgspec.json.encode(msgspec.to_builtins(train(), str_keys=True, order="sorted"), order="sorted") + b"\n"
    print(f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    if arguments.write:
        target.write_bytes(content)
    elif content != target.read_bytes():
        sys.exit("The shipped weights are others.")
