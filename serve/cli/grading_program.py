"""``interview-grading``: the commands ``grade`` and ``calibrate`` of the distribution without the platform."""

from __future__ import annotations

import sys

import typer

from interview.errors import InterviewError
from serve.cli import grading
from serve.cli.exit_status import exit_status, print_error

app = typer.Typer(
    name="interview-grading",
    help="The graders of the interview platform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(grading.grade)
app.command()(grading.calibrate)


def main() -> None:
    """Run a command; an error prints one sentence and exits with its kind's status."""
    try:
        app()
    except InterviewError as error:
        print_error(error, as_json="--json" in sys.argv)
        sys.exit(exit_status(error))


if __name__ == "__main__":
    main()
