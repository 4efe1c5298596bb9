"""Years of experience in a résumé and in answers: found literally, compared with tolerance, asked about politely."""

from __future__ import annotations

import pytest

from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.text.experience_claims import claimed_years, mismatches
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.sessions.memory import MemorySessionStore
from tests.support.paths import TESTS

PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("8 years of experience with Python and Go", {"python": 8}),
        ("five years in backend development, where I led", {"backend development": 5}),
        ("PostgreSQL: 5 years\n- Java (3 years)", {"postgresql": 5, "java": 3}),
        ("10+ years of C++. Two years of C++ at Acme.", {"c++": 10}),
        ("I studied for five years and I like Python", {}),
        ("", {}),
    ],
)
def test_claims_are_read_off_literally(text: str, claims: dict[str, int]) -> None:
    assert claimed_years(text) == claims


@pytest.mark.parametrize(
    ("answer", "apart"),
    [
        ("I have two years of Python behind me", [("python", 8, 2)]),
        ("I have seven years of Python", []),
        ("I have two years of Rust", []),
        ("Python is nice", []),
    ],
)
def test_only_what_is_clearly_apart_is_a_mismatch(answer: str, apart: list[tuple[str, int, int]]) -> None:
    found = mismatches({"python": 8}, answer)
    assert [(each.subject, each.resume_years, each.answer_years) for each in found] == apart


def test_a_hostile_text_is_read_in_bounded_time() -> None:
    assert len(claimed_years("five years of " * 200_000)) <= 40
    assert claimed_years("a " * 200_000 + "(" * 100_000) == {}


async def test_a_contradiction_is_asked_about_once_and_noted_with_its_turn() -> None:
    stage = RehearsalStage(
        sessions=MemorySessionStore(),
        plan=PLAN,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )
    candidate = stage.rehearsal()
    await candidate.start("short-plan", resume_content="Engineer. 8 years of experience with Python.")
    await candidate.answer("I write billing services, and I have two years of Python behind me by now")
    assert candidate.response["action"]["action_type"] == "ask_followup"
    assert "8 years of python" in candidate.response["text"]
    await candidate.answer("The résumé counts my studies, too; professionally it has been two years of Python.")
    assert candidate.response["action"]["action_type"] == "new_question"
    (noted,) = [insight for insight in (await stage.state()).insights if insight.kind == "contradiction"]
    assert noted.turn == 1
    assert noted.quote.startswith("two years of Python")
