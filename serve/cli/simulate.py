"""``interview simulate``: whole interviews with personas, checked by gates; exit status 1 when a gate fails."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


class EngineName(StrEnum):
    scripted = "scripted"
    model = "model"


def register(app: typer.Typer) -> None:
    app.command()(simulate)


def simulate(
    plan: Annotated[str, typer.Option(help="Installed plans, comma-separated, or all.")] = "all",
    persona: Annotated[str, typer.Option(help="Personas, comma-separated, or all.")] = "all",
    engine: Annotated[EngineName, typer.Option(help="Interviewer: the script, or a model.")] = EngineName.scripted,
    n: Annotated[int, typer.Option("--n", min=1, help="Interviews per persona and plan.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of all random draws.")] = 0,
    profile: Annotated[
        str | None,
        typer.Option(help="Profile with the agent and llm sections (default: the fake model)."),
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Concurrent interviews when a model answers.")] = 8,
    records: Annotated[
        Path | None,
        typer.Option(help="JSON lines of interviews: those that it has are not held again, the others are added."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Run whole interviews with simulated candidates, without a server, and judge the interviewer."""
    from deployments.agent.config import AgentConfig
    from deployments.llm.config import LlmConfig
    from serve.serve_file import plans_dir, policies_dir, profile_path, prompts_url, read_serve_file
    from serve.settings import read_settings
    from serve.simulation.campaign import as_data
    from serve.simulation.records import InterviewRecord
    from serve.simulation.run import simulate as hold_interviews
    from serve.simulation.table import show

    llm, agent = LlmConfig(engine="fake"), AgentConfig()
    if profile is not None:
        file = read_serve_file(profile_path(profile))
        settings = read_settings(file.arguments, file.document)
        llm, agent = settings.llm, settings.agent
    console = Console(stderr=True)
    with console.status("running interviews …") as status:
        held = 0

        def progress(record: InterviewRecord) -> None:
            nonlocal held
            held += 1
            status.update(f"{held} interviews done, the latest: {record.plan} with {record.persona}")

        report = asyncio.run(
            hold_interviews(
                plan=plan,
                persona=persona,
                engine=engine.value,
                n=n,
                seed=seed,
                plans_directory=plans_dir(),
                policies_directory=policies_dir(),
                prompts_url=prompts_url(),
                llm=llm,
                agent=agent,
                at_once=at_once,
                progress=progress,
                records=records,
            )
        )
    if as_json:
        sys.stdout.write(json.dumps(as_data(report), indent=1) + "\n")
    else:
        show(Console(), report)
    if not report.ok:
        raise typer.Exit(1)
