"""Interview plans from YAML: a plan file and its banks become one ``InterviewPlan``, or an error naming file, line and
field.

A plan file holds the fields of ``InterviewPlan`` with its questions in ``questions:``, in ``bank:`` (one path or a
list, relative to the plan file and inside its folder), or both. ``draft: true`` marks a plan that nobody has approved:
it is checked and never installed. ``approved:`` names who did, and when. A bank file is a list of questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from interview.errors import ConfigError
from interview.plans.checks import Finding, check_plan, check_question, check_skills
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.plans.request_caps import oversize
from interview.yaml.schema import misfits, nearest
from interview.yaml.source import PathKey, YamlDocument, by_field, parse_yaml, read_yaml, shortened

MAX_PROBLEMS = 50


class _Problem(Struct, frozen=True):
    document: YamlDocument
    path: PathKey
    text: str

    def error(self) -> ConfigError:
        return self.document.error(self.path, shortened(self.text, 300))


class Approval(Struct, frozen=True, forbid_unknown_fields=True):
    """``at``: ISO 8601 with a time zone."""

    by: str
    at: str


class PlanFile(Struct, frozen=True):
    """A plan of a file, and whether a person has to approve it before use."""

    plan: InterviewPlan
    is_draft: bool = False
    approved: Approval | None = None


class _QuestionSource(Struct, frozen=True):
    """A question and its source position."""

    question: Question
    document: YamlDocument
    path: PathKey


def load_plan(path: Path | str) -> InterviewPlan:
    """The plan of one file.

    Raises:
        ConfigError: the message names ``file:line: field: problem`` of the first problem and counts the others;
            ``detail["problems"]`` lists them all in that form.
    """
    return load_plan_file(path).plan


def load_plan_file(path: Path | str) -> PlanFile:
    """The plan of one file with its approval. Raises as ``load_plan``."""
    path = Path(path)
    document = read_yaml(path)
    marks, plain = _marks_of(document)
    plan = _plan_from(plain, base=path.parent)
    return PlanFile(plan, marks.draft, marks.approved)


def load_plans(directory: Path | str) -> dict[str, InterviewPlan]:
    """The plans of a directory (``*.yaml``, not its subfolders) by id, without drafts.

    Raises:
        ConfigError: as ``load_plan``; or two files hold the same id, or an id is not its file's name.
    """
    files = _plan_files(Path(directory))
    plans = {plan_id: file.plan for plan_id, file in files.items() if not file.is_draft}
    if not plans:
        drafts = f"; {len(files)} drafts wait for `interview plan approve`" if files else ""
        raise ConfigError.at(str(directory), None, "", f"holds no interview plan (*.yaml){drafts}")
    return plans


def draft_ids(directory: Path | str) -> frozenset[str]:
    """The ids of the directory's plans that nobody has approved. Raises as ``load_plans``."""
    return frozenset(plan_id for plan_id, file in _plan_files(Path(directory)).items() if file.is_draft)


def _plan_files(directory: Path) -> dict[str, PlanFile]:
    files: dict[str, PlanFile] = {}
    for path in sorted(directory.glob("*.yaml")):
        file = load_plan_file(path)
        require_file_name(file.plan, path)
        files[file.plan.id] = file
    return files


def require_file_name(plan: InterviewPlan, path: Path) -> None:
    """Raises ConfigError when the plan's id is not its file's name."""
    if plan.id != path.stem:
        raise read_yaml(path).error(("id",), f"{plan.id!r} must be the file's name, {path.stem!r}")


class _Marks(Struct, frozen=True):
    draft: bool = False
    approved: Approval | None = None


def _marks_of(document: YamlDocument) -> tuple[_Marks, YamlDocument]:
    """The marks of a plan file, and the document without them."""
    if not isinstance(document.data, dict):
        return _Marks(), document
    marks = {name: document.data[name] for name in ("draft", "approved") if name in document.data}
    _raise_if_any([_Problem(document, path, text) for path, text in misfits(marks, _Marks)])
    found = msgspec.convert(marks, _Marks)
    if found.draft and found.approved is not None:
        raise document.error(("draft",), "is true, and the plan is approved: remove one of the two")
    plain = {name: value for name, value in document.data.items() if name not in marks}
    return found, msgspec.structs.replace(document, data=plain)


def load_bank(path: Path | str, language: str = "en") -> tuple[Question, ...]:
    """The questions of one bank file in ``language``, checked on their own.

    Raises:
        ConfigError: as ``load_plan``.
    """
    problems: list[_Problem] = []
    sources = list(_read_bank(read_yaml(Path(path)), problems))
    _check_sources(sources, problems, language)
    _raise_if_any(problems)
    return tuple(source.question for source in sources)


def plan_from_text(text: str, name: str = "plan") -> InterviewPlan:
    """A self-contained plan from YAML or JSON text; it cannot name bank files.

    Raises:
        ConfigError: as ``load_plan``.
    """
    return _plan_from(parse_yaml(text, name), base=None)


