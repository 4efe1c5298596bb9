"""Tables of the command line that never cut a name short."""

from __future__ import annotations

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

_UNBOUNDED = 100_000


def print_table(table: Table, console: Console | None = None) -> None:
    """Print ``table``.

    On a terminal, cells wrap at the terminal's width, columns with ``no_wrap`` excepted. Into a file or a pipe, the
    table is as wide as its content, so that each row is one line.
    """
    console = console or Console()
    for column in table.columns:
        column.overflow = "fold"
    if console.is_terminal:
        console.print(table)
        return
    width = console.width
    console.width = Measurement.get(console, console.options.update(max_width=_UNBOUNDED), table).maximum
    console.print(table)
    console.width = width
