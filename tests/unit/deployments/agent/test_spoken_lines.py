"""A recurring line: one call to the voice, a file for each interview, and none that outlives its interview."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.streaming.heard_so_far import HeardSoFar
from deployments.agent.turn.slow_work import Spoken
from deployments.agent.turn.speak import Speaker
from deployments.agent.turn.spoken_lines import KEEP_S, SpokenLines
from deployments.tts.contract import Speech, SpeechPart, SynthesisRequest
from interview.sessions.session import AudioRef
from serve.metrics.observers import AgentObserver
from serve.metrics.registry import PlatformMetrics
from serve.simulation.rehearsal import MemoryBlobs, WrittenVoice
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.blobs.layout import path_of_url, session_prefix

LINE = "What does an index cost?"


class CountedVoice(WrittenVoice):
    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[str] = []
        self.stands_in = ""

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        self.spoken.append(request.text)
        return replace(await super().synthesize(request), stands_in=self.stands_in)


@pytest.fixture
async def blobs(tmp_path: Path) -> AsyncIterator[FsspecBlobStore]:
    store = FsspecBlobStore(str(tmp_path / "blobs"))
    yield store
    await store.close()


@pytest.fixture
def voice() -> CountedVoice:
    return CountedVoice()


async def say(speaker: Speaker, interview_id: str, *, text: str = LINE, turn: int = 1) -> AudioRef:
    spoken = await speaker.speak(text, tenant="acme", interview_id=interview_id, turn=turn, language="en")
    assert spoken.audio is not None
    return spoken.audio


async def heard(blobs: FsspecBlobStore, interview_id: str, audio: AudioRef) -> str:
    return (await blobs.get(path_of_url("acme", interview_id, audio.url))).decode()


async def test_a_line_is_spoken_once_and_kept_for_each_interview(blobs: FsspecBlobStore, voice: CountedVoice) -> None:
    speaker = Speaker(voice, blobs, AgentConfig())
    first, second = await say(speaker, "one"), await say(speaker, "two", turn=3)
    assert voice.spoken == [LINE]
    assert (second.sha256, second.size_bytes, second.duration_s) == (first.sha256, first.size_bytes, first.duration_s)
    assert second.url.startswith("/session/audio/two/3-interviewer-")
    assert [await heard(blobs, "one", first), await heard(blobs, "two", second)] == [LINE, LINE]


async def test_an_erasure_takes_one_interviews_audio_and_silences_no_other(
    blobs: FsspecBlobStore, voice: CountedVoice
) -> None:
    speaker = Speaker(voice, blobs, AgentConfig())
    first, second = await say(speaker, "one"), await say(speaker, "two")
    for erased in ("one", "two"):
        assert await blobs.delete(session_prefix("acme", erased)) == 1
        assert not await blobs.exists(path_of_url("acme", erased, second.url))
        if erased == "one":
            assert await heard(blobs, "two", second) == LINE
    third = await say(speaker, "three")
    assert await heard(blobs, "three", third) == LINE
    assert voice.spoken == [LINE, LINE], "the last copy was gone, so the line was spoken again"
    assert third.sha256 == first.sha256


async def test_other_words_are_another_line(blobs: FsspecBlobStore, voice: CountedVoice) -> None:
    speaker = Speaker(voice, blobs, AgentConfig())
    for text in (LINE, "And what does it gain?"):
        assert await heard(blobs, "one", await say(speaker, "one", text=text)) == text
    assert len(voice.spoken) == 2


async def test_a_stand_ins_voice_is_never_repeated(blobs: FsspecBlobStore, voice: CountedVoice) -> None:
    speaker = Speaker(voice, blobs, AgentConfig())
    voice.stands_in = "The wanted voice is missing."
    await say(speaker, "one")
    voice.stands_in = ""
    spoken = await speaker.speak(LINE, tenant="acme", interview_id="two", turn=1, language="en")
    assert spoken == Spoken(audio=spoken.audio)
    assert len(voice.spoken) == 2


async def test_a_listener_to_the_parts_gets_them_every_time(blobs: FsspecBlobStore, voice: CountedVoice) -> None:
    speaker = Speaker(voice, blobs, AgentConfig())
    for turn in (1, 2):
        parts: list[SpeechPart] = []
        heard_so_far = HeardSoFar(lambda _: None, parts.append)
        async with speaker.growing(heard_so_far, "en") as growing:
            heard_so_far.say(LINE)
            await speaker.speak(LINE, tenant="acme", interview_id="one", turn=turn, language="en", growing=growing)
        assert b"".join(part.audio for part in parts).decode().split() == LINE.split()


async def test_no_more_lines_are_remembered_than_configured(blobs: FsspecBlobStore, voice: CountedVoice) -> None:
    for capacity, calls in ((0, 4), (1, 4), (2, 2)):
        voice.spoken.clear()
        speaker = Speaker(voice, blobs, AgentConfig(spoken_lines=capacity))
        for turn, text in enumerate((LINE, "Why?", LINE, "Why?")):
            await say(speaker, "one", text=text, turn=turn)
        assert len(voice.spoken) == calls


async def test_after_an_hour_a_line_is_spoken_again() -> None:
    """So that a voice that was changed is heard everywhere."""
    blobs, now = MemoryBlobs(), 100.0
    lines = SpokenLines(blobs, capacity=8, now=lambda: now)
    request = SynthesisRequest(LINE)
    await blobs.put("a", b"audio")
    lines.remember(request, "a", AudioRef("/a", "audio/wav", 5, "0" * 64, 1.0))
    now += KEEP_S - 1
    assert await lines.repeated(request, tenant="acme", interview_id="one", turn=1) is not None
    now += 1
    assert await lines.repeated(request, tenant="acme", interview_id="one", turn=2) is None


async def test_a_repeated_line_counts_as_speech(blobs: FsspecBlobStore, voice: CountedVoice) -> None:
    metrics = PlatformMetrics()
    speaker = Speaker(voice, blobs, AgentConfig(), AgentObserver(metrics).speech_repeated)
    for interview_id in ("one", "two", "three"):
        await say(speaker, interview_id)
    assert b'interview_audio_seconds_total{direction="spoken"} 2.0' in metrics.exposition(), "the first is metered"
