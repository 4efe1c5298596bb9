"""The promise of batching: what many requests hear together is what faster-whisper hears alone, on the same audio."""

from __future__ import annotations

import asyncio
import csv
import io
import wave

import numpy as np
import pytest

from benchmarks.stt.clips import word_error_rate
from deployments.stt.audio.decode import SAMPLE_RATE, Samples, decode_audio
from deployments.stt.audio.vad import cut_into_pieces, find_speech
from deployments.stt.config import SttConfig
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.engines.port import AudioPiece, PieceOptions, PieceText
from deployments.stt.engines.whisper import WhisperEngine, load_engine
from deployments.stt.keyed_batches import KeyedBatches
from deployments.stt.service import SttService
from interview.errors import InterviewError
from tests.support.paths import ROOT

CONFIG = SttConfig(window_policy="full", max_batch_audio_s=240)
FOLDER = ROOT / "tests" / "data" / "speech"


def transcripts_of_people() -> dict[str, str]:
    with (FOLDER / "transcripts.tsv").open(newline="") as file:
        return {row["clip"]: row["text"] for row in csv.DictReader(file, delimiter="\t")}


def sample_clips() -> dict[str, Samples]:
    return {path.stem: decode_audio(path.read_bytes(), CONFIG).samples for path in sorted(FOLDER.glob("*.wav"))}


def derived_clips(samples: dict[str, Samples]) -> dict[str, Samples]:
    """Quieter, noisier, joined: the sorts of audio on which a batch might differ from a single run."""
    noise = np.random.default_rng(11)
    names = sorted(samples)
    derived = {f"{name} quiet": samples[name] * np.float32(0.1) for name in names}
    for name in names:
        hiss = noise.normal(0, 0.004, len(samples[name])).astype(np.float32)
        derived[f"{name} noisy"] = samples[name] + hiss
    for first, second in zip(names[1:4], names[4:7], strict=True):
        derived[f"{first} + {second}"] = np.concatenate([samples[first], samples[second]])
    return derived


def as_wav(samples: Samples) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


@pytest.fixture(scope="module")
def engine() -> WhisperEngine:
    return load_engine(CONFIG, resolve_model(CONFIG))


def service(engine: WhisperEngine, config: SttConfig = CONFIG) -> SttService:
    batches = KeyedBatches(engine, config.max_batch_audio_s)

    async def transcriber(piece: AudioPiece) -> PieceText:
        outcome = (await batches.run([piece]))[0]
        if isinstance(outcome, InterviewError):
            raise outcome
        return outcome

    return SttService(config, engine, transcriber)


async def hear(service: SttService, clips: dict[str, Samples], **options: object) -> dict[str, Transcript]:
    requests = (TranscribeRequest(as_wav(samples), **options) for samples in clips.values())  # type: ignore[arg-type]
    return dict(zip(clips, await asyncio.gather(*map(service.transcribe, requests)), strict=True))


def sequential(engine: WhisperEngine, samples: Samples, *, timestamps: bool) -> list[tuple[str, float, float]]:
    """faster-whisper's own path, piece by piece: (text, avg_logprob, no_speech_prob)."""
    rules = engine.profile.segmentation
    pcm = decode_audio(as_wav(samples), CONFIG).samples
    heard = []
    for span in cut_into_pieces(find_speech(pcm, rules, CONFIG.vad_threshold), rules):
        segments, _ = engine._whisper.transcribe(
            pcm[span.start : span.end],
            language="en",
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=not timestamps,
        )
        heard += [(segment.text.strip(), segment.avg_logprob, segment.no_speech_prob) for segment in segments]
    return heard


async def test_thirty_clips_in_shared_batches_read_as_the_sequential_path_reads_them(engine: WhisperEngine) -> None:
    clips = sample_clips()
    clips |= derived_clips(clips)
    assert len(clips) >= 30

    transcripts = await hear(service(engine), clips)

    assert engine.stats.largest_batch >= 4, "they must have shared batches"
    for name, transcript in transcripts.items():
        heard = [(segment.text, segment.avg_logprob, segment.no_speech_prob) for segment in transcript.segments]
        alone = sequential(engine, clips[name], timestamps=False)
        assert [text for text, *_ in heard] == [text for text, *_ in alone], name
        for (_, logprob, no_speech), (_, logprob_alone, no_speech_alone) in zip(heard, alone, strict=True):
            assert logprob == pytest.approx(logprob_alone, abs=0.02), name
            assert no_speech == pytest.approx(no_speech_alone, abs=0.02), name


async def test_with_the_decoders_own_timestamps_too(engine: WhisperEngine) -> None:
    clips = dict(list(derived_clips(sample_clips()).items())[-3:])
    config = SttConfig(window_policy="full", segment_timestamps=True)

    transcripts = await hear(service(engine, config), clips)

    for name, transcript in transcripts.items():
        alone = sequential(engine, clips[name], timestamps=True)
        assert [segment.text for segment in transcript.segments] == [text for text, *_ in alone], name


async def test_word_timestamps_rise_and_stay_within_their_segment(engine: WhisperEngine) -> None:
    clips = dict(list(sample_clips().items())[:3])

    transcripts = await hear(service(engine), clips, word_timestamps=True)

    for transcript in transcripts.values():
        for segment in transcript.segments:
            assert " ".join(word.text for word in segment.words) == segment.text
            times = [time for word in segment.words for time in (word.start, word.end)]
            assert times == sorted(times)
            assert segment.start <= times[0] <= times[-1] <= segment.end + 0.01


async def test_word_timestamps_and_plain_requests_do_not_share_a_batch(engine: WhisperEngine) -> None:
    samples = next(iter(sample_clips().values()))
    plain = engine.prepare(samples, PieceOptions("en"))
    worded = engine.prepare(samples, PieceOptions("en", word_timestamps=True))
    assert plain.key != worded.key


async def test_people_are_understood_with_the_models_own_windows(engine: WhisperEngine) -> None:
    texts = transcripts_of_people()
    transcripts = await hear(service(load_engine(SttConfig(), resolve_model(SttConfig())), SttConfig()), sample_clips())

    heard = {name: transcripts[name].text for name in texts}
    assert word_error_rate(list(texts.values()), list(heard.values())) <= 0.06, heard
    assert all(transcript.confidence > 0.6 for transcript in transcripts.values())