def plan_from_data(data: dict[str, Any], name: str = "plan") -> InterviewPlan:
    """A self-contained plan that came in a request: plain data within the caps of ``request_caps``; it cannot name bank
    files.

    Raises:
        ConfigError: as ``load_plan``, without lines.
    """
    document = YamlDocument(file=name, data=data, lines={})
    _raise_if_any([_Problem(document, path, text) for path, text in islice(oversize(data), MAX_PROBLEMS)])
    return _plan_from(document, base=None)


def _plan_from(document: YamlDocument, base: Path | None) -> InterviewPlan:
    if not isinstance(document.data, dict):
        raise document.error((), "a plan is a mapping of fields")
    data = dict(document.data)
    problems: list[_Problem] = []
    sources: list[_QuestionSource] = []
    if base is not None and "bank" in data:
        for path, bank in _bank_paths(document, data.pop("bank"), base, problems):
            try:
                sources.extend(_read_bank(read_yaml(bank), problems))
            except ConfigError as error:
                if error.detail.get("line") is None:
                    # The bank is not a readable file: report the line that names it.
                    problems.append(_Problem(document, path, f"{bank}: {error.detail.get('problem')}"))
                else:
                    raise
    sources.extend(_read_questions(document, data.pop("questions", []), ("questions",), problems))
    for path, text in misfits({**data, "questions": []}, InterviewPlan):
        problems.append(_Problem(document, path, text))
    _check_sources(sources, problems, str(data.get("language", "en")))
    _raise_if_any(problems)
    if not sources:
        raise document.error((), "the plan has no questions: add a bank or questions")
    plan = msgspec.convert({**data, "questions": []}, InterviewPlan)
    plan = msgspec.structs.replace(plan, questions=tuple(source.question for source in sources))
    problems.extend(_Problem(document, path, text) for path, text in islice(check_plan(plan), MAX_PROBLEMS))
    for path, text in islice(check_skills(plan.questions, plan.skills), MAX_PROBLEMS):
        source = sources[int(path[0])]
        problems.append(_Problem(source.document, (*source.path, *path[1:]), text))
    _raise_if_any(problems)
    return plan


def _bank_paths(
    document: YamlDocument, named: Any, base: Path, problems: list[_Problem]
) -> Iterator[tuple[PathKey, Path]]:
    names: list[tuple[PathKey, Any]] = [(("bank",), named)]
    if isinstance(named, list):
        names = [(("bank", index), name) for index, name in enumerate(named)]
    root = base.resolve()
    for path, name in names:
        if not isinstance(name, str):
            problems.append(_Problem(document, path, "must be the path of a bank file"))
            continue
        bank = base / name
        if not bank.resolve().is_relative_to(root):
            problems.append(_Problem(document, path, f"{name!r} lies outside the plan's folder"))
        elif not bank.is_file():
            there = [found.relative_to(base).as_posix() for found in sorted(base.glob("**/*.yaml"))]
            problems.append(_Problem(document, path, f"no such bank: {name!r}{nearest(name, there)}"))
        else:
            yield path, bank


def _read_bank(document: YamlDocument, problems: list[_Problem]) -> Iterator[_QuestionSource]:
    yield from _read_questions(document, document.data, (), problems)


def _read_questions(
    document: YamlDocument, items: Any, path: PathKey, problems: list[_Problem]
) -> Iterator[_QuestionSource]:
    if not isinstance(items, list):
        problems.append(_Problem(document, path, "must be a list of questions"))
        return
    for index, item in enumerate(items):
        if len(problems) >= MAX_PROBLEMS:
            return
        at: PathKey = (*path, index)
        wrong = [_Problem(document, (*at, *found), text) for found, text in misfits(item, Question)]
        if wrong:
            problems.extend(wrong)
        else:
            yield _QuestionSource(msgspec.convert(item, Question), document, at)


def _check_sources(sources: Iterable[_QuestionSource], problems: list[_Problem], language: str) -> None:
    first: dict[str, _QuestionSource] = {}
    for source in sources:
        findings: list[Finding] = list(check_question(source.question, language))
        earlier = first.setdefault(source.question.id, source)
        if earlier is not source:
            line = earlier.document.line_of((*earlier.path, "id"))
            findings.append((("id",), f"{source.question.id!r} is already the id in {earlier.document.file}:{line}"))
        problems.extend(_Problem(source.document, (*source.path, *path), text) for path, text in findings)


def _raise_if_any(problems: list[_Problem]) -> None:
    if not problems:
        return
    errors = [problem.error() for problem in problems[:MAX_PROBLEMS]]
    first, others = errors[0], len(problems) - 1
    detail = {
        **first.detail,
        "fields": by_field((error.detail["field"] or ".", error.detail["problem"]) for error in errors),
        "problems": [error.message for error in errors],
    }
    more = f" (and {others} more problem{'s' if others > 1 else ''})" if others else ""
    raise ConfigError(first.message + more, detail=detail)
