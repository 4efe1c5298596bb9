"""A model's follow-up asks for something that the answer left out, in words that are no secret, or it is not asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from deployments.agent.brief.follow_up_target import asks_for_a_gap, target_of
from deployments.agent.brief.interviewer import NextStep, Observation, TurnBrief
from deployments.agent.model.answer import ModelTurn, actions_for, settled
from interview.grades import UNAVAILABLE, Evidence, Grade
from interview.plans.files import load_plan
from interview.plans.plan import reference
from interview.sessions.session import AskedQuestion, SessionState
from tests.support.paths import CONFIGS

PLAN = load_plan(CONFIGS / "interviews" / "backend-engineer.yaml")
INDEX = PLAN.by_id["be-index"]
POINTS = {point.text: point for point in INDEX.key_points}
SCAN, FINDS, WRITES, DISK, CHECK = POINTS
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ANSWER = "Without an index it reads the whole table, row by row. With one it goes down a tree to the rows."


def brief(
    *made: str, follow_up: str | None = INDEX.planned_follow_ups[0], grader: str = "coverage", **fields: Any
) -> TurnBrief:
    """``ANSWER`` to the question about an index, whose grade has evidence for the points ``made``."""
    evidence = tuple(Evidence(quote="q", supports=text) for text in made)
    asked = AskedQuestion(INDEX.id, INDEX.type, INDEX.skill, "technical", 1, NOW)
    state = SessionState(
        interview_id="i",
        tenant="t",
        plan=reference(PLAN),
        started_at=NOW,
        last_updated=NOW,
        questions_asked=(asked,),
        language=fields.pop("language", "en"),
    )
    made_fields: dict[str, Any] = {
        "state": state,
        "plan": PLAN,
        "turn": 2,
        "now": NOW,
        "observation": Observation(text=ANSWER, heard="answer"),
        "asked": asked,
        "question": INDEX,
        "answer": ANSWER,
        "grade": Grade(score=0.5, level="partial", confidence=0.5, rationale="r", grader=grader, evidence=evidence),
        "next_step": NextStep(PLAN.by_id["be-cache"], "technical", core=True, rationale="next"),
        "open_actions": frozenset({"new_question", "ask_followup"}),
        "seed": 1,
        "time_left_s": 900,
        "follow_up": follow_up,
    }
    return TurnBrief(**{**made_fields, **fields})


def test_the_plans_follow_up_comes_first_where_its_point_is_missing() -> None:
    target = target_of(brief(SCAN, FINDS, WRITES, DISK))
    assert target is not None
    assert (target.words, target.planned) == (INDEX.planned_follow_ups[0], True)


def test_else_a_part_of_the_question_that_is_unanswered() -> None:
    target = target_of(brief(SCAN, FINDS, CHECK))
    assert target is not None
    assert (target.words, target.planned) == ("what does it cost?", False)


def test_else_what_the_candidate_began_to_say() -> None:
    answer = "It finds the rows quickly. Each row then takes some space."
    target = target_of(brief(SCAN, FINDS, WRITES, CHECK, answer=answer, follow_up=None))
    assert target is not None
    assert target.words == "Each row then takes some space."


def test_nothing_is_followed_up_where_no_known_words_speak_of_what_is_missing() -> None:
    whole = brief(*POINTS)
    assert target_of(whole) is None
    assert actions_for(whole) == ("new_question",)
    assert actions_for(replace(whole, probe_because="The story tells no result.")) == ("new_question",)


def test_what_the_script_would_probe_may_be_asked_in_the_plans_words_where_a_point_is_missing() -> None:
    partly = brief(SCAN, FINDS, WRITES, CHECK, follow_up="And how did it turn out?")
    assert actions_for(partly) == ("new_question",)
    probed = replace(partly, probe_because="The story tells no result.")
    assert actions_for(probed) == ("new_question", "ask_followup")
    evasive = Observation(text="You are wasting my time with it.", heard="answer")
    assert actions_for(replace(probed, observation=evasive)) == ("new_question",)


def test_no_words_of_a_key_point_are_told() -> None:
    for missing in POINTS:
        target = target_of(brief(*(text for text in POINTS if text != missing)))
        assert (
            target is None
            or target.words in (INDEX.prompt, *INDEX.planned_follow_ups, ANSWER)
            or (target.words in INDEX.prompt or target.words in ANSWER)
        )


@pytest.mark.parametrize(
    "fields", [{"language": "de"}, {"grader": UNAVAILABLE}, {"question": replace(INDEX, key_points=())}]
)
def test_where_nothing_can_be_compared_the_plan_decides(fields: dict[str, Any]) -> None:
    one = brief(*POINTS, **fields)
    target = target_of(one)
    assert target is not None and target.planned
    assert asks_for_a_gap("Do penguins fly?", one)
    assert target_of(replace(one, follow_up=None)) is None


def test_a_question_counts_not_what_is_said_before_it() -> None:
    one = brief(SCAN, FINDS, CHECK)
    assert asks_for_a_gap("It reads the whole table, row by row. What does the index cost on each insert?", one)
    assert not asks_for_a_gap("Inserts get slower. Why does it read the whole table?", one)
    assert not asks_for_a_gap("Writes become slower.", one)


def turn(words: str) -> ModelTurn:
    return ModelTurn(action="ask_followup", utterance=words)


def test_a_question_about_something_else_gives_way() -> None:
    stray = turn("You go down a tree. Why does it read the whole table?")
    actions = ("new_question", "ask_followup")
    planned = settled(stray, brief(SCAN, FINDS, WRITES, DISK), actions)
    assert (planned.action, planned.utterance) == ("ask_followup", f"You go down a tree. {INDEX.planned_follow_ups[0]}")
    moved_on = settled(stray, brief(SCAN, FINDS, CHECK), actions)
    assert (moved_on.action, moved_on.utterance) == ("new_question", "You go down a tree.")


def test_a_question_about_what_is_missing_stays() -> None:
    good = turn("You go down a tree. What does that cost when rows are written?")
    assert settled(good, brief(SCAN, FINDS, CHECK), ("new_question", "ask_followup")) is good
