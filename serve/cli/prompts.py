"""``interview prompts``: lists, compares and searches versions of a model interviewer's prompts."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from serve.cli.data_option import StoredData
from serve.cli.json_output import AsJson, print_json
from serve.cli.prompt_comparison import show_comparison
from serve.cli.tables import print_table

if TYPE_CHECKING:
    from serve.simulation.recorded import Recording

app = typer.Typer(help="Versions of the model interviewer's prompts.")


@app.callback(invoke_without_command=True)
def prompts(context: typer.Context) -> None:
    """Versions of the model interviewer's prompts; without a subcommand, ``list``."""
    if context.invoked_subcommand is None:
        list_prompts()


@app.command("list")
def list_prompts(as_json: AsJson = False) -> None:
    """List the published versions of each prompt, the live one, and the one being rolled out."""
    from serve.optimisation.publish import PROMPTS, labels_of
    from serve.serve_file import prompts_url

    found = {name: labels_of(Path(prompts_url()), name) for name in PROMPTS}
    if as_json:
        print_json(found)
        return
    table = Table("prompt", "versions", "live", "rolled out")
    for name, labels in found.items():
        rollout = labels.rollout
        share = "–" if rollout is None else f"{rollout.version} to {rollout.percent:g} %"
        table.add_row(name, ", ".join(labels.versions), labels.live, share)
    print_table(table)


@app.command()
def compare(
    prompt: Annotated[str, typer.Argument(help="Prompt: interviewer, technical, behavioral or conversation.")],
    version: Annotated[str | None, typer.Option(help="Version to judge (default: the one being rolled out).")] = None,
    against: Annotated[str | None, typer.Option(help="Version to compare with (default: the live one).")] = None,
    as_json: AsJson = False,
    profile: Annotated[str, typer.Option(help="Profile with the storage settings.")] = "local",
    data: StoredData = None,
) -> None:
    """Compare two versions of a prompt by the interviews that were held with them at the same time.

    Exit status 1: the version is worse in a figure, or its rollout was halted.
    """
    from interview.errors import InvalidInput
    from serve.cli.sessions import directory_of, storage_of
    from serve.composition.prompt_rollouts import compared_versions
    from serve.optimisation.publish import labels_of, pin_of
    from serve.serve_file import prompts_url

    labels = labels_of(Path(prompts_url()), prompt)
    if version is None and labels.rollout is None:
        raise InvalidInput(f"No version of {prompt} is being rolled out; name one with --version.")
    judged = version or (labels.rollout.version if labels.rollout else "")
    used = against or labels.live
    pins = pin_of(labels, used), pin_of(labels, judged)
    if judged == used:
        raise InvalidInput(f"Version {used} cannot be compared with itself; name others with --version and --against.")
    found, halt = asyncio.run(compared_versions(storage_of(profile), directory_of(data), prompt, *pins))
    if as_json:
        print_json({"comparison": found, "halt": halt})
    else:
        show_comparison(found, halt)
    if found.worse or halt is not None:
        raise typer.Exit(1)


