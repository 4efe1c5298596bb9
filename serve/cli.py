"""The command line: ``interview …``. Each command imports what it needs when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from interview.errors import InterviewError
from serve import cli_grading, cli_keys, cli_models, cli_run, cli_sessions, cli_simulate

app = typer.Typer(
    name="interview",
    help="An interview platform that runs on your own machines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_keys.app, name="keys")
app.add_typer(cli_models.app, name="models")
cli_run.register(app)
cli_sessions.register(app)
cli_grading.register(app)
cli_simulate.register(app)


def main() -> None:
    """Run a command; an error of ours ends in one sentence and exit status 1, never in a stack trace."""
    try:
        app()
    except InterviewError as error:
        Console(stderr=True).print(f"[bold red]{error.title}:[/] {error.message}", highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
