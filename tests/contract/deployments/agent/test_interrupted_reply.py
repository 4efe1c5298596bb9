"""Only what was heard of the interviewer counts as said: the history, the next reply, the prompt and the report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from deployments.agent.model.transcript import _words
from deployments.grading.background.interview_answers import answer_to
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.plans.files import load_plan
from interview.reports.assembly import assemble
from interview.sessions.events import QuestionReopened, ResponseHeard
from interview.sessions.fold import fold
from interview.sessions.hearing import heard_part, last_said
from serve.simulation.rehearsal import NotedQueue, Rehearsal, RehearsalStage
from storage.sessions.amend import amend
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS

KEY = SessionKey("acme", "rehearsal")
OPENER = "Please tell me about your current work."
INDEX = "What does an index on a table cost when rows are written?"
WORK = "I build the billing service of a logistics company together with four other people"
MORE = "and I also look after the tools with which we deploy it to our customers every week"


@pytest.fixture
def stage() -> RehearsalStage:
    return RehearsalStage(
        sessions=MemorySessionStore(),
        plan=load_plan(TESTS / "data" / "agent" / "short-plan.yaml"),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )


async def interrupt(stage: RehearsalStage, words: int) -> None:
    """The candidate heard the first ``words`` of the last reply."""
    said = last_said(await stage.state())
    assert said is not None
    heard = heard_part(said.whole, " ".join(said.whole.split()[:words]))
    await amend(stage.sessions, KEY, lambda state: (ResponseHeard(turn=state.turn_number, text=heard),))


async def begun(stage: RehearsalStage) -> Rehearsal:
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    return candidate


async def at_the_second_question(stage: RehearsalStage) -> Rehearsal:
    """The reply to the opener's answers puts ``INDEX``."""
    candidate = await begun(stage)
    while INDEX not in candidate.response["text"]:
        await candidate.answer(WORK)
    return candidate


async def test_the_history_keeps_the_words_that_were_heard(stage: RehearsalStage) -> None:
    candidate = await begun(stage)
    whole = candidate.response["text"]
    await interrupt(stage, 2)
    said = last_said(await stage.state())
    assert said is not None
    assert said.content.split() == whole.split()[:2]
    assert said.whole == whole
    assert _words(said) == f"{said.content} —"
    await interrupt(stage, 99)  # the client knows better: everything was heard
    said = last_said(await stage.state())
    assert said is not None
    assert (said.content, said.unheard) == (whole, "")
    assert await stage.state() == fold(await stage.log())


@pytest.mark.parametrize("words", [0, 2])
async def test_a_first_question_that_was_not_heard_is_put_again(stage: RehearsalStage, words: int) -> None:
    candidate = await begun(stage)
    await interrupt(stage, words)
    await candidate.answer("Hello, can I start with something about my studies before we begin?")
    assert OPENER in candidate.response["text"]
    await candidate.answer("I studied physics, and then I began to write programs for a laboratory.")
    assert OPENER not in candidate.response["text"]
    state = await stage.state()
    asked = state.questions_asked[0]
    answer, _, _ = answer_to(state, asked, stage.plan.by_id["opener"])
    assert answer == "I studied physics, and then I began to write programs for a laboratory."


async def test_speech_before_a_question_was_heard_goes_on_with_the_answer_before(stage: RehearsalStage) -> None:
    candidate = await at_the_second_question(stage)
    await interrupt(stage, 2)
    await candidate.answer(MORE)
    assert INDEX in candidate.response["text"]
    reopened = [event.data for event in await stage.log() if isinstance(event.data, QuestionReopened)]
    assert [each.question_id for each in reopened] == ["opener"]
    await candidate.answer("Every write must also update the index, and the index takes additional disk space.")
    state = await stage.state()
    opener, index = (stage.plan.by_id[name] for name in ("opener", "index-cost"))
    by_id = {asked.question_id: asked for asked in state.questions_asked}
    assert MORE in answer_to(state, by_id["opener"], opener)[0]
    assert MORE not in answer_to(state, by_id["index-cost"], index)[0]


async def after_a_number(stage: RehearsalStage, number: str) -> Rehearsal:
    """The number is the answer to "How much is seven times six?"; its reply was not heard."""
    candidate = await at_the_second_question(stage)
    while "seven times six" not in candidate.response["text"]:
        await candidate.answer("Every write must also update the index, and the index takes additional disk space.")
    await candidate.answer(number)
    assert "seven times six" not in candidate.response["text"]
    await interrupt(stage, 0)
    return candidate


