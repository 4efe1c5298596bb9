"""``GET /platform``: one document for operators, from the metrics that Prometheus scrapes."""

from __future__ import annotations

import httpx

from deployments.llm.config import LlmConfig
from deployments.stt.contract import EngineInfo, TranscribeRequest, Transcript
from interview.errors import EngineUnavailable
from serve.http.app import create_app
from serve.http.settings import HttpSettings, SheddingSettings
from serve.metrics.registry import PlatformMetrics, merge
from tests.support.fake_language_model import FakeLanguageModel
from tests.support.http_ports import Grant, StubKeys, stub_ports

OPERATOR = {"Authorization": "Bearer key-acme"}


class Hears:
    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        raise NotImplementedError

    async def info(self) -> EngineInfo:
        return EngineInfo("whisper", "tiny.en", notice="Small model.")


class Silent(Hears):
    async def info(self) -> EngineInfo:
        raise EngineUnavailable("The engine does not answer.")


async def metrics() -> bytes:
    counted = PlatformMetrics()
    counted.turn.labels("ok").observe(0.1)
    return merge({"a": counted.exposition()})


async def test_tiers_shedding_and_metrics_are_one_document() -> None:
    settings = HttpSettings(shedding=SheddingSettings(from_ms=10, all_ms=40))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(stub_ports(metrics=metrics, stt=Hears()), settings)),
        base_url="http://test",
    ) as client:
        state = (await client.get("/platform", headers=OPERATOR)).json()
    tiers = {tier["tier"]: tier for tier in state["tiers"]}
    assert (tiers["stt"]["engine"], tiers["stt"]["model"], tiers["stt"]["notice"]) == (
        "whisper",
        "tiny.en",
        "Small model.",
    )
    assert (tiers["llm"]["engine"], tiers["llm"]["ok"]) == ("none", True)
    assert (state["shedding"]["enabled"], state["shedding"]["refusing"]) == (True, 0.0)
    assert state["metrics"]["turns"]["count"] == 1


async def test_the_judges_own_model_is_a_tier_where_there_is_one() -> None:
    judge = FakeLanguageModel(config=LlmConfig(engine="fake", served_name="careful"))
    for ports, found in (
        (stub_ports(metrics=metrics), []),
        (stub_ports(metrics=metrics, judge=judge), [("fake", "careful")]),
    ):
        app = create_app(ports)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            state = (await client.get("/platform", headers=OPERATOR)).json()
            status = (await client.get("/status", headers=OPERATOR)).json()
        assert [(one["engine"], one["model"]) for one in state["tiers"] if one["tier"] == "judge"] == found
        assert ("judge" in status["engines"]) == bool(found)


async def test_a_tier_that_does_not_answer_says_so() -> None:
    app = create_app(stub_ports(metrics=metrics, stt=Silent()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        state = (await client.get("/platform", headers=OPERATOR)).json()
    stt = state["tiers"][0]
    assert (stt["tier"], stt["ok"], stt["error"]) == ("stt", False, "The engine does not answer.")


async def test_it_needs_the_scope_of_operators_and_metrics() -> None:
    keys = StubKeys({"key-acme": Grant("acme"), "reviewer": Grant("acme", frozenset({"reports"}))})
    app = create_app(stub_ports(keys=keys))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        refused = await client.get("/platform", headers={"Authorization": "Bearer reviewer"})
        absent = await client.get("/platform", headers=OPERATOR)
    assert (refused.status_code, absent.status_code) == (403, 404)
