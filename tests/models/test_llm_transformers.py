"""The promises of the transformers engine beyond the conformance suite, on the tiny real model."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from deployments.llm.config import LlmConfig, TransformersConfig
from deployments.llm.contract import PRIORITY_BACKGROUND, PRIORITY_LIVE
from deployments.llm.deployment import create_language_model
from interview.errors import ConfigError, EngineFailed, EngineUnavailable, InvalidInput, ModelMissing

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="module")]

_SPEC = importlib.util.spec_from_file_location("engines", Path(__file__).with_name("engines.py"))
assert _SPEC is not None and _SPEC.loader is not None
engines = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(engines)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> LlmConfig:
    """One sequence at a time, so that what waits for it can be seen."""
    settings = TransformersConfig(device="cpu", max_batch=1, num_threads=1, kv_cache_gib=1.0)
    path = engines.tiny_model(tmp_path_factory)
    return LlmConfig(engine="transformers", model=str(path), max_model_len=512, transformers=settings)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model(config: LlmConfig) -> AsyncIterator[Any]:
    async with engines.hosted(config) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chunking(config: LlmConfig) -> AsyncIterator[Any]:
    """Takes a prompt in at most 8 tokens a step, so that nearly every step has prompts that are not whole yet."""
    settings = replace(config.transformers, max_batch=6, prefill_tokens=8)
    async with engines.hosted(replace(config, transformers=settings)) as found:
        yield found


def ask(**more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Why?"}], "temperature": 0, "max_tokens": 12, **more}


async def test_a_live_turn_passes_the_background_work_waiting_before_it(model: Any) -> None:
    served: list[str] = []

    async def work(name: str, priority: int, max_tokens: int) -> None:
        await model.chat(ask(priority=priority, max_tokens=max_tokens))
        served.append(name)

    first = asyncio.create_task(work("under way", PRIORITY_BACKGROUND, 120))
    while not (await model.info()).running:
        await asyncio.sleep(0.001)
    second = asyncio.create_task(work("grading", PRIORITY_BACKGROUND, 4))
    while (await model.info()).running < 2:
        await asyncio.sleep(0.001)
    live = asyncio.create_task(work("turn", PRIORITY_LIVE, 4))
    await asyncio.gather(first, second, live)

    assert served == ["under way", "turn", "grading"]


async def test_bounded_strings_are_valid_json_whatever_the_model_writes(model: Any) -> None:
    """xgrammar's grammar for ``maxLength`` lets raw control characters through; seen with this very model."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 12}}, "required": ["a"]}
    response_format = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    for seed in range(25):
        response = await model.chat(ask(temperature=1.0, seed=seed, max_tokens=60, response_format=response_format))
        assert isinstance(json.loads(response["choices"][0]["message"]["content"])["a"], str)


async def test_a_json_object_of_no_schema_is_still_json(model: Any) -> None:
    response = await model.chat(ask(max_tokens=200, seed=1, response_format={"type": "json_object"}))
    choice = response["choices"][0]

    assert choice["message"]["content"].startswith("{")
    if choice["finish_reason"] == "stop":
        assert isinstance(json.loads(choice["message"]["content"]), dict)


async def test_a_schema_no_grammar_can_express_is_the_callers_mistake(model: Any) -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/Missing"}}, "required": ["a"]}
    with pytest.raises(InvalidInput, match="schema"):
        await model.chat(ask(response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}))


async def test_an_answer_never_runs_past_the_window(model: Any) -> None:
    words = "word " * 440
    usage = (await model.chat(ask(messages=[{"role": "user", "content": words}], max_tokens=500)))["usage"]

    assert usage["total_tokens"] <= 512


async def test_a_prompt_longer_than_one_step_is_answered_as_one_that_fits_is(model: Any, chunking: Any) -> None:
    """A step with nothing but unfinished prompts has a row of scores for each, and no request to give a token to."""
    long = ask(messages=[{"role": "user", "content": "Why does a queue grow without bound? " * 8}])
    whole = await model.chat(long)
    in_chunks = await chunking.chat(long)

    assert in_chunks["usage"] == whole["usage"]
    assert in_chunks["choices"] == whole["choices"]
    await chunking.check_health()


