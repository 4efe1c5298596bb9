"""Runs the demo: starts the platform, runs one interview, and always stops the platform."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interview.errors import EngineUnavailable, error_from_wire
from interview_client import ApiError, Client, ClientError
from serve.demo.answering import Candidate
from serve.demo.run import hold_interview
from serve.demo.screen import Screen
from serve.local.local_platform import Platform, free_port
from serve.serve_file import ServeFile


def run_demo(
    candidate: Candidate,
    screen: Screen,
    config: ServeFile,
    out: Path,
    data: Path,
    interview_id: str,
    port: int | None,
    *,
    afterwards: Callable[[Platform], None] | None = None,
) -> dict[str, Any]:
    """Run the interview on a new platform and return the summary. Replaces earlier demo output.

    ``afterwards`` runs before the platform stops.

    Raises:

        InterviewError: the platform's error.
    """
    for stale in ("audio", "report.json", "report.html", "events.jsonl"):
        target = out / stale
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    chosen = free_port(config.host) if port is None else port
    with Platform(config, data, port=chosen, progress=screen.step, key_label="demo") as platform:
        client = Client(platform.address, platform.api_key, trust_env=False)  # loopback must not go through a proxy
        try:
            client.ready()
            engines = client.status().get("engines", {})
            screen.engines(engines)
            screen.step(f"the candidate is {candidate.name}: {candidate.voice}")
            summary = hold_interview(client, interview_id, candidate, screen, engines, out)
            if afterwards is not None:
                afterwards(platform)
            return summary
        except ApiError as error:
            raise error_from_wire({"code": error.code, "message": error.detail}) from error
        except ClientError as error:
            raise EngineUnavailable(str(error)) from error
        finally:
            client.close()
            screen.step("stopping")
