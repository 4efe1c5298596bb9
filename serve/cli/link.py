"""``interview link``: a candidate's link to an interview, with or without a running platform."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from interview.errors import InvalidInput
from interview.sessions.ids import check_interview_id, check_tenant, reference_problem
from interview.sessions.invitation import PreparedStart
from serve.local.candidate_link import browsable, new_link, revoke_link
from serve.serve_file import data_dir, plans_dir, profile_path, read_serve_file
from storage.sessions.port import SessionKey


def register(app: typer.Typer) -> None:
    app.command()(link)


def link(
    interview_id: Annotated[str, typer.Argument(help="Your id for the interview, unique within the tenant.")],
    plan: Annotated[str | None, typer.Option(help="Installed plan to conduct.")] = None,
    role: Annotated[Path | None, typer.Option(help="Text file with the role description, instead of a plan.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Text file with the résumé.")] = None,
    name: Annotated[str, typer.Option(help="How the interviewer addresses the candidate.")] = "",
    reference: Annotated[str, typer.Option(help="Your own id for the candidate.")] = "",
    language: Annotated[str | None, typer.Option(help="ISO 639-1 (default: the plan's).")] = None,
    voice: Annotated[bool, typer.Option(help="Whether replies come with audio.")] = True,
    days: Annotated[float | None, typer.Option(help="Days until the link ends (default: the profile's).")] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="Void the interview's link instead.")] = False,
    tenant: Annotated[str, typer.Option(help="Tenant of the interview.")] = "local",
    address: Annotated[str | None, typer.Option(help="Public address (default: the profile's host and port).")] = None,
    profile: Annotated[str, typer.Option(help="Profile with the settings.")] = "local",
    data: Annotated[Path | None, typer.Option("--data", help="Data directory (default: the user's).")] = None,
) -> None:
    """Make a link for a candidate and print it. It is shown once, and the earlier link stops working.

    Without --plan and --role it keeps what was prepared before, or leads to the running interview.
    """
    key = SessionKey(check_tenant(tenant), check_interview_id(interview_id))
    if plan is not None and role is not None:
        raise InvalidInput("Give either --plan or --role, not both.")
    start = None
    if plan is not None or role is not None:
        _check_plan(plan)
        start = PreparedStart(
            plan=plan,
            role_description=role.read_text(encoding="utf-8") if role else "",
            resume_content=resume.read_text(encoding="utf-8") if resume else "",
            candidate_name=name,
            candidate_reference=reference,
            language=language,
            voice=voice,
        )
        if problem := reference_problem(reference):
            raise InvalidInput(f"The reference {problem}.", detail={"fields": {"reference": problem}})
    elif name or reference or resume or language:
        raise InvalidInput("A candidate's details need --plan or --role.")
    directory = (data or data_dir()).resolve()
    config = read_serve_file(profile_path(profile))
    if revoke:
        asyncio.run(revoke_link(config, directory, key))
        Console().print(f"Revoked the link of {interview_id}.")
        return
    lasts = None if days is None else timedelta(days=days)
    token = asyncio.run(new_link(config, directory, key, start, expires_in=lasts))
    base = (address or browsable(f"http://{config.host}:{config.port}")).rstrip("/")
    Console(soft_wrap=True).print(f"{base}/room#{token}", highlight=False)


def _check_plan(plan: str | None) -> None:
    from interview.plans.files import load_plans

    installed = load_plans(plans_dir())
    if plan is not None and plan not in installed:
        raise InvalidInput(f"There is no interview plan {plan!r}. Installed: {', '.join(sorted(installed))}.")
