"""Turn detection over a real socket with the real Silero: one answer is one item; an interruption stops the audio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from deployments.tts.config import TtsConfig
from deployments.tts.engines.selection import build_engine
from deployments.tts.service import TtsService
from deployments.turn_detection.config import TurnDetectionConfig
from deployments.turn_detection.service import TurnDetectionService
from interview.errors import ModelMissing
from serve.http.ports import IngressPorts
from serve.http.settings import RealtimeSettings
from storage.sessions.port import SessionKey
from tests.support.realtime import AT_ONCE, Line, application, application_ports, fake_ears, line, serving, start
from tests.support.recordings import human_speech

VOICE = TtsConfig(engine="espeak", kept_bytes=0)
PACED = RealtimeSettings(lead_s=0.5, audio_rate=1e6, audio_burst_s=1e6, events_per_s=1e6)
RULE = {"type": "server_vad", "silence_duration_ms": 1_000}


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[IngressPorts]:
    tts = TtsService(VOICE, build_engine(VOICE))
    detection = TurnDetectionService(TurnDetectionConfig(end_of_turn="silence"))
    yield application_ports(tmp_path, stt=fake_ears(), tts=tts, turn_detection=detection)
    await tts.close()


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * 24_000), np.int16)


async def candidate_turns(ports: IngressPorts) -> list[str]:
    state = await ports.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    return [turn.content for turn in state.conversation_history if turn.role == "candidate"]


async def listening(talk: Line) -> None:
    await talk.until("session.created")
    await talk.settings(turn_detection=RULE)


async def test_an_answer_with_pauses_is_one_item_and_one_turn(ports: IngressPorts) -> None:
    async with serving(application(ports, AT_ONCE)) as address:
        await start(address)
        async with line(address) as talk:
            await listening(talk)
            before, speech = len(talk.seen), human_speech(24_000)
            await talk.say(np.concatenate([silence(1), speech, silence(0.4), speech, silence(2)]))
            await talk.until("response.done")
            kinds = talk.kinds(before)
            started = kinds.index("input_audio_buffer.speech_started")
            stopped = kinds.index("input_audio_buffer.speech_stopped")
            assert started < stopped < kinds.index("input_audio_buffer.committed") < kinds.index("response.created")
            assert kinds.count("input_audio_buffer.committed") == 1
            ids = {event["item_id"] for event in talk.seen[before:] if event["type"].startswith("input_audio_buffer.")}
            assert len(ids) == 1
            partial = [event for event in talk.seen if event["type"].endswith("input_audio_transcription.delta")]
            assert partial
            assert {event["item_id"] for event in partial} == ids
    assert len(await candidate_turns(ports)) == 1


async def test_an_answer_that_was_ended_too_early_goes_on(ports: IngressPorts) -> None:
    async with serving(application(ports, AT_ONCE)) as address:
        await start(address)
        async with line(address) as talk:
            await listening(talk)
            before, speech = len(talk.seen), human_speech(24_000)
            await talk.say(np.concatenate([silence(1), speech, silence(1), speech, silence(2)]))
            await talk.until("response.done")
            kinds = talk.kinds(before)
            assert kinds.count("input_audio_buffer.speech_stopped") == 2
            assert kinds.count("input_audio_buffer.committed") == 1
    assert len(await candidate_turns(ports)) == 1


async def test_an_interruption_stops_the_audio_and_keeps_what_was_heard(ports: IngressPorts) -> None:
    async with serving(application(ports, PACED)) as address:
        await start(address)
        async with line(address) as talk:
            await listening(talk)
            await talk.send("response.create")
            await talk.until("response.output_audio.delta")
            before = len(talk.seen)
            await talk.say(silence(3.5))
            await talk.say(human_speech(24_000))
            done = await talk.until("response.done")
            assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
            item = done["response"]["output"][0]
            greeting = next(event["item"] for event in talk.seen if event["type"] == "conversation.item.done")
            heard, whole = item["content"][0]["transcript"], greeting["content"][0]["transcript"]
            assert whole.startswith(heard)
            assert len(heard) < len(whole)
            assert item["status"] == "incomplete"
            await talk.until("input_audio_buffer.speech_started")
            await talk.say(silence(2))
            await talk.until("response.created")
            assert not any(
                event["type"] == "response.output_audio.delta" and event["response_id"] == done["response"]["id"]
                for event in talk.seen[talk.seen.index(done) :]
            )
            assert "input_audio_buffer.committed" in talk.kinds(before)
            reply = await talk.until("response.done", lambda event: event["response"]["status"] == "completed")
    state = await ports.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    first = state.conversation_history[0]
    assert (first.content, first.whole) == (heard, whole)
    events = await ports.sessions.events(SessionKey("acme", "i-1"))
    kinds = [event.type for event in events]
    assert kinds.count("response.heard") == 1
    assert kinds.index("response.heard") < kinds.index("answer.received")
    question = reply["response"]["interview"]["question"]["prompt"]
    assert question in whole
    assert question in reply["response"]["output"][0]["content"][0]["transcript"], "it was not heard"


async def test_a_cough_while_the_interviewer_speaks_changes_nothing(ports: IngressPorts) -> None:
    async with serving(application(ports, PACED)) as address:
        await start(address)
        async with line(address) as talk:
            await listening(talk)
            await talk.send("response.create")
            await talk.until("response.output_audio.delta")
            before = len(talk.seen)
            await talk.say(np.concatenate([silence(3.5), human_speech(24_000)[12_000:21_600], silence(1.5)]))
            await talk.settings(turn_detection=RULE)
            assert not {"input_audio_buffer.speech_started", "response.done"} & set(talk.kinds(before))
            await talk.send("response.cancel")
            assert (await talk.until("response.done"))["response"]["status_details"]["reason"] == "client_cancelled"


async def test_200_cuts_lose_and_repeat_nothing(tmp_path: Path) -> None:
    ports = application_ports(tmp_path, stt=None, tts=None)
    random = np.random.default_rng(11)
    cuts, sent, kept = 0, 0, 0
    async with serving(application(ports, AT_ONCE)) as address:
        for number in range(26):
            interview = f"cut-{number}"
            await start(address, interview)
            answers = [f"item_{interview}_{place}" for place in range(10)]
            seen, session, seq, patience = set[str](), "", 0, 8
            while answers and (patience or not answers):
                async with line(address, interview=interview, resume=session or None, after=seq) as talk:
                    session = (await talk.until("session.created"))["session"]["id"]
                    await talk.send("session.update", session={"output_modalities": ["text"]})
                    await talk.until("session.updated")
                    for event in talk.seen:
                        if event["type"] == "conversation.item.done":
                            seen.add(event["item"]["id"])
                            seq = max(seq, event.get("seq", 0))
                    while answers and answers[0] in seen:
                        answers.pop(0)
                    if not answers:
                        break
                    await talk.type(f"I measured answer {answers[0]} before I changed it.", id=answers[0])
                    asks = not patience or random.random() < 0.9
                    if asks:
                        await talk.send("response.create")
                    for _ in range(int(random.integers(0, 12 if asks else 3)) if patience else 0):
                        event = await talk.next()
                        seq = max(seq, event.get("seq", 0))
                    if patience:
                        cuts, patience = cuts + 1, patience - 1
                        talk.socket.transport.abort()
                    else:
                        await talk.until("response.done")
            await asyncio.sleep(0)
            events = await ports.sessions.events(SessionKey("acme", interview))
            keys = [event.data.idempotency_key for event in events if event.type == "answer.received"]  # type: ignore[union-attr]
            assert len(keys) == len(set(keys))
            sent, kept = sent + 10 - len(answers), kept + len(keys)
    assert cuts >= 200
    assert kept >= sent


async def test_the_model_is_required_where_the_operator_says_so() -> None:
    assert TurnDetectionService(TurnDetectionConfig()).info().notice
    with pytest.raises(ModelMissing):
        TurnDetectionService(TurnDetectionConfig(end_of_turn="model"))
