"""The rules of every grade: hints cost, unsure words bound confidence, an empty answer scores 0."""

from __future__ import annotations

import msgspec
import pytest

from deployments.agent.turn.turn_tools import ungraded
from deployments.grading.config import FakeGradingConfig, GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.fake import FakeGrading
from deployments.grading.graders.registry import not_scored
from deployments.grading.service import GradingService
from interview.errors import EngineUnavailable, InvalidInput, UnsupportedRequest
from interview.grades import Grade
from interview.plans.questions import (
    AnyGrader,
    KeyPoint,
    MultipleChoice,
    Numeric,
    Option,
    Question,
    ReferenceAnswers,
    RubricGrading,
    ShortText,
    Ungraded,
)

OPEN = Question(
    id="q",
    type="technical",
    skill="s",
    prompt="How would you keep a payment from being charged twice?",
    grader=RubricGrading(),
    key_points=(
        KeyPoint("An idempotency key identifies the request", variants=("a unique request id sent with every retry",)),
        KeyPoint("The server stores the first response and replays it"),
    ),
)


def of(grader: AnyGrader) -> Question:
    return Question(id="q", type="technical", skill="s", prompt="How many?", grader=grader)


async def grade(question: Question, answer: str, **more: object) -> Grade:
    return await GradingService(GradingConfig()).grade(GradeRequest(question=question, answer=answer, **more))  # type: ignore[arg-type]


async def test_hints_come_off_the_score_and_the_rationale_says_so() -> None:
    got = await grade(of(Numeric(42)), "42", hint_cost=0.2)
    assert (got.score, got.level, got.hint_cost) == (0.8, "good", 0.2)
    assert "Hints took 0.2" in got.rationale


async def test_hints_never_push_a_score_below_zero() -> None:
    got = await grade(of(Numeric(42)), "41", hint_cost=0.5)
    assert (got.score, got.hint_cost) == (0.0, 0.0)


async def test_an_unsure_transcript_bounds_confidence_and_asks_for_review() -> None:
    got = await grade(of(Numeric(42)), "forty two", transcript_confidence=0.35)
    assert got.score == 1.0
    assert got.confidence == 0.35
    assert got.needs_review
    assert "unsure words" in got.review_reason


async def test_a_sure_transcript_leaves_the_grade_alone() -> None:
    got = await grade(of(Numeric(42)), "forty two", transcript_confidence=0.99)
    assert not got.needs_review


@pytest.mark.parametrize("answer", ["", "  \n", "...", "!?"])
async def test_silence_is_zero_and_says_why(answer: str) -> None:
    for question in (OPEN, of(Numeric(1)), of(ShortText(("x",)))):
        got = await grade(question, answer)
        assert (got.score, got.level, got.rationale) == (0.0, "missing", "No answer was given.")


@pytest.mark.parametrize("answer", ["I don't know", "um, sorry, I have no idea", "skip", "Pass."])
async def test_a_dont_know_is_zero_with_the_words_as_evidence(answer: str) -> None:
    got = await grade(OPEN, answer)
    assert got.score == 0.0
    assert got.evidence[0].quote == answer
    assert not got.needs_review


@pytest.mark.parametrize("answer", ["asdfgh qwrtzp xkcdvb", "la la la la la la la la", "sdfkjh"])
async def test_gibberish_is_zero_and_called_so(answer: str) -> None:
    got = await grade(OPEN, answer)
    assert (got.score, got.rationale) == (0.0, "The answer is not understandable text.")


async def test_fillers_case_and_punctuation_change_nothing() -> None:
    plain = await grade(OPEN, "an idempotency key identifies the request")
    messy = await grade(OPEN, "um, well, AN idempotency key, uh, identifies like the request!!")
    assert plain.score == messy.score
    assert plain.score >= 0.5


async def test_coverage_is_provisional_quotes_the_answer_and_names_what_is_missing() -> None:
    answer = "Well, I would send a unique request id with every retry. That is about it."
    got = await grade(OPEN, answer)
    assert 0.4 <= got.score <= 0.6
    assert got.provisional
    assert got.needs_review
    assert got.confidence <= 0.6
    assert "No language model" in got.review_reason
    assert "stores the first response" in got.rationale
    (quote,) = got.evidence
    assert answer[quote.start : quote.end] == quote.quote == "Well, I would send a unique request id with every retry"


