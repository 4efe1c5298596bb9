"""Coverage by meaning, on the encoder that ships with the platform and on answers that people have graded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from benchmarks import open_answers
from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.graders.coverage.alignment import Aligner, load_aligner
from deployments.grading.graders.coverage.by_meaning import CHARS_BY_MEANING
from deployments.grading.graders.coverage.coverage import GRADER, GRADER_BY_MEANING, grade_coverage
from deployments.grading.service import GradingService
from deployments.retrieval.engines.token_encoder import TokenEncoder
from interview.errors import ConfigError, ModelMissing
from interview.plans.files import load_plan, load_plans
from interview.plans.questions import KeyPoint, Question, ReferenceAnswers, RubricGrading
from storage.weights.resolve import resolve_weights
from tests.support.paths import CONFIGS, TESTS

# The fixture grades 1,152 answers in four ways.
pytestmark = pytest.mark.timeout(900)

ASAG = TESTS / "data" / "grading" / "asag" / "mohler-2011-dev.csv"

QUESTION = Question(
    id="q-counter",
    prompt="Two requests update the same counter in a database. How do you keep the value right?",
    type="technical",
    skill="databases",
    grader=RubricGrading(),
    key_points=(KeyPoint("lock the row while it is changed"), KeyPoint("retry the update after a conflict")),
)


@pytest.fixture(scope="module")
def encoder() -> TokenEncoder:
    return TokenEncoder(resolve_weights("minilm-l6-v2-int8").path)


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return load_aligner()


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return open_answers.measure(ASAG)


def test_scores_agree_with_people_as_well_as_people_do(figures: dict[str, Any]) -> None:
    # Two people correlate 0.60 over the whole set, and 0.55 over this half of it.
    assert figures["pearson"]["curve fitted to other questions"] >= 0.60
    assert figures["pearson"]["shipped"] >= 0.60


def test_the_confidence_is_the_share_of_scores_that_people_share(figures: dict[str, Any]) -> None:
    assert figures["confidence"]["ece"] <= 0.1


def test_an_answer_to_another_question_earns_little(figures: dict[str, Any]) -> None:
    assert figures["answers to other questions"]["mean score"] <= 0.2


def test_a_paraphrase_earns_the_point_and_is_quoted(aligner: Aligner) -> None:
    question = msgspec.structs.replace(QUESTION, key_points=(KeyPoint("ask the customer about their reasons"),))
    answer = "I would find out why the client wants to leave. Then I call."
    assert grade_coverage(question, answer).score == 0.0
    grade = grade_coverage(question, answer, aligner)
    assert grade.score >= 0.5
    assert grade.grader == GRADER_BY_MEANING
    assert grade.needs_review and grade.provisional
    assert all(answer[one.start : one.end] == one.quote for one in grade.evidence)


@pytest.mark.parametrize(
    "answer",
    [
        "Never hold a lock on the row during the modification.",
        "Taking an exclusive row lock for the modification is a bad idea.",
        "lock row changed retry update conflict database value counter request",
        "Two requests update the same counter in the database, and the value must be kept right.",
        "Cats purr when they are happy and sleep most of the day.",
    ],
)
def test_denials_lists_echoes_and_other_subjects_earn_nothing(aligner: Aligner, answer: str) -> None:
    assert grade_coverage(QUESTION, answer, aligner).score <= 0.2


def test_a_condition_that_is_denied_does_not_deny_the_point(aligner: Aligner) -> None:
    question = Question(
        id="q-constructor",
        prompt="When does C++ create a default constructor?",
        type="technical",
        skill="programming",
        grader=RubricGrading(),
        reference=ReferenceAnswers(
            strong="If no constructor is provided, the compiler provides one by default.", average="-", weak="-"
        ),
    )
    right = "The compiler creates a default constructor when we do not define one in our class file."
    assert grade_coverage(question, right, aligner).score >= 0.8


def test_a_reference_answer_of_one_word_is_found(aligner: Aligner) -> None:
    question = Question(
        id="q-enqueue",
        prompt="What is the stack operation corresponding to the enqueue operation in queues?",
        type="technical",
        skill="programming",
        grader=RubricGrading(),
        reference=ReferenceAnswers(strong="push", average="-", weak="-"),
    )
    assert grade_coverage(question, "Push.", aligner).score >= 0.9
    assert grade_coverage(question, "The destructor of the class.", aligner).score <= 0.3


def test_a_very_long_answer_is_compared_in_part_and_the_grade_says_so(aligner: Aligner) -> None:
    told = " ".join(row.answer for row in open_answers.read(ASAG)[:200])[: CHARS_BY_MEANING + 100]
    answer = told + ". Hold an exclusive row-level lock during the modification."
    grade = grade_coverage(QUESTION, answer, aligner)
    assert f"Only the first {CHARS_BY_MEANING:,} characters were compared by meaning." in grade.rationale


def test_vectors_have_length_one_and_do_not_depend_on_what_was_encoded_before(encoder: TokenEncoder) -> None:
    first = encoder.encode("lock the row")
    encoder.encode("something else, and much longer than the first text was")
    again = encoder.encode("lock the row")
    assert np.array_equal(first.contextual, again.contextual)
    assert np.linalg.norm(first.contextual, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert [tuple(span) for span in first.spans.tolist()] == [(0, 4), (5, 8), (9, 12)]


@pytest.mark.parametrize("text", ["", " ", "…", "word " * 2000])
def test_texts_of_every_length_are_encoded(encoder: TokenEncoder, text: str) -> None:
    found = encoder.encode(text)
    assert len(found.ids) == len(found.spans) == len(found.contextual) == len(found.lexical)


async def test_the_tier_compares_by_meaning_unless_it_is_configured_not_to() -> None:
    request = GradeRequest(question=QUESTION, answer="Hold an exclusive row-level lock during the modification.")
    for config, grader in ((GradingConfig(embeddings=None), GRADER), (GradingConfig(), GRADER_BY_MEANING)):
        service = GradingService(config)
        try:
            grade = await service.grade(request)
        finally:
            await service.stop()
        assert grade.grader == grader
        assert grade.needs_review and grade.provisional


def test_an_unknown_model_says_how_to_get_it() -> None:
    with pytest.raises(ModelMissing, match="interview models list"):
        GradingService(GradingConfig(embeddings="minilm-l99"))


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_a_directory_without_a_model_is_a_configuration_error(tmp_path: Path, broken: str) -> None:
    shutil.copytree(resolve_weights("minilm-l6-v2-int8").path, tmp_path / "model")
    (tmp_path / "model" / broken).write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(ConfigError, match="cannot be read as a token encoder"):
        TokenEncoder(tmp_path / "model")


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    shutil.copy(resolve_weights("minilm-l6-v2-int8").path / "tokenizer.json", tmp_path)
    given = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "length"])
    made = helper.make_tensor_value_info("pooled", TensorProto.INT64, ["n", "length"])
    graph = helper.make_graph([helper.make_node("Identity", ["input_ids"], ["pooled"])], "other", [given], [made])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "model.onnx"
    )
    with pytest.raises(ConfigError, match="is not a token encoder"):
        TokenEncoder(tmp_path)


BANKS = load_plans(CONFIGS / "interviews")["backend-engineer"].by_id


def test_a_good_answer_to_another_question_of_the_field_scores_low_and_says_so(aligner: Aligner) -> None:
    question, other = BANKS["be-retry-storm"], BANKS["be-observability"].reference
    assert other is not None and question.reference is not None
    foreign = grade_coverage(question, other.strong, aligner)
    assert foreign.score < 0.3 and foreign.needs_review  # 0.77 without regard to the whole answer
    assert "about something else" in foreign.rationale
    own = grade_coverage(question, question.reference.strong, aligner)
    assert own.score > 0.8 and "about something else" not in own.rationale


@pytest.mark.parametrize(
    ("answer", "sure"),
    [
        ("Use an idempotency key.", False),
        ("The client chooses an idempotency key, and the retry gets the stored result.", False),
        ("", True),  # the strong answer
    ],
)
def test_words_that_are_counted_for_many_points_make_no_sure_grade(aligner: Aligner, answer: str, sure: bool) -> None:
    question = load_plan(CONFIGS / "interviews" / "backend-engineer.yaml").by_id["be-idempotent-payment"]
    assert question.reference is not None
    grade = grade_coverage(question, answer or question.reference.strong, aligner)
    assert (grade.confidence > 0.9) is sure
    assert ("short for so many points" in grade.rationale) is not sure
    assert grade.confidence > 0.9 or grade.confidence <= 0.35


def test_a_wrong_sentence_of_the_right_words_scores_low_and_says_why(aligner: Aligner) -> None:
    question = load_plan(CONFIGS / "interviews" / "backend-engineer.yaml").by_id["be-idempotent-payment"]
    answer = "I would store the unique constraint in the idempotency key and charge twice, then return both."
    grade = grade_coverage(question, answer, aligner)
    assert grade.score < 0.3 and grade.confidence < 0.3  # 0.99 and 0.35 before the model of assertions
    assert "named, but not asserted" in grade.rationale
