"""A simulated candidate answers follow-ups with more of the same answer, not with a line that fits any question."""

from __future__ import annotations

from msgspec.structs import replace

from interview.plans.files import load_plan
from interview.text.sentences import sentences_of
from serve.simulation.candidate import Candidate
from serve.simulation.personas import load_personas
from tests.support.paths import CONFIGS

PLAN = load_plan(CONFIGS / "interviews" / "backend-engineer.yaml")
STRONG = replace(load_personas(CONFIGS / "interviews")["strong"], levels={"strong": 1.0}, keeps_back=2)
QUESTION = next(
    one for one in PLAN.questions if one.probes and one.reference and len(sentences_of(one.reference.strong)) >= 5
)


def test_what_an_answer_keeps_back_is_told_sentence_by_sentence_to_follow_ups() -> None:
    candidate = Candidate(STRONG, "seed")
    told = [candidate.reply(QUESTION, action).text for action in ("new_question", "ask_followup", "ask_followup")]
    assert QUESTION.reference is not None
    whole = sentences_of(QUESTION.reference.strong)
    assert told == [" ".join(whole[:-2]), *whole[-2:]]
    assert candidate.reply(QUESTION, "ask_followup").text in STRONG.more


def test_a_question_without_follow_ups_gets_the_whole_answer() -> None:
    plain = replace(QUESTION, probes=(), follow_ups=())
    assert QUESTION.reference is not None
    assert Candidate(STRONG, "seed").reply(plain, "new_question").text == " ".join(QUESTION.reference.strong.split())


def test_a_question_put_again_gets_the_same_answer_again() -> None:
    candidate = Candidate(STRONG, "seed")
    assert candidate.reply(QUESTION, "new_question") == candidate.reply(QUESTION, "clarify")
