"""``interview link``: a candidate's link to an interview, with or without a running platform."""

from __future__ import annotations

import asyncio
import getpass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from interview.errors import InvalidInput
from interview.limits import MAX_NAME_CHARS
from interview.sessions.ids import check_interview_id, check_tenant, reference_problem
from interview.sessions.invitation import GrantedTime, Invitation, PreparedStart
from interview.yaml.schema import nearest
from serve.cli.data_option import StoredData
from serve.cli.json_output import AsJson, print_json
from serve.cli.text_files import text_of
from serve.local.candidate_link import browsable, new_link, revoke_link, waiting
from serve.local.serving_address import serving_address
from serve.serve_file import data_dir, plans_dir, profile_path, read_serve_file
from storage.sessions.port import SessionKey


def register(app: typer.Typer) -> None:
    app.command()(link)


def link(
    interview_id: Annotated[
        str, typer.Argument(help="Your id for the interview, unique within the tenant; leave it out with --list.")
    ] = "",
    plan: Annotated[str | None, typer.Option(help="Installed plan to conduct.")] = None,
    role: Annotated[Path | None, typer.Option(help="Text file with the role description, instead of a plan.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Text file with the résumé.")] = None,
    name: Annotated[str, typer.Option(help="How the interviewer addresses the candidate.")] = "",
    reference: Annotated[str, typer.Option(help="Your own id for the candidate.")] = "",
    language: Annotated[str | None, typer.Option(help="ISO 639-1 (default: the plan's).")] = None,
    voice: Annotated[bool, typer.Option(help="Whether replies come with audio.")] = True,
    days: Annotated[float | None, typer.Option(help="Days until the link ends (default: the profile's).")] = None,
    extra_time: Annotated[
        float | None, typer.Option(min=1, max=240, help="Minutes of extra time, granted before the start.")
    ] = None,
    because: Annotated[str, typer.Option(help="Why the extra time is granted; recorded in the log.")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="Void the interview's link instead.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the interviews that were not started instead.")] = False,
    as_json: AsJson = False,
    tenant: Annotated[str, typer.Option(help="Tenant of the interview.")] = "local",
    address: Annotated[str | None, typer.Option(help="Public address (default: the running platform's).")] = None,
    profile: Annotated[str, typer.Option(help="Profile with the settings.")] = "local",
    data: StoredData = None,
) -> None:
    """Make a link for a candidate and print it. It is shown once, and the earlier link stops working.

    Without --plan and --role it keeps what was prepared before, or leads to the running interview.
    """
    directory = (data or data_dir()).resolve()
    config = read_serve_file(profile_path(profile))
    if list_:
        invitations = asyncio.run(waiting(config, directory, check_tenant(tenant)))
        if as_json:
            print_json([_row(each) for each in invitations])
        else:
            _show(invitations)
        return
    key = SessionKey(check_tenant(tenant), check_interview_id(interview_id))
    if len(name) > MAX_NAME_CHARS:
        raise InvalidInput(f"The name has {len(name)} characters; it may have {MAX_NAME_CHARS}.")
    granted = _granted(extra_time, because)
    if plan is not None and role is not None:
        raise InvalidInput("Give either --plan or --role, not both.")
    start = None
    if plan is not None or role is not None:
        _check_plan(plan)
        start = PreparedStart(
            plan=plan,
            role_description=text_of(role) if role else "",
            resume_content=text_of(resume) if resume else "",
            candidate_name=name,
            candidate_reference=reference,
            language=language,
            voice=voice,
        )
        if problem := reference_problem(reference):
            raise InvalidInput(f"The reference {problem}.", detail={"fields": {"reference": problem}})
    elif name or reference or resume or language:
        raise InvalidInput("A candidate's details need --plan or --role.")
    if revoke:
        asyncio.run(revoke_link(config, directory, key))
        if as_json:
            print_json({"interview": interview_id, "revoked": True})
        else:
            Console().print(f"Revoked the link of {interview_id}.")
        return
    lasts = None if days is None else timedelta(days=days)
    token = asyncio.run(new_link(config, directory, key, start, expires_in=lasts, extra_time=granted))
    serving = serving_address(directory)
    base = (address or browsable(serving or f"http://{config.host}:{config.port}")).rstrip("/")
    if address is None and serving is None:
        Console(stderr=True, soft_wrap=True).print(
            f"No platform runs on {directory} now: the link leads to the address of profile {profile!r}. "
            "--address names another one.",
            highlight=False,
        )
    if as_json:
        print_json({"interview": interview_id, "link": f"{base}/room#{token}"})
    else:
        Console(soft_wrap=True).print(f"{base}/room#{token}", highlight=False)


def _granted(minutes: float | None, because: str) -> GrantedTime | None:
    if minutes is None:
        if because:
            raise InvalidInput("--because belongs to --extra-time.")
        return None
    if len(because.strip()) < 3:
        raise InvalidInput("Say why the extra time is granted, with --because; the reason is recorded in the log.")
    return GrantedTime(round(minutes * 60.0, 1), f"{getpass.getuser()} (command line)", because.strip())


def _show(invitations: list[Invitation]) -> None:
    from serve.http.interviews.invitations import LISTED_AT_MOST

    table = Table("interview", "plan", "candidate", "reference", "link ends", "made by")
    for row in map(_row, invitations[:LISTED_AT_MOST]):
        ends = row["link_ends"]
        table.add_row(
            row["interview"],
            row["plan"] or "–",
            row["candidate"],
            row["reference"],
            f"{ends:%Y-%m-%d %H:%M} UTC" if ends else "revoked",
            row["made_by"],
        )
    if not invitations:
        Console().print("Every invited candidate has started, or nobody was invited.")
    else:
        Console().print(table)
    if len(invitations) > LISTED_AT_MOST:
        Console().print(f"There are more than these {LISTED_AT_MOST}.")


def _row(invitation: Invitation) -> dict[str, Any]:
    """``plan`` is None for a role description, ``link_ends`` for a revoked link."""
    start = invitation.start
    return {
        "interview": invitation.interview_id,
        "plan": start.plan if isinstance(start.plan, str) else None,
        "candidate": start.candidate_name,
        "reference": start.candidate_reference,
        "link_ends": invitation.expires_at if invitation.link_id else None,
        "made_by": invitation.created_by,
    }


def _check_plan(plan: str | None) -> None:
    from interview.plans.files import load_plans

    installed = load_plans(plans_dir())
    if plan is not None and plan not in installed:
        raise InvalidInput(
            f"There is no interview plan {plan!r}{nearest(plan, installed)}. Installed: {', '.join(sorted(installed))}."
        )
