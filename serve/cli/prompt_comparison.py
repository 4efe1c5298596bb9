"""Prints the comparison of two versions of a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from serve.cli.tables import print_table

if TYPE_CHECKING:
    from serve.optimisation.confidence import Interval
    from serve.optimisation.recorded_comparison import VersionComparison
    from storage.rollouts.port import Halt


def show_comparison(found: VersionComparison, halt: Halt | None) -> None:
    """Each figure as its mean over interviews with its confidence sequence. Less is better in all of them."""
    from serve.optimisation.outcome import FIGURES

    console = Console()
    if found.since is None:
        console.print(f"No interview of {found.prompt} was held with {found.rolled_out}.", markup=False, soft_wrap=True)
    else:
        counts = f"{found.interviews_rolled_out} with {found.rolled_out}, {found.interviews_in_use} with {found.in_use}"
        console.print(
            f"Ended interviews since {found.since:%Y-%m-%d %H:%M} UTC: {counts}", markup=False, soft_wrap=True
        )
        table = Table("share of", found.in_use, found.rolled_out, "verdict")
        for figure in found.figures:
            told = (_told(figure.in_use), _told(figure.rolled_out))
            table.add_row(FIGURES[figure.figure], *told, figure.verdict)
        print_table(table, console)
    if halt is not None:
        console.print(
            f"The rollout was halted at {halt.halted_at:%Y-%m-%d %H:%M} UTC: {halt.reason}",
            markup=False,
            soft_wrap=True,
        )


def _told(interval: Interval) -> str:
    if not interval.n:
        return "–"
    return f"{interval.mean:.1%} ({interval.low:.0%} to {interval.high:.0%}; n={interval.n})"
