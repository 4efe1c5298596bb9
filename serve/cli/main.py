"""The command line ``interview``. Commands import their code when they run, so that ``--help`` is fast."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from interview.errors import InterviewError
from serve.cli import grading, keys, models, run, sessions, simulate

app = typer.Typer(
    name="interview",
    help="A self-hosted interview platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
run.register(app)
sessions.register(app)
grading.register(app)
simulate.register(app)


def main() -> None:
    """Run a command; a platform error prints one sentence and exits with status 1, never with a stack trace."""
    try:
        app()
    except InterviewError as error:
        Console(stderr=True).print(f"[bold red]{error.title}:[/] {error.message}", highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
