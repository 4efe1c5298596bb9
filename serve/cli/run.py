"""``interview up``, ``interview demo`` and ``interview doctor``: the commands that run the platform itself."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from interview.errors import ConfigError, Conflict, EngineFailed, InvalidInput
from serve.local.local_key import key_path
from serve.local.private_directory import private_directory
from serve.local.process_supervisor import end_leftover, pid_file_of, running, supervise
from serve.local.serving_address import serving_at
from serve.serve_file import HOME, data_dir, plans_dir, profile_path, read_serve_file

if TYPE_CHECKING:
    from serve.demo.answering import Candidate
    from serve.local.local_platform import Platform

#: Set in the process that a process supervisor watches: it runs the platform instead of starting another supervisor.
_GUARDED = "INTERVIEW_GUARDED"


#: How often a running platform is checked for the loss of Ray.
_ALIVE_EVERY_S = 1.0


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(demo)
    app.command()(doctor)


def up(
    profile: Annotated[str, typer.Option(help="Profile: a name in configs/serve, or a file.")] = "local",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, envvar="PORT", help="Port (default: the profile's).")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (default: the profile's). 0.0.0.0 is every interface.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data directory (default: the user's).")] = None,
    ray_metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Loopback port for the metrics of Ray, Serve and vLLM.")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON lines: each stage of the start, then the addresses."),
    ] = False,
) -> None:
    """Run the platform until Ctrl-C; print its address, the location of its API key and example requests."""
    directory = (data or data_dir()).resolve()
    config = read_serve_file(profile_path(profile))
    if _GUARDED not in os.environ:
        hosted = [] if host is None else ["--host", host]
        hosted += [] if ray_metrics_port is None else ["--ray-metrics-port", str(ray_metrics_port)]
        hosted += ["--json"] if as_json else []
        _guard(["up", "--profile", profile, *_port(port), *hosted, "--data", str(directory)], directory)
    from serve.local.local_platform import Platform
    from serve.local.startup_message import addresses, welcome

    console = Console()

    def progress(text: str) -> None:
        if as_json:
            _print_line({"stage": text})
        else:
            console.print(f"· {text}", highlight=False, soft_wrap=True)

    stop = _stop_on_signals()
    try:
        with (
            Platform(
                config, directory, host=host, port=port, ray_metrics_port=ray_metrics_port, progress=progress
            ) as platform,
            serving_at(directory, platform.address),
        ):
            if as_json:
                _print_line(addresses(platform))
            else:
                welcome(console, platform)
            with suppress(Interrupted):
                while not stop.wait(_ALIVE_EVERY_S):
                    platform.check_alive()
            progress("stopping")
    except Interrupted:
        progress("the start was interrupted; everything that it started has ended")
        raise


def _print_line(value: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    persona: Annotated[
        str, typer.Option(help="Persona: a name in configs/interviews/personas, or a file.")
    ] = "demo-backend",
    recordings: Annotated[
        Path | None,
        typer.Option(help="Directory of recordings to answer with; NAME.txt next to NAME.wav holds the transcript."),
    ] = None,
    plan: Annotated[str, typer.Option(help="Plan that the recordings answer.")] = "backend-engineer",
    out: Annotated[Path, typer.Option(help="Directory for the report, the events and the audio.")] = Path("demo-out"),
    profile: Annotated[str, typer.Option(help="Profile: a name in configs/serve, or a file.")] = "local",
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port (default: any free port).")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the platform running until Ctrl-C, and print links to its pages.")
    ] = False,
) -> None:
    """Run one whole spoken interview, show it live, and stop everything again."""
    if keep and as_json:
        raise InvalidInput("Give either --keep or --json: one prints an object at the end, the other does not end.")
    out = out.resolve()
    data = out / "data"
    config = read_serve_file(profile_path(profile))
    if _GUARDED not in os.environ:
        flags = ["--json"] if as_json else ["--keep"] if keep else []
        flags += ["--recordings", str(recordings.resolve()), "--plan", plan] if recordings is not None else []
        _guard(["demo", *flags, "--persona", persona, "--out", str(out), "--profile", profile, *_port(port)], data)
    from serve.demo.run import new_interview_id
    from serve.demo.screen import LiveScreen, Screen, SilentScreen
    from serve.demo.session import run_demo

    stop = _stop_on_signals()
    # Library output goes to stderr: with --json, stdout carries exactly one object.
    result = os.fdopen(os.dup(1), "w") if as_json else sys.stdout
    if as_json:
        os.dup2(2, 1)
    screen: Screen = SilentScreen() if as_json else LiveScreen(Console())
    candidate = _recorded(recordings, plan) if recordings is not None else _persona(persona)
    try:
        summary = run_demo(
            candidate, screen, config, out, data, new_interview_id(), port, afterwards=_kept(stop) if keep else None
        )
    finally:
        candidate.close()
    if as_json:
        result.write(json.dumps(summary, indent=2) + "\n")
        result.flush()
    else:
        Console().out(f"Report: {(out / 'report.html').as_uri()}", highlight=False)
    if not summary["ok"]:
        raise EngineFailed("The demo interview did not finish; see events.jsonl.")


def _kept(stop: threading.Event) -> Callable[[Platform], None]:
    """Shows the links of the demo's platform and waits until the person stops it."""
    from serve.local.startup_message import links

    def keep(platform: Platform) -> None:
        console = Console()
        links(console, platform)
        console.out(f"Its API key:         {key_path(platform.data)}", highlight=False)
        console.print("Ctrl-C stops it.")
        with suppress(Interrupted):
            while not stop.wait(_ALIVE_EVERY_S):
                platform.check_alive()

    return keep


