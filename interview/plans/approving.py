"""Marks a draft plan's file as approved; the rest of the file stays as its author wrote it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from interview.errors import Conflict, InvalidInput
from interview.limits import MAX_NAME_CHARS
from interview.plans.authoring import problems_in
from interview.plans.files import PlanFile, load_plan_file

_MARK = re.compile(r"^draft:[ \t]*true[ \t]*(?:#.*)?$", re.MULTILINE)


def approve_file(path: Path, by: str, now: datetime) -> PlanFile:
    """Replace ``draft: true`` in the file by ``approved:`` with the name and the time.

    Raises:

        ConfigError: the file is no plan.
        InvalidInput: it has problems, which the message counts, or the name is empty or too long.
        Conflict: the plan is no draft.
    """
    name = " ".join(by.split())
    if not name or len(name) > MAX_NAME_CHARS:
        raise InvalidInput("Name the person who approves.", detail={"fields": {"by": "is empty or too long"}})
    file = load_plan_file(path)
    problems = problems_in(path)
    if problems:
        raise InvalidInput(
            f"{path} has {len(problems)} problems; `interview plan check {path}` lists them. First: {problems[0]}",
            detail={"fields": {"plan": "has problems"}, "problems": list(problems)},
        )
    text = path.read_text(encoding="utf-8")
    if not file.is_draft or not _MARK.search(text):
        raise Conflict(f"{path} is not marked as a draft (`draft: true`).")
    quoted = name.replace('"', "'")
    mark = f'approved: {{by: "{quoted}", at: "{now.isoformat(timespec="seconds")}"}}'
    path.write_text(_MARK.sub(lambda _match: mark, text, count=1), encoding="utf-8")
    return load_plan_file(path)
