"""The unmodified ``openai`` client holds interviews through a virtual microphone, with real ears and a real voice."""

from __future__ import annotations

import asyncio
import base64
import itertools
import re
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.stt.config import SttConfig
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.engines.port import AudioPiece, PieceText
from deployments.stt.engines.whisper import load_engine
from deployments.stt.service import SttService
from deployments.tts.config import TtsConfig
from deployments.tts.direct import synthesize_wav
from deployments.tts.engines.selection import build_engine
from deployments.tts.service import TtsService
from deployments.turn_detection.config import TurnDetectionConfig
from deployments.turn_detection.service import TurnDetectionService
from serve.http.ports import IngressPorts
from storage.sessions.port import SessionKey
from tests.support.paths import ROOT
from tests.support.realtime import KEY, PLANS, application, application_ports, checked, serving, start

VOICE = TtsConfig(engine="espeak", kept_bytes=0)
EARS = SttConfig(workers=1)
ANSWERS = [
    "I build services in Python. I measure them before I change them, and I write tests for every change.",
    "A deadlock is two tasks that wait for each other for ever. I take locks in one fixed order.",
]
SKIP = "Please skip this question."
TICK = 480  # 20 ms at 24 kHz


def spoken(text: str) -> np.ndarray[Any, Any]:
    """``text`` in espeak-ng's voice at 24 kHz."""
    samples, rate = synthesize_wav(text, "en-us", 0.9)
    return np.interp(np.arange(0, len(samples) - 1, rate / 24_000), np.arange(len(samples)), samples).astype(np.int16)


def short_interview() -> InstalledPlans:
    """The backend interview with the first core question of each phase, and nothing adaptive."""
    plan = PLANS.get("backend-engineer")
    assert plan is not None
    phases = tuple(replace(phase, core=phase.core[:1], adaptive=0) for phase in plan.phases)
    return InstalledPlans({plan.id: replace(plan, phases=phases)})


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[IngressPorts]:
    tts = TtsService(VOICE, build_engine(VOICE))
    stt = _ears()
    detection = TurnDetectionService(TurnDetectionConfig(end_of_turn="silence"))
    yield application_ports(tmp_path, stt=stt, tts=tts, turn_detection=detection, plans=short_interview())
    stt.close()
    await tts.close()


def _ears() -> SttService:
    engine = load_engine(EARS, resolve_model(EARS))

    async def transcribed(piece: AudioPiece) -> PieceText:
        (outcome,) = await asyncio.to_thread(engine.transcribe_batch, [piece])
        assert isinstance(outcome, PieceText)
        return outcome

    return SttService(EARS, engine, transcribed)


class VirtualMicrophone:
    """Sends 20 ms ticks with noise: what was given to say, else silence. It runs faster than real time."""

    def __init__(self, talk: AsyncRealtimeConnection, faster: float = 8.0) -> None:
        self._talk = talk
        self._tick_s = 0.02 / faster
        self._rest = np.zeros(0, np.int16)
        self._random = np.random.default_rng(7)

    def say(self, samples: np.ndarray[Any, Any]) -> None:
        self._rest = np.concatenate([self._rest, np.zeros(24_000, np.int16), samples])

    async def run(self) -> None:
        while True:
            tick, self._rest = self._rest[:TICK], self._rest[TICK:]
            tick = np.pad(tick, (0, TICK - len(tick))) + self._random.normal(0, 20, TICK)
            audio = base64.b64encode(tick.astype("<i2").tobytes()).decode()
            await self._talk.input_audio_buffer.append(audio=audio)
            await asyncio.sleep(self._tick_s)


async def test_a_whole_interview_is_held_by_voice(ports: IngressPorts) -> None:
    async with serving(application(ports)) as address:
        await start(address)
        client = AsyncOpenAI(base_url=f"http://{address}/v1", api_key=KEY)
        secret = await client.realtime.client_secrets.create(extra_body={"interview": {"id": "i-1"}})
        candidate = AsyncOpenAI(base_url=f"http://{address}/v1", api_key=secret.value)
        heard, said, answers = [], [], itertools.chain(ANSWERS, itertools.repeat(SKIP))
        async with candidate.realtime.connect(model="gpt-realtime") as talk:
            microphone = VirtualMicrophone(talk)
            await talk.response.create()
            sending = asyncio.create_task(microphone.run())
            async with asyncio.timeout(120):
                async for event in talk:
                    checked(event.to_dict())
                    assert event.type != "error", event
                    if event.type == "conversation.item.input_audio_transcription.completed":
                        heard.append(event.transcript)
                    elif event.type == "response.done":
                        response: Any = event.response.to_dict()
                        said.append(response["output"][0]["content"][0]["transcript"])
                        if not response.get("interview", {}).get("should_continue", True):
                            break
                        microphone.say(spoken(next(answers)))
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    state = await ports.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    assert state.status == "concluded"
    assert [turn.content for turn in state.conversation_history if turn.role == "candidate"] == heard
    assert [turn.content for turn in state.conversation_history if turn.role == "interviewer"] == said
    assert "fixed order" in " ".join(heard)


async def test_the_client_in_the_guide_works_when_pasted(
    ports: IngressPorts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = (ROOT / "docs" / "realtime.md").read_text()
    found = re.search(r"```python\n(.*?)```", guide, re.S)
    assert found is not None
    speech = tmp_path / "answer.wav"
    with wave.open(str(speech), "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", ""))
        file.writeframes(spoken(ANSWERS[0]).astype("<i2").tobytes())
    async with serving(application(ports)) as address:
        await start(address)
        for name, value in [("URL", f"http://{address}"), ("KEY", KEY), ("INTERVIEW", "i-1"), ("SPEECH", str(speech))]:
            monkeypatch.setenv(name, value)
        code = compile(found[1], "docs/realtime.md", "exec")
        await asyncio.to_thread(exec, code, {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert printed.count("interviewer:") == 2
    assert printed.count("candidate:") == 1
    state = await ports.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    assert state.questions_asked[0].clarifications == 0  # the recording answered the question
