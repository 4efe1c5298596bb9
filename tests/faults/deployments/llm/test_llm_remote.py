"""A remote server that fails, lies or hangs: retried within the deadline, cut off by the breaker, told in our terms."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse

from deployments.llm.config import BreakerConfig, LlmConfig, RemoteConfig
from deployments.llm.engines.remote import RemoteLanguageModel
from interview.errors import (
    CircuitOpen,
    ContextTooLong,
    DeadlineExceeded,
    EngineFailed,
    EngineUnavailable,
    InterviewError,
    InvalidInput,
    InvalidModelOutput,
    ModelMissing,
    Overloaded,
)
from tests.support import openai_server
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.http_server import Pauses, failing

ASK: dict[str, Any] = {"messages": [{"role": "user", "content": "Why?"}]}


class Served:
    def __init__(self, model: RemoteLanguageModel, fake: FakeLanguageModel, pauses: Pauses) -> None:
        self.model = model
        self.fake = fake
        self.pauses = pauses

    async def text(self, request: dict[str, Any] = ASK) -> str:
        return str((await self.model.chat(request))["choices"][0]["message"]["content"])


@asynccontextmanager
async def server(*failures: Response, **remote: Any) -> AsyncIterator[Served]:
    fake = FakeLanguageModel(config=LlmConfig(engine="fake", served_name="m"))
    pauses = Pauses()
    async with openai_server.serving(fake, list(failures)) as base_url:
        settings = RemoteConfig(**{"base_url": base_url, "attempts": 3, "backoff_s": 1.0, **remote})
        config = LlmConfig(engine="remote", model="m", deadline_s=5, remote=settings)
        model = RemoteLanguageModel(config, sleep=pauses.sleep, clock=pauses.clock, jitter=lambda: 0.5)
        try:
            yield Served(model, fake, pauses)
        finally:
            await model.stop()


async def test_a_passing_failure_is_retried_with_growing_pauses(retried: list[tuple[str, str]]) -> None:
    async with server(failing(503), failing(500)) as served:
        served.fake.script("at last")

        assert await served.text() == "at last"
        assert served.pauses.slept == [1.0, 1.0]  # asked for a second; half of 1 s, then half of 2 s, would be less
        assert retried == [("llm", "engine-unavailable"), ("llm", "engine-failed")]


async def test_the_pause_is_never_shorter_than_the_server_asks() -> None:
    async with server(failing(429, **{"retry-after": "7"})) as served:
        served.fake.script("at last")

        assert await served.text() == "at last"
        assert served.pauses.slept == [7.0]


async def test_after_the_last_attempt_the_typed_error_is_the_callers(retried: list[tuple[str, str]]) -> None:
    async with server(*[failing(429, **{"retry-after": "2"})] * 3) as served:
        with pytest.raises(Overloaded) as caught:
            await served.text()

        assert caught.value.retry_after_s == 2
        assert len(served.pauses.slept) == 2
        assert retried == [("llm", "overloaded")] * 2


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "Invalid schema", InvalidInput),
        (422, "Bad field", InvalidInput),
        (400, "This model's maximum context length is 512 tokens", ContextTooLong),
        (413, "too large", ContextTooLong),
        (404, "model not found", ModelMissing),
    ],
)
async def test_a_request_that_is_wrong_is_never_retried(status: int, message: str, error: type[InterviewError]) -> None:
    async with server(failing(status, message), failing(status, message)) as served:
        with pytest.raises(error) as caught:
            await served.text()

        assert served.pauses.slept == []
        assert not caught.value.retryable


async def test_a_refused_key_names_its_variable_and_never_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "sk-secret-value")
    async with server(*[failing(401, "bad key sk-secret-value")] * 3, api_key_env="SOME_KEY") as served:
        with pytest.raises(EngineUnavailable) as caught:
            await served.text()

    assert "SOME_KEY" in caught.value.message
    assert "sk-secret" not in caught.value.message


async def test_a_server_that_is_gone_is_unavailable_and_does_not_keep_the_replica_from_starting() -> None:
    async with server() as served:
        gone = served.model
    config = LlmConfig(engine="remote", model="m", remote=RemoteConfig(base_url=gone._connection.base_url, attempts=1))
    model = RemoteLanguageModel(config)
    await model.start()

    assert "did not answer" in str((await model.info()).notice)
    with pytest.raises(EngineUnavailable):
        await model.chat(ASK)
    await model.check_health()
    await model.stop()


async def test_the_circuit_opens_spares_the_server_and_closes_after_a_good_trial() -> None:
    breaker = BreakerConfig(failures=2, open_s=30)
    async with server(failing(500), failing(500), attempts=1, breaker=breaker) as served:
        for _ in range(2):
            with pytest.raises(EngineFailed):
                await served.text()
        with pytest.raises(CircuitOpen) as caught:
            await served.text()
        assert caught.value.retry_after_s == 30
        assert served.fake.requests == []
        served.pauses.now += 30
        served.fake.script("well again")

        assert await served.text() == "well again"
        assert (await served.model.info()).notice is None


async def test_requests_that_are_wrong_do_not_open_the_circuit() -> None:
    async with server(*[failing(400)] * 5, breaker=BreakerConfig(failures=2)) as served:
        for _ in range(5):
            with pytest.raises(InvalidInput):
                await served.text()
        served.fake.script("fine")

        assert await served.text() == "fine"


async def test_an_overloaded_server_is_alive_and_does_not_open_the_circuit() -> None:
    async with server(*[failing(429)] * 4, attempts=1, breaker=BreakerConfig(failures=2)) as served:
        for _ in range(4):
            with pytest.raises(Overloaded):
                await served.text()
        served.fake.script("fine")

        assert await served.text() == "fine"


async def test_an_answer_that_ignores_the_schema_is_asked_again() -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
    async with server() as served:
        served.fake.script("Sure! Here is your JSON:", {"fine": True})

        assert json.loads(await served.text({**ASK, "response_format": schema})) == {"fine": True}


async def test_a_server_that_never_gives_json_is_told_apart() -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
    async with server() as served:
        served.fake.script(*["no JSON today"] * 3)
        with pytest.raises(InvalidModelOutput):
            await served.text({**ASK, "response_format": schema})


@pytest.mark.parametrize("body", ["not json at all", '{"unexpected": true}'])
async def test_an_unreadable_answer_is_an_engine_failure(body: str) -> None:
    async with server(*[Response(body, media_type="application/json")] * 3) as served:
        with pytest.raises(EngineFailed):
            await served.text()


def broken_stream(*events: str) -> StreamingResponse:
    async def body() -> AsyncIterator[str]:
        for event in events:
            yield f"data: {event}\n\n"

    return StreamingResponse(body(), media_type="text/event-stream")


CHUNK = json.dumps(
    {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": "Half a "}, "finish_reason": None}],
    }
)


async def test_a_stream_that_breaks_off_is_an_error_and_is_not_started_over() -> None:
    async with server(broken_stream(CHUNK)) as served:
        chunks = served.model.stream(ASK)
        async with aclosing(chunks):
            assert (await anext(chunks))["choices"][0]["delta"]["content"] == "Half a "
            with pytest.raises(EngineFailed, match="ended prematurely"):
                await anext(chunks)

        assert served.fake.requests == []


async def test_an_error_inside_a_stream_is_typed() -> None:
    async with server(broken_stream(CHUNK, '{"error": {"message": "overloaded", "code": 429}}')) as served:
        chunks = served.model.stream(ASK)
        async with aclosing(chunks):
            await anext(chunks)
            with pytest.raises(Overloaded):
                await anext(chunks)


async def test_a_stream_refused_before_its_first_chunk_is_retried() -> None:
    async with server(failing(503)) as served:
        served.fake.script("streamed")
        chunks = [chunk async for chunk in served.model.stream(ASK)]

    assert "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks) == "streamed"


async def test_retries_stop_at_the_deadline() -> None:
    async with server(*[failing(503)] * 50, attempts=50) as served:

        async def hang(seconds: float) -> None:
            await asyncio.Event().wait()

        served.model._sleep = hang
        with pytest.raises(DeadlineExceeded):
            await served.text({**ASK, "deadline_s": 0.3})


async def test_the_servers_own_fields_and_the_callers_pass_through() -> None:
    async with server(extra_body={"keep_alive": "10m"}, forward_priority=True) as served:
        await served.text({**ASK, "top_k": 5, "seed": 3, "priority": 10, "deadline_s": 2.0})
        (seen,) = served.fake.requests

    assert seen["keep_alive"] == "10m"
    assert seen["top_k"] == 5
    assert seen["seed"] == 3
    assert seen["priority"] == 10
    assert "deadline_s" not in seen
    assert seen["max_tokens"] == 512


async def test_the_environments_proxy_is_used_except_for_hosts_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    async with server() as proxy:
        proxy.fake.script("through the proxy")
        monkeypatch.setenv("http_proxy", proxy.model._connection.base_url.removesuffix("/v1"))
        remote = RemoteConfig(base_url="http://127.0.0.2:9/v1", attempts=1)
        for host, answers in (("", True), ("127.0.0.2", False)):
            monkeypatch.setenv("no_proxy", host)
            model = RemoteLanguageModel(LlmConfig(engine="remote", model="m", remote=remote))
            if answers:
                assert (await model.chat(ASK))["choices"][0]["message"]["content"] == "through the proxy"
            else:
                with pytest.raises(EngineUnavailable):
                    await model.chat(ASK)
            await model.stop()


THREE: dict[str, Any] = {**ASK, "n": 3, "seed": 7}


def texts(response: dict[str, Any]) -> list[str]:
    return [choice["message"]["content"] for choice in response["choices"]]


async def test_a_server_with_several_choices_gets_one_request(retried: list[tuple[str, str]]) -> None:
    async with server() as served:
        served.fake.script("a", "b", "c")
        assert sorted(texts(await served.model.chat(THREE))) == ["a", "b", "c"]
        assert {request["n"] for request in served.fake.requests} == {3}
        assert retried == []
        assert (await served.model.info()).notice is None


async def test_a_server_that_ignores_n_is_asked_again_and_the_operator_is_told(
    retried: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    one = JSONResponse(
        {
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3},
        }
    )
    async with server(one) as served:
        served.fake.script("b", "c", "d", "e", "f")
        response = await served.model.chat(THREE)
        assert texts(response)[0] == "a" and sorted(texts(response)) == ["a", "b", "c"]
        assert [choice["index"] for choice in response["choices"]] == [0, 1, 2]
        assert response["usage"]["completion_tokens"] == 3
        assert sorted(request["seed"] for request in served.fake.requests) == [8, 9]
        assert all("n" not in request for request in served.fake.requests)
        assert retried == [("llm", "one-choice")] * 2
        assert "one choice per request" in str((await served.model.info()).notice)
        assert "one choice per request" in caplog.text
        # it is remembered: the next request asks for one choice at a time
        assert sorted(texts(await served.model.chat(THREE))) == ["d", "e", "f"]
        assert all("n" not in request for request in served.fake.requests)


async def test_a_server_that_refuses_n_is_asked_for_one_choice_at_a_time() -> None:
    async with server(failing(400, "Only one completion choice is allowed")) as served:
        served.fake.script("a", "b", "c")
        assert sorted(texts(await served.model.chat(THREE))) == ["a", "b", "c"]
        assert "one choice per request" in str((await served.model.info()).notice)


async def test_a_request_for_choices_that_is_wrong_in_itself_stays_refused() -> None:
    async with server(*[failing(400, "Invalid schema")] * 4) as served:
        with pytest.raises(InvalidInput):
            await served.model.chat(THREE)
        assert (await served.model.info()).notice is None
