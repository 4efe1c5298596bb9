"""``interview grade``, ``calibrate`` and ``audit``: bulk grading, agreement with human raters, bias audit."""

from __future__ import annotations

import asyncio
import csv
import io
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from interview.errors import ConfigError, InternalError, InvalidInput, NotFound
from interview.plans.questions import Question
from serve.cli.data_option import StoredData
from serve.cli.tables import print_table
from serve.cli.text_files import text_of

if TYPE_CHECKING:
    from deployments.grading.studies.audit import Audit, AuditedPerson
    from deployments.grading.studies.bulk import AnswerLine, GradedLine
    from deployments.grading.studies.calibration import Agreement, Calibration
    from deployments.llm.hosted import HostedLanguageModel
    from interview.reports.report import Report
    from serve.settings import Settings

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
JudgeWith = Annotated[
    str | None,
    typer.Option(help="Judge open answers with this profile's judge (llm.judge, else llm) and its grading settings."),
]
Seed = Annotated[int, typer.Option(help="Seed of formula sheets and judge samples.")]


def register(target: typer.Typer) -> None:
    """Add the commands to the top-level application."""
    for command in (grade, calibrate, audit):
        target.command()(command)


@app.command()
def grade(
    question: Annotated[Path, typer.Argument(help="YAML of a question, a bank or a plan.")],
    answers: Annotated[Path, typer.Argument(help='JSON lines: {"answer": …, "question_id"?, "id"?} or a string.')],
    as_json: AsJson = False,
    judge_with: JudgeWith = None,
    seed: Seed = 0,
) -> None:
    """Grade answers in bulk without a running server; with --json, print one JSON grade per line."""
    questions = read_questions(question)
    from deployments.grading.studies.bulk import read_answers

    read = read_answers(text_of(answers).splitlines(keepends=True), questions, str(answers))
    if not read:
        raise InvalidInput(f"{answers} has no answers.", detail={"fields": {"answers": "empty"}})
    graded = asyncio.run(_grade_all(questions, read, judge_with, seed, stream=as_json))
    if not as_json:
        _show_grades(graded)
    if any(line.error for line in graded):
        raise typer.Exit(1)


@app.command()
def calibrate(
    bank: Annotated[Path, typer.Argument(help="YAML of a bank, a plan or a question.")],
    labels: Annotated[
        Path | None,
        typer.Option(help="Answers as for grade, with a human score or level; the reference answers by default."),
    ] = None,
    as_json: AsJson = False,
    judge_with: JudgeWith = None,
    seed: Seed = 0,
) -> None:
    """Measure the agreement of graders and human raters: weighted κ, mean absolute error and confusion."""
    from deployments.grading.judge.watchdog import reference_items
    from deployments.grading.studies.bulk import AnswerLine, read_answers
    from deployments.grading.studies.calibration import Comparison, label_score
    from deployments.grading.studies.calibration import calibrate as compare

    questions = read_questions(bank)
    if labels is not None:
        read = read_answers(text_of(labels).splitlines(keepends=True), questions, str(labels))
    else:
        items = reference_items(tuple(questions.values()))
        read = [
            (number, AnswerLine(answer=item.answer, question_id=item.question.id, score=item.score))
            for number, item in enumerate(items, start=1)
        ]
    wanted = {number: label_score(line.score, line.level) for number, line in read}
    unlabelled = [number for number, label in wanted.items() if label is None]
    if unlabelled or not read:
        where = f"{labels}:{unlabelled[0]}: no score and no known level" if unlabelled else f"{labels or bank}: nothing"
        raise InvalidInput(f"{where} to compare with.", detail={"fields": {"labels": "missing"}})
    graded = asyncio.run(_grade_all(questions, read, judge_with, seed))
    comparisons = [
        Comparison(line.question_id, line.grade.grader, label, line.grade.score, line.grade.needs_review)
        for line in graded
        if line.grade is not None and line.grade.is_judgement and (label := wanted[line.line]) is not None
    ]
    if not comparisons:
        raise InvalidInput("None of the answers could be graded.", detail={"fields": {"labels": "not gradable"}})
    result = compare(comparisons)
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n")
    else:
        _show_calibration(result)


@app.command()
def audit(
    groups: Annotated[
        Path, typer.Option(help="CSV: interview_id, optional selected (yes/no), one column per category.")
    ],
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (UTC).")] = None,
    threshold: Annotated[
        float, typer.Option(help="Minimum weighted score that counts as selected, for rows without a value.")
    ] = 0.6,
    reports: Annotated[
        Path | None, typer.Option(help="Read report JSON files from this directory instead of the stores.")
    ] = None,
    as_json: AsJson = False,
    tenant: Annotated[str, typer.Option(help="Tenant of the sessions.")] = "local",
    profile: Annotated[str, typer.Option(help="Profile with the storage settings.")] = "local",
    data: StoredData = None,
) -> None:
    """Selection rates, median-split rates and impact ratios per group and intersection, for an independent audit.

    Group data comes only from the CSV and is joined with finished reports here: no model and no grader ever sees it.
    """
    from deployments.grading.studies.audit import audit as tally

    rows = _read_groups(groups)
    unreadable: list[tuple[str, str]] = []
    if reports is not None:
        found = {report.interview_id: report for report in _reports_in(reports)}
    else:
        found, unreadable = asyncio.run(_stored_reports(profile, data, tenant, rows))
        rows = [row for row in rows if row["interview_id"] not in dict(unreadable)]
    people, notes = _joined(rows, found, since, until, threshold)
    notes += [f"{interview_id} could not be read and is excluded: {problem}" for interview_id, problem in unreadable]
    if not people:
        raise NotFound("The groups file names no finished, scored interview of that period.")
    result = tally(people, notes=notes)
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n")
    else:
        _show_audit(result)


