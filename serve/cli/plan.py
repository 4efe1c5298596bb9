"""``interview plan``: checks plans and question banks for their authors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from serve.serve_file import plans_dir

app = typer.Typer(help="Check interview plans and question banks.", no_args_is_help=True)


@app.callback()
def plan() -> None:
    """Check interview plans and question banks."""


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Plan or bank files; by default all plans in INTERVIEW_PLANS_DIR.")
    ] = None,
) -> None:
    """List every problem with file, line and fix: errors, and breaches of the style guide; exit status 1 if any."""
    from interview.plans.authoring import problems_in

    chosen = files or sorted(plans_dir().glob("*.yaml"))
    if not chosen:
        print(f"{plans_dir()}: holds no interview plan (*.yaml)")
        raise typer.Exit(1)
    problems = tuple(dict.fromkeys(problem for path in chosen for problem in problems_in(path)))
    for problem in problems:
        print(problem)
    count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
    print(f"{len(chosen)} file{'' if len(chosen) == 1 else 's'} checked: {count if problems else 'no problems'}.")
    if problems:
        raise typer.Exit(1)