def _persona(name: str) -> Candidate:
    from serve.demo.answering import SpokenPersona
    from serve.demo.persona import load_persona

    path = Path(name) if Path(name).suffix else HOME / "configs" / "interviews" / "personas" / f"{name}.yaml"
    return SpokenPersona(load_persona(path))


def _recorded(directory: Path, plan_id: str) -> Candidate:
    from interview.plans.files import load_plans
    from serve.demo.answering import RecordedPerson

    plans = load_plans(plans_dir())
    if plan_id not in plans:
        raise InvalidInput(f"There is no interview plan {plan_id!r}. Installed: {', '.join(sorted(plans))}.")
    return RecordedPerson(directory, plan_id, plans[plan_id].by_id)


def doctor(
    profile: Annotated[str, typer.Option(help="Profile to examine.")] = "local",
    data: Annotated[Path | None, typer.Option(help="Data directory (default: the user's).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what is installed, what would serve each tier and why, and how to fix what is missing."""
    from serve.local.doctor import examine, print_findings

    findings = examine(read_serve_file(profile_path(profile)), (data or data_dir()).resolve())
    if as_json:
        sys.stdout.write(json.dumps([finding.as_dict() for finding in findings], indent=2) + "\n")
    else:
        print_findings(Console(), findings)
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)


def _port(port: int | None) -> list[str]:
    return [] if port is None else ["--port", str(port)]


def _guard(arguments: list[str], data: Path) -> None:
    """Run the same command under a process supervisor and exit with its status."""
    pid_file = pid_file_of(data)
    try:
        private_directory(data)
        pid_file.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(f"The data directory {data} cannot be created ({error.strerror}); choose another.") from error
    if running(pid_file):
        raise Conflict(
            f"A platform is already running on {data}; stop it, or choose another data directory with --data."
        )
    ended = end_leftover(pid_file)
    if ended:
        Console(stderr=True).print(f"· ended {len(ended)} leftover processes of an earlier run")
    command = [sys.executable, "-m", "serve.cli.main", *arguments]
    raise typer.Exit(supervise(command, pid_file, env={**os.environ, _GUARDED: "1"}))


class Interrupted(SystemExit):
    """SIGINT or SIGTERM arrived; unwinding stops the platform cleanly. The status is the shell's for SIGINT."""


def _stop_on_signals() -> threading.Event:
    """An event that SIGINT and SIGTERM set; the first of them also raises ``Interrupted`` in the main thread."""
    stop = threading.Event()

    def on_signal(signum: int, _frame: object) -> None:
        first = not stop.is_set()
        stop.set()
        if first:
            raise Interrupted(128 + signum)

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    return stop
