"""Marks a draft plan's file as approved; the rest of the file stays as its author wrote it."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from datetime import datetime
from pathlib import Path

from interview.errors import Conflict, InvalidInput
from interview.limits import MAX_NAME_CHARS
from interview.plans.authoring import problems_in
from interview.plans.files import PlanFile, load_plan_file

#: Control characters and lone surrogates, which YAML or UTF-8 cannot hold.
_NOT_IN_NAMES = ("Cc", "Cs")
_MARK = re.compile(r"^draft:[ \t]*true[ \t]*(?:#.*)?$", re.MULTILINE)


def approve_file(path: Path, by: str, now: datetime) -> PlanFile:
    """Replace ``draft: true`` in the file by ``approved:`` with the name and the time.

    Raises:

        ConfigError: the file is no plan.
        InvalidInput: it has problems, which the message counts, or the name is empty, too long or holds control
            characters.
        Conflict: the plan is no draft.
    """
    name = " ".join(by.split())
    if not name or len(name) > MAX_NAME_CHARS:
        raise InvalidInput("Name the person who approves.", detail={"fields": {"by": "is empty or too long"}})
    if any(unicodedata.category(character) in _NOT_IN_NAMES for character in name):
        raise InvalidInput(
            "The name has control characters.", detail={"fields": {"by": "must have no control characters"}}
        )
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
    # a JSON string is a YAML double-quoted scalar
    mark = f'approved: {{by: {json.dumps(name, ensure_ascii=False)}, at: "{now.isoformat(timespec="seconds")}"}}'
    return _replaced(path, _MARK.sub(lambda _match: mark, text, count=1))


def _replaced(path: Path, text: str) -> PlanFile:
    """The plan of ``text``, which replaces the file only if it loads. Raises ConfigError: it does not."""
    # in the same folder: a plan names its banks relative to itself, and a rename within a folder is atomic
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp", delete=False
    ) as written:
        written.write(text)
    draft = Path(written.name)
    try:
        found = load_plan_file(draft)
        draft.chmod(path.stat().st_mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return found
