"""The parts of a realtime session: audio formats, settings, bounds, transcripts of an answer's parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from deployments.stt.contract import EngineInfo, Segment, Transcript
from interview.errors import AudioRejected, Overloaded
from serve.http.realtime.answer_audio import AnswerAudio, PartTranscripts
from serve.http.realtime.audio_formats import AudioFormat, Decoder, Encoder, Pcm, Pcma, Pcmu, Samples, hertz
from serve.http.realtime.faults import Fault
from serve.http.realtime.intake import Intake
from serve.http.realtime.playback import Playback
from serve.http.realtime.session_config import SessionConfig, changed
from serve.http.realtime.wire import ResponseWire

FORMS = [Pcm(), Pcm(16_000), Pcmu(), Pcma()]


def tone(seconds: float, rate: int) -> Samples:
    return (np.sin(2 * np.pi * 300 * np.arange(int(seconds * rate)) / rate) * 10_000).astype(np.int16)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_speech_survives_a_format_in_pieces_of_any_size(form: AudioFormat) -> None:
    encoder, spoken = Encoder(form), tone(1.0, 24_000)
    data = b"".join(encoder.feed(piece) for piece in np.array_split(spoken, 7)) + encoder.finish()
    decoder = Decoder(form)
    heard = np.concatenate([*(decoder.feed(data[at : at + 333]) for at in range(0, len(data), 333)), decoder.finish()])
    assert len(data) == pytest.approx(hertz(form) * (2 if isinstance(form, Pcm) else 1), abs=8)
    assert len(heard) == pytest.approx(16_000, abs=32)
    expected = tone(1.0, 16_000)[: len(heard)]
    middle = slice(1_000, 15_000)
    error = heard[middle].astype(float) - expected[middle]
    assert np.sqrt(np.mean(error**2)) < 0.05 * 10_000


def test_changes_are_merged_and_null_clears() -> None:
    config = changed(
        SessionConfig(), {"audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 0.7}}}}
    )
    config = changed(config, {"audio": {"input": {"turn_detection": {"silence_duration_ms": 900}}}})
    shown = config.shown("s", 1)["audio"]["input"]["turn_detection"]
    assert (shown["threshold"], shown["silence_duration_ms"], shown["interrupt_response"]) == (0.7, 900, True)
    for cleared in (None, False):
        assert changed(config, {"audio": {"input": {"turn_detection": cleared}}}).audio.input.turn_detection is None


def test_the_transcription_has_a_models_name_as_clients_require() -> None:
    assert isinstance(SessionConfig().shown("s", 1)["audio"]["input"]["transcription"]["model"], str)


def test_settings_of_other_servers_are_accepted_without_effect() -> None:
    sent: dict[str, Any] = {
        "type": "realtime",
        "model": "gpt-realtime-2.1",
        "instructions": "Say nothing.",
        "tools": [{"type": "function", "name": "x"}],
        "tracing": "auto",
        "audio": {"output": {"voice": "ash"}, "input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}},
    }
    shown = changed(SessionConfig(), sent).shown("s", 1)
    assert (shown["instructions"], shown["tools"], shown["model"]) == ("", (), "interview")
    assert shown["audio"]["input"]["transcription"]["model"] == "gpt-4o-mini-transcribe"


@pytest.mark.parametrize(
    "sent", [[], {"audio": 1}, {"audio": {"input": []}}, {"type": "transcription"}, {"output_modalities": []}]
)
def test_a_wrong_setting_is_a_fault_with_its_path(sent: Any) -> None:
    with pytest.raises(Fault) as fault:
        changed(SessionConfig(), sent)
    assert fault.value.code == "invalid_value"
    assert (fault.value.param or "").startswith("session")


def test_audio_is_taken_near_real_time_after_a_burst() -> None:
    now = 0.0
    intake = Intake(audio_rate=1.5, audio_burst_s=15, events_per_s=10, clock=lambda: now)
    intake.audio(15)
    with pytest.raises(Fault):
        intake.audio(1)
    now = 1.0
    intake.audio(1.5)
    with pytest.raises(Fault):
        intake.audio(0.1)


def transcript(text: str, seconds: float, confidence: float = 0.9) -> Transcript:
    segment = Segment(0.0, seconds, text, -0.1, 0.0)
    return Transcript(text, "en", seconds, (segment,), confidence, EngineInfo("x", "x"), speech_s=seconds)


class Ears:
    """Transcribes the length of what it gets; ``fails`` is raised once."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.fails: Exception | None = None

    async def hear(self, samples: Samples) -> Transcript:
        self.lengths.append(len(samples) // 16)
        if self.fails is not None:
            failure, self.fails = self.fails, None
            raise failure
        return transcript(f"<{len(samples) // 16}>", len(samples) / 16_000)


def audio_of(seconds: float) -> AnswerAudio:
    audio = AnswerAudio()
    audio.append(np.zeros(int(seconds * 16_000), np.int16))
    return audio


async def test_an_answer_is_transcribed_in_its_pauses_and_only_the_tail_at_its_end() -> None:
    ears, told = Ears(), []
    parts = PartTranscripts(ears.hear, told.append)
    audio = audio_of(12)
    parts.paused(audio, 4_000)
    parts.paused(audio, 9_000)
    whole = await parts.whole(audio, 11_000)
    assert whole is not None
    assert ears.lengths == [4_300, 5_000, 2_000]
    assert whole.text == "<4300> <5000> <2000>"
    assert [segment.start for segment in whole.segments] == pytest.approx([0.0, 4.3, 9.3])
    assert told == ["<4300>", "<5000>"]
    assert whole.duration_s == 12


async def test_a_pause_that_ends_the_answer_is_not_transcribed_twice() -> None:
    ears = Ears()
    parts = PartTranscripts(ears.hear, lambda _: None)
    audio = audio_of(4)
    parts.paused(audio, 2_000)
    whole = await parts.whole(audio, 2_000)
    assert whole is not None
    assert ears.lengths == [2_300]


async def test_parts_without_speech_add_nothing() -> None:
    ears = Ears()
    parts = PartTranscripts(ears.hear, lambda _: None)
    ears.fails = AudioRejected("silence")
    assert await parts.whole(audio_of(4), 2_000) is None


async def test_a_part_that_fails_fails_the_whole() -> None:
    ears = Ears()
    parts = PartTranscripts(ears.hear, lambda _: None)
    ears.fails = Overloaded("busy")
    with pytest.raises(Overloaded):
        await parts.whole(audio_of(4), 2_000)


def test_an_answers_audio_keeps_its_clock_when_its_beginning_is_dropped() -> None:
    audio = audio_of(2)
    audio.drop_before(500)
    assert (audio.start_ms, audio.end_ms, audio.length_ms) == (500, 2_000, 1_500)
    assert len(audio.between(1_000, 1_250)) == 4_000
    assert len(audio.take()) == 24_000
    assert (audio.start_ms, audio.length_ms) == (2_000, 0)


@pytest.mark.parametrize(
    ("silent_s", "wall_s", "received_s", "is_live"),
    [
        (0.0, 1.0, 0.0, True),
        (0.0, 1.0, 1.0, True),
        (0.0, 0.0, 0.4, True),
        (0.0, 0.25, 2.0, False),
        (0.0, 5.0, 40.0, False),
        (30.0, 1.0, 1.0, True),  # a microphone that is opened while the interviewer speaks
        (30.0, 0.1, 2.0, False),  # a recording that is sent then
    ],
)
async def test_a_client_that_sends_faster_than_a_microphone_is_not_live(
    silent_s: float, wall_s: float, received_s: float, is_live: bool
) -> None:
    now, received = [100.0], [7_000]
    wire = ResponseWire(lambda _: None, response_id="r", item_id="i", previous_id=None, speaks=True)
    playback = Playback(wire, Encoder(Pcm()), lead_s=5.0, clock=lambda: now[0], received_ms=lambda: received[0])
    await playback.play(tone(2.0, 24_000))
    now[0] += silent_s
    playback.audio_arrives()
    now[0] += wall_s
    received[0] += round(received_s * 1000)
    assert playback.is_live is is_live
