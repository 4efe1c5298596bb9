"""The option ``--data`` of the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_HELP = "Data directory (default: the user's)."
#: Of a command that may be the first: a missing directory is made.
Data = Annotated[Path | None, typer.Option("--data", help=_HELP)]
#: Of a command about what is stored: the directory must exist. A misspelt one would be made, and hold nothing.
StoredData = Annotated[Path | None, typer.Option("--data", exists=True, file_okay=False, help=_HELP)]
