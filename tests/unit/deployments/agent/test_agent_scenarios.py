"""Scenario questions: a clarifying question gets its fact and no grade; every candidate gets the probes."""

from __future__ import annotations

import pytest

from interview.languages.language import language_of
from interview.plans.files import load_plan
from interview.sessions.events import ResponseSent
from serve.simulation.rehearsal import Rehearsal, RehearsalStage
from tests.support.paths import ROOT
from tests.unit.deployments.agent.test_agent_meaning import begun

PLAN = load_plan(ROOT / "configs" / "interviews" / "backend-engineer.yaml")
SCENARIO = PLAN.by_id["be-isolation"]


async def at_scenario() -> tuple[RehearsalStage, Rehearsal]:
    stage, candidate = await begun(plan=PLAN)
    while candidate.response["question"]["question_id"] != SCENARIO.id:
        await candidate.answer("skip")
    return stage, candidate


async def follow_ups(stage: RehearsalStage) -> list[str]:
    return [
        event.data.text
        for event in await stage.log()
        if isinstance(event.data, ResponseSent) and event.data.action.action_type == "ask_followup"
    ]


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("What scale are we talking about?", "About two hundred withdrawals a second"),
        ("Which database is it?", "Postgres, at its default isolation level"),
        ("Can the balance be negative?", "A balance must never be negative."),
        ("What is the budget for this?", language_of("en").replies.unspecified),
    ],
)
async def test_a_clarifying_question_is_told_its_fact_and_never_graded(said: str, fact: str) -> None:
    stage, candidate = await at_scenario()
    await candidate.answer(said)
    assert fact in candidate.response["text"]
    assert SCENARIO.prompt in candidate.response["text"]
    assert candidate.response["action"]["action_type"] == "clarify"
    assert SCENARIO.id not in {found.question_id for found in (await stage.state()).grades}


@pytest.mark.parametrize("answer", ["A lock.", SCENARIO.reference.strong if SCENARIO.reference else ""])
async def test_every_candidate_gets_each_probe_once_and_word_for_word(answer: str) -> None:
    stage, candidate = await at_scenario()
    for said in (answer, "It would be the same.", "It costs waiting time."):
        await candidate.answer(said)
    asked = [said for said in await follow_ups(stage) if any(probe in said for probe in SCENARIO.probes)]
    assert [any(probe in said for said in asked) for probe in SCENARIO.probes] == [True, True]
    assert len(asked) == len(SCENARIO.probes)


async def test_who_does_not_know_is_not_probed() -> None:
    stage, candidate = await at_scenario()
    await candidate.answer("I don't know.")
    assert not [said for said in await follow_ups(stage) if any(probe in said for probe in SCENARIO.probes)]
