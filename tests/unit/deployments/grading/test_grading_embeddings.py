"""Coverage by meaning: a tiny encoder, built here as a real ONNX model, knows synonyms that share no letters."""

import huggingface_hub
import msgspec
import numpy as np
import onnx
import pytest
import tokenizers
from huggingface_hub.utils import filter_repo_objects
from onnx import TensorProto, helper, numpy_helper

from deployments.grading.config import GradingConfig, MeaningThresholds
from deployments.grading.contract import GradeRequest
from deployments.grading.graders.coverage.coverage import GRADER, GRADER_BY_MEANING, grade_coverage
from deployments.grading.graders.coverage.embedding import Meaning
from deployments.grading.graders.coverage.embedding_onnx import OnnxSentenceEmbedder
from deployments.grading.service import GradingService
from deployments.llm.engines.weights import pull_model
from deployments.shell.egress import VARIABLE
from interview.errors import ConfigError
from interview.plans.questions import KeyPoint, Question, RubricGrading

#: Each row is one meaning: its words have the same vector, and different rows have vectors at right angles.
MEANINGS = (
    ("rollback", "undo"), ("deployment", "release"), ("quickly", "fast"), ("monitor", "watch"), ("errors", "failures"),
    ("cats", "felines"), ("purr",), ("loudly",), ("first",), ("then",),
)  # fmt: skip
UNKNOWN, PADDING_MEANS = 1, len(MEANINGS)
LONG = "".join(f"Cats number {n} purr. " for n in range(70))

QUESTION = Question(
    id="q-release",
    prompt="What makes shipping safe?",
    type="technical",
    skill="reliability",
    grader=RubricGrading(),
    key_points=(KeyPoint("rollback deployment quickly"), KeyPoint("monitor errors")),
)


def build_model(folder, *, inputs=("input_ids", "attention_mask", "token_type_ids"), rank=3):
    """``tokenizer.json`` and ``model.onnx``: a look-up of one vector per word. Padding has a vector, too (a trap)."""
    vocabulary = {"[PAD]": 0, "[UNK]": UNKNOWN}
    table = np.zeros((2 + sum(map(len, MEANINGS)), len(MEANINGS) + 1), np.float32)
    table[0, PADDING_MEANS] = 5.0
    for meaning, words in enumerate(MEANINGS):
        for word in words:
            vocabulary[word] = len(vocabulary)
            table[vocabulary[word], meaning] = 1.0
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    # As the hub's all-MiniLM does: its tokenizer pads and cuts to 128.
    tokenizer.enable_padding(length=128)
    tokenizer.enable_truncation(128)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["n", "length", table.shape[1]])
    if rank == 2:
        nodes.append(helper.make_node("ReduceMean", ["last_hidden_state"], ["pooled"], axes=[1], keepdims=0))
        output = helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["n", table.shape[1]])
    graph = helper.make_graph(
        nodes,
        "synonyms",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "length"]) for name in inputs],
        [output],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / "model.onnx")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build_model(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def meaning(folder):
    return Meaning(OnnxSentenceEmbedder(folder), MeaningThresholds())


def test_rows_have_length_one_and_stay_in_order_whatever_the_lengths(folder):
    texts = ["cats", "undo the release then watch first", "", "felines purr loudly", *["rollback"] * 40]
    rows = OnnxSentenceEmbedder(folder).embed(texts)
    assert rows.shape == (len(texts), len(MEANINGS) + 1) and rows.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=1)
    assert lengths == pytest.approx([0.0 if not text else 1.0 for text in texts], abs=1e-6)
    assert rows[0].argmax() == 5
    assert rows[-1].argmax() == 0
    assert OnnxSentenceEmbedder(folder).embed([]).shape[0] == 0


def test_padding_weighs_nothing(folder):
    together = OnnxSentenceEmbedder(folder).embed(["cats", "cats purr loudly first then watch failures"])
    assert together[0] == pytest.approx(OnnxSentenceEmbedder(folder).embed(["cats"])[0])
    assert together[0, PADDING_MEANS] == 0.0


def test_a_point_made_in_other_words_counts_and_the_quote_is_the_sentence_itself(meaning):
    answer = "Cats purr loudly. Undo the release fast!  Then watch failures."
    assert grade_coverage(QUESTION, answer).score == 0.0
    grade = grade_coverage(QUESTION, answer, meaning)
    assert grade.score == 1.0
    assert grade.grader == GRADER_BY_MEANING
    assert "by meaning, in other words: rollback deployment quickly; monitor errors" in grade.rationale
    assert [(one.quote, one.supports) for one in grade.evidence] == [
        ("Undo the release fast", "rollback deployment quickly (by meaning)"),
        ("Then watch failures", "monitor errors (by meaning)"),
    ]
    assert all(answer[one.start : one.end] == one.quote for one in grade.evidence)


