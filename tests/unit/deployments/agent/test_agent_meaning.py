"""Questions to the interviewer, afterthoughts, answers of no asked form and silence: what the agent makes of them."""

from __future__ import annotations

import msgspec
import pypdfium2
import pytest

from deployments.grading.reports.html import render_html
from deployments.grading.reports.pdf import render_pdf
from interview.plans.files import load_plan
from interview.plans.plan import InterviewPlan
from interview.reports.assembly import assemble
from interview.sessions.events import CandidateAsked, QuestionReopened
from interview.sessions.fold import fold
from serve.simulation.rehearsal import Rehearsal, RehearsalStage
from tests.support.paths import ROOT
from tests.unit.deployments.agent.test_agent_script import COST, LONG, PLAN, new_stage

ANALYST = load_plan(ROOT / "configs" / "interviews" / "data-analyst.yaml")


async def begun(*answers: str, plan: InterviewPlan = PLAN) -> tuple[RehearsalStage, Rehearsal]:
    stage = new_stage(plan)
    candidate = stage.rehearsal()
    await candidate.start(plan.id)
    for answer in answers:
        await candidate.answer(answer)
    return stage, candidate


async def asked(stage: RehearsalStage) -> list[CandidateAsked]:
    return [event.data for event in await stage.log() if isinstance(event.data, CandidateAsked)]


CONSENT = msgspec.structs.replace(PLAN, consent=ANALYST.consent, company_facts={"salary, pay": "It is in the advert."})


@pytest.mark.parametrize(
    ("said", "topic", "source", "words"),
    [
        ("Is this recorded?", "recorded", "consent", "recorded, transcribed and graded"),
        ("What happens with my data?", "data", "consent", "its deletion at any time"),
        ("Can my data be deleted?", "deletion", "consent", "I've noted your request"),
        ("I do not consent to being recorded.", "objection", "script", "I've noted your objection"),
        ("and am I talking to a real person or a bot?", "machine", "consent", "an automated interviewer"),
        ("I'd like to talk to a human interviewer instead please", "person", "consent", "I've noted"),
        ("How many questions are left?", "questions_left", "state", "3 to 4 more questions"),
        ("How much time is left?", "time_left", "state", "30 minutes"),
        ("How much does a hint cost?", "hint_cost", "state", "10%"),
        ("Is that OK or should I say more?", "enough", "script", "say how an answer did"),
        ("How am I doing?", "enough", "script", "say how an answer did"),
        ("I need an accommodation", "accommodation", "script", "noted it for the hiring team"),
        ("I stutter", "accommodation", "script", "noted it for the hiring team"),
        ("I need more time because of a disability", "accommodation", "script", "noted it for the hiring team"),
        ("Could you write the question down?", "accommodation", "script", "on your screen"),
        ("What do you assess?", "assessed", "consent", "by these qualities: SQL"),
        ("Do you watch whether I switch tabs?", "integrity", "consent", "it is never scored"),
        ("Who is responsible for my data?", "data", "consent", "The company that invited you"),
        ("I want to contest my grade", "result", "", "noted your question for the hiring team"),
        ("How did I do?", "result", "", "I don't decide"),
        ("Can I type my answer?", "typing", "script", "type your answer or speak"),
        ("Can I type?", "typing", "script", "type your answer or speak"),
        ("Are my answers correct?", "solution", "script", "a person reviews them"),
        ("Can I use pandas instead?", "tools", "script", "say what you assume"),
        ("Darf ich auf Deutsch antworten?", "language", "state", "is in English"),
        ("I already answered that", "answered", "script", "once more, briefly"),
        ("I'm deaf, could we do it in writing?", "accommodation", "script", "noted it for the hiring team"),
        ("What is the salary?", "company", "facts", "It is in the advert."),
        ("How big is the team?", "company", "", "noted your question"),
    ],
)
async def test_a_question_is_answered_put_on_record_and_never_graded(
    said: str, topic: str, source: str, words: str
) -> None:
    stage, candidate = await begun(LONG, said, plan=CONSENT)
    state = await stage.state()
    assert words in candidate.response["text"]
    assert PLAN.by_id["index-cost"].prompt in candidate.response["text"]
    assert candidate.response["action"]["action_type"] == "clarify"
    assert state.grades == ()
    (noted,) = await asked(stage)
    assert (noted.topic, noted.answered_from, noted.text) == (topic, source, said)


