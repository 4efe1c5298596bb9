"""The subjects of ``benchmarks.gateway``: the fake server alone, this platform, and other gateways in front of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml

from benchmarks.gateway.backend import MODEL
from benchmarks.load.target import running
from serve.local.local_platform import free_port
from serve.serve_file import profile_path
from storage.weights.resolve import resolve_weights

SPEECH_MODEL = "whisper-tiny.en"
_KEY = "sk-benchmark"
_START_S = 120.0
#: Of ray.serve.llm, whose replicas import vLLM and torch.
_RAY_LLM_START_S = 400.0
#: Limits that no run of this benchmark meets; LiteLLM has none by default.
_NO_LIMITS = {"max_concurrent": 4096, "requests_per_minute": 100_000_000, "burst": 1_000_000}
_NO_CALLER_LIMITS = {
    "key_requests_per_minute": 100_000_000,
    "tenant_requests_per_minute": 100_000_000,
    "tenant_kib_per_minute": 1_000_000_000,
}


@dataclass(frozen=True)
class Subject:
    """A running gateway. ``root`` is the ancestor of its processes."""

    name: str
    address: str
    api_key: str
    root: psutil.Process
    model: str = MODEL


@contextlib.contextmanager
def backend() -> Iterator[Subject]:
    """The fake server, called without a gateway."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.gateway.backend", "--port", str(port)]
    with _process(command, f"http://127.0.0.1:{port}/v1/models", dict(os.environ)) as process:
        yield Subject("backend", f"http://127.0.0.1:{port}", "none", psutil.Process(process.pid))


@contextlib.contextmanager
def platform(profile: str, upstream: str) -> Iterator[Subject]:
    """This platform under ``profile``, a name or a file, with the remote engine."""
    with tempfile.TemporaryDirectory(prefix="iv-gateway-") as directory:
        path = Path(directory) / "profile.yaml"
        path.write_text(yaml.safe_dump(remote_profile(profile, upstream)))
        with running(str(path)) as target:
            yield Subject(Path(profile).stem, target.address, target.api_key, target.root)


def remote_profile(profile: str, upstream: str) -> dict[str, Any]:
    """The Serve config ``profile`` with ``llm.engine: remote`` at ``upstream`` and without limits of callers."""
    config: dict[str, Any] = yaml.safe_load(profile_path(profile).read_text())
    arguments = config["applications"][0]["args"]
    arguments["llm"] = {
        **arguments.get("llm", {}),
        "engine": "remote",
        "model": MODEL,
        "remote": {"base_url": f"{upstream}/v1"},
    }
    arguments["limits"] = _NO_LIMITS
    http = arguments.setdefault("http", {})
    http["callers"] = {**http.get("callers", {}), **_NO_CALLER_LIMITS}
    return config


@contextlib.contextmanager
def litellm(program: Path, upstream: str) -> Iterator[Subject]:
    """LiteLLM's proxy with one worker; ``program`` is its ``litellm`` in an environment of its own."""
    with tempfile.TemporaryDirectory(prefix="iv-litellm-") as directory:
        config = {
            "model_list": [
                {
                    "model_name": MODEL,
                    "litellm_params": {
                        "model": f"openai/{MODEL}",
                        "api_base": f"{upstream}/v1",
                        "api_key": "none",
                    },
                }
            ],
            "general_settings": {"master_key": _KEY},
            "litellm_settings": {"telemetry": False},
        }
        path = Path(directory) / "config.yaml"
        path.write_text(yaml.safe_dump(config))
        port = free_port()
        command = [
            str(program),
            "--config",
            str(path),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--num_workers",
            "1",
        ]
        environment = _without_ours()
        # its own advice for production; no price list from the network
        environment |= {"LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        with _process(command, f"http://127.0.0.1:{port}/health/liveliness", environment) as process:
            yield Subject("litellm", f"http://127.0.0.1:{port}", _KEY, psutil.Process(process.pid))


@contextlib.contextmanager
def ray_llm(python: Path, upstream: str) -> Iterator[Subject]:
    """The ingress of ``ray.serve.llm``; ``python`` is that of an environment with ``ray[serve,llm]`` and vLLM."""
    port = free_port()
    script = Path(__file__).with_name("ray_llm.py")
    command = [str(python), str(script), "--port", str(port), "--upstream", upstream]
    environment = _without_ours() | {
        "RAY_AUTH_MODE": "disabled",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_raylet_start_wait_time_s": "150",  # its default is too short on busy cores
    }
    with _process(command, f"http://127.0.0.1:{port}/v1/models", environment, _RAY_LLM_START_S) as process:
        yield Subject("ray.serve.llm", f"http://127.0.0.1:{port}", "none", psutil.Process(process.pid))


@contextlib.contextmanager
def speech_platform() -> Iterator[Subject]:
    """This platform under the profile ``local``, asked for transcriptions, without limits of callers."""
    with tempfile.TemporaryDirectory(prefix="iv-gateway-") as directory:
        config: dict[str, Any] = yaml.safe_load(profile_path("local").read_text())
        arguments = config["applications"][0]["args"]
        arguments["limits"] = _NO_LIMITS
        http = arguments.setdefault("http", {})
        http["callers"] = {**http.get("callers", {}), **_NO_CALLER_LIMITS}
        path = Path(directory) / "profile.yaml"
        path.write_text(yaml.safe_dump(config))
        with running(str(path)) as target:
            yield Subject("local", target.address, target.api_key, target.root, SPEECH_MODEL)


@contextlib.contextmanager
def faster_whisper_server(program: Path) -> Iterator[Subject]:
    """``faster-whisper-server`` with the platform's weights; ``program`` is in an environment of its own."""
    port = free_port()
    weights = resolve_weights(SPEECH_MODEL).path
    command = [str(program), str(weights), "--host", "127.0.0.1", "--port", str(port)]
    with _process(command, f"http://127.0.0.1:{port}/health", _without_ours()) as process:
        root = psutil.Process(process.pid)
        yield Subject("faster-whisper-server", f"http://127.0.0.1:{port}", "none", root, "whisper-1")


def _without_ours() -> dict[str, str]:
    """The environment without what is meant for this repository's own processes."""
    return {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "REDIS_URL", "DATABASE_URL")
    }


@contextlib.contextmanager
def _process(
    command: list[str], ready: str, environment: dict[str, str], start_s: float = _START_S
) -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            _wait_until_ready(process, ready, start_s)
            yield process
        except TimeoutError:
            log.seek(0)
            print(log.read()[-3000:].decode(errors="replace"), file=sys.stderr)
            raise
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, start_s: float) -> None:
    give_up = time.monotonic() + start_s
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer")