@app.command()
def optimise(
    prompt: Annotated[str, typer.Argument(help="Prompt: interviewer, technical, behavioral or conversation.")],
    variant: Annotated[list[Path] | None, typer.Option(help="File with a variant; may be given several times.")] = None,
    ablate: Annotated[
        bool, typer.Option(help="Also try the version in use without each of its rules and examples.")
    ] = False,
    plan: Annotated[str, typer.Option(help="Installed plans, comma-separated, or all.")] = "backend-engineer",
    persona: Annotated[str, typer.Option(help="Personas, comma-separated, or all.")] = "strong,average,weak",
    n: Annotated[int, typer.Option("--n", min=1, help="Interviews per plan and persona in the first round.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of all random draws.")] = 0,
    margin: Annotated[float, typer.Option(min=0, help="The lead in score that a new version needs.")] = 0.02,
    rollout: Annotated[float, typer.Option(min=0, max=100, help="Percentage of sessions that get it at once.")] = 0,
    recorded: Annotated[
        int,
        typer.Option(min=0, max=200, help="Hold the newest so many recorded interviews again, in place of personas."),
    ] = 0,
    at_once: Annotated[int, typer.Option(min=1, help="Concurrent interviews; a small server's slots.")] = 8,
    profile: Annotated[str | None, typer.Option(help="Profile with the agent and llm sections.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    tenant: Annotated[str, typer.Option(help="Tenant of the recorded interviews.")] = "local",
    data: StoredData = None,
) -> None:
    """Search variants of a prompt by simulated or recorded interviews and publish the best one with its scores.

    The version in use stays in use: move its label, or give --rollout. Exit status 1: no variant is better.
    """
    import msgspec

    from deployments.agent.config import AgentConfig
    from deployments.llm.config import LlmConfig
    from interview.errors import InvalidInput
    from serve.optimisation.publish import PROMPTS, copy_with, published, text_in_use
    from serve.optimisation.recordings import Recordings
    from serve.optimisation.score import Score, score_of
    from serve.optimisation.search import search
    from serve.optimisation.variants import ablations, file_variants
    from serve.serve_file import plans_dir, policies_dir, profile_path, prompts_url, read_serve_file
    from serve.settings import read_settings
    from serve.simulation.recorded import hold_again
    from serve.simulation.run import simulate

    if prompt not in PROMPTS:
        raise InvalidInput(f"There is no prompt {prompt}. There are: {', '.join(PROMPTS)}.")
    llm, agent = LlmConfig(engine="fake"), AgentConfig()
    if profile is not None:
        file = read_serve_file(profile_path(profile))
        settings = read_settings(file.arguments, file.document)
        llm, agent = settings.llm, settings.agent
    directory = Path(prompts_url())
    live, current = text_in_use(directory, prompt)
    variants = file_variants(prompt, variant or [])
    if ablate:
        variants += ablations(prompt, current)
    if not variants:
        raise InvalidInput("Give at least one --variant, or --ablate.")
    again = Recordings(recorded_of(recorded, profile, tenant, data)) if recorded else None
    console = Console(stderr=True)
    models: set[str] = set()

    async def evaluate(text: str, count: int, at: int) -> Score:
        with tempfile.TemporaryDirectory() as folder:
            copy_with(directory, prompt, text, Path(folder))
            if again is not None:
                report = await hold_again(
                    again.of(count, at - seed),
                    seed=at,
                    policies_directory=policies_dir(),
                    prompts_url=folder,
                    llm=llm,
                    agent=agent,
                    at_once=at_once,
                )
            else:
                report = await simulate(
                    plan=plan,
                    persona=persona,
                    engine="model",
                    n=count,
                    seed=at,
                    plans_directory=plans_dir(),
                    policies_directory=policies_dir(),
                    prompts_url=folder,
                    llm=llm,
                    agent=agent,
                    at_once=at_once,
                )
        models.add(report.model)
        return score_of(report)

    with console.status("holding interviews …") as status:
        outcome = asyncio.run(
            search(
                current, variants, evaluate, n=n, seed=seed, margin=margin, progress=lambda told: status.update(told)
            )
        )
    candidate, used = outcome.held_out
    told: dict[str, Any] = {
        "prompt": prompt,
        "compared_with": live,
        "variant": outcome.candidate,
        "model": ", ".join(sorted(models)),
        "date": datetime.now(UTC).date().isoformat(),
        "plan": plan if again is None else "",
        "persona": persona if again is None else "",
        "recorded": 0 if again is None else len(again),
        "n": n,
        "seed": seed,
        "margin": margin,
        "scores": {"variant": msgspec.to_builtins(candidate), "in_use": msgspec.to_builtins(used)},
        "rounds": msgspec.to_builtins(outcome.rounds),
    }
    version = None
    if outcome.winner is not None:
        version = published(directory, prompt, outcome.winner.text, told, percent=rollout)
    if as_json:
        sys.stdout.write(json.dumps({**told, "published": version}, indent=1) + "\n")
    else:
        _show(told, version)
    if version is None:
        raise typer.Exit(1)


def recorded_of(at_most: int, profile: str | None, tenant: str, data: Path | None) -> list[Recording]:
    from serve.cli.sessions import directory_of, storage_of
    from serve.composition.recorded_interviews import recorded_interviews

    return asyncio.run(recorded_interviews(storage_of(profile or "local"), directory_of(data), tenant, at_most))


def _show(told: dict[str, Any], version: str | None) -> None:
    console = Console()
    for held in told["rounds"]:
        for name, score in held["scores"]:
            console.print(f"n={held['n']}  {score['total']:.3f}  {name}", markup=False)
    ours, used = told["scores"]["variant"], told["scores"]["in_use"]
    console.print(
        f"On other interviews: {told['variant']} {ours['total']:.3f}, in use {used['total']:.3f}", markup=False
    )
    if version is None:
        console.print(f"No variant is better than version {told['compared_with']}; nothing was published.")
    else:
        console.print(f"Published as version {version}, in use once labels.yaml names it.")