async def test_the_answer_after_a_question_is_graded_without_it() -> None:
    stage, _ = await begun(LONG, "Is this recorded?", COST)
    state = await stage.state()
    assert state.grades[0].grade.score == pytest.approx(1.0)
    assert "recorded" not in " ".join(evidence.quote for evidence in state.grades[0].grade.evidence)


async def test_a_question_inside_an_answer_is_answered_and_the_answer_counts() -> None:
    stage, candidate = await begun(LONG, f"{COST}. By the way, is this recorded?")
    assert candidate.response["action"]["action_type"] == "new_question"
    assert "This interview is recorded." in candidate.response["text"]
    assert (await stage.state()).grades[0].grade.score == pytest.approx(1.0)
    assert [noted.topic for noted in await asked(stage)] == ["recorded"]


async def test_what_is_asked_at_the_end_is_noted_for_the_hiring_team() -> None:
    stage, candidate = await begun(LONG, COST, "42", "skip", "skip", "What does your onboarding look like in practice?")
    assert candidate.response["should_continue"]
    assert "hiring team" in candidate.response["text"]
    await candidate.answer("No, thank you.")
    assert not candidate.response["should_continue"]
    report = assemble(await stage.state(), await stage.log(), PLAN, generated_at=(await stage.state()).last_updated)
    assert [(item.text, item.answered_from) for item in report.candidate_questions] == [
        ("What does your onboarding look like in practice?", "")
    ]


async def test_an_objection_stands_with_its_time_next_to_the_consent_in_the_report() -> None:
    stage, candidate = await begun(LONG)
    before = assemble(await stage.state(), await stage.log(), PLAN, generated_at=(await stage.state()).last_updated)
    assert "objected" not in render_html(before).decode()
    await candidate.answer("I no longer consent to this recording.")
    (objection,) = await asked(stage)
    report = assemble(await stage.state(), await stage.log(), PLAN, generated_at=(await stage.state()).last_updated)
    first_page = render_html(report).decode().split("<h2>Skills</h2>")[0]
    at = next(item.at for item in report.candidate_questions if item.topic == objection.topic)
    assert f"Consent given at the start; the candidate objected at {at:%H:%M:%S} UTC" in first_page
    assert "Objects to the recording" in first_page and "I no longer consent to this recording." in first_page


async def test_a_deletion_request_stands_first_in_the_report() -> None:
    stage, _ = await begun(LONG, "Can I have my data deleted?")
    state = await stage.state()
    report = assemble(state, await stage.log(), PLAN, generated_at=state.last_updated)
    assert [item.topic for item in report.candidate_questions if item.for_a_person] == ["deletion"]
    first_page = render_html(report).decode().split("<h2>Skills</h2>")[0]
    assert "Asks for deletion" in first_page and "Can I have my data deleted?" in first_page
    pages = list(pypdfium2.PdfDocument(render_pdf(report)))
    assert "Asks for deletion" in pages[0].get_textpage().get_text_bounded()


async def test_questions_without_end_do_not_hold_the_interview() -> None:
    stage, candidate = await begun(LONG, *["Is this recorded?"] * 12)
    assert (await stage.state()).questions_asked[1].skipped
    assert candidate.response["should_continue"]


# -- a way back ----------------------------------------------------------------------------------------------------


async def test_questions_do_not_use_up_the_patience_with_silence() -> None:
    stage, candidate = await begun(LONG, "Is this recorded?", "Can my data be deleted?", "How many questions are left?")
    await candidate.answer("?")
    state = await stage.state()
    assert candidate.response["action"]["action_type"] == "clarify"
    assert state.grades == () and not state.questions_asked[-1].skipped


async def test_an_addition_to_the_previous_answer_is_graded_with_it_and_the_open_question_is_put_again() -> None:
    addition = "can I add something to my previous answer? It takes additional disk space"
    stage, candidate = await begun(LONG, "Every write must also update the index, always and everywhere", addition)
    state = await stage.state()
    grades = {record.question_id: record.grade for record in state.grades}
    assert set(grades) == {"index-cost"}
    assert grades["index-cost"].score == pytest.approx(1.0)
    assert PLAN.by_id["seven-six"].prompt in candidate.response["text"]
    assert candidate.response["question"]["question_id"] == "seven-six"
    await candidate.answer("42")
    state = await stage.state()
    assert {record.question_id: record.grade.score for record in state.grades} == {"index-cost": 1.0, "seven-six": 1.0}


