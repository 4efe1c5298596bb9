"""Audio of a realtime session: PCM at 24 and 16 kHz and G.711, in both directions."""

from __future__ import annotations

import io
import wave
from functools import cache
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from interview.errors import EngineFailed

#: Hz. Speech recognition hears 16 kHz; the platform's voices speak 24 kHz.
HEARD_HZ, SPOKEN_HZ = 16_000, 24_000
G711_HZ = 8_000

Samples = NDArray[np.int16]


class Pcm(Struct, frozen=True, tag_field="type", tag="audio/pcm"):
    """16-bit little-endian mono."""

    rate: Literal[24_000, 16_000] = 24_000


class Pcmu(Struct, frozen=True, tag_field="type", tag="audio/pcmu"):
    """G.711 μ-law at 8 kHz."""


class Pcma(Struct, frozen=True, tag_field="type", tag="audio/pcma"):
    """G.711 A-law at 8 kHz."""


AudioFormat = Pcm | Pcmu | Pcma


def hertz(form: AudioFormat) -> int:
    return form.rate if isinstance(form, Pcm) else G711_HZ


class Resampler:
    """A stream of mono samples at another rate, through FFmpeg's resampler."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._from_hz = from_hz
        self._to_hz = to_hz
        self._state: Any = None

    def feed(self, samples: Samples) -> Samples:
        if self._from_hz == self._to_hz or not len(samples):
            return samples
        import av

        if self._state is None:
            self._state = av.AudioResampler(format="s16", layout="mono", rate=self._to_hz)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._from_hz
        return _joined(self._state.resample(frame))

    def finish(self) -> Samples:
        """The samples that the filter still holds; the next ``feed`` begins a new stream."""
        if self._state is None:
            return np.zeros(0, np.int16)
        state, self._state = self._state, None
        return _joined(state.resample(None))


class Decoder:
    """Decodes a client's bytes to samples at 16 kHz. A sample that was split between two events is reassembled."""

    def __init__(self, form: AudioFormat) -> None:
        self._form = form
        self._half = b""
        self._resampler = Resampler(hertz(form), HEARD_HZ)

    def seconds(self, data: bytes) -> float:
        """How long ``data`` sounds; the decoder stays where it is."""
        width = 2 if isinstance(self._form, Pcm) else 1
        return len(data) / (width * hertz(self._form))

    def feed(self, data: bytes) -> Samples:
        return self._resampler.feed(self._samples(data))

    def finish(self) -> Samples:
        self._half = b""
        return self._resampler.finish()

    def _samples(self, data: bytes) -> Samples:
        match self._form:
            case Pcm():
                data = self._half + data
                whole = len(data) & ~1
                self._half = data[whole:]
                return np.frombuffer(data[:whole], "<i2").astype(np.int16)
            case Pcmu():
                return _decode_table("pcm_mulaw")[np.frombuffer(data, np.uint8)]
            case Pcma():
                return _decode_table("pcm_alaw")[np.frombuffer(data, np.uint8)]


class Encoder:
    """Encodes speech at 24 kHz to the bytes that a client plays."""

    def __init__(self, form: AudioFormat) -> None:
        self._form = form
        self._resampler = Resampler(SPOKEN_HZ, hertz(form))

    def feed(self, samples: Samples) -> bytes:
        return self._bytes(self._resampler.feed(samples))

    def finish(self) -> bytes:
        return self._bytes(self._resampler.finish())

    def _bytes(self, samples: Samples) -> bytes:
        match self._form:
            case Pcm():
                return samples.astype("<i2").tobytes()
            case Pcmu():
                return _encode_table("pcm_mulaw")[samples.view(np.uint16)].tobytes()
            case Pcma():
                return _encode_table("pcm_alaw")[samples.view(np.uint16)].tobytes()


class SpeechReader:
    """The interviewer's speech, sent as parts of one file, as samples at 24 kHz.

    A wav or raw PCM gives samples with every part; a compressed file gives all of them at its end.
    """

    def __init__(self) -> None:
        self._type = ""
        self._data = b""
        self._in_samples = False

    def feed(self, data: bytes, content_type: str) -> Samples:
        self._type = content_type
        self._data += data
        if content_type == "audio/pcm":
            self._in_samples = True
        elif content_type == "audio/wav" and not self._in_samples:
            start = self._data.find(b"data")
            if start < 0 or len(self._data) < start + 8:
                return np.zeros(0, np.int16)
            self._data = self._data[start + 8 :]
            self._in_samples = True
        if not self._in_samples:
            return np.zeros(0, np.int16)
        whole = len(self._data) & ~1
        samples = np.frombuffer(self._data[:whole], "<i2").astype(np.int16)
        self._data = self._data[whole:]
        return samples

    def finish(self) -> Samples:
        """The samples not returned yet. Blocks while it decodes compressed audio."""
        return np.zeros(0, np.int16) if self._in_samples or not self._data else decoded(self._data)


def decoded(data: bytes) -> Samples:
    """The platform's own stored speech as samples at 24 kHz. Blocking. Raises EngineFailed: unreadable."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(io.BytesIO(data), mode="r") as file:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=SPOKEN_HZ)
            parts = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
            return _joined([*parts, *resampler.resample(None)])
    except (FFmpegError, IndexError) as error:
        raise EngineFailed("The stored speech of the interviewer cannot be read.") from error


def wav_of(samples: Samples) -> bytes:
    """A wav file of samples at 16 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(HEARD_HZ)
        wav.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def _joined(frames: list[Any]) -> Samples:
    if not frames:
        return np.zeros(0, np.int16)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.int16)


@cache
def _decode_table(codec: Literal["pcm_mulaw", "pcm_alaw"]) -> Samples:
    """The sample of each of the 256 codes."""
    import av

    decoder: Any = av.CodecContext.create(codec, "r")
    decoder.sample_rate, decoder.layout = G711_HZ, "mono"
    return _joined(decoder.decode(av.Packet(bytes(range(256)))))


@cache
def _encode_table(codec: Literal["pcm_mulaw", "pcm_alaw"]) -> NDArray[np.uint8]:
    """The code of each sample, indexed by the sample read as an unsigned number."""
    import av

    encoder: Any = av.CodecContext.create(codec, "w")
    encoder.sample_rate, encoder.layout, encoder.format = G711_HZ, "mono", "s16"
    every = np.arange(65_536, dtype=np.uint16).view(np.int16)
    frame = av.AudioFrame.from_ndarray(every.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = G711_HZ
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    return np.frombuffer(b"".join(bytes(packet) for packet in packets), np.uint8)
