"""The promises of a language-model engine, checked on each: the fake, a real HTTP server behind the real ``openai``
client, a Serve handle, and (marker ``models``) transformers and vLLM with a tiny real model."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LanguageModel, LlmInfo
from interview.errors import ContextTooLong, DeadlineExceeded, InterviewError, InvalidInput, NotFound
from interview.plans.files import load_plan
from interview.sessions.events import PlanMade
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from storage.sessions.memory import MemorySessionStore
from tests.support.paths import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: What the interviewer's prompt may need.
WINDOW_TOKENS = 8192

#: What the agent asks for, bounded so that a model of random weights comes to an end within its tokens.
ACTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action_type": {"type": "string", "enum": ["ask_followup", "new_question", "clarify", "give_hint", "conclude"]},
        "confident": {"type": "boolean"},
        "level": {"type": "integer", "minimum": 1, "maximum": 5},
        "topics": {"type": "array", "items": {"type": "string", "maxLength": 6}, "maxItems": 2},
        "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/Phase"}]},
    },
    "required": ["action_type", "confident", "level", "topics", "next"],
    "additionalProperties": False,
    "$defs": {"Phase": {"type": "string", "enum": ["technical", "closing"]}},
}


def loaded(name: str) -> ModuleType:
    """A support module of the tests: ``importlib`` mode puts no test directory on the path."""
    path = ROOT / "tests" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[
        "fake",
        "remote",
        pytest.param("handle", marks=pytest.mark.cluster),
        pytest.param("transformers", marks=pytest.mark.models),
        pytest.param("vllm", marks=[pytest.mark.models, pytest.mark.cluster, pytest.mark.timeout(900)]),
    ],
)
async def model(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LanguageModel]:
    if request.param in ("transformers", "vllm") and "models" not in request.config.option.markexpr:
        pytest.skip("needs the environment of `make test-models`")
    engines = loaded("models/engines")
    async with engines.engine(request.param, tmp_path_factory, window_tokens=WINDOW_TOKENS) as found:
        yield found


def ask(text: str = "Tell me about sessions and events.", **more: Any) -> ChatRequest:
    return {"messages": [{"role": "user", "content": text}], "temperature": 0, "max_tokens": 24, **more}


def schema_ask(text: str = "Decide.", **more: Any) -> ChatRequest:
    response_format = {"type": "json_schema", "json_schema": {"name": "action", "schema": ACTION_SCHEMA}}
    return ask(text, **{"max_tokens": 160, "response_format": response_format, **more})


def text_of(response: dict[str, Any]) -> str:
    return str(response["choices"][0]["message"]["content"])


def check_action(text: str) -> None:
    """``jsonschema`` is no dependency of ours; the schema is small enough to check by hand."""
    action = json.loads(text)
    assert set(action) == set(ACTION_SCHEMA["required"])
    assert action["action_type"] in ACTION_SCHEMA["properties"]["action_type"]["enum"]
    assert isinstance(action["confident"], bool)
    assert action["level"] in range(1, 6)
    # A model of random weights writes bytes that are no character: one for the grammar, several when shown.
    topics = [topic.replace("\N{REPLACEMENT CHARACTER}", "") for topic in action["topics"]]
    assert len(topics) <= 2 and all(len(topic) <= 6 for topic in topics)
    assert action["next"] in (None, "technical", "closing")


async def collect(model: LanguageModel, request: ChatRequest) -> list[dict[str, Any]]:
    async with aclosing(model.stream(request)) as chunks:
        return [chunk async for chunk in chunks]


def streamed_text(chunks: list[dict[str, Any]]) -> str:
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


async def comes_to_rest(model: LanguageModel) -> None:
    """Returns when the engine holds no request any more; the test's own timeout is the limit."""
    while (await model.info()).running:
        await asyncio.sleep(0.02)


async def test_a_completion_is_what_the_openai_sdk_expects(model: LanguageModel) -> None:
    completion = ChatCompletion.model_validate(await model.chat(ask()))

    assert completion.object == "chat.completion"
    assert completion.choices[0].message.role == "assistant"
    assert completion.choices[0].finish_reason in ("stop", "length")
    assert completion.model == (await model.info()).models[0]


async def test_usage_counts_the_tokens_and_adds_up(model: LanguageModel) -> None:
    short = ChatCompletion.model_validate(await model.chat(ask("Hi.", max_tokens=5))).usage
    long = ChatCompletion.model_validate(await model.chat(ask("Hi. " * 40, max_tokens=5))).usage

    assert short is not None and long is not None
    assert short.total_tokens == short.prompt_tokens + short.completion_tokens
    assert long.prompt_tokens > short.prompt_tokens
    assert 1 <= short.completion_tokens <= 5


