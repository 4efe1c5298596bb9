"""The grading tier under Ray Serve: grades and typed errors over the handle, background work in the replica."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from ray import serve as ray_serve

from deployments.grading.config import BackgroundConfig, FakeGradingConfig, GradingConfig
from deployments.grading.contract import GradeRequest, GradingClient
from deployments.grading.deployment import build
from deployments.grading.tier import GradingStores
from deployments.llm.config import LlmConfig
from deployments.llm.deployment import build as build_llm
from deployments.shell.handle_rpc import handle_caller
from interview.errors import InvalidInput, UnsupportedRequest
from interview.plans.questions import Numeric, Question
from interview.sessions.events import FallbackEntered
from serve.simulation.rehearsal import MemoryBlobs
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.archives import memory_archive
from tests.support.memory_work_queue import MemoryWorkQueue
from tests.support.paths import TESTS


def _interviews() -> ModuleType:
    path = TESTS / "data" / "grading" / "interviews.py"
    spec = importlib.util.spec_from_file_location("grading_interviews_for_serve", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


stages = _interviews()
OPENED: list[GradingStores] = []
QUESTION = Question(id="q", type="technical", skill="s", prompt="6 times 7?", grader=Numeric(42.0))


def stores_in_memory(config: GradingConfig) -> GradingStores:
    OPENED.append(GradingStores(MemorySessionStore(), memory_archive(), MemoryBlobs(), MemoryWorkQueue()))
    return OPENED[-1]


@pytest.fixture
def client() -> Iterator[GradingClient]:
    config = GradingConfig(background=BackgroundConfig(archive_sweep_s=0))
    app = build(config, stores_factory=stores_in_memory, llm=build_llm(LlmConfig(engine="fake")))
    handle = ray_serve.run(app, name="grading-test", _local_testing_mode=True)
    yield GradingClient(handle_caller(handle, timeout_s=30, tier="grading"))


async def test_grades_and_errors_cross_the_handle_as_themselves(client: GradingClient) -> None:
    grade = await client.grade(GradeRequest(question=QUESTION, answer="forty two"))
    assert (grade.score, grade.evidence[0].quote) == (1.0, "forty two")
    broken = Question(id="q", type="technical", skill="s", prompt="?", grader=Numeric(1.0, low=3.0, high=2.0))
    with pytest.raises(InvalidInput, match="cannot be used"):
        await client.grade(GradeRequest(question=broken, answer="1"))


async def test_an_evaluation_asked_for_over_the_handle_is_done_in_the_replica(client: GradingClient) -> None:
    await client.grade(GradeRequest(question=QUESTION, answer="42"))  # the replica has opened its stores
    stores = OPENED[-1]
    await stages.stage_interview(stores.sessions, stores.blobs, "i1", stages.plan_of(2))
    await client.evaluate("acme", "i1")
    async with asyncio.timeout(30):
        while (state := await stores.sessions.load(SessionKey("acme", "i1"))) is None or state.report_url is None:
            await asyncio.sleep(0.01)
    assert {record.grade.grader for record in state.grades} == {"rubric", "numeric"}


async def test_a_judge_of_its_own_judges_and_the_other_model_writes_the_summary() -> None:
    config = GradingConfig(background=BackgroundConfig(archive_sweep_s=0))
    judge = build_llm(LlmConfig(engine="fake", served_name="careful"), name="JudgeModel")
    llm = build_llm(LlmConfig(engine="fake", max_model_len=40))  # too short for a summary's prompt, and for the judge's
    app = build(config, stores_factory=stores_in_memory, llm=llm, judge=judge)
    handle = ray_serve.run(app, name="grading-judge", _local_testing_mode=True)
    client = GradingClient(handle_caller(handle, timeout_s=30, tier="grading"))
    await client.grade(GradeRequest(question=QUESTION, answer="42"))  # the replica has opened its stores
    stores = OPENED[-1]
    await stages.stage_interview(stores.sessions, stores.blobs, "i2", stages.plan_of(2))
    await client.evaluate("acme", "i2")
    async with asyncio.timeout(30):
        while (state := await stores.sessions.load(SessionKey("acme", "i2"))) is None or state.report_url is None:
            await asyncio.sleep(0.01)
    assert {record.grade.grader for record in state.grades} == {"rubric", "numeric"}
    events = [event.data for event in await stores.sessions.events(SessionKey("acme", "i2"))]
    reasons = [event.reason for event in events if isinstance(event, FallbackEntered)]
    assert len(reasons) == 1 and "No summary was written" in reasons[0]


async def test_without_stores_background_work_is_refused() -> None:
    handle = ray_serve.run(build(GradingConfig()), name="grading-bare", _local_testing_mode=True)
    bare = GradingClient(handle_caller(handle, timeout_s=30, tier="grading"))
    with pytest.raises(UnsupportedRequest):
        await bare.evaluate("acme", "i1")


async def test_the_fake_serves_load_runs() -> None:
    config = GradingConfig(engine="fake", fake=FakeGradingConfig(seed=1))
    handle = ray_serve.run(build(config), name="grading-fake", _local_testing_mode=True)
    fake = GradingClient(handle_caller(handle, timeout_s=30, tier="grading"))
    assert (await fake.grade(GradeRequest(question=QUESTION, answer="42"))).grader == "fake"
