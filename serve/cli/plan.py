"""``interview plan``: checks plans and banks, drafts a plan from a role description, and approves a draft."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import to_builtins
from msgspec.structs import replace

from interview.errors import Conflict, InvalidInput, NotFound
from serve.cli.data_option import Data
from serve.cli.json_output import AsJson, print_json
from serve.cli.output_files import written
from serve.cli.sessions import Profile, Tenant, directory_of
from serve.serve_file import plans_dir, policies_dir

if TYPE_CHECKING:
    from deployments.documents.service import DocumentService
    from interview.drafts.draft import PlanDraft
    from serve.settings import Settings

app = typer.Typer(help="Check, draft and approve interview plans.", no_args_is_help=True)


@app.callback()
def plan() -> None:
    """Check, draft and approve interview plans."""


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Plan or bank files; by default all plans in INTERVIEW_PLANS_DIR.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List every problem with file, line and fix: errors, and breaches of the style guide; exit status 1 if any."""
    from interview.plans.authoring import problems_in

    chosen = files or sorted(plans_dir().glob("*.yaml"))
    if not chosen:
        raise NotFound(f"{plans_dir()} holds no interview plan (*.yaml).")
    problems = tuple(dict.fromkeys(problem for path in chosen for problem in problems_in(path)))
    if as_json:
        print_json({"files": [str(path) for path in chosen], "problems": [str(problem) for problem in problems]})
    else:
        for problem in problems:
            print(problem)
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        print(f"{len(chosen)} file{'' if len(chosen) == 1 else 's'} checked: {count if problems else 'no problems'}.")
    if problems:
        raise typer.Exit(1)