async def test_going_back_without_an_addition_opens_the_previous_question() -> None:
    stage, candidate = await begun(
        LONG, "Every write must also update the index, always", "can we go back to the previous one"
    )
    assert PLAN.by_id["index-cost"].prompt in candidate.response["text"]
    assert candidate.response["question"]["question_id"] == "index-cost"
    reopened = [event.data for event in await stage.log() if isinstance(event.data, QuestionReopened)]
    assert [event.question_id for event in reopened] == ["index-cost"]
    await candidate.answer("It takes additional disk space")
    assert candidate.response["question"]["question_id"] == "seven-six"
    grades = {record.question_id: record.grade.score for record in (await stage.state()).grades}
    assert grades == {"index-cost": pytest.approx(1.0)}


async def test_the_question_that_is_named_is_the_one_that_is_opened() -> None:
    stage, candidate = await begun(LONG, COST, "42", "oh wait, I was still adding to the index question")
    assert candidate.response["question"]["question_id"] == "index-cost"
    assert fold(await stage.log()) == await stage.state()


async def test_going_back_before_any_other_question_says_so() -> None:
    _, candidate = await begun("can we go back to the previous question")
    assert "no earlier question" in candidate.response["text"]
    assert PLAN.by_id["opener"].prompt in candidate.response["text"]


async def test_a_way_back_replays_and_a_retry_gets_the_same_reply() -> None:
    stage, candidate = await begun(LONG, COST)
    first = await candidate.answer("can I correct my previous answer? It also takes memory", key="again")
    assert await candidate.answer("can I correct my previous answer? It also takes memory", key="again") == first
    await candidate.answer("42")
    state = await stage.state()
    assert fold(await stage.log()) == state
    ids = [found.question_id for found in state.questions_asked]
    assert len(ids) == len(set(ids))
    report = assemble(state, await stage.log(), PLAN, generated_at=state.last_updated)
    assert [(found.question_id, len(found.answers)) for found in report.questions[:3]] == [
        ("opener", 1), ("index-cost", 2), ("seven-six", 1),
    ]  # fmt: skip


# -- an answer of no asked form, and silence -----------------------------------------------------------------------


async def test_prose_where_a_number_is_wanted_is_asked_for_once_before_it_counts() -> None:
    stage, candidate = await begun(LONG, COST, "I would work that out on paper")
    assert "number" in candidate.response["text"]
    assert {record.question_id for record in (await stage.state()).grades} == {"index-cost"}
    await candidate.answer("42")
    assert {r.question_id: r.grade.score for r in (await stage.state()).grades}["seven-six"] == 1.0


async def test_prose_twice_counts_and_a_person_looks_at_it() -> None:
    stage, candidate = await begun(LONG, COST, "I would work that out on paper", "as I said, on paper")
    assert candidate.response["action"]["action_type"] == "new_question"
    grade = {record.question_id: record.grade for record in (await stage.state()).grades}["seven-six"]
    assert (grade.score, grade.needs_review) == (0.0, True)


@pytest.mark.parametrize("said", ["\u200b", "\u2800", "\ufeff", "?", "...", "-", "…", "\u200e \u200f", "??"])
async def test_nothing_but_invisible_characters_and_signs_is_silence(said: str) -> None:
    stage, candidate = await begun(LONG, said)
    assert candidate.response["action"]["action_type"] == "clarify"
    assert (await stage.state()).grades == ()


@pytest.mark.parametrize("said", ["hello?", "thanks", "ok", "test", "👍"])
async def test_a_social_word_alone_is_asked_again_and_counts_only_when_insisted_on(said: str) -> None:
    stage, candidate = await begun(LONG, said)
    assert candidate.response["action"]["action_type"] == "clarify"
    assert (await stage.state()).grades == ()
    await candidate.answer(COST)
    (record,) = (await stage.state()).grades
    assert record.grade.score == pytest.approx(1.0)
    stage, candidate = await begun(LONG, *[said] * (PLAN.max_clarifications + 1))
    assert candidate.response["action"]["action_type"] != "clarify"
    assert not (await stage.state()).questions_asked[1].skipped


async def test_delete_everything_and_stop_ends_and_is_noted() -> None:
    stage, candidate = await begun(LONG, "please delete everything and stop")
    assert not candidate.response["should_continue"]
    assert (await stage.state()).grades == ()
    assert [(noted.topic, noted.for_a_person) for noted in await asked(stage)] == [("deletion", True)]