def read_questions(path: Path) -> dict[str, Question]:
    """The questions of a plan, a bank or a single question, by id.

    Raises:
        ConfigError: the file cannot be read; the message names the line and field.
    """
    from interview.plans.files import load_bank, load_plan
    from interview.yaml.schema import misfits
    from interview.yaml.source import read_yaml

    document = read_yaml(path)
    if isinstance(document.data, list):
        return {question.id: question for question in load_bank(path)}
    if isinstance(document.data, dict) and "phases" in document.data:
        return dict(load_plan(path).by_id)
    for where, problem in misfits(document.data, Question):
        raise document.error(where, problem)
    try:
        question = msgspec.convert(document.data, Question)
    except msgspec.ValidationError as error:
        raise ConfigError.at(str(path), None, "", str(error)) from error
    return {question.id: question}


async def _grade_all(
    questions: Mapping[str, Question],
    read: list[tuple[int, AnswerLine]],
    judge_with: str | None,
    seed: int,
    *,
    stream: bool = False,
) -> list[GradedLine]:
    from deployments.grading.config import GradingConfig
    from deployments.grading.graders.registry import Registry
    from deployments.grading.judge.rubric import RubricJudge
    from deployments.grading.service import GradingService
    from deployments.grading.studies.bulk import grade_lines

    settings = _settings(judge_with) if judge_with is not None else None
    config = settings.grading if settings is not None else GradingConfig()
    registry = Registry(config)
    service = GradingService(config, registry)
    model = _judge_of(settings) if settings is not None else None
    judge = RubricJudge(model, config.judge, registry.coverage) if model is not None else None
    done: list[GradedLine] = []
    try:
        if model is not None:
            await model.start()
        async for line in grade_lines(
            service, questions, read, judge=judge, review_below=config.review_below, seed=seed
        ):
            done.append(line)
            if stream:
                sys.stdout.write(msgspec.json.encode(_rounded(msgspec.to_builtins(line))).decode() + "\n")
    finally:
        await service.stop()
        if model is not None:
            await model.stop()
    return done


def _rounded(tree: Any) -> Any:
    """Every number with at most four decimals: no score and no confidence is known more closely."""
    if isinstance(tree, float):
        return round(tree, 4)
    if isinstance(tree, dict):
        return {name: _rounded(value) for name, value in tree.items()}
    return [_rounded(value) for value in tree] if isinstance(tree, list | tuple) else tree


def _judge_of(settings: Settings) -> HostedLanguageModel:
    from deployments.llm.deployment import create_language_model

    return create_language_model(settings.llm.of_judge or settings.llm)


def _settings(profile: str) -> Settings:
    """Raises ConfigError or NotFound: the profile cannot be read, or this is the distribution without profiles."""
    try:
        from serve.serve_file import profile_path, read_serve_file
        from serve.settings import read_settings
    except ModuleNotFoundError as error:  # the distribution interview-grading
        raise ConfigError(
            f"--judge-with needs the platform: install interview-serve in place of interview-grading ({error})."
        ) from error

    file = read_serve_file(profile_path(profile))
    return read_settings(file.arguments, file.document)


def _read_groups(path: Path) -> list[dict[str, str]]:
    """Raises InvalidInput when the CSV lacks the column ``interview_id`` or any other."""
    reader = csv.DictReader(io.StringIO(text_of(path, "utf-8-sig"), newline=""))
    columns = [column.strip() for column in reader.fieldnames or []]
    if "interview_id" not in columns or not set(columns) - {"interview_id", "selected"}:
        raise InvalidInput(
            f"{path}: the first line must name interview_id and at least one category.",
            detail={"fields": {"interview_id": "missing column"}},
        )
    return [
        {(name or "").strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str | None)}
        for row in reader
    ]


def _reports_in(directory: Path) -> Iterable[Report]:
    from interview.reports.report import Report

    for path in sorted(directory.rglob("*.json")):
        try:
            yield msgspec.json.decode(path.read_bytes(), type=Report)
        except msgspec.DecodeError as error:
            raise InvalidInput(
                f"{path} is not a report: {error}", detail={"fields": {str(path): str(error)}}
            ) from error


