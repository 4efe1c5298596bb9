"""The tier on a real Ray cluster: bounded queue, typed errors across the handle, a deadline."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from deployments.llm.config import FakeModelConfig, LlmConfig, LlmReplicas
from deployments.llm.contract import LanguageModel
from interview.errors import DeadlineExceeded, NotFound, Overloaded
from tests.support.paths import TESTS

pytestmark = [pytest.mark.cluster, pytest.mark.asyncio(loop_scope="module")]

_SPEC = importlib.util.spec_from_file_location("engines", TESTS / "models" / "engines.py")
assert _SPEC is not None and _SPEC.loader is not None
engines = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(engines)

ASK: dict[str, Any] = {"messages": [{"role": "user", "content": "Why?"}]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[LanguageModel]:
    """One place in the engine, one in the queue, half a second for each answer."""
    config = LlmConfig(
        engine="fake",
        fake=FakeModelConfig(service_time="fixed", service_ms=500),
        replicas=LlmReplicas(max_ongoing_requests=1, max_queued_requests=1),
    )
    async with engines.over_serve(config) as found:
        yield found


async def test_requests_beyond_the_queue_are_refused_at_once_and_may_come_back(model: LanguageModel) -> None:
    results = await asyncio.gather(*(model.chat(ASK) for _ in range(8)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, BaseException)]

    assert refused and all(isinstance(error, Overloaded) for error in refused)
    assert all(getattr(error, "retry_after_s", None) for error in refused)
    assert len(refused) < len(results)


async def test_a_streams_error_crosses_the_handle_as_itself(model: LanguageModel) -> None:
    with pytest.raises(NotFound, match="No model 'other'"):
        async for _ in model.stream({**ASK, "model": "other"}):
            pass


async def test_a_deadline_is_kept_by_the_replica(model: LanguageModel) -> None:
    with pytest.raises(DeadlineExceeded):
        await model.chat({**ASK, "deadline_s": 0.05})
