"""Encodes PCM to audio files and streams with PyAV: raw PCM, wav, mp3, Opus in Ogg or WebM, FLAC, AAC in MP4."""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from interview.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: A wav header's sizes for an unknown length; readers then read to the end of the stream.
UNKNOWN_LENGTH = 0xFFFFFFFF
WAV_HEADER_BYTES = 44


class Coding(NamedTuple):
    """PyAV's settings for one format: its container, codec, content type, and a rate that the codec requires."""

    container: str
    codec: str
    content_type: str
    sample_rate: int | None = None
    bitrate: int | None = None
    #: Container options: frequent small pages, and no features that need seeking.
    stream_options: dict[str, str] = {}  # noqa: RUF012 - a NamedTuple default, never mutated


CODINGS: dict[str, Coding] = {
    "mp3": Coding(
        "mp3", "libmp3lame", "audio/mpeg", bitrate=48_000, stream_options={"write_xing": "0", "id3v2_version": "0"}
    ),
    "opus": Coding("ogg", "libopus", "audio/ogg", 24_000, 32_000, {"page_duration": "200000"}),
    "ogg": Coding("ogg", "libopus", "audio/ogg", 24_000, 32_000, {"page_duration": "200000"}),
    "webm": Coding("webm", "libopus", "audio/webm", 24_000, 32_000, {"live": "1", "cluster_time_limit": "200"}),
    "flac": Coding("flac", "flac", "audio/flac"),
    "m4a": Coding("ipod", "aac", "audio/mp4", None, 64_000, {"movflags": "frag_every_frame+empty_moov"}),
}
#: Formats written here, without an encoder.
_RAW = frozenset({"wav", "pcm"})
FORMATS: tuple[str, ...] = ("wav", "pcm", *CODINGS)


def wav_header(sample_rate: int, data_bytes: int | None) -> bytes:
    """The 44-byte RIFF header of mono 16-bit PCM; ``data_bytes`` None means a stream of unknown length."""
    data = UNKNOWN_LENGTH if data_bytes is None else data_bytes
    riff = UNKNOWN_LENGTH if data_bytes is None else data_bytes + WAV_HEADER_BYTES - 8
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", riff, b"WAVE", b"fmt ", 16, 1, 1, sample_rate, sample_rate * 2, 2, 16, b"data", data),
    )


class _Pipe(io.RawIOBase):
    """PyAV's output for a stream: collects the bytes written so far, cannot seek."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def drain(self) -> bytes:
        data = bytes(self._written)
        self._written.clear()
        return data


class StreamEncoder:
    """An audio stream being written: ``feed`` PCM, take the bytes that are ready, ``finish`` for the rest.

    Args:
        sample_rate: Hz of the PCM fed, mono int16.
        seekable: write a complete file instead (exact durations in the headers); all bytes come from ``finish``.

    Raises:
        InvalidInput: ``format`` is not one of ``FORMATS``.
    """

    def __init__(self, format: str, sample_rate: int, *, bitrate: int | None = None, seekable: bool = False) -> None:
        if format not in FORMATS:
            raise InvalidInput(
                f"Audio format {format!r} is not offered; choose one of {', '.join(FORMATS)}.",
                detail={"fields": {"response_format": "not offered"}},
            )
        self._format = format
        self._sample_rate = sample_rate
        self._seekable = seekable
        self._pcm_bytes = bytearray()
        self._started = False
        self._container: Any = None
        # After a disconnect another thread may abandon the stream while a last ``feed`` still runs.
        self._lock = threading.Lock()
        self._abandoned = False
        if format not in _RAW:
            self._open(CODINGS[format], bitrate)

    def _open(self, coding: Coding, bitrate: int | None) -> None:
        import av

        self._sink = io.BytesIO() if self._seekable else _Pipe()
        options = {} if self._seekable else {"flush_packets": "1", **coding.stream_options}
        self._container = av.open(self._sink, "w", format=coding.container, options=options)
        self._stream = self._container.add_stream(coding.codec, rate=coding.sample_rate or self._sample_rate)
        self._stream.layout = "mono"
        if (bitrate or coding.bitrate) is not None:
            self._stream.bit_rate = bitrate or coding.bitrate
        self._position = 0

    def feed(self, samples: NDArray[np.int16]) -> bytes:
        """Encode mono int16 ``samples``; returns the stream's next bytes, possibly none yet."""
        with self._lock:
            if self._abandoned:
                return b""
            if self._format in _RAW:
                return self._feed_raw(samples.astype("<i2").tobytes())
            return self._feed_coded(samples)

    def _feed_coded(self, samples: NDArray[np.int16]) -> bytes:
        if len(samples):
            import av

            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = self._sample_rate
            frame.pts = self._position
            self._position += len(samples)
            self._mux(frame)
        return self._drained()

    def _feed_raw(self, data: bytes) -> bytes:
        if self._seekable:
            self._pcm_bytes += data
            return b""
        head = b"" if self._started or self._format == "pcm" else wav_header(self._sample_rate, None)
        self._started = True
        return head + data

    def _mux(self, frame: Any) -> None:
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def _drained(self) -> bytes:
        return self._sink.drain() if isinstance(self._sink, _Pipe) else b""

    def finish(self) -> bytes:
        """Flush the encoder and close the container; the last bytes, or the whole file if ``seekable``."""
        with self._lock:
            if self._abandoned:
                return b""
            if self._format == "pcm":
                return bytes(self._pcm_bytes)
            if self._format == "wav":
                if self._seekable:
                    return wav_header(self._sample_rate, len(self._pcm_bytes)) + bytes(self._pcm_bytes)
                return b"" if self._started else wav_header(self._sample_rate, 0)
            self._mux(None)
            self._container.close()
            return self._sink.getvalue() if isinstance(self._sink, io.BytesIO) else self._drained()

    def abandon(self) -> None:
        """Release the native encoder of an unfinished stream."""
        with self._lock:
            self._abandoned = True
            if self._container is not None:
                self._container.close()


def encode_audio(samples: NDArray[np.int16], sample_rate: int, format: str, *, bitrate: int | None = None) -> bytes:
    """A complete audio file of mono int16 ``samples``.

    Raises:
        InvalidInput: ``format`` is not one of ``FORMATS``.
    """
    encoder = StreamEncoder(format, sample_rate, bitrate=bitrate, seekable=True)
    encoder.feed(samples)
    return encoder.finish()


def finished_wav(chunks: Iterable[bytes], sample_rate: int) -> bytes:
    """The complete file of a streamed wav: the same PCM with the real length in its header."""
    pcm = b"".join(chunks)[WAV_HEADER_BYTES:]
    return wav_header(sample_rate, len(pcm)) + pcm