async def test_unfinished_prompts_and_withdrawn_requests_leave_the_others_their_answers(chunking: Any) -> None:
    def about(subject: str, **more: Any) -> dict[str, Any]:
        return ask(messages=[{"role": "user", "content": f"{subject}, and why? " * 6}], **more)

    schema = {"type": "object", "properties": {"sure": {"type": "boolean"}}, "required": ["sure"]}
    constrained = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    staying = [about(subject, max_tokens=40) for subject in ("Queues", "Locks", "Caches")]
    alone = [(await chunking.chat(body))["choices"] for body in staying]
    for withdrawn_after_chunks in range(4):
        together = [asyncio.create_task(chunking.chat(body)) for body in staying]
        verdict = asyncio.create_task(chunking.chat(about("Retries", response_format=constrained, max_tokens=40)))
        leaving = chunking.stream(about("Timeouts", max_tokens=200))
        never_whole = asyncio.create_task(chunking.chat(about("Back-off and back-off and back-off and back-off")))
        for _ in range(withdrawn_after_chunks):
            await anext(leaving)
        never_whole.cancel()
        await leaving.aclose()

        assert [answer["choices"] for answer in await asyncio.gather(*together)] == alone
        assert set(json.loads((await verdict)["choices"][0]["message"]["content"])) == {"sure"}
        with suppress(asyncio.CancelledError):
            await never_whole
    await chunking.check_health()


@pytest.mark.parametrize("broken", ["fill_next_token_bitmask", "accept_token"])
async def test_a_row_whose_grammar_breaks_fails_alone(chunking: Any, monkeypatch: Any, broken: str) -> None:
    import xgrammar

    async def plain() -> Any:
        return (await chunking.chat(ask(max_tokens=60)))["choices"]

    def breaks(*_: Any) -> bool:
        raise RuntimeError("a fault put here by the test")

    alone = await plain()
    monkeypatch.setattr(xgrammar.GrammarMatcher, broken, breaks)
    neighbour = asyncio.create_task(plain())
    with pytest.raises(EngineFailed):
        await chunking.chat(ask(response_format={"type": "json_object"}))

    assert await neighbour == alone
    await chunking.check_health()


async def test_a_prompt_with_a_token_the_model_has_no_weights_for_is_refused(config: LlmConfig, tmp_path: Path) -> None:
    """Some tokenizers know more tokens than their model. Such a token in one prompt would end the decoding thread."""
    for file in Path(config.model).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text())
    last = dict(max(tokenizer["added_tokens"], key=lambda token: token["id"]))
    size = json.loads((tmp_path / "config.json").read_text())["vocab_size"]
    tokenizer["added_tokens"].append(last | {"id": size, "content": "<image>"})
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))

    async with engines.hosted(replace(config, model=str(tmp_path))) as model:
        with pytest.raises(InvalidInput, match="without weights"):
            await model.chat(ask(messages=[{"role": "user", "content": "What is in <image>?"}]))
        await model.chat(ask())
        await model.check_health()


async def test_a_dead_engine_is_unhealthy_and_says_so_to_callers(config: LlmConfig) -> None:
    model = create_language_model(config)
    await model.start()
    await model.check_health()
    await model.stop()

    with pytest.raises(EngineUnavailable):
        await model.check_health()
    with pytest.raises(EngineUnavailable):
        await model.chat(ask())


async def test_a_cache_too_small_for_one_sequence_is_a_configuration_error(config: LlmConfig) -> None:
    small = replace(config, transformers=replace(config.transformers, kv_cache_gib=0.0001))
    with pytest.raises(ConfigError, match="kv_cache_gib"):
        await create_language_model(small).start()


async def test_missing_weights_say_how_to_get_them(config: LlmConfig) -> None:
    with pytest.raises(ModelMissing, match="interview models pull acme/absent"):
        await create_language_model(replace(config, model="acme/absent")).start()


async def test_a_base_model_without_a_chat_template_is_refused(config: LlmConfig, tmp_path: Path) -> None:
    for file in Path(config.model).iterdir():
        if file.name != "chat_template.jinja":
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(ConfigError, match="chat template"):
        await create_language_model(replace(config, model=str(tmp_path))).start()
