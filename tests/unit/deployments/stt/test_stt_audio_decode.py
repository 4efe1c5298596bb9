"""Decoding: every promised format is heard, and hostile or broken files end in a sentence a candidate can act on."""

from __future__ import annotations

import io
import struct
import threading
import wave
from collections.abc import Iterator

import av
import msgspec
import numpy as np
import pytest

from deployments.stt.audio.container import cut_short
from deployments.stt.audio.decode import SAMPLE_RATE, decode_audio
from deployments.stt.config import SttConfig
from interview.errors import AudioRejected, AudioTooLarge, AudioTooLong, DeadlineExceeded, EmptyAudio, UnreadableAudio
from storage.blobs.audio_types import sniff
from tests.support.paths import ROOT

CONFIG = SttConfig()
SPEECH = ROOT / "tests" / "data" / "speech"

#: container → (libav muxer, encoder, sample rate the encoder takes)
FORMATS = {
    "wav": ("wav", "pcm_s16le", 44_100),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "m4a": ("mp4", "aac", 44_100),
    "ogg": ("ogg", "libopus", 48_000),
    "webm": ("webm", "libopus", 48_000),
    "flac": ("flac", "flac", 44_100),
}


def encode(samples: np.ndarray, kind: str, *, stereo: bool = False) -> bytes:
    muxer, codec, rate = FORMATS[kind]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=muxer) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = "stereo" if stereo else "mono"
        resampler = av.AudioResampler(
            format=stream.codec_context.format.name,
            layout=stream.layout.name,
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        for resampled in [*resampler.resample(frame), *resampler.resample(None)]:
            for packet in stream.encode(resampled):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return buffer.getvalue()


def tone(duration_s: float) -> np.ndarray:
    t = np.arange(int(duration_s * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def wav(samples: np.ndarray, rate: int = SAMPLE_RATE) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


@pytest.mark.parametrize("stereo", [False, True], ids=["mono", "stereo"])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_promised_format_arrives_as_mono_16_khz(kind: str, stereo: bool) -> None:
    decoded = decode_audio(encode(tone(2.0), kind, stereo=stereo), CONFIG)

    assert decoded.samples.dtype == np.float32
    assert decoded.duration_s == pytest.approx(2.0, abs=0.12)
    spectrum = np.abs(np.fft.rfft(decoded.samples[:SAMPLE_RATE]))
    assert int(spectrum.argmax()) == 440


@pytest.mark.parametrize("kind", FORMATS)
def test_a_recording_cut_in_the_middle_is_refused_and_not_half_heard(kind: str) -> None:
    whole = encode(tone(6.0) + np.random.default_rng(0).normal(0, 0.05, 6 * SAMPLE_RATE).astype(np.float32), kind)
    if kind == "mp3":
        # Without its frame-count header a stream cut at a frame is a shorter recording; with it, the cut shows.
        assert b"Info" in whole[:200] or b"Xing" in whole[:200]
    with pytest.raises(AudioRejected) as rejected:
        decode_audio(whole[: len(whole) * 55 // 100], CONFIG)
    assert "again" in rejected.value.message


def test_a_streamed_wav_without_a_length_is_whole() -> None:
    data = bytearray(wav(tone(1.0)))
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    assert decode_audio(bytes(data), CONFIG).duration_s == pytest.approx(1.0, abs=0.01)


def test_a_media_recorder_webm_of_unknown_length_is_whole_and_its_cut_is_seen() -> None:
    data = bytearray(encode(tone(3.0), "webm"))
    segment = data.find(b"\x18\x53\x80\x67")
    data[segment + 4 : segment + 12] = b"\x01" + b"\xff" * 7  # what browsers write: size unknown
    assert not cut_short("matroska", bytes(data))
    assert cut_short("matroska", bytes(data[: len(data) // 2]))


@pytest.mark.parametrize(
    "data",
    [b"", b"not audio at all, just words" * 50, b"#EXTM3U\n/etc/passwd\n", b"\x89PNG\r\n\x1a\n" + bytes(64)],
    ids=["empty", "text", "playlist", "image"],
)
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises((EmptyAudio, UnreadableAudio)):
        decode_audio(data, CONFIG)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_body_behind_good_magic_never_ends_in_an_untyped_error(kind: str) -> None:
    good = encode(tone(1.0), kind)
    noise = np.random.default_rng(7)
    for _ in range(40):
        broken = bytearray(good)
        for position in noise.integers(12, len(broken), 30):
            broken[int(position)] = int(noise.integers(256))
        try:
            decode_audio(bytes(broken), CONFIG)
        except AudioRejected as rejected:
            assert rejected.message.endswith(".")


def test_a_file_over_the_upload_limit_is_refused_before_it_is_opened() -> None:
    with pytest.raises(AudioTooLarge):
        decode_audio(bytes(1025), msgspec.structs.replace(CONFIG, max_upload_bytes=1024))


def test_an_overlong_recording_is_refused() -> None:
    with pytest.raises(AudioTooLong):
        decode_audio(wav(tone(3.0)), msgspec.structs.replace(CONFIG, max_duration_s=2.0))


def test_a_small_file_that_unpacks_to_hours_stops_at_the_limit() -> None:
    bomb = encode(np.zeros(120 * SAMPLE_RATE, np.float32), "flac")
    assert len(bomb) < 30_000
    with pytest.raises(AudioTooLong):
        decode_audio(bomb, msgspec.structs.replace(CONFIG, max_duration_s=100))


def test_the_decoded_size_is_bounded_whatever_the_clock_in_the_file_says() -> None:
    forged = wav(tone(4.0), rate=384_000)  # claims to last a sixth of a second
    with pytest.raises(AudioTooLong):
        decode_audio(forged, msgspec.structs.replace(CONFIG, max_decoded_bytes=100_000))


@pytest.mark.parametrize("rate", [0, 1, 3_999, 4_000_000, 2**32 - 1])
def test_a_forged_sample_rate_is_refused(rate: int) -> None:
    data = bytearray(wav(tone(1.0)))
    struct.pack_into("<I", data, 24, rate)
    with pytest.raises(AudioRejected):
        decode_audio(bytes(data), CONFIG)


def test_a_film_without_sound_is_refused() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for packet in [*stream.encode(av.VideoFrame(32, 32, "yuv420p")), *stream.encode(None)]:
            container.mux(packet)
    with pytest.raises(UnreadableAudio, match="no sound"):
        decode_audio(buffer.getvalue(), CONFIG)


def test_decoding_stops_when_the_caller_has_disconnected() -> None:
    abandoned = threading.Event()
    abandoned.set()
    with pytest.raises(DeadlineExceeded):
        decode_audio(wav(tone(1.0)), CONFIG, abandoned)


def test_the_samples_of_a_wav_arrive_unchanged() -> None:
    path = SPEECH / "two_cities_1.wav"
    with wave.open(str(path)) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    np.testing.assert_array_equal(decode_audio(path.read_bytes(), CONFIG).samples, raw)


def magic() -> Iterator[tuple[bytes, str | None]]:
    yield b"RIFF\0\0\0\0WAVEfmt ", "wav"
    yield b"RIFF\0\0\0\0AVI LIST", None
    yield b"\0\0\0\x20ftypM4A ", "mp4"
    yield b"\xff\xfb\x90\0", "mp3"
    yield b"\xff\xd8\xff\xe0", None
    yield b"ID3\x04", "mp3"
    yield b"", None


@pytest.mark.parametrize(("head", "container"), list(magic()))
def test_the_container_is_told_by_its_magic(head: bytes, container: str | None) -> None:
    assert sniff(head) == container
