"""Planned sentences are spoken ahead, kept on disk, and spoken again only when the voice or the text changes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from deployments.agent.script.openings import openings
from deployments.tts.config import FakeVoiceConfig, LoudnessConfig, TtsConfig
from deployments.tts.contract import Preparation, PreparationRequest, SynthesisRequest
from deployments.tts.engines.fake import FakeSpeechEngine
from deployments.tts.engines.port import Pcm
from deployments.tts.sentence_store import SentenceKey, SentenceStore
from deployments.tts.service import TtsService


class SlowFake(FakeSpeechEngine):
    """A fake that says it is slow, as neural voices are."""

    slow = True


PLAN = PreparationRequest(("What is a lock? Take your time.", "What is a lock?"))


def config_at(directory: Path, **changes: object) -> TtsConfig:
    return TtsConfig(engine="fake", kept_directory=str(directory), **changes)  # type: ignore[arg-type]


async def prepared(config: TtsConfig, request: PreparationRequest = PLAN) -> SlowFake:
    """A replica that has spoken ``request`` ahead, closed again."""
    engine = SlowFake()
    service = TtsService(config, engine)
    await service.prepare(request)
    await service.ahead.drained()
    await service.close()
    return engine


async def test_a_prepared_sentence_is_not_spoken_again_by_another_replica(tmp_path: Path) -> None:
    assert (await prepared(config_at(tmp_path))).spoken == 2
    engine = SlowFake()
    service = TtsService(config_at(tmp_path), engine)
    assert await service.prepare(PLAN) == Preparation(kept=2, queued=0)
    speech = await service.synthesize(SynthesisRequest("Take your time. **What is a lock?**"))
    assert engine.spoken == 0
    fresh = TtsService(TtsConfig(engine="fake"), engine)
    assert speech.audio == (await fresh.synthesize(SynthesisRequest("Take your time. What is a lock?"))).audio


class OtherWeights(SlowFake):
    def version(self, voice: str) -> str:
        return "fake 2"


async def test_a_quick_voice_keeps_nothing(tmp_path: Path) -> None:
    service = TtsService(config_at(tmp_path), FakeSpeechEngine())
    assert await service.prepare(PLAN) == Preparation(kept=0, queued=0)
    assert list(tmp_path.iterdir()) == []
    await service.close()


async def test_another_version_of_the_voice_or_another_loudness_speaks_anew(tmp_path: Path) -> None:
    await prepared(config_at(tmp_path))
    other = TtsService(config_at(tmp_path), OtherWeights())
    assert (await other.prepare(PLAN)).queued == 2
    louder = TtsService(config_at(tmp_path, loudness=LoudnessConfig(target_lufs=-16)), SlowFake())
    assert (await louder.prepare(PLAN)).queued == 2
    for service in (other, louder):
        await service.close()


async def test_a_changed_normaliser_speaks_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await prepared(config_at(tmp_path))
    monkeypatch.setattr("deployments.tts.service.SPOKEN_VERSION", "another")
    service = TtsService(config_at(tmp_path), SlowFake())
    assert (await service.prepare(PLAN)).queued == 2
    await service.close()


async def test_a_request_interrupts_what_is_spoken_ahead_and_it_is_resumed(tmp_path: Path) -> None:
    engine = SlowFake(FakeVoiceConfig(median_s=60))
    service = TtsService(config_at(tmp_path), engine)
    await service.prepare(PLAN)
    while not engine.running:
        await asyncio.sleep(0)
    engine._config = FakeVoiceConfig()
    await service.synthesize(SynthesisRequest("Hello."))
    await service.ahead.drained()
    assert (await service.prepare(PLAN)) == Preparation(kept=2, queued=0)
    await service.close()


@pytest.mark.parametrize("reply", ["Thank you, that was clear to me.", "Got it. What did the profile show, then?"])
async def test_a_fresh_reply_begins_with_an_opening_spoken_ahead(tmp_path: Path, reply: str) -> None:
    await prepared(config_at(tmp_path), PreparationRequest(openings("en")))
    engine = SlowFake()
    service = TtsService(config_at(tmp_path), engine)
    parts = service.stream(SynthesisRequest(reply, format="pcm"))
    assert reply.startswith((await anext(parts)).caption)
    assert engine.spoken == 0
    _ = [part async for part in parts]
    assert engine.spoken == 1
    await service.close()


async def test_a_reply_is_never_kept_on_disk(tmp_path: Path) -> None:
    service = TtsService(config_at(tmp_path), SlowFake())
    await service.synthesize(SynthesisRequest("You said that your name is Ada."))
    _ = [part async for part in service.stream(SynthesisRequest("And that you live in Berlin."))]
    await service.close()
    assert list(tmp_path.iterdir()) == []


KEY = SentenceKey("fake 1", "low", 1.0, "Hello.")


def test_the_least_recently_used_sentence_leaves_the_disk_first(tmp_path: Path) -> None:
    store = SentenceStore(1 << 20, tmp_path, 2 * 2000)
    keys = [KEY._replace(spoken=f"Sentence {number}.") for number in range(3)]
    for age, key in enumerate(keys[:2]):
        store.keep(key, np.ones(1000, np.int16))
        os.utime(next(iter(sorted(tmp_path.iterdir(), key=lambda path: -path.stat().st_mtime_ns))), (age + 1, age + 1))
    assert store.load(keys[0]) is not None
    store.keep(keys[2], np.ones(1000, np.int16))
    assert [store.is_kept(key) for key in keys] == [True, False, True]


def test_a_damaged_file_is_no_speech_and_goes(tmp_path: Path) -> None:
    store = SentenceStore(1 << 20, tmp_path, 1 << 20)
    store.keep(KEY, np.arange(100, dtype=np.int16))
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"odd")
    assert store.load(KEY) is None
    assert not store.is_kept(KEY)


def test_memory_holds_at_most_its_bound() -> None:
    store = SentenceStore(4000, None, 0)
    for number in range(5):
        store.put(KEY._replace(spoken=str(number)), np.zeros(900, np.int16))
    assert store.size_bytes <= 4000
    assert store.get(KEY._replace(spoken="0")) is None
    assert store.get(KEY._replace(spoken="4")) is not None


class NotingEngine(SlowFake):
    """Notes which sentences it was asked to speak quietly."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, bool]] = []

    async def speak(self, text: str, *, voice: str, speed: float, quiet: bool = False) -> Pcm:
        self.asked.append((text, quiet))
        return await super().speak(text, voice=voice, speed=speed, quiet=quiet)


async def test_only_what_is_spoken_ahead_takes_the_lowest_priority(tmp_path: Path) -> None:
    engine = NotingEngine()
    service = TtsService(config_at(tmp_path), engine)
    await service.prepare(PreparationRequest(("What is a lock?",)))
    await service.ahead.drained()
    await service.synthesize(SynthesisRequest("Hello."))
    assert engine.asked == [("What is a lock?", True), ("Hello.", False)]
    await service.close()


async def test_a_voice_that_has_spoken_is_healthy_without_speaking_again(tmp_path: Path) -> None:
    engine = SlowFake()
    service = TtsService(config_at(tmp_path), engine)
    await service.synthesize(SynthesisRequest("Hello."))
    await service.check_health()
    assert engine.spoken == 1
    await service.check_health()
    assert engine.spoken == 2
