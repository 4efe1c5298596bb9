"""A full process refuses a share of the new work, the fuller the more, and none of what ends work."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from deployments.agent.contract import EndRequest
from serve.http.app import create_app
from serve.http.middleware.load_shedding import LoadShedder
from serve.http.settings import HttpSettings, SheddingSettings
from tests.support.http_ports import StubAgent, is_problem, stub_ports

SETTINGS = SheddingSettings(from_ms=10, all_ms=50)


def shedder_at(late_ms: float, draw: float = 0.0) -> LoadShedder:
    shedder = LoadShedder(SETTINGS, draw=lambda: draw)
    for _ in range(1000):
        shedder.observed(late_ms)
    return shedder


@pytest.mark.parametrize(
    ("late_ms", "share"), [(0, 0.0), (9, 0.0), (10, 0.0), (20, 0.25), (30, 0.5), (49, 0.975), (51, 1.0), (500, 1.0)]
)
def test_the_share_refused_rises_with_how_late_the_loop_runs(late_ms, share):
    draws = [index / 1000 for index in range(1000)]
    refused = sum(shedder_at(late_ms, draw).refuses() for draw in draws)
    assert refused / len(draws) == pytest.approx(share, abs=0.002)


def late_for(shedder: LoadShedder, late_ms: float, seconds: float) -> None:
    """Samples of a loop that is late by so much for so long."""
    covered_s = 0.0
    while covered_s < seconds:
        covered_s += shedder.sample_every_s + late_ms / 1000
        shedder.observed(late_ms)


STANDING = SheddingSettings(from_ms=10, all_ms=50, standing_ms=20)


def test_a_burst_is_admitted_whole():
    shedder = LoadShedder(STANDING, draw=lambda: 0.0)
    late_for(shedder, 40, seconds=1)
    assert not shedder.refuses()


def test_one_stall_of_the_machine_is_no_overload():
    shedder = LoadShedder(STANDING, draw=lambda: 0.0)
    shedder.observed(5_000)
    assert not shedder.refuses()


def test_lateness_that_stays_refuses():
    shedder = LoadShedder(STANDING, draw=lambda: 0.0)
    late_for(shedder, 40, seconds=4)
    assert shedder.refuses()


def test_shedding_goes_on_below_the_lateness_that_began_it_and_ends_below_from_ms():
    shedder = LoadShedder(STANDING, draw=lambda: 0.0)
    late_for(shedder, 15, seconds=60)
    assert not shedder.refuses()
    late_for(shedder, 40, seconds=4)
    late_for(shedder, 15, seconds=60)
    assert shedder.refuses()
    late_for(shedder, 9, seconds=60)
    late_for(shedder, 15, seconds=60)
    assert not shedder.refuses()


def test_without_standing_ms_from_ms_begins_it():
    assert shedder_at(15).refuses()


def test_switched_off_it_refuses_nothing_however_late():
    shedder = LoadShedder(SheddingSettings(), draw=lambda: 0.0)
    for _ in range(200):
        shedder.observed(10_000)
    assert not shedder.refuses()


def test_thresholds_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="from_ms < all_ms"):
        SheddingSettings(from_ms=50, all_ms=10)
    with pytest.raises(ValueError, match="from_ms <= standing_ms"):
        SheddingSettings(from_ms=10, all_ms=50, standing_ms=5)


async def test_a_loop_that_is_kept_busy_shows():
    shedder = LoadShedder(SETTINGS)
    async with shedder.measuring():
        while shedder.late_ms < SETTINGS.from_ms:
            time.sleep(0.07)  # stands for work on the loop's thread, longer than the interval of the samples
            await asyncio.sleep(0.001)


def test_those_refused_together_are_told_different_times_to_come_back():
    told = [shedder_at(9, draw).refusal().retry_after_s for draw in (0.0, 0.25, 0.999)]
    assert told == [1.0, 2.2, 6.0]


@pytest.mark.parametrize(("late_ms", "latest_s"), [(9, 6.0), (30, 11.0), (45, 30.0), (500, 30.0)])
def test_the_more_are_refused_the_longer_until_they_come_back(late_ms, latest_s):
    assert shedder_at(late_ms, draw=0.99999).refusal().retry_after_s == pytest.approx(latest_s, abs=0.1)


@pytest.mark.parametrize(
    "path", ["/session/turn/i-1", "/session/start/i-1", "/candidate/transcript", "/candidate/formula"]
)
async def test_a_busy_ingress_answers_429_before_it_reads_the_body(path):
    agent = StubAgent()
    settings = HttpSettings(shedding=SheddingSettings(from_ms=1e-6, all_ms=2e-6))
    app = create_app(stub_ports(agent=agent), settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        while True:
            reply = await client.post(path, content=b"not even JSON", headers={"Authorization": "Bearer key-acme"})
            if reply.status_code == 429:
                break
            await asyncio.sleep(0)
        end = await client.delete("/session/state/i-1", headers={"Authorization": "Bearer key-acme"})
    assert is_problem(reply.headers["content-type"], reply.json(), 429)
    assert 1 <= int(reply.headers["retry-after"]) <= 30
    assert reply.headers["x-request-id"] in reply.json()["instance"]
    assert [type(request) for request in agent.requests] == [EndRequest], "what ends work is never refused"
    assert end.status_code == 200
