"""What the interviewer says later in a turn (a hint, the words after a pause) leaves the turn's answer as it was."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.turn.observe import answer_so_far
from deployments.grading.background.interview_answers import answer_to
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.sessions.events import AnyPayload, ResponseSent, SessionPaused, SessionResumed
from interview.sessions.session import ActionType, AgentAction, SessionState
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.sessions.amend import amend
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS

KEY = SessionKey("acme", "rehearsal")
INDEX = "What does an index on a table cost when rows are written?"
PART = "It takes additional disk space."


@pytest.fixture
def stage() -> RehearsalStage:
    return RehearsalStage(
        sessions=MemorySessionStore(),
        plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )


async def partly_answered(stage: RehearsalStage) -> SessionState:
    """``PART``, spoken, is the answer to ``INDEX``; the reply is a follow-up to it."""
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    while INDEX not in candidate.response["text"]:
        await candidate.answer("I build the billing service of a logistics company with four other people.")
    await candidate.answer(PART)
    return await stage.state()


def said_later(state: SessionState, kind: ActionType) -> list[AnyPayload]:
    """A hint, or the return from a pause, after the reply of the state's turn."""
    turn = state.turn_number
    action = AgentAction(action_type=kind, reasoning="", next_phase=state.current_phase)
    returned = 1 if kind == "clarify" else 0
    said = ResponseSent(
        turn=turn, text="Go on.", action=action, phase=state.current_phase, should_continue=True, returned=returned
    )
    if not returned:
        return [said]
    return [SessionPaused(turn=turn, reason="later", by="candidate"), SessionResumed(turn=turn, reason="back"), said]


def spoken(state: SessionState, *, form_asked: bool = False) -> SessionState:
    """``state`` as if its answers had come by voice, and the reply to ``PART`` had asked for another form."""
    turn = next(said.turn for said in state.conversation_history if said.content == PART)
    reply = next(said for said in state.conversation_history if said.turn == turn and said.role == "interviewer")
    history = (
        replace(said, confidence=0.95)
        if said.role == "candidate"
        else (replace(said, asked_form=form_asked) if said is reply else said)
        for said in state.conversation_history
    )
    return replace(state, conversation_history=tuple(history))


@pytest.mark.parametrize("kind", ["clarify", "give_hint"])
async def test_a_spoken_answer_counts_also_after_a_pause_or_a_hint(stage: RehearsalStage, kind: ActionType) -> None:
    await partly_answered(stage)
    await amend(stage.sessions, KEY, lambda state: said_later(state, kind))
    state = spoken(await stage.state())
    asked, question = state.questions_asked[-1], stage.plan.by_id["index-cost"]
    assert asked.question_id == question.id
    assert answer_to(state, asked, question)[0] == PART
    assert answer_so_far(state, asked, question, config=AgentConfig()).text == PART


@pytest.mark.parametrize("kind", ["clarify", "give_hint"])
async def test_an_answer_in_a_wrong_form_stays_out_after_a_pause_or_a_hint(
    stage: RehearsalStage, kind: ActionType
) -> None:
    await partly_answered(stage)
    await amend(stage.sessions, KEY, lambda state: said_later(state, kind))
    state = spoken(await stage.state(), form_asked=True)
    asked, question = state.questions_asked[-1], stage.plan.by_id["index-cost"]
    assert answer_to(state, asked, question)[0] == ""
    assert answer_so_far(state, asked, question, config=AgentConfig()).text == ""
