"""The shipped rules on the shipped banks: what the plans themselves say passes, what they keep secret does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from interview.languages.language import language_of
from interview.plans.plan import InterviewPlan, reference
from interview.plans.questions import Question
from interview.policies.files import load_policies
from interview.policies.judge import examine, review
from interview.policies.rules import Draft, Scene
from interview.sessions.session import AskedQuestion, ConversationTurn, SessionState
from interview.yaml.source import read_yaml
from tests.support.paths import ROOT
from tests.support.shipped_plans import plans_in

PLANS = plans_in("en")
SCRIPT = language_of("en").script
RULES = load_policies(ROOT / "configs" / "policies")["default"]
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def after(question: Question, plan: InterviewPlan, answer: str) -> Scene:
    """The candidate answered ``question`` with ``answer``; the bank's next question comes next."""
    following = plan.questions[(plan.questions.index(question) + 1) % len(plan.questions)]
    answered_at = START + timedelta(minutes=2)
    asked = AskedQuestion(
        question_id=question.id,
        question_type=question.type,
        skill=question.skill,
        phase="technical",
        turn=0,
        asked_at=START,
    )
    state = SessionState(
        interview_id="i",
        tenant="t",
        plan=reference(plan),
        started_at=START,
        last_updated=START,
        conversation_history=(
            ConversationTurn(
                role="interviewer", content=question.prompt, timestamp=START, turn=0, question_id=question.id
            ),
            ConversationTurn(role="candidate", content=answer, timestamp=answered_at, turn=1, question_id=question.id),
        ),
        questions_asked=(asked,),
    )
    return Scene(state=state, plan=plan, question=question, turn=1, now=answered_at, next_question=following)


@pytest.mark.parametrize("name", PLANS)
def test_the_plans_own_follow_ups_and_the_scripts_phrases_trip_nothing(name: str) -> None:
    plan = PLANS[name]
    for question in plan.questions:
        scene = after(question, plan, "I am not sure.")
        for follow_up in question.follow_ups:
            assert review(RULES, scene, Draft("ask_followup", f"Thank you. {follow_up}")).trips == ()
        for words in (*SCRIPT.acknowledge, *SCRIPT.probe, *SCRIPT.explain, *SCRIPT.move_on):
            assert review(RULES, scene, Draft("new_question", words, question.prompt)).trips == ()


@pytest.mark.parametrize("name", PLANS)
def test_every_core_question_has_other_words_that_tell_nothing(name: str) -> None:
    plan = PLANS[name]
    for question in (plan.by_id[one] for phase in plan.phases for one in phase.core):
        assert question.rephrased and question.rephrased != question.prompt, question.id
        scene = after(question, plan, "Could you rephrase that?")
        unsaid = replace(scene, question=replace(question, rephrased=""))
        trips = review(RULES, unsaid, Draft("clarify", question.rephrased)).trips
        assert trips == (), question.id


@pytest.mark.parametrize("name", PLANS)
def test_no_honest_answer_is_taken_for_an_attack(name: str) -> None:
    plan = PLANS[name]
    for question in plan.questions:
        if question.reference is None:
            continue
        for answer in (question.reference.strong, question.reference.average, question.reference.weak):
            assert examine(RULES, after(question, plan, answer)).trips == ()


@pytest.mark.parametrize("name", PLANS)
def test_a_strong_answer_is_never_told_but_may_be_repeated_to_who_gave_it(name: str) -> None:
    plan = PLANS[name]
    told = 0
    for question in plan.questions:
        if question.reference is None or question.answer_mode != "spoken":
            continue
        strong = question.reference.strong
        draft = Draft("ask_followup", f"Would you say this: {strong[:200]}")
        assert "no_leak" in [trip.rule for trip in review(RULES, after(question, plan, "No idea."), draft).trips]
        own = review(RULES, after(question, plan, strong), Draft("ask_followup", f"You said: {strong[:200]}"))
        assert not [trip for trip in own.trips if trip.detail.endswith(question.id)]
        told += 1
    assert told >= 10


@pytest.mark.parametrize("name", PLANS)
def test_which_option_is_right_stays_a_secret_though_all_were_told(name: str) -> None:
    plan = PLANS[name]
    for question in plan.questions:
        if question.answer_mode != "choice" or not hasattr(question.grader, "answer"):
            continue
        right = str(question.grader.answer).upper()
        verdict = review(RULES, after(question, plan, "Hm."), Draft("clarify", f"Think about option {right} again."))
        assert "no_leak" in [trip.rule for trip in verdict.trips]


SPOKEN = read_yaml(ROOT / "tests" / "data" / "policies" / "off_limits.yaml").data


def trips_of(words: str) -> list[str]:
    """The rules on topic and tone that trip on a follow-up."""
    plan = PLANS["backend-engineer"]
    scene = after(plan.by_id["be-slow-service"], plan, "I am not sure.")
    found = review(RULES, scene, Draft("ask_followup", words)).trips
    return [trip.detail for trip in found if trip.rule in ("off_limits", "tone")]


@pytest.mark.parametrize("words", SPOKEN["fine"])
def test_terms_of_the_trades_touch_no_protected_topic(words: str) -> None:
    assert trips_of(words) == []


@pytest.mark.parametrize(("topic", "words"), [(topic, said) for topic, told in SPOKEN["off"].items() for said in told])
def test_a_question_about_a_protected_topic_is_never_asked_in_any_of_four_languages(topic: str, words: str) -> None:
    assert trips_of(words) == [f"touches {topic}"]


def test_an_interviewer_who_calls_something_obvious_is_rewritten() -> None:
    assert trips_of("Obviously the index is missing. What else could it be?") == ["says “obviously”"]


def test_a_term_hides_no_protected_topic_next_to_it() -> None:
    assert trips_of("Is your race condition fixed, and what is your race?") == ["touches origin and race"]