def test_the_same_words_are_not_said_to_be_a_matter_of_meaning(meaning):
    answer = "Rollback the deployment quickly. Watch failures."
    grade = grade_coverage(QUESTION, answer, meaning)
    assert grade.score == 1.0
    assert [one.supports for one in grade.evidence] == ["rollback deployment quickly", "monitor errors (by meaning)"]


def test_what_means_something_else_does_not_count(meaning):
    grade = grade_coverage(QUESTION, "Felines purr loudly, first cats, then others.", meaning)
    assert grade.score == 0.0
    assert "by meaning" not in grade.rationale


@pytest.mark.parametrize(
    "answer", ["Undo the release fast.", "Cats purr.", "I don't know.", "", "Monitor errors, monitor failures."]
)
def test_meaning_never_takes_away_and_never_makes_a_grade_surer(meaning, answer):
    words, both = grade_coverage(QUESTION, answer), grade_coverage(QUESTION, answer, meaning)
    assert both.score >= words.score
    assert both.confidence == words.confidence
    assert both.needs_review == words.needs_review
    assert both.provisional == words.provisional


def test_half_alike_is_half_a_point(folder):
    embedder = OnnxSentenceEmbedder(folder)
    answer = "Undo cats purr."  # one of three meanings: a cosine of 1/3
    strict = Meaning(embedder, MeaningThresholds(made=0.9, touched=0.3))
    question = msgspec.structs.replace(QUESTION, key_points=QUESTION.key_points[:1])
    assert grade_coverage(question, answer, strict).score == 0.5
    assert grade_coverage(question, answer, Meaning(embedder, MeaningThresholds(made=0.9, touched=0.4))).score == 0.0


def test_a_very_long_answer_is_compared_in_part_and_the_grade_says_so(meaning):
    grade = grade_coverage(QUESTION, LONG + "Undo the release fast.", meaning)
    assert grade.score == 0.0
    assert "Only the first 60 sentences were compared by meaning." in grade.rationale


async def test_the_tier_compares_by_meaning_when_it_is_configured(folder):
    request = GradeRequest(question=QUESTION, answer="Undo the release fast.")
    for config, score, grader in (
        (GradingConfig(), 0.0, GRADER),
        (GradingConfig(embeddings=str(folder)), 0.5, GRADER_BY_MEANING),
    ):
        service = GradingService(config)
        try:
            grade = await service.grade(request)
        finally:
            await service.stop()
        assert (grade.score, grade.grader) == (score, grader)
        assert grade.needs_review and grade.provisional


def test_the_hub_s_layout_is_read_as_it_is(tmp_path):
    folder = build_model(tmp_path)
    (folder / "onnx").mkdir()
    (folder / "model.onnx").rename(folder / "onnx" / "model.onnx")
    assert OnnxSentenceEmbedder(folder).embed(["cats"]).shape == (1, len(MEANINGS) + 1)


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_missing_weights_say_how_to_get_them_before_anything_is_served(tmp_path, missing):
    (build_model(tmp_path) / missing).unlink()
    with pytest.raises(ConfigError, match="interview models pull sentence-transformers/all-MiniLM-L6-v2") as caught:
        GradingService(GradingConfig(embeddings=str(tmp_path)))
    assert missing in caught.value.message
    assert str(tmp_path) in caught.value.message


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_a_file_that_is_no_model_is_a_configuration_error(tmp_path, broken):
    (build_model(tmp_path) / broken).write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(ConfigError, match="cannot be read as an embedding model"):
        OnnxSentenceEmbedder(tmp_path)


@pytest.mark.parametrize("shape", [{"inputs": ("input_ids", "pixel_values")}, {"inputs": ("input_ids",)}, {"rank": 2}])
def test_a_model_of_another_kind_is_refused(tmp_path, shape):
    with pytest.raises(ConfigError, match="not a sentence encoder"):
        OnnxSentenceEmbedder(build_model(tmp_path, **shape))


def test_pulling_an_embedding_model_brings_its_plain_export_and_no_other_model_s(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, "allowed")
    asked = {}
    monkeypatch.setattr(
        huggingface_hub, "snapshot_download", lambda name, **options: asked.update({name: options}) or str(tmp_path)
    )
    exports = ["onnx/model.onnx", "onnx/model_qint8_avx512.onnx", "onnx/model_O4.onnx"]
    for name, wanted in (("sentence-transformers/all-MiniLM-L6-v2", exports[:1]), ("acme/tiny-instruct", [])):
        assert pull_model(name) == tmp_path
        patterns = asked[name]["allow_patterns"]
        assert list(filter_repo_objects(exports, allow_patterns=patterns)) == wanted
        assert list(filter_repo_objects(["tokenizer.json"], allow_patterns=patterns))


@pytest.mark.parametrize("made, touched", [(0.5, 0.5), (0.4, 0.6), (1.0, 0.5), (0.5, 0.0)])
def test_thresholds_out_of_order_are_refused(made, touched):
    with pytest.raises(msgspec.ValidationError, match="touched"):
        msgspec.convert({"meaning": {"made": made, "touched": touched}}, GradingConfig)
