"""A person who waits for a start reads each deployment once, and is reminded of those that take long."""

from __future__ import annotations

import logging
import threading

import pytest

from serve.local import deployment_progress
from serve.local.deployment_progress import DeploymentProgress, reported


def test_each_deployment_is_reported_once_when_it_is_healthy() -> None:
    states: dict[str, bool] = {}
    said: list[str] = []
    progress = DeploymentProgress(lambda: states, said.append)
    progress.look()
    states |= {"stt": False, "tts": True}
    progress.look()
    progress.look()
    states["stt"] = True
    progress.look()
    assert said == ["tts is ready (1 of 2)", "stt is ready (2 of 2)"]


def test_a_long_wait_names_what_is_awaited() -> None:
    said: list[str] = []
    progress = DeploymentProgress(lambda: {"llm": False, "tts": True}, said.append)
    for _ in range(2 * deployment_progress._REMIND_AFTER + 1):
        progress.look()
    assert said == ["tts is ready (1 of 2)", *["still waiting for llm"] * 2]


def test_states_that_cannot_be_read_end_the_reports_and_not_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deployment_progress, "_LOOK_EVERY_S", 0)
    asked = threading.Event()

    def broken() -> dict[str, bool]:
        asked.set()
        raise RuntimeError("no controller")

    with caplog.at_level(logging.WARNING), reported(broken, print):
        assert asked.wait(10)
    assert "cannot be read" in caplog.text
