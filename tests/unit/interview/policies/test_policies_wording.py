"""The rules about single sentences find what real models said, leave the rest, and let a good interviewer speak."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from interview.plans.files import load_plan
from interview.plans.plan import reference
from interview.policies.files import load_policies
from interview.policies.judge import review
from interview.policies.rules import Draft, Judgement, PolicySet, Scene
from interview.sessions.session import AskedQuestion, ConversationTurn, SessionState
from tests.support.paths import CONFIGS, TESTS

PLAN = load_plan(CONFIGS / "interviews" / "backend-engineer.yaml")
RULES = load_policies(CONFIGS / "policies")["default"]
SAID_BY_MODELS = yaml.safe_load((TESTS / "data" / "policies" / "model_words.yaml").read_text())
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ANSWER = (
    "I would give each request an idempotency key, store it with a unique constraint, and return the saved response "
    "when the key comes again."
)


def after(answer: str, *earlier: str) -> Scene:
    """The candidate answered be-idempotent-payment; the interviewer said ``earlier`` before."""
    question = PLAN.by_id["be-idempotent-payment"]
    asked = AskedQuestion(question.id, question.type, question.skill, "technical", 1, NOW)
    told = [ConversationTurn("interviewer", text, NOW, 0, question_id="be-opener") for text in earlier]
    put = ConversationTurn("interviewer", question.prompt, NOW, 1, question_id=question.id)
    answered = ConversationTurn("candidate", answer, NOW, 2, question_id=question.id)
    state = SessionState(
        interview_id="i",
        tenant="t",
        plan=reference(PLAN),
        started_at=NOW,
        last_updated=NOW,
        questions_asked=(asked,),
        conversation_history=(*told, put, answered),
    )
    return Scene(state=state, plan=PLAN, question=question, turn=2, now=NOW)


def spoken(words: str, *, action: Any = "new_question", answer: str = ANSWER, earlier: str = "") -> Judgement:
    verbatim = "What is a deadlock?" if action == "new_question" else ""
    return review(RULES, after(answer, earlier), Draft(action, words, verbatim))


def rules(verdict: Judgement) -> list[str]:
    return [trip.rule for trip in verdict.trips]


@pytest.mark.parametrize("said", SAID_BY_MODELS, ids=[f"{one['rule']}: {one['words'][:40]}" for one in SAID_BY_MODELS])
def test_what_real_models_said_is_found_and_the_rest_is_left(said: dict[str, Any]) -> None:
    alone = PolicySet(id="x", rules=tuple(rule for rule in RULES.rules if rule.name == said["rule"]))
    verdict = review(alone, after(said["answer"]), Draft(said["action"], said["words"], "What is a deadlock?"))
    assert rules(verdict) == [said["rule"]]
    assert verdict.words == said["left"]


def test_every_rule_about_words_of_models_has_words_of_a_model() -> None:
    wanted = {"tone", "one_question", "promises", "repeated_questions", "empty_words"}
    assert {said["rule"] for said in SAID_BY_MODELS} >= wanted


GOOD = [
    ("new_question", "Thank you."),
    ("new_question", "Thank you. So the key is stored with a unique constraint."),
    ("new_question", "You would return the saved response, then."),
    ("new_question", "I hear that the saved response is returned."),
    ("ask_followup", "You store the key with a constraint. How long do you keep it?"),
    ("ask_followup", "Which response do you save, and for how long?"),
    ("ask_followup", "What happens to the key when the first request fails?"),
    ("clarify", "The client sends one payment twice. How do you charge the customer once, and how do you know it?"),
    ("clarify", PLAN.by_id["be-idempotent-payment"].prompt),
    ("conclude", "Thank you for your answers about the key and the constraint."),
]


@pytest.mark.parametrize(("action", "words"), GOOD)
def test_a_good_interviewer_is_not_cut_short(action: str, words: str) -> None:
    assert spoken(words, action=action).trips == ()


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Thank you for sharing your experience with us.", ""),
        ("Thank you. That is a clear answer. Let's continue.", "Thank you. Let's continue."),
        ("So you save the response in Kafka and roll the broker back at night.", ""),
    ],
)
def test_a_statement_takes_up_what_was_said_and_nothing_else(words: str, left: str) -> None:
    verdict = spoken(words)
    assert (rules(verdict), verdict.words, verdict.outcome) == (["empty_words"], left, "speak")


def test_after_a_short_answer_there_is_nothing_to_take_up() -> None:
    assert spoken("Thank you for telling me that.", answer="Option B.").trips == ()
    unknown = "I am sorry, but I honestly do not know the answer to that one at all"
    assert spoken("That is no problem at all.", answer=unknown).trips == ()


def test_a_sentence_is_not_said_twice() -> None:
    again = "So the key is stored with a unique constraint."
    verdict = spoken(again, earlier=f"Thank you. {again}")
    assert (rules(verdict), verdict.words) == (["repeated_questions"], "")
    assert spoken("Thank you. So you save the response.", earlier="Thank you. Go on.").trips == ()


def test_the_open_question_is_said_again_only_to_explain_it() -> None:
    prompt = PLAN.by_id["be-idempotent-payment"].prompt
    assert "repeated_questions" in rules(spoken(prompt, action="ask_followup"))
    assert rules(spoken(prompt, action="clarify")) == []


def test_a_sentence_of_the_plan_is_found_inside_a_longer_one() -> None:
    words = "Thank you, now a client sends the same payment request twice because the first response was lost."
    assert "repeated_questions" in rules(spoken(words))


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("How long do you keep the key? What happens afterwards?", "How long do you keep the key?"),
        ("How long do you keep the key, and how do you delete it again?", "How long do you keep the key?"),
        ("Can you say where the key is stored and why you chose that store?", "Can you say where the key is stored?"),
    ],
)
def test_of_two_questions_the_first_is_asked(words: str, left: str) -> None:
    verdict = spoken(words, action="ask_followup")
    assert (rules(verdict), verdict.words) == (["one_question"], left)


def test_the_plans_own_follow_up_may_have_two_parts() -> None:
    own = "Where would you keep the record of the requests you have seen, and how do you find it again?"
    question = replace(PLAN.by_id["be-idempotent-payment"], follow_ups=(own,))
    assert review(RULES, replace(after(ANSWER), question=question), Draft("ask_followup", own)).trips == ()


def test_a_follow_up_that_loses_its_question_is_the_scripts_to_ask() -> None:
    asked = "How long do you keep the key in the table?"
    assert spoken(asked, action="ask_followup", earlier=asked).outcome == "scripted"