@app.command()
def create(
    role: Annotated[
        str, typer.Option(help="The role: a file (PDF, DOCX, text), the text itself, or a job page's URL.")
    ],
    out: Annotated[Path, typer.Option(help="The YAML file to write; its name becomes the plan's id.")],
    resume: Annotated[
        Path | None, typer.Option(help="A résumé: the draft says which needs it speaks of. Questions do not change.")
    ] = None,
    minutes: Annotated[int | None, typer.Option(help="Length of the interview.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: AsJson = False,
    profile: Profile = "local",
) -> None:
    """Draft a plan from a role description; it cannot be used until `interview plan approve`."""
    from interview.plans.plan_file import plan_yaml
    from serve.serve_file import profile_path, read_serve_file
    from serve.settings import read_settings

    if out.exists() and not force:
        raise Conflict(f"{out} exists; --force overwrites it.")
    plan_id = _id_of(out)
    if out.stem != plan_id:
        raise InvalidInput(f"A plan's id is its file's name: write {out.with_name(f'{plan_id}.yaml')} as --out.")
    file = read_serve_file(profile_path(profile))
    draft = asyncio.run(_drafted(read_settings(file.arguments, file.document), role, resume, minutes))
    plan = replace(draft.plan, id=plan_id)
    told = (
        "Made by `interview plan create`. Before approving, read every question and key, and change what does not fit.",
        *draft.notes,
        *(f"No question: {need}" for need in draft.uncovered),
        *(f"Refused, written for {one.need!r}: {one.prompt} ({'; '.join(one.problems)})" for one in draft.rejected),
    )
    with written(out):
        out.write_text(plan_yaml(plan, comments=told, head={"draft": True}), encoding="utf-8")
    if as_json:
        shown = {"file": str(out), "plan": plan_id, "notes": draft.notes, "uncovered": draft.uncovered}
        print_json({**shown, "refused": to_builtins(draft.rejected)})
        return
    _show(draft)
    print(f"{out} written. When you have read it: interview plan approve {out} --by NAME")


@app.command()
def approve(
    file: Annotated[Path, typer.Argument(help="The draft's file.")],
    by: Annotated[str, typer.Option(help="Who has read the plan and answers for it.")],
    as_json: AsJson = False,
    tenant: Tenant = "local",
    data: Data = None,
) -> None:
    """Approve a draft: its file says who and when, and the audit log as well."""
    from interview.plans.approving import approve_file
    from interview.plans.files import load_plan
    from interview.policies.files import DEFAULT, load_policies
    from interview.policies.off_limits import topics_of_plan
    from serve.composition.local_stores import archive_database
    from storage.archive.audit import SqlAuditLog
    from storage.audit.port import COMMAND_LINE, AuditEntry

    touched = [problem for _field, problem in topics_of_plan(load_policies(policies_dir())[DEFAULT], load_plan(file))]
    if touched:
        raise InvalidInput(f"{file}: {touched[0]} (and {len(touched) - 1} more)", detail={"problems": touched})
    approved = approve_file(file, by, datetime.now(UTC))

    async def record() -> None:
        database = archive_database(directory_of(data))
        detail = {"digest": approved.plan.digest, "by": by}
        entry = AuditEntry(tenant, COMMAND_LINE, "plan.approved", approved.plan.id, detail)
        try:
            await SqlAuditLog(database).record(entry)
        finally:
            await database.close()

    asyncio.run(record())
    if as_json:
        shown = approved.plan
        print_json({"plan": shown.id, "digest": shown.digest, "by": by, "consent": shown.consent})
        return
    print(f"{approved.plan.id} is approved by {by}. Its consent text:\n\n{approved.plan.consent}")
    print(f"\nIts last words, a promise of the hiring team:\n\n{approved.plan.closing}")


async def _drafted(settings: Settings, role: str, resume: Path | None, minutes: int | None) -> PlanDraft:
    from deployments.documents.service import DocumentService
    from deployments.drafting.contract import DraftRequest
    from deployments.drafting.job_pages import JobPages
    from deployments.drafting.question_writer import QuestionWriter
    from deployments.drafting.service import DraftingService
    from deployments.grading.service import GradingService
    from deployments.llm.deployment import create_language_model
    from deployments.retrieval.service import retrieval_of
    from interview.plans.files import load_plans
    from interview.policies.files import DEFAULT, load_policies
    from interview.policies.off_limits import topic_by_rules

    retrieval = retrieval_of(settings.retrieval)
    if retrieval is None:
        raise InvalidInput("Drafts need search by meaning: name an encoder in retrieval.embeddings of the profile.")
    documents = DocumentService(settings.documents)
    grading = GradingService(settings.grading)
    model = create_language_model(settings.llm)
    try:
        writer = None
        if settings.llm.engine != "none":
            await model.start()
            policies = load_policies(policies_dir())[DEFAULT]
            writer = QuestionWriter(model, grading, retrieval, partial(topic_by_rules, policies))
        drafting = DraftingService(retrieval, load_plans(plans_dir()).values(), settings.drafting, writer)
        if role.startswith(("https://", "http://")) and len(role.split()) == 1:
            described = await JobPages(documents, settings.drafting).text(role)
        else:
            described = (
                await _text_of(documents, Path(role), "role_description") if _is_file(role) else _described(role)
            )
        claimed = await _text_of(documents, resume, "resume") if resume is not None else ""
        return await drafting.draft(DraftRequest(described, claimed, minutes))
    finally:
        await documents.stop()
        await model.stop()
        await grading.stop()
        retrieval.close()


async def _text_of(documents: DocumentService, path: Path, field: str) -> str:
    data = await asyncio.to_thread(path.read_bytes)
    return (await documents.read(data, name=path.name, field=field)).text


def _described(text: str) -> str:
    """Raises NotFound: the text is the name of a file that does not exist."""
    if len(text.split()) == 1 and ("/" in text or Path(text).suffix):
        raise NotFound(f"There is no file {text}; --role is a file, the text itself, or a job page's URL.")
    return text


def _is_file(text: str) -> bool:
    try:
        return "\n" not in text and Path(text).is_file()
    except OSError:  # a text can be longer than any file name
        return False


def _id_of(path: Path) -> str:
    from interview.drafts.assembly import slug

    return slug(path.stem)


def _show(draft: PlanDraft) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Need", "Questions", "Résumé")
    for one in draft.coverage:
        asked = ", ".join(each.question_id for each in one.asked)
        nothing = "none" if one.kind == "skill" else "on paper"
        table.add_row(one.need, asked or nothing, {True: "yes", False: "no", None: ""}[one.in_resume])
    console = Console()
    console.print(table)
    for note in draft.notes:
        console.print(note, highlight=False, markup=False)
