"""The load bench tells the truth: what is late counts, what the generator spoils is void, whose CPU is whose."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from benchmarks.load import __main__ as bench
from benchmarks.load.histogram import Latency
from benchmarks.load.locust_users import read_statistics
from benchmarks.load.measure import figures, undisturbed
from benchmarks.load.sampling import Usage, kind_of, tenths
from benchmarks.load.traffic import Profile, Recorded, Traffic

Handler = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def stub_platform(stall: asyncio.Event | None = None, turn: Handler | None = None) -> AsyncIterator[str]:
    """Answers as the platform does; while ``stall`` is clear, turns wait."""

    async def answered(_request: web.Request) -> web.Response:
        if stall is not None:
            await stall.wait()
        body = {"interviewer_response": {"should_continue": True}, "stage_ms": {"grade": 1.0, "total": 2.0}}
        return web.Response(text=json.dumps(body, separators=(",", ":")), content_type="application/json")

    async def anything(_request: web.Request) -> web.Response:
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/session/turn/{id}", turn or answered)
    app.router.add_route("*", "/{rest:.*}", anything)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server = site._server
    assert server is not None
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    await runner.cleanup()


def profile(**changes: float) -> Profile:
    base = {"sessions": 20, "think_s": 0.2, "warmup_s": 0.2, "measure_s": 2.0, "ramp_s": 0.2, "audio_share": 0.0}
    return Profile(**{**base, **changes})  # type: ignore[arg-type]


async def test_a_stalled_server_shows_in_latency_though_few_requests_were_sent_meanwhile() -> None:
    """Coordinated omission: a closed-loop tool would report one slow request per user."""
    flowing = asyncio.Event()
    flowing.set()
    async with stub_platform(flowing) as address:
        traffic = Traffic(address, "key", profile(), None)
        loop = asyncio.get_running_loop()
        loop.call_later(1.0, flowing.clear)
        loop.call_later(1.8, flowing.set)
        recorded = await traffic.run()
    waited = recorded.latency.figures()
    assert waited["p90"] > 300, "a stall of 0.8 s of 2 s must reach far more than one request a session"
    assert waited["max"] >= 700


async def test_a_stalled_server_cannot_hide_the_stall_by_refusing_who_waited() -> None:
    flowing = asyncio.Event()
    flowing.set()

    async def turn(_request: web.Request) -> web.Response:
        if flowing.is_set():
            return web.json_response({"stage_ms": {}})
        await flowing.wait()
        return web.json_response({}, status=429, headers={"Retry-After": "1"})

    async with stub_platform(turn=turn) as address:
        loop = asyncio.get_running_loop()
        loop.call_later(1.0, flowing.clear)
        loop.call_later(1.8, flowing.set)
        recorded = await Traffic(address, "key", profile(), None).run()
    assert recorded.rejected.count > 0
    assert recorded.told.count == recorded.turns + recorded.rejected.count
    assert recorded.told.figures()["p90"] > 300


async def test_every_turn_of_a_healthy_server_is_counted_without_errors() -> None:
    async with stub_platform() as address:
        recorded = await Traffic(address, "key", profile(), None).run()
    assert recorded.turns > 50
    assert not recorded.failures
    assert recorded.overhead.count == recorded.turns


async def test_a_refusing_server_is_offered_no_less() -> None:
    """Every turn is answered 429, and still each comes when it is due; none of them is an error or a turn."""

    async def turn(_request: web.Request) -> web.Response:
        return web.json_response({}, status=429, headers={"Retry-After": "1"})

    async with stub_platform(turn=turn) as address:
        refused = await Traffic(address, "key", profile(), None).run()
    async with stub_platform() as address:
        answered = await Traffic(address, "key", profile(), None).run()
    assert refused.turns == 0
    assert not refused.failures
    assert refused.rejected_without_retry_after == 0
    assert refused.rejected.count == pytest.approx(answered.turns, rel=0.2)


async def test_a_second_run_of_the_same_seed_holds_interviews_of_its_own() -> None:
    """On a platform that knows them already, starts and answers would be replays: fast, and no measurement."""
    seen: list[set[str]] = []

    async def turn(request: web.Request) -> web.Response:
        seen[-1].add(request.match_info["id"])
        return web.json_response({"stage_ms": {}})

    async with stub_platform(turn=turn) as address:
        for _ in range(2):
            seen.append(set())
            await Traffic(address, "key", profile(), None).run()
    first, second = seen
    assert first
    assert second
    assert not first & second


def test_the_generator_keeps_no_garbage_and_never_searches_all_it_holds() -> None:
    """Half an hour of answered requests would fill the machine, and a full collection would make sends late."""

    class Ring:
        def __init__(self) -> None:
            self.me = self

    with undisturbed():
        full_before = gc.get_stats()[2]["collections"]
        rings = weakref.WeakSet(Ring() for _ in range(100_000))
        assert len(rings) < 10_000
        assert gc.get_stats()[2]["collections"] == full_before
    assert gc.get_freeze_count() == 0


def test_the_search_for_saturation_repeats_void_steps_and_counts_only_steady_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(
        rate: float, overhead: float, latency: float, *, valid: bool = True, rejected: int = 0
    ) -> dict[str, object]:
        p99 = {"overhead_ms": {"p99": overhead}, "latency_ms": {"p99": latency}}
        return {"turns_per_s": rate, "valid": valid, "errors": 0, "rejected": rejected, **p99}

    steps = [step(100, 20, 50), step(900, 20, 50, valid=False), step(108, 40, 120), step(117, 90, 200, rejected=1)]
    offered: list[int] = []

    def drive(_target: object, offer: Profile) -> dict[str, Any]:
        offered.append(offer.sessions)
        return steps[len(offered) - 1]

    monkeypatch.setattr(bench, "running", lambda name, _keep: nullcontext(name))
    monkeypatch.setattr(bench, "drive", drive)
    out = tmp_path / "saturation.json"
    monkeypatch.setattr(
        "sys.argv", ["load", "--saturation", "--start-rate", "100", "--think-s", "5", "--json", str(out)]
    )
    assert bench.main() == 0
    assert offered == [500, 540, 540, 583]
    found = json.loads(out.read_text())
    assert (found["saturation_overhead_turns_per_s"], found["saturation_latency_turns_per_s"]) == (108, 100)
    assert len(found["steps"]) == 4


def test_locusts_own_statistics_are_read_as_they_stand(tmp_path: Path) -> None:
    head = "Type,Name,Request Count,Failure Count,Median Response Time,Max Response Time,50%,90%,99%,99.9%"
    stats = tmp_path / "locust_stats.csv"
    stats.write_text(
        f"{head}\nPOST,turn (text),90,1,8,61.25,8,14,30,60\nGET,hint,0,0,0,0,N/A,N/A,N/A,N/A\n"
        ",Aggregated,90,1,8,61.25,8,14,30,60\n"
    )
    found = read_statistics(stats)
    assert found["turn (text)"] == {
        "requests": 90, "failures": 1, "p50": 8.0, "p90": 14.0, "p99": 30.0, "p999": 60.0, "max": 61.2
    }  # fmt: skip
    assert found["hint"] == {"requests": 0, "failures": 0}
    assert found["all"]["requests"] == 90


def test_time_inside_model_tiers_is_no_overhead() -> None:
    recorded = Recorded()
    traffic = Traffic("http://unused", "key", profile(), None)
    traffic.recorded = recorded
    traffic._measuring_from = 0.0
    body = b'{"stage_ms":{"stt":30.0,"tts":20.0,"store":1.0,"total":60.0}}'
    traffic._record("turn", 200, body, due=1.0, sent=1.0, done=1.06, retry_after=False)
    assert recorded.latency.figures()["max"] == pytest.approx(60, rel=0.02)
    assert recorded.overhead.figures()["max"] == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize(
    ("late", "cpu", "valid"), [(0, 0.3, True), (5, 0.3, False), (0, 0.95, False)], ids=["clean", "late", "busy"]
)
def test_a_run_that_the_generator_spoiled_is_void(late: int, cpu: float, valid: bool) -> None:
    recorded = Recorded(sends=1000, late=late, turns=1000)
    recorded.latency.record(5.0)
    assert figures(recorded, profile(), cpu)["valid"] is valid


def test_a_p99_that_rises_in_the_course_of_a_run_shows() -> None:
    traffic = Traffic("http://unused", "key", profile(measure_s=100.0), None)
    traffic._measuring_from = 0.0
    for second in range(100):
        done = second + (0.010 if second < 90 else 0.200)
        traffic._record("turn", 200, b"{}", due=float(second), sent=float(second), done=done, retry_after=False)
    found = figures(traffic.recorded, profile(measure_s=100.0), generator_cpu=0.1)
    assert found["p99_ms_by_tenth"] == pytest.approx([10.0] * 9 + [200.0], rel=0.001)
    assert found["p99_ms_by_minute"] == pytest.approx([10.0, 200.0], rel=0.001)


def test_memory_that_grows_in_the_course_of_a_run_is_drift() -> None:
    assert tenths([float(mib) for mib in range(100, 300)]) == [109.5 + 20 * tenth for tenth in range(10)]
    assert Usage(rss_mb={}, cpu_s={}, by_tenth=tenths([200.0] * 90 + [220.0] * 10)).drift == pytest.approx(0.1)
    assert tenths([7.0, 9.0]) == [7.0] * 5 + [9.0] * 5
    assert Usage(rss_mb={}, cpu_s={}, by_tenth=tenths([])).drift == 0.0


def test_a_histogram_keeps_three_digits_of_the_tail() -> None:
    latency = Latency()
    for _ in range(990):
        latency.record(10.0)
    for _ in range(10):
        latency.record(1234.0)
    found = latency.figures()
    assert found["p50"] == pytest.approx(10, rel=0.001)
    assert found["p999"] == pytest.approx(1234, rel=0.001)


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("ray::ServeReplica:interview:ingress.handle_request", "ingress"),
        ("/x/haproxy -f /tmp/cfg", "haproxy"),
        ("redis-server unixsocket:/tmp/x", "redis"),
        ("/x/raylet --raylet_socket_name=x", "raylet"),
    ],
)
def test_a_process_is_known_by_its_command_line(command: str, kind: str) -> None:
    assert kind_of(command) == kind
