"""The table of a simulation with plans in several languages."""

from __future__ import annotations

import io

from rich.console import Console

from serve.simulation.campaign import SimulationReport
from serve.simulation.records import InterviewRecord
from serve.simulation.table import show
from serve.simulation.word_figures import WordFigures


def record(plan: str, persona: str) -> InterviewRecord:
    return InterviewRecord(
        plan=plan, persona=persona, number=0, turns=20, questions=10, follow_ups=5, clarifications=0, hints=0,
        minutes=12.0, ability=0.5, concluded_by="plan", fallbacks=0, guardrails=0,
    )  # fmt: skip


def test_a_persona_of_another_language_has_no_row_in_a_plans_table() -> None:
    shown = io.StringIO()
    report = SimulationReport(
        ok=True, engine="scripted", model="", seed=0, n=1, plans=("english", "deutsch"), personas=("weak", "de-weak"),
        gates={}, abilities={}, injection_lift=None, words=WordFigures(), wall_s=1.0,
        interviews=(record("english", "weak"), record("deutsch", "de-weak")),
    )  # fmt: skip
    show(Console(file=shown, width=120), report)
    rows = [line.split()[1] for line in shown.getvalue().splitlines() if "12.0" in line]
    assert rows == ["weak", "de-weak"]
