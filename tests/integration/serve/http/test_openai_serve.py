"""The face under real Ray Serve: streams, failures and departures cross ingress, handle and tier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import openai
import pytest
import ray
from ray import serve as ray_serve

from deployments.llm.contract import LanguageModelClient
from deployments.shell.handle_rpc import decode, handle_caller, handle_stream_caller, reply, reply_stream
from deployments.tts.config import TtsConfig
from deployments.tts.deployment import build as build_tts
from serve.local.local_platform import free_port
from tests.support.local_ray import start_local_ray

pytestmark = pytest.mark.cluster

APPLICATION = "openai-test"
LLM = "endless"
HELLO: Any = [{"role": "user", "content": "Hello."}]


def ingress() -> Any:
    """A deployment class; made in a function, so that it travels to the replica by value."""

    def application() -> Any:
        from fastapi import FastAPI

        from serve.composition.inference_clients import inference_clients
        from serve.http import problems
        from serve.http.auth import Principal
        from serve.http.openai import errors
        from serve.http.openai.routes import openai_router
        from serve.settings import Settings

        async def anybody() -> Principal:
            return Principal(tenant="a", scopes=frozenset(), key_id="k")

        app = FastAPI()
        problems.install(app)
        errors.install(app)
        tts = ray_serve.get_deployment_handle("tts", APPLICATION)
        llm = ray_serve.get_deployment_handle(LLM, APPLICATION)
        app.include_router(openai_router(*inference_clients(Settings(), tts=tts, llm=llm), anybody))
        return app

    class Ingress:
        """Nothing but the face."""

        def __init__(self, *tiers: Any) -> None:
            """The tiers are bound so that they are deployed."""

    options: dict[str, Any] = {"max_ongoing_requests": 100, "ray_actor_options": {"num_cpus": 0.2}}
    return ray_serve.deployment(name="ingress", **options)(ray_serve.ingress(application)(Ingress))


def endless_model() -> Any:
    """A deployed language model that never comes to an end, so that only a departure can end a request."""

    async def forever(_seconds: float) -> None:
        await asyncio.Event().wait()

    class Endless:
        def __init__(self) -> None:
            from tests.support.fake_language_model import FakeLanguageModel

            self._model = FakeLanguageModel(sleep=forever)

        async def chat(self, payload: bytes) -> bytes:
            return await reply(self._model.chat(decode(payload, dict)))

        async def stream(self, payload: bytes) -> AsyncIterator[bytes]:
            async with aclosing(reply_stream(self._model.stream(decode(payload, dict)))) as envelopes:
                async for envelope in envelopes:
                    yield envelope

        async def info(self, _payload: bytes) -> bytes:
            return await reply(self._model.info())

    options: dict[str, Any] = {"max_ongoing_requests": 100, "ray_actor_options": {"num_cpus": 0.2}}
    return ray_serve.deployment(name=LLM, **options)(Endless)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    started_here = not ray.is_initialized()
    if started_here:
        start_local_ray(num_cpus=4, logging_level="ERROR", log_to_driver=False)
    port = free_port()
    ray_serve.start(http_options={"host": "127.0.0.1", "port": port})
    tiers = (build_tts(TtsConfig()), endless_model().bind())
    ray_serve.run(ingress().bind(*tiers), name=APPLICATION, route_prefix="/")
    yield f"http://127.0.0.1:{port}/v1"
    ray_serve.delete(APPLICATION)
    if started_here:
        ray_serve.shutdown()
        ray.shutdown()


@pytest.fixture
async def client(address: str) -> AsyncIterator[openai.AsyncOpenAI]:
    made = openai.AsyncOpenAI(api_key="any", base_url=address, max_retries=0)
    yield made
    await made.close()


async def test_speech_streams_through_the_handle(client: openai.AsyncOpenAI) -> None:
    async with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="nova", input="One thing. Another thing. And a third.", response_format="opus"
    ) as answer:
        audio = b"".join([piece async for piece in answer.iter_bytes()])
    assert audio.startswith(b"OggS")


async def test_a_tiers_refusal_keeps_its_sentence(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="Unknown voice 'nobody'"):
        await client.audio.speech.create(model="tts-1", voice="nobody", input="Hello.")
    with pytest.raises(openai.NotFoundError, match="No speech-to-text tier is deployed here"):
        await client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"x"))


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_leaves_stops_the_engine_in_its_replica(client: openai.AsyncOpenAI, stream: bool) -> None:
    handle = ray_serve.get_deployment_handle(LLM, APPLICATION)
    llm = LanguageModelClient(
        handle_caller(handle, timeout_s=30, tier="llm"), handle_stream_caller(handle, timeout_s=30, tier="llm")
    )

    async def until_running(count: int) -> None:
        async with asyncio.timeout(30):
            while (await llm.info()).running != count:
                await asyncio.sleep(0.02)

    asking = asyncio.create_task(client.chat.completions.create(model="fake", messages=HELLO, stream=stream))
    await until_running(1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await until_running(0)
