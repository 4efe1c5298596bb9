"""A spoken answer over the WebSocket of the platform as ``interview up`` starts it: proxy, replicas, real models."""

from __future__ import annotations

import asyncio
import os
import random
from typing import Any

import httpx
import numpy as np
import pytest

from tests.integration.conftest import RunningPlatform
from tests.support.realtime import START, Line, line
from tests.support.recordings import human_speech
from tests.support.resuming_candidate import RETRY_S, ResumingCandidate

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

KILLS = int(os.environ.get("FAULT_REPLICA_KILLS", "2"))
#: Answers of one interview: fewer than the plan has questions.
ANSWERS = 6


async def test_a_spoken_answer_is_heard_and_answered(platform: RunningPlatform) -> None:
    address = platform.address.removeprefix("http://")
    headers = {"Authorization": f"Bearer {platform.api_key}"}
    async with httpx.AsyncClient(base_url=platform.address, headers=headers, timeout=60) as client:
        assert (await client.post("/session/start/spoken", json=START)).status_code == 200
        body = {"interview": {"id": "spoken"}}
        secret = (await client.post("/v1/realtime/client_secrets", json=body)).json()["value"]
        detection = (await client.get("/status")).json()["engines"]["turn_detection"]["detail"]
    assert detection["voice_activity"] == "silero-vad"
    async with line(address, key=secret, interview=None) as talk:
        session = (await talk.until("session.created"))["session"]["id"]
        await talk.say(np.concatenate([np.zeros(24_000), human_speech(24_000), np.zeros(6 * 24_000)]))
        heard = await talk.until("conversation.item.input_audio_transcription.completed")
        assert "best of times" in heard["transcript"].lower()
        done = await talk.until("response.done")
        assert done["response"]["status"] == "completed"
        assert any(event["type"] == "response.output_audio.delta" for event in talk.seen)
        talk.socket.transport.abort()
    async with line(address, key=secret, interview=None, resume=session, after=done["seq"]) as back:
        await back.until("session.created")
        await back.send("response.cancel")
        assert (await back.until("error"))["error"]["code"] == "response_cancel_not_active"
        assert not [event for event in back.seen if event["type"] == "conversation.item.added"]


async def insisted(client: httpx.AsyncClient, method: str, path: str, **body: Any) -> Any:
    """The reply; asks again while the proxy still sends requests to a replica that was killed."""
    while (reply := await client.request(method, path, **body)).status_code == 503:
        await asyncio.sleep(RETRY_S)
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.timeout(240 + 60 * KILLS)
async def test_no_answer_is_lost_or_repeated_while_ingress_replicas_die(platform: RunningPlatform) -> None:
    address, killed = platform.address.removeprefix("http://"), 0
    headers = {"Authorization": f"Bearer {platform.api_key}"}

    async def kill(_: Line) -> None:
        nonlocal killed
        if killed < KILLS:
            for process in platform.replicas("ingress"):
                process.kill()
            killed += 1

    async with httpx.AsyncClient(base_url=platform.address, headers=headers, timeout=60) as client:
        number = 0
        while killed < KILLS:
            name, number = f"killed-{number}", number + 1
            answers = [f"I measured part {place} of the service before I changed it." for place in range(ANSWERS)]
            await insisted(client, "POST", f"/session/start/{name}", json={**START, "voice": False})
            candidate = ResumingCandidate(address, name, answers, random.Random(number), kill, key=platform.api_key)
            await candidate.give_all()
            state = await insisted(client, "GET", f"/session/state/{name}")
            said = [turn["content"] for turn in state["conversation_history"] if turn["role"] == "candidate"]
            assert said == answers, "lost, repeated, or out of order"
    assert killed == KILLS
