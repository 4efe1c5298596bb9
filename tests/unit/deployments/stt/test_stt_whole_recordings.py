"""Every complete recording is heard, however its writer wired, timed or labelled it."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from deployments.stt.audio.channels import mixed_to_mono
from deployments.stt.audio.container import cut_short
from deployments.stt.audio.decode import SAMPLE_RATE, Samples, decode_audio
from deployments.stt.config import SttConfig
from interview.errors import AudioRejected, UnreadableAudio
from storage.blobs.audio_types import sniff
from tests.support.recordings import tone, wav_file

CONFIG = SttConfig()
RATE = 48_000


def track(container: av.container.OutputContainer, codec: str) -> av.AudioStream:
    stream = container.add_stream(codec, rate=RATE)
    stream.layout = "mono"
    return stream


def packets(stream: av.AudioStream, samples: Samples, start_s: float = 0.0) -> list[av.Packet]:
    """``samples`` at 48 kHz, encoded, beginning at ``start_s`` on the file's clock."""
    size = stream.codec_context.frame_size or 960
    made: list[av.Packet] = []
    for at in range(0, len(samples) - size + 1, size):
        frame = av.AudioFrame.from_ndarray(samples[at : at + size][None].astype(np.float32), "fltp", "mono")
        if stream.codec_context.format.name != "fltp":
            frame = av.AudioFrame.from_ndarray(
                (samples[at : at + size] * 32767).astype(np.int16)[None], stream.codec_context.format.name, "mono"
            )
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = int(start_s * RATE) + at
        made += stream.encode(frame)
    return made + stream.encode(None)


def black() -> av.VideoFrame:
    frame = av.VideoFrame(32, 32, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


def film(
    kind: str, *, picture_s: float, sound_s: float, sound_starts_s: float = 0.0, fragmented: bool = False
) -> bytes:
    """A picture and a tone, interleaved by time."""
    buffer = io.BytesIO()
    options = {"movflags": "frag_every_frame+empty_moov"} if fragmented else {}
    with av.open(buffer, "w", format=kind, options=options) as container:
        picture = container.add_stream("mpeg4" if kind == "mp4" else "libvpx", rate=10)
        picture.width = picture.height = 32
        sound = track(container, "aac" if kind == "mp4" else "libopus")
        video = [packet for _ in range(int(picture_s * 10)) for packet in picture.encode(black())]
        audio = packets(sound, tone(sound_s, RATE), sound_starts_s)
        every = [*video, *picture.encode(None), *audio]
        for packet in sorted(every, key=lambda packet: float(packet.dts * packet.time_base)):
            container.mux(packet)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["mp4", "webm"])
@pytest.mark.parametrize(
    ("picture_s", "sound_s", "sound_starts_s"), [(7, 5, 0), (7, 5, 2), (4, 5, 0), (9, 2, 6.5)], ids=str
)
def test_the_sound_of_a_film_may_be_shorter_longer_or_later_than_its_picture(
    kind: str, picture_s: float, sound_s: float, sound_starts_s: float
) -> None:
    data = film(kind, picture_s=picture_s, sound_s=sound_s, sound_starts_s=sound_starts_s)
    assert decode_audio(data, CONFIG).duration_s == pytest.approx(sound_s, abs=0.15)


@pytest.mark.parametrize("kind", ["mp4", "webm"])
@pytest.mark.parametrize("share", [0.35, 0.6, 0.9])
def test_a_film_that_is_cut_is_refused(kind: str, share: float) -> None:
    data = film(kind, picture_s=6, sound_s=6, fragmented=kind == "mp4")
    with pytest.raises(AudioRejected, match="again"):
        decode_audio(data[: int(len(data) * share)], CONFIG)


@pytest.mark.parametrize("kind", ["webm", "mp4", "ogg"])
def test_a_gap_in_the_clock_is_no_missing_sound(kind: str) -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        sound = track(container, "aac" if kind == "mp4" else "libopus")
        for packet in packets(sound, tone(4.0, RATE)):
            if float(packet.pts * packet.time_base) > 2:  # a pause of six seconds that nobody recorded
                packet.pts += int(6 / packet.time_base)
                packet.dts = packet.pts
            container.mux(packet)
    assert decode_audio(buffer.getvalue(), CONFIG).duration_s == pytest.approx(4.0, abs=0.15)


@pytest.mark.parametrize("speech_in", [0, 1, 2])
@pytest.mark.parametrize("kind", ["webm", "mp4"])
def test_of_several_tracks_the_one_with_sound_is_heard(kind: str, speech_in: int) -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        tracks = [track(container, "aac" if kind == "mp4" else "libopus") for _ in range(3)]
        for number, sound in enumerate(tracks):
            samples = tone(2.0, RATE) if number == speech_in else np.zeros(2 * RATE, np.float32)
            for packet in packets(sound, samples):
                container.mux(packet)
    heard = decode_audio(buffer.getvalue(), CONFIG).samples
    assert int(np.abs(np.fft.rfft(heard[:SAMPLE_RATE])).argmax()) == 440