async def test_max_tokens_cuts_the_answer_and_says_so(model: LanguageModel) -> None:
    response = ChatCompletion.model_validate(await model.chat(ask(max_tokens=3)))

    assert response.choices[0].finish_reason == "length"
    assert response.usage is not None and response.usage.completion_tokens == 3


async def test_several_choices_are_one_request_each_with_its_own_text(model: LanguageModel) -> None:
    response = await model.chat(schema_ask(n=3, seed=4, temperature=1.0))
    completion = ChatCompletion.model_validate(response)

    assert [choice.index for choice in completion.choices] == [0, 1, 2]
    for choice in completion.choices:
        check_action(choice.message.content or "")
    one = ChatCompletion.model_validate(await model.chat(schema_ask(seed=4, temperature=1.0)))
    assert completion.usage is not None and one.usage is not None
    assert completion.usage.completion_tokens > one.usage.completion_tokens
    await comes_to_rest(model)


async def test_a_stream_carries_one_choice_and_says_so(model: LanguageModel) -> None:
    with pytest.raises(InvalidInput, match="choice"):
        await collect(model, ask(n=2))


async def test_a_stream_says_what_the_whole_answer_says(model: LanguageModel) -> None:
    whole = await model.chat(ask())
    chunks = await collect(model, ask())

    assert streamed_text(chunks) == text_of(whole)
    assert len(chunks) > 3


async def test_every_chunk_is_what_the_openai_sdk_expects(model: LanguageModel) -> None:
    chunks = [ChatCompletionChunk.model_validate(chunk) for chunk in await collect(model, ask())]

    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.finish_reason for chunk in chunks for c in chunk.choices if c.finish_reason] in (["stop"], ["length"])
    assert all(chunk.usage is None for chunk in chunks)


async def test_a_stream_ends_with_its_usage_when_asked(model: LanguageModel) -> None:
    chunks = await collect(model, ask(stream_options={"include_usage": True}))
    whole = await model.chat(ask())

    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_structured_output_satisfies_its_schema(model: LanguageModel, seed: int) -> None:
    check_action(text_of(await model.chat(schema_ask(seed=seed, temperature=1.0))))


async def test_structured_output_satisfies_its_schema_when_streamed(model: LanguageModel) -> None:
    check_action(streamed_text(await collect(model, schema_ask(seed=4, temperature=1.0))))


async def test_a_broken_schema_is_the_callers_mistake(model: LanguageModel) -> None:
    for json_schema in (None, {"name": "x", "schema": {}}):
        with pytest.raises(InvalidInput):
            await model.chat(ask(response_format={"type": "json_schema", "json_schema": json_schema}))


