"""The command line ``interview``. Commands import their code when they run, so that ``--help`` is fast."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from interview import __version__
from interview.errors import InterviewError
from serve.cli import (
    archive,
    capacity,
    config,
    grading,
    jobs,
    keys,
    link,
    models,
    personal_data,
    plan,
    prompts,
    run,
    sessions,
    simulate,
    webhooks,
)
from serve.cli.exit_status import exit_status, print_error

app = typer.Typer(
    name="interview",
    help="A self-hosted interview platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(config.app, name="config")
app.add_typer(plan.app, name="plan")
app.add_typer(prompts.app, name="prompts")
app.add_typer(jobs.app, name="jobs")
app.add_typer(archive.app, name="archive")
run.register(app)
sessions.register(app)
link.register(app)
personal_data.register(app)
grading.register(app)
simulate.register(app)
capacity.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[  # read by its callback
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """A self-hosted interview platform."""


def main() -> None:
    """Run a command; a platform error prints one sentence and exits with its kind's status, without a stack trace."""
    try:
        app()
    except InterviewError as error:
        print_error(error, as_json="--json" in sys.argv)
        sys.exit(exit_status(error))


if __name__ == "__main__":
    main()