async def test_thanks_fit_what_was_said() -> None:
    _, candidate = await begun(LONG, COST, "42")
    assert "explaining" not in candidate.response["text"] and "telling" not in candidate.response["text"]
    _, candidate = await begun(LONG, "I don't know.")
    assert candidate.response["action"]["action_type"] == "new_question"
    assert candidate.response["text"].split(".")[0] in {
        "That's fine", "No problem", "Thanks for saying so", "That's all right, thank you", "Fair enough",
    }  # fmt: skip


def with_core(plan: InterviewPlan, *questions: str) -> InterviewPlan:
    """The plan with ``questions`` at the beginning of its technical core."""
    phases = (
        msgspec.structs.replace(phase, core=(*questions, *phase.core)) if phase.name == "technical" else phase
        for phase in plan.phases
    )
    return msgspec.structs.replace(plan, phases=tuple(phases))


ENGINEER = with_core(
    load_plan(ROOT / "configs" / "interviews" / "backend-engineer.yaml"), "be-storage-estimate", "be-queue-choice"
)


@pytest.mark.parametrize(
    ("plan", "question", "wrong", "right"),
    [
        (ANALYST, "da-sheet-sumif", "=SUM(B2:B11)", '=SUMIF(A2:A11,"North",B2:B11)'),
        (ANALYST, "da-sheet-sumif", "=SUM(B2:B11)", 'It should be =SUMIF(A2:A11,"North",B2:B11)'),
        (ENGINEER, "be-storage-estimate", "300", "365"),
        (ENGINEER, "be-queue-choice", "A", "B"),
    ],
)
async def test_a_formula_a_number_or_an_option_given_later_takes_the_place_of_the_first(
    plan: InterviewPlan, question: str, wrong: str, right: str
) -> None:
    stage, candidate = await begun(plan=plan)
    while candidate.response["question"]["question_id"] != question:
        await candidate.answer("skip")
    for said in (wrong, "Can I change my last answer?", right):
        await candidate.answer(said)
    grades = {found.question_id: found.grade.score for found in (await stage.state()).grades}
    assert grades[question] == 1.0


@pytest.mark.parametrize(
    "said", ["can I change my answer to the queue question to B?", "can I change my last answer to B?"]
)
async def test_a_change_named_in_one_sentence_takes_the_place_of_the_first_answer(said: str) -> None:
    stage, candidate = await begun(plan=ENGINEER)
    while candidate.response["question"]["question_id"] != "be-queue-choice":
        await candidate.answer("skip")
    await candidate.answer("A")
    await candidate.answer(said)
    grades = {found.question_id: found.grade.score for found in (await stage.state()).grades}
    assert grades["be-queue-choice"] == 1.0


@pytest.mark.parametrize(
    "said",
    [
        "sorry I meant B",
        "Oh wait, I meant B.",
        "oops, make that B",
        "that should have been B",
        "sorry, I meant to say the second one",
        "I misspoke, B",
        "correction: B",
    ],
)
async def test_a_bare_correction_on_the_next_turn_replaces_the_previous_answer(said: str) -> None:
    stage, candidate = await begun(plan=ENGINEER)
    while candidate.response["question"]["question_id"] != "be-queue-choice":
        await candidate.answer("skip")
    await candidate.answer("A")
    interrupted = candidate.response["question"]["question_id"]
    await candidate.answer(said)
    grades = {found.question_id: found.grade.score for found in (await stage.state()).grades}
    assert grades["be-queue-choice"] == 1.0
    assert interrupted not in grades
    assert candidate.response["question"]["question_id"] == interrupted
    assert fold(await stage.log()) == await stage.state()


async def test_a_correction_of_the_open_question_stays_with_it() -> None:
    """The candidate has tried to answer the number question already: "I meant 42" is about that."""
    stage, _ = await begun(LONG, COST, "I would work that out on paper", "sorry, I meant 42")
    assert {r.question_id: r.grade.score for r in (await stage.state()).grades}["seven-six"] == 1.0
    assert not [event for event in await stage.log() if isinstance(event.data, QuestionReopened)]


async def test_a_correction_before_any_other_question_is_the_answer() -> None:
    stage, _ = await begun("sorry, I meant the billing service that I run at the bank")
    assert not [event for event in await stage.log() if isinstance(event.data, QuestionReopened)]