async def test_a_named_tool_is_called_with_arguments_that_fit(model: LanguageModel) -> None:
    level = {"type": "integer", "minimum": 1, "maximum": 5}
    parameters = {
        "type": "object",
        "properties": {"level": level},
        "required": ["level"],
        "additionalProperties": False,
    }
    tools = [
        {"type": "function", "function": {"name": "end_interview", "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "set_level", "parameters": parameters}},
    ]
    choice = {"type": "function", "function": {"name": "set_level"}}
    chunks = await collect(model, ask(tools=tools, tool_choice=choice, max_tokens=64))
    calls = [call for chunk in chunks for one in chunk["choices"] for call in one["delta"].get("tool_calls") or ()]
    finish = [one["finish_reason"] for chunk in chunks for one in chunk["choices"] if one["finish_reason"]]

    assert [call["function"]["name"] for call in calls if call["function"].get("name")] == ["set_level"]
    # vLLM's tool grammar allows white space, and the tiny model may write nothing else until its limit.
    if finish != ["length"]:
        arguments = "".join(call["function"].get("arguments") or "" for call in calls)
        assert json.loads(arguments)["level"] in range(1, 6)


async def test_the_answer_ends_before_the_stop_sequence(model: LanguageModel) -> None:
    whole = text_of(await model.chat(ask()))
    stop = whole[len(whole) // 2 : len(whole) // 2 + 3]
    expected = whole[: whole.index(stop)]

    response = await model.chat(ask(stop=[stop]))
    chunks = await collect(model, ask(stop=[stop]))

    assert text_of(response) == expected
    assert response["choices"][0]["finish_reason"] == "stop"
    assert streamed_text(chunks) == expected


async def test_the_same_seed_gives_the_same_answer_and_others_differ(model: LanguageModel) -> None:
    answers = [text_of(await model.chat(ask(temperature=1.0, seed=seed))) for seed in (11, 11, 12, 13, 14)]

    assert answers[0] == answers[1]
    assert len(set(answers)) > 1


async def test_a_deadline_ends_the_request_and_frees_the_engine(model: LanguageModel) -> None:
    with pytest.raises(DeadlineExceeded) as caught:
        await model.chat(ask(max_tokens=400, deadline_s=0.004))

    assert caught.value.retryable
    await comes_to_rest(model)


async def test_closing_a_stream_aborts_the_request(model: LanguageModel) -> None:
    async with aclosing(model.stream(ask(max_tokens=400, temperature=1.0, seed=5))) as chunks:
        await anext(chunks)
        assert (await model.info()).running == 1

    await comes_to_rest(model)


async def test_cancelling_a_caller_aborts_its_request(model: LanguageModel) -> None:
    task = asyncio.create_task(model.chat(ask(max_tokens=400, temperature=1.0, seed=6)))
    while not (await model.info()).running:
        await asyncio.sleep(0.002)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await comes_to_rest(model)


async def test_many_requests_are_served_at_once_and_a_bad_one_harms_no_other(model: LanguageModel) -> None:
    requests = [schema_ask(f"Candidate {number}.", seed=number, temperature=1.0) for number in range(12)]
    requests.insert(5, ask("word " * (2 * WINDOW_TOKENS)))
    results = await asyncio.gather(*(model.chat(request) for request in requests), return_exceptions=True)

    assert isinstance(results.pop(5), ContextTooLong)
    for result in results:
        assert not isinstance(result, BaseException), result
        check_action(text_of(result))
    await comes_to_rest(model)


async def test_a_prompt_beyond_the_window_is_told_apart(model: LanguageModel) -> None:
    with pytest.raises(ContextTooLong):
        await model.chat(ask("word " * (2 * WINDOW_TOKENS)))
    with pytest.raises(ContextTooLong):
        await collect(model, ask("word " * (2 * WINDOW_TOKENS)))


async def test_an_unknown_model_is_not_found(model: LanguageModel) -> None:
    with pytest.raises(NotFound):
        await model.chat(ask(model="somebody-elses"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"content": "no role"}]}, "messages[0].role"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": "many"}, "max_tokens"),
        ({"temperature": 9}, "temperature"),
        ({"stop": [""]}, "stop"),
    ],
)
async def test_a_wrong_field_is_named(model: LanguageModel, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InterviewError) as caught:
        await model.chat({**ask(), **change})

    assert isinstance(caught.value, InvalidInput)
    assert field in caught.value.detail["fields"]


async def test_text_parts_are_read_like_text(model: LanguageModel) -> None:
    parts = [{"type": "text", "text": "Tell me about "}, {"type": "text", "text": "sessions and events."}]
    response = await model.chat({**ask(), "messages": [{"role": "user", "content": parts}]})

    assert text_of(response) == text_of(await model.chat(ask()))


async def test_an_engine_says_what_it_is(model: LanguageModel) -> None:
    info = await model.info()

    assert info.engine in ("fake", "remote", "transformers", "vllm")
    assert len(info.models) >= 1
    assert info.running == 0


class BoundedWords:
    """A ``LanguageModel`` whose schemas bound every string: random weights would never end one by themselves."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def chat(self, request: ChatRequest) -> ChatResponse:
        bounded: ChatRequest = json.loads(json.dumps(request))
        for field in bounded["response_format"]["json_schema"]["schema"]["properties"].values():
            if field.get("type") == "string" and "enum" not in field:
                field.update(minLength=8, maxLength=24)
        return await self._model.chat(bounded)

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        return self._model.stream(request)

    async def info(self) -> LlmInfo:
        return await self._model.info()


async def test_a_whole_interview_turn_is_decided_by_the_engine(model: LanguageModel) -> None:
    """Start, a typed answer, the shipped prompts, one structured call, the checks of the plan, the commit."""
    config = AgentConfig(decide_deadline_s=60)
    blobs = MemoryBlobs()
    prompts = PromptCatalogue(str(ROOT / "configs" / "prompts"))
    stage = RehearsalStage(
        sessions=MemorySessionStore(),
        plan=load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml"),
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        blobs=blobs,
        config=config,
        model=ModelInterviewer(BoundedWords(model), prompts, blobs, config),
    )
    candidate = stage.rehearsal()
    await candidate.start(stage.plan.id, candidate_name="Ann")
    reply = await candidate.answer("I build the billing service of a logistics company with four other people.")

    (decided,) = [event.data for event in await stage.log() if isinstance(event.data, PlanMade) and event.data.output]
    assert decided.source == "model"
    assert decided.output["usage"]["completion_tokens"] > 10
    assert decided.output["model"] == (await model.info()).models[0]
    assert "fallbacks" not in reply
    assert reply["interviewer_response"]["text"]
    assert reply["interviewer_response"]["action"]["action_type"] == decided.action.action_type