async def _stored_reports(
    profile: str, data: Path | None, tenant: str, rows: list[dict[str, str]]
) -> tuple[dict[str, Report], list[tuple[str, str]]]:
    """The reports of the interviews in the groups file, from the live store and the archive; also the id and problem of
    each damaged one."""
    from deployments.grading.reports.stored_report import build_report
    from serve.composition.local_stores import open_stores
    from serve.serve_file import data_dir, profile_path, read_serve_file
    from serve.settings import read_settings
    from storage.sessions.port import SessionKey

    file = read_serve_file(profile_path(profile))
    settings = read_settings(file.arguments, file.document)
    found: dict[str, Report] = {}
    unreadable: list[tuple[str, str]] = []
    async with open_stores(settings.storage, data or data_dir()) as stores:
        for interview_id in dict.fromkeys(row["interview_id"] for row in rows):
            try:
                found[interview_id] = await build_report(
                    stores.sessions, stores.archive, stores.blobs, SessionKey(tenant, interview_id)
                )
            except (NotFound, InvalidInput):
                continue  # counted below as not found
            except InternalError as error:
                unreadable.append((interview_id, error.message))
    return found, unreadable


def _joined(
    rows: list[dict[str, str]],
    found: Mapping[str, Report],
    since: datetime | None,
    until: datetime | None,
    threshold: float,
) -> tuple[list[AuditedPerson], list[str]]:
    from deployments.grading.studies.audit import AuditedPerson

    start = _day(since.date(), 0) if since else None
    end = _day(until.date(), 1) if until else None
    people: dict[str, AuditedPerson] = {}
    missing = unfinished = outside = provisional = 0
    for row in rows:
        report = found.get(row["interview_id"])
        if report is None:
            missing += 1
            continue
        if report.ended_at is None or report.weighted_score is None:
            unfinished += 1
            continue
        if (start and report.ended_at < start) or (end and report.ended_at >= end):
            outside += 1
            continue
        provisional += not report.final
        decided = row.get("selected", "").casefold()
        people[report.interview_id] = AuditedPerson(
            interview_id=report.interview_id,
            score=report.weighted_score,
            selected=decided in ("1", "yes", "true", "y") if decided else report.weighted_score >= threshold,
            groups={name: value for name, value in row.items() if name not in ("interview_id", "selected") and name},
        )
    told = [
        (missing, "named in the groups file, but not found"),
        (unfinished, "not ended, or without a score"),
        (outside, "outside the period"),
        (provisional, "included with a grade that is still provisional"),
    ]
    notes = [f"{count} interviews: {what}." for count, what in told if count]
    if any(not row.get("selected") for row in rows):
        notes.append(f"Without a selected value, a weighted score of at least {threshold:g} counts as selected.")
    return list(people.values()), notes


def _day(day: date, later: int) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=later)


def _show_grades(lines: list[GradedLine]) -> None:
    table = Table("line", "question", "score", "level", "confidence", "grader", "review", "rationale")
    for line in lines:
        if line.grade is None:
            problem = str((line.error or {}).get("message", ""))
            table.add_row(str(line.line), line.question_id, "", "", "", "", "", f"[red]{problem}")
            continue
        one = line.grade
        table.add_row(
            str(line.line),
            line.question_id,
            f"{one.score:.2f}",
            one.level,
            f"{one.confidence:.2f}",
            one.grader,
            "yes" if one.needs_review else "",
            one.rationale,
        )
    print_table(table)


def _show_calibration(result: Calibration) -> None:
    table = Table("", "answers", "κ (quadratic)", "mean abs. error", "bias", "same level", "needs review")
    for one in (result.overall, *result.graders, *result.questions):
        table.add_row(
            one.name,
            str(one.answers),
            "–" if one.kappa is None else f"{one.kappa:.2f}",
            f"{one.mean_absolute_error:.3f}",
            f"{one.bias:+.3f}",
            f"{one.exact_level:.0%}",
            f"{one.review_share:.0%}",
        )
    print_table(table)
    print_table(_confusion(result.overall))


def _confusion(one: Agreement) -> Table:
    from deployments.grading.studies.calibration import ORDER

    table = Table("person \\ grader", *ORDER, title="Levels, all answers")
    for label in ORDER:
        given = one.confusion.get(label, {})
        table.add_row(label, *(str(given.get(level, "")) for level in ORDER))
    return table


def _show_audit(result: Audit) -> None:
    console = Console()
    console.print(
        f"{result.people} interviews, {result.selected} selected, median score {result.median_score:.3f}",
        highlight=False,
    )
    table = Table(
        "category", "group", "n", "selected", "rate", "impact", "above median", "rate", "impact", "mean", "note"
    )
    for one in result.rates:
        table.add_row(
            one.category,
            one.group,
            str(one.count),
            str(one.selected),
            f"{one.selection_rate:.3f}",
            "–" if one.selection_impact_ratio is None else f"{one.selection_impact_ratio:.3f}",
            str(one.above_median),
            f"{one.scoring_rate:.3f}",
            "–" if one.scoring_impact_ratio is None else f"{one.scoring_impact_ratio:.3f}",
            f"{one.mean_score:.3f}",
            one.note,
        )
    print_table(table, console)
    for category, count in result.unknown.items():
        console.print(f"{category}: {count} without group data (counted in the median, in no group)", highlight=False)
    for note in result.notes:
        console.print(note, highlight=False)