async def test_a_coverage_grade_is_the_weighted_mean_of_its_key_points() -> None:
    heavy, light = OPEN.key_points
    weighted = msgspec.structs.replace(OPEN, key_points=(msgspec.structs.replace(heavy, weight=3.0), light))
    got = await grade(weighted, "Well, I would send a unique request id with every retry.", hint_cost=0.25)
    assert [(part.criterion, part.weight) for part in got.criteria] == [(heavy.text, 3.0), (light.text, 1.0)]
    assert [part.level for part in got.criteria] == [2, 0]
    mean = sum(part.score * (part.weight or 0) for part in got.criteria) / 4
    assert got.hint_cost == 0.25
    assert got.score == pytest.approx(mean - 0.25)


async def test_repeating_the_question_earns_nothing() -> None:
    question = Question(
        id="q",
        type="technical",
        skill="s",
        prompt="How does an idempotency key identify the request?",
        grader=RubricGrading(),
        key_points=OPEN.key_points,
    )
    got = await grade(question, "How does an idempotency key identify the request?")
    assert got.score == 0.0


async def test_without_key_points_the_strong_reference_serves() -> None:
    reference = ReferenceAnswers(
        strong="Use an index on the column. Measure with explain.", average="Use an index.", weak="Buy hardware."
    )
    question = Question(
        id="q", type="technical", skill="s", prompt="Slow query?", grader=RubricGrading(), reference=reference
    )
    assert (await grade(question, "I would put an index on that column")).score >= 0.5


async def test_with_nothing_to_compare_the_grade_says_a_person_must() -> None:
    question = Question(id="q", type="opener", skill="s", prompt="Tell me.", grader=RubricGrading())
    got = await grade(question, "I have built search engines for ten years.")
    assert got.confidence == 0.0
    assert got.needs_review


async def test_a_question_without_grader_is_not_scored() -> None:
    assert (await grade(of(Ungraded()), "hello")).level == "not scored"


async def test_a_key_that_cannot_be_used_is_refused() -> None:
    options = (Option("a", "x"), Option("b", "y"))
    with pytest.raises(InvalidInput):
        await grade(of(MultipleChoice(options, "z")), "a")
    with pytest.raises(InvalidInput):
        await grade(of(Numeric(1, low=3, high=2)), "1")
    with pytest.raises(InvalidInput):
        await grade(of(ShortText(())), "1")


async def test_overlong_answers_are_cut_and_the_grade_says_so() -> None:
    service = GradingService(GradingConfig(max_answer_chars=10))
    got = await service.grade(GradeRequest(question=of(Numeric(42)), answer="forty two " + "blah " * 1000))
    assert "first 10 characters" in got.review_reason


async def test_background_work_without_a_queue_is_refused_and_not_lost_silently() -> None:
    service = GradingService(GradingConfig())
    with pytest.raises(UnsupportedRequest):
        await service.evaluate("t", "i")


async def test_the_fake_is_seeded_and_takes_the_time_it_was_told() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    config = FakeGradingConfig(seed=3, service_time="fixed", service_ms=20)
    request = GradeRequest(question=OPEN, answer="some words")
    first = await FakeGrading(config, sleep=sleep).grade(request)
    again = await FakeGrading(config, sleep=sleep).grade(request)
    other = await FakeGrading(FakeGradingConfig(seed=4), sleep=sleep).grade(request)
    assert first == again != other
    assert waits[:2] == [0.02, 0.02]


def test_an_outage_and_an_unscored_question_are_told_apart_and_neither_is_a_judgement() -> None:
    outage, by_design = ungraded(EngineUnavailable("The grading tier is down.")), not_scored()
    assert (outage.grader, by_design.grader) == ("unavailable", "not scored")
    assert outage.needs_review and not by_design.needs_review
    assert not outage.is_judgement and not by_design.is_judgement
