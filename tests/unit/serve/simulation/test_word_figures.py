"""The figures of a model's words count what they say they count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from interview.grades import Evidence, Grade
from interview.plans.files import load_plan
from interview.sessions.events import (
    AnswerReceived,
    Event,
    FallbackEntered,
    GradeRecorded,
    GuardrailTripped,
    PlanMade,
    ResponseSent,
)
from interview.sessions.session import AgentAction
from serve.simulation.word_figures import WordFigures, summed, word_figures
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
DISK = "it takes additional disk space"
ANSWER = "Writing gets slower, because the database has to keep one more structure up to date for each row"


def turn(
    words: str,
    *,
    action: Any = "ask_followup",
    answer: str = ANSWER,
    source: str = "model",
    covered: tuple[str, ...] = (),
    before: tuple[Any, ...] = (),
    usage: dict[str, int] | None = None,
    output: dict[str, Any] | None = None,
) -> Iterator[Any]:
    decided = AgentAction(action_type=action, reasoning="r", next_phase="technical")
    evidence = tuple(Evidence(quote="q", supports=point) for point in covered)
    grade = Grade(score=0.5, level="partial", confidence=0.5, rationale="r", grader="coverage", evidence=evidence)
    yield AnswerReceived(turn=1, idempotency_key="k", text=answer)
    yield GradeRecorded(turn=1, question_id="index-cost", grade=grade)
    yield from before
    told = {"usage": usage or {}, **(output or {})}
    yield PlanMade(turn=1, action=decided, source=source, question_id="index-cost", output=told)
    yield ResponseSent(turn=1, text=words, action=decided, phase="technical", should_continue=True)


def figures(*turns: Iterator[Any]) -> WordFigures:
    payloads = [one for each in turns for one in each]
    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    return word_figures(PLAN, [Event(seq=seq, time=now, data=data) for seq, data in enumerate(payloads, start=1)])


def test_words_refer_when_they_share_a_word_of_content_with_an_answer_in_sentences() -> None:
    found = figures(
        turn("You said that writing gets slower. How much?"),
        turn("Can you say more?"),
        turn("Thank you.", action="new_question", answer="Slower writes."),
    )
    assert (found.asked, found.spoken, found.referring) == (3, 2, 1)


def test_an_answer_tells_something_when_it_holds_a_sentence_of_a_reference_answer() -> None:
    reference = PLAN.by_id["index-cost"].reference
    assert reference is not None
    evasion = "I would rather look at the bigger picture than at such small details of a database as these here."
    told = figures(
        turn("You named the cost of each write.", answer=reference.strong),
        turn("Noted.", answer=reference.strong),
        turn("You would rather look at the bigger picture.", answer=evasion),
    )
    assert (told.spoken, told.referring) == (3, 2)
    assert (told.telling, told.referring_to_told) == (2, 1)


def test_a_follow_up_is_targeted_when_it_asks_for_a_point_that_is_missing() -> None:
    space = "What about the space on the disk?"
    assert figures(turn(space)).targeted == 1
    assert figures(turn(space, covered=(DISK,))).targeted == 0
    assert figures(turn("What was the hardest part?")) == WordFigures(asked=1, spoken=1, follow_ups=1)


def test_a_sentence_said_before_or_elsewhere_in_the_plan_is_a_repetition() -> None:
    again = "How would you measure that on a busy table?"
    assert figures(turn(again), turn(f"Thank you. {again}")).repeats == 1
    assert figures(turn(PLAN.by_id["transaction"].prompt)).repeats == 1
    assert figures(turn("Thank you."), turn("Thank you.")).repeats == 0


def test_fallbacks_count_only_where_a_model_was_asked() -> None:
    fallback = FallbackEntered(turn=1, tier="llm", to="scripted", reason="off policy")
    found = figures(
        turn("Thank you.", source="scripted", before=(fallback,)),
        turn("Once more:", source="scripted"),
        turn("So writing gets slower.", before=(GuardrailTripped(turn=1, rule="tone", action="rewrite"),)),
    )
    assert (found.asked, found.fallbacks, found.rewritten) == (2, 1, 1)


def test_the_models_sentences_that_were_heard_are_counted_and_not_those_that_were_replaced() -> None:
    wrote = "So writing gets slower. How would you measure that?"
    whole = turn(wrote, output={"utterance": wrote})
    without_its_question = turn("So writing gets slower. What is a deadlock?", output={"utterance": wrote})
    replaced = turn("What is missing?", output={"utterance": "What is missing?", "own": {"utterance": wrote}})
    found = [figures(one) for one in (whole, without_its_question, replaced)]
    assert [(one.heard, one.wrote) for one in found] == [(2, 2), (1, 2), (0, 2)]


def test_tokens_are_added_up() -> None:
    usage = {"prompt_tokens": 1000, "cached_tokens": 900, "completion_tokens": 50}
    found = summed([figures(turn("Thank you.", usage=usage)), figures(turn("Thank you.", usage=usage))])
    assert (found.prompt_tokens, found.cached_tokens, found.completion_tokens) == (2000, 1800, 100)
