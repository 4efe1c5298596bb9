"""A spoken answer over the WebSocket of the platform as ``interview up`` starts it: proxy, replicas, real models."""

from __future__ import annotations

import httpx
import numpy as np
import pytest

from tests.integration.conftest import RunningPlatform
from tests.support.realtime import START, line
from tests.support.recordings import human_speech

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]


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