async def test_a_number_is_corrected_before_the_next_question_was_heard(stage: RehearsalStage) -> None:
    candidate = await after_a_number(stage, "It is 41.")
    await candidate.answer("Sorry, I meant 42.")
    reopened = [event.data for event in await stage.log() if isinstance(event.data, QuestionReopened)]
    assert [each.question_id for each in reopened] == ["seven-six"]
    grades = {record.question_id: record.grade for record in (await stage.state()).grades}
    assert grades["seven-six"].score == 1.0


async def test_a_number_stays_when_the_candidate_talks_on(stage: RehearsalStage) -> None:
    candidate = await after_a_number(stage, "It is 42.")
    await candidate.answer("I always have to think of six times six first.")
    assert not any(isinstance(event.data, QuestionReopened) for event in await stage.log())
    grades = {record.question_id: record.grade for record in (await stage.state()).grades}
    assert grades["seven-six"].score == 1.0


async def test_an_interruption_at_the_end_of_a_question_is_an_answer(stage: RehearsalStage) -> None:
    candidate = await at_the_second_question(stage)
    await interrupt(stage, len(candidate.response["text"].split()) - 2)
    await candidate.answer("Every write must also update the index, and the index takes additional disk space.")
    assert INDEX not in candidate.response["text"]


async def test_interrupting_a_repetition_is_no_reason_to_repeat_it(stage: RehearsalStage) -> None:
    candidate = await at_the_second_question(stage)
    await candidate.answer("Please repeat the question.")
    assert INDEX in candidate.response["text"]
    await interrupt(stage, 2)
    await candidate.answer("Every write must also update the index, and the index takes additional disk space.")
    assert INDEX not in candidate.response["text"]


async def test_a_question_that_was_not_heard_can_be_skipped(stage: RehearsalStage) -> None:
    candidate = await at_the_second_question(stage)
    await interrupt(stage, 1)
    await candidate.answer("Please skip this question.")
    assert INDEX not in candidate.response["text"]


async def test_the_report_has_what_was_heard(stage: RehearsalStage) -> None:
    candidate = await at_the_second_question(stage)
    whole = candidate.response["text"]
    await interrupt(stage, 2)
    events = await stage.log()
    report = assemble(await stage.state(), events, stage.plan, generated_at=datetime(2026, 1, 5, tzinfo=UTC))
    wording = {question.question_id: question.wording for question in report.questions}
    assert wording["index-cost"] == " ".join(whole.split()[:2])
    assert wording["opener"].endswith(OPENER)


LIKES = "What part of it do you like most?"
SHORT = "I build services."


async def at_a_follow_up(stage: RehearsalStage) -> Rehearsal:
    """The reply to a short answer is the opener's only follow-up."""
    candidate = await begun(stage)
    await candidate.answer(SHORT)
    assert LIKES in candidate.response["text"]
    return candidate


async def followed_up(stage: RehearsalStage) -> int:
    return (await stage.state()).questions_asked[0].follow_ups


async def test_a_follow_up_that_was_not_heard_is_put_again(stage: RehearsalStage) -> None:
    candidate = await at_a_follow_up(stage)
    await interrupt(stage, 2)
    await candidate.answer("In Python.")
    assert LIKES in candidate.response["text"]
    assert await followed_up(stage) == 1
    await candidate.answer("The tests.")
    assert LIKES not in candidate.response["text"], "it is put once"
    state = await stage.state()
    answer, _, _ = answer_to(state, state.questions_asked[0], stage.plan.by_id["opener"])
    assert answer == f"{SHORT}\nIn Python.\nThe tests."
    assert state == fold(await stage.log())


async def test_a_follow_up_is_put_again_only_once(stage: RehearsalStage) -> None:
    candidate = await at_a_follow_up(stage)
    await interrupt(stage, 2)
    await candidate.answer("In Python.")
    assert LIKES in candidate.response["text"]
    await interrupt(stage, 2)
    await candidate.answer("With tests.")
    assert LIKES not in candidate.response["text"]
    assert await followed_up(stage) == 1


async def test_a_follow_up_that_the_answer_makes_needless_is_not_put_again(stage: RehearsalStage) -> None:
    candidate = await at_a_follow_up(stage)
    await interrupt(stage, 2)
    await candidate.answer(WORK)
    assert LIKES not in candidate.response["text"]


async def test_a_follow_up_that_was_heard_is_not_put_again(stage: RehearsalStage) -> None:
    candidate = await at_a_follow_up(stage)
    await interrupt(stage, len(candidate.response["text"].split()) - 2)
    await candidate.answer("In Python.")
    assert LIKES not in candidate.response["text"]


async def test_a_follow_up_that_was_repeated_on_request_is_not_put_again(stage: RehearsalStage) -> None:
    candidate = await at_a_follow_up(stage)
    await interrupt(stage, 2)
    await candidate.answer("Please repeat the question.")
    assert LIKES in candidate.response["text"]
    await candidate.answer("In Python.")
    assert LIKES not in candidate.response["text"]
