"""Turn-taking of a whole conversation in virtual time, from the scenarios of ``tests/data/realtime``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from serve.simulation.virtual_time import run_virtually
from tests.support.paths import TESTS
from tests.support.spoken_scenarios import Stage

SCENARIOS = yaml.safe_load((TESTS / "data" / "realtime" / "scenarios.yaml").read_text())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario["name"]))
def test_scenario(scenario: dict[str, Any], tmp_path: Path) -> None:
    stage = Stage(tmp_path, scenario["question"], only=scenario.get("only", False))
    run_virtually(stage.play(scenario["steps"]))
