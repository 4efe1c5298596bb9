"""Real weights interview: SmolLM2-135M-Instruct holds a short interview on transformers and on vLLM's CPU build.

It speaks fluently and shallowly. So the claim is not quality but that real weights fit the schema, the rules hold, and
the interview ends properly.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from deployments.agent.config import AgentConfig
from deployments.grading.config import JudgeConfig
from deployments.grading.judge.prompt import VERSION
from deployments.grading.judge.rubric import RubricJudge
from deployments.llm.config import LlmConfig, TransformersConfig
from deployments.llm.contract import LanguageModel
from interview.errors import InvalidModelOutput
from interview.plans.files import load_plan
from interview.plans.questions import KeyPoint, Question, RubricGrading
from interview.sessions.events import FallbackEntered, PlanMade
from interview.text.machine_orders import orders_in
from storage.weights.resolve import resolve_weights
from tests.support.model_stage import model_stage
from tests.support.paths import TESTS

pytestmark = [pytest.mark.models, pytest.mark.timeout(3600)]

_SPEC = importlib.util.spec_from_file_location("engines", Path(__file__).with_name("engines.py"))
assert _SPEC is not None and _SPEC.loader is not None
engines = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(engines)

NAME = "smollm2-135m-instruct"
WINDOW_TOKENS = 4096
#: Only a turn that hangs takes as long: on two slow cores that other tests share, one decision took more than 60 s.
DEADLINE_S = 600.0
PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
ANSWERS = (
    "I build the billing service of a logistics company together with four other people",
    "Every write must also update the index, so inserts and updates get slower, and it needs space on the disk",
    "forty two",
    "All of its changes happen or none of them does at all, even when the machine fails in between",
    "We disagreed about a deadline, I measured the remaining work and we settled on a later date together",
    "No, thanks",
)


def unpacked(directory: Path) -> Path:
    """The weights as safetensors, which vLLM loads."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    (file,) = resolve_weights(NAME).manifest.files
    source = {"pretrained_model_name_or_path": resolve_weights(NAME).path, "gguf_file": file.name}
    model = AutoModelForCausalLM.from_pretrained(**source, quantization_config=GgufConfig(dequantize=True))
    model.float().save_pretrained(directory)
    AutoTokenizer.from_pretrained(**source).save_pretrained(directory)
    return directory


def served(engine: str, tmp: pytest.TempPathFactory) -> AbstractAsyncContextManager[LanguageModel]:
    if engine == "vllm":
        config = engines.vllm_config(unpacked(tmp.mktemp(NAME)), WINDOW_TOKENS)
        return engines.over_serve(msgspec.structs.replace(config, deadline_s=DEADLINE_S))
    settings = TransformersConfig(device="cpu", dtype="float32", max_batch=2, num_threads=1, kv_cache_gib=1.0)
    config = LlmConfig(
        engine="transformers",
        model=NAME,
        max_model_len=WINDOW_TOKENS,
        deadline_s=DEADLINE_S,
        transformers=settings,
    )
    return engines.hosted(config)


@pytest_asyncio.fixture(params=["transformers", "vllm"], scope="module", loop_scope="module")
async def model(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LanguageModel]:
    async with served(request.param, tmp_path_factory) as ready:
        yield ready


@pytest.mark.asyncio(loop_scope="module")
async def test_real_weights_hold_an_interview_to_its_end(model: LanguageModel) -> None:
    config = AgentConfig(
        interviewer="model",
        decide_deadline_s=DEADLINE_S,
        model_window_tokens=WINDOW_TOKENS,
        reply_tokens=160,
        temperature=0,
    )
    stage = model_stage(model, PLAN, config)
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    for _ in range(24):
        if not candidate.response["should_continue"]:
            break
        asked = len((await stage.state()).questions_asked)
        await asyncio.wait_for(candidate.answer(ANSWERS[min(asked, len(ANSWERS)) - 1]), 2 * DEADLINE_S)
    state = await stage.state()
    assert state.status == "concluded" and PLAN.closing in candidate.response["text"]
    log = [event.data for event in await stage.log()]
    decided = [made for made in log if isinstance(made, PlanMade) and made.output]
    assert len(decided) >= 3
    assert all(made.output["utterance"] for made in decided)
    # What a rule refused is the rule's business, and so small a model may repeat itself until its tokens end.
    # The engine and the schema never fail.
    reasons = [one.reason for one in log if isinstance(one, FallbackEntered) and one.tier == "llm"]
    refused = (
        "off policy",
        "off plan",
        "invalid-model-output: The model's answer has no utt",
        "invalid-model-output: The model's answer was cut off",
    )
    assert [reason for reason in reasons if not reason.startswith(refused)] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_real_weights_judge_with_quotes_that_exist_or_ask_for_a_person(model: LanguageModel) -> None:
    """No claim about the grades: the properties that hold with any model."""
    question = Question(
        id="payment",
        type="technical",
        skill="design",
        prompt="How do you keep a payment from being charged twice?",
        grader=RubricGrading(samples=2),
        key_points=(KeyPoint("an idempotency key identifies the request"), KeyPoint("the server keeps the response")),
    )
    honest = "I send an idempotency key with each request. The server keeps the first response. It expires later."
    orders = [
        json.loads(line)["text"] for line in (TESTS / "data" / "grading" / "injections.jsonl").read_text().splitlines()
    ]
    judge = RubricJudge(model, JudgeConfig(temperature=1.0, deadline_s=DEADLINE_S))
    judged = 0
    for answer in (
        honest,
        "An idempotency key does not identify the request.",
        *(f"{honest} {one}" for one in orders[:6]),
    ):
        try:
            grade = await judge.grade(question, answer)
        except InvalidModelOutput:
            continue  # the provisional grade stands, for a person
        judged += 1
        assert grade.prompt == VERSION
        for one in grade.evidence:
            assert answer[one.start : one.end] == one.quote
        for part in grade.criteria:
            assert part.quote in answer
            assert part.score == 0.0 or part.quote
        if answer.startswith("An idempotency key does not"):
            assert grade.criteria[0].score == 0.0
        if answer.startswith(honest) and answer != honest and orders_in(answer):
            assert grade.needs_review
    assert judged >= 6
