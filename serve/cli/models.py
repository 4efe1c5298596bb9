"""``interview models``: fetches, lists and verifies weights."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from serve.serve_file import profile_path, read_serve_file
from serve.settings import Settings, read_settings

app = typer.Typer(help="Model weights: pull them from the hub, see which would serve.", no_args_is_help=True)

Profile = Annotated[str, typer.Option(help="The profile whose model folders are used.")]


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="A hub id such as Qwen/Qwen2.5-1.5B-Instruct, or a faster-whisper size.")],
    stt: Annotated[
        bool, typer.Option("--stt", help="A speech model (faster-whisper sizes and CTranslate2 ids).")
    ] = False,
    revision: Annotated[str | None, typer.Option(help="A tag, branch or commit of the hub.")] = None,
    profile: Profile = "local",
) -> None:
    """Download a model into the cache the engines read; interrupted downloads resume."""
    settings = _settings(profile)
    console = Console()
    if stt:
        from deployments.stt.engines.model_resolution import pull_speech_model

        console.print(f"{name} is at {pull_speech_model(name, settings.stt.download_dir)}")
        return
    from deployments.llm.engines.weights import pull_model

    console.print(f"{name} is at {pull_model(name, settings.llm.models_dir, revision)}")


@app.command()
def show(profile: Profile = "local") -> None:
    """Say which speech and language models would serve, and why; nothing is downloaded."""
    from deployments.stt.engines.model_resolution import resolve_model

    settings = _settings(profile)
    console = Console()
    resolved = resolve_model(settings.stt)
    console.print(f"speech to text: {resolved.name} ({resolved.source}): {resolved.reason}")
    llm = settings.llm
    console.print(f"language model: {llm.engine if llm.engine == 'none' else f'{llm.engine}, {llm.name}'}")


def _settings(profile: str) -> Settings:
    config = read_serve_file(profile_path(profile))
    return read_settings(config.arguments, str(config.path))