def adts(samples: Samples) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="adts") as container:
        sound = track(container, "aac")
        for packet in packets(sound, samples):
            container.mux(packet)
    return buffer.getvalue()


@pytest.mark.parametrize("tag", [b"", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)], ids=["plain", "with an ID3 tag"])
def test_adts_aac_is_heard_and_its_cut_is_seen(tag: bytes) -> None:
    data = tag + adts(tone(3.0, RATE))
    assert sniff(data) == "aac"
    decoded = decode_audio(data, CONFIG)
    assert (decoded.codec, decoded.duration_s) == ("aac", pytest.approx(3.0, abs=0.15))
    with pytest.raises(UnreadableAudio, match="incomplete"):
        decode_audio(data[: len(data) * 55 // 100], CONFIG)


@pytest.mark.parametrize(
    ("riff_bytes", "data_bytes"),
    [
        (0, 0),
        (36, 0),
        (36 + 4096, 4096),  # of the first flush
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x7FFFFFFF, 0x7FFFFFFF),
        (0x7FFFFFFF, 0x7FFFFFFF - 36),
        (0x80000024, 0x80000000),
        (2_000_000_036, 2_000_000_000),
        (0xFFFFFFFF, 0x7FFFF000),
    ],
)
def test_a_wav_header_with_a_placeholder_is_no_cut(riff_bytes: int, data_bytes: int) -> None:
    data = bytearray(wav_file(tone(2.0)))
    struct.pack_into("<I", data, 4, riff_bytes)
    struct.pack_into("<I", data, 40, data_bytes)
    assert decode_audio(bytes(data), CONFIG).duration_s == pytest.approx(2.0, abs=0.01)


def test_chunks_behind_the_samples_are_not_heard() -> None:
    data = wav_file(tone(1.0)) + b"LIST\x04\0\0\0INFO"
    assert decode_audio(data, CONFIG).duration_s == pytest.approx(1.0)


def test_an_rf64_file_is_a_wav() -> None:
    plain = wav_file(tone(1.0))
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, len(plain) + 28, len(plain) - 44, SAMPLE_RATE, 0)
    data = b"RF64\xff\xff\xff\xffWAVE" + sizes + plain[12:40] + b"\xff\xff\xff\xff" + plain[44:]
    assert decode_audio(data, CONFIG).duration_s == pytest.approx(1.0)


def test_a_wav_cut_at_half_is_still_seen() -> None:
    data = wav_file(tone(2.0))
    assert cut_short("wav", data[: len(data) // 2])


# --- channels --------------------------------------------------------------------------------------------------------

VOICE = (np.random.default_rng(3).normal(0, 3000, 8000)).astype(np.int16)
HUM = (2000 * np.sin(2 * np.pi * 50 * np.arange(8000) / SAMPLE_RATE)).astype(np.int16)


@pytest.mark.parametrize(
    "channels",
    [
        [VOICE, VOICE],
        [VOICE, -VOICE],
        [VOICE, (-0.8 * VOICE).astype(np.int16)],
        [VOICE, 0 * VOICE],
        [0 * VOICE, VOICE],
        [0 * VOICE, 0 * VOICE, VOICE, 0 * VOICE, 0 * VOICE, 0 * VOICE],  # the centre of 5.1
        [VOICE, -VOICE, VOICE, -VOICE],
        [VOICE + HUM, HUM - VOICE],  # a balanced line with hum on both legs
        [VOICE + 4000, 4000 - VOICE],  # and with direct current
    ],
    ids=["same", "opposite", "opposite and weaker", "left", "right", "centre", "two pairs", "with hum", "with offset"],
)
def test_a_voice_is_as_loud_in_the_mix_as_in_its_channel(channels: list[np.ndarray]) -> None:
    mixed = mixed_to_mono(np.stack(channels)).astype(np.float64)
    similarity = np.corrcoef(np.diff(mixed), np.diff(VOICE.astype(np.float64)))[0, 1]
    assert abs(similarity) > 0.95
    assert np.diff(mixed).std() > 0.7 * np.diff(VOICE.astype(np.float64)).std()


def test_two_speakers_on_two_channels_are_both_in_the_mix() -> None:
    other = (np.random.default_rng(4).normal(0, 2000, 8000)).astype(np.int16)
    mixed = mixed_to_mono(np.stack([VOICE, other])).astype(np.float64)
    for voice in (VOICE, other):
        assert abs(np.corrcoef(mixed, voice)[0, 1]) > 0.4


def test_a_mono_recording_is_untouched() -> None:
    np.testing.assert_array_equal(mixed_to_mono(VOICE[None]), VOICE)
