"""Recordings in, 16 kHz mono samples out, with the limits enforced while decoding and not after.

A 25 MB Opus file can unpack to gigabytes and a forged sample rate defeats any check of a header, so every frame is
counted as it comes.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from deployments.stt.audio.container import Container, cut_short, sniff
from deployments.stt.config import SttConfig
from interview.errors import AudioRejected, AudioTooLarge, AudioTooLong, DeadlineExceeded, EmptyAudio, UnreadableAudio

Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000

#: Codecs a browser, a phone or an editor writes; libav knows hundreds more, each one attack surface.
_CODECS = frozenset({"mp3", "mp3float", "aac", "opus", "libopus", "vorbis", "libvorbis", "flac", "alac"})
_SAMPLE_RATES = range(4_000, 384_001)
_MAX_CHANNELS = 16
#: libav looks for DTS in the samples of a wav: 15 ms of CPU per file, unless it may look at little.
_OPTIONS = {"wav": {"probesize": "8192"}}
_FORMATS = "wav, mp3, m4a, ogg, webm or flac"


class DecodedAudio(Struct, frozen=True):
    """``samples``: float32 in [-1, 1], shape (n,), mono at 16 kHz. ``sample_rate`` and ``codec`` are the file's own."""

    samples: Samples
    codec: str
    sample_rate: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def decode_audio(data: bytes, config: SttConfig, abandoned: threading.Event | None = None) -> DecodedAudio:
    """Decode a whole recording. Blocking: runs in a decode worker.

    ``abandoned`` set by another thread ends the work early.

    Raises:
        AudioRejected: with a sentence the candidate can act on.
        DeadlineExceeded: decoding took longer than ``decode_timeout_s``, or nobody waits any more.
    """
    import av
    from av.error import FFmpegError

    container = _accept(data, config)
    budget = _Budget(config, abandoned)
    try:
        # No file name and a named demuxer: nothing in the bytes can make libav open anything else.
        with av.open(
            io.BytesIO(data), mode="r", format=container, metadata_errors="ignore", options=_OPTIONS.get(container, {})
        ) as source:
            if not source.streams.audio:
                raise UnreadableAudio("The file holds no sound. Please record your answer again.")
            stream = source.streams.audio[0]
            codec, sample_rate = _accept_codec(stream)
            declared_s = _declared_duration_s(source, container)
            resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
            blocks = list(_resampled(_frames(source, stream, budget), resampler))
    except (AudioRejected, DeadlineExceeded):
        raise
    except (FFmpegError, ValueError, MemoryError, OverflowError) as error:
        raise UnreadableAudio(
            f"The recording could not be read; it may be damaged. Please record it again as {_FORMATS}."
        ) from error
    pcm = np.concatenate(blocks) if blocks else np.zeros(0, np.int16)
    if not len(pcm):
        raise EmptyAudio("The recording holds no sound. Please check your microphone and record your answer again.")
    samples = pcm.astype(np.float32) / np.float32(32768.0)
    _check_complete(declared_s, len(samples) / SAMPLE_RATE)
    return DecodedAudio(samples, codec, sample_rate)


def _accept(data: bytes, config: SttConfig) -> Container:
    if not data:
        raise EmptyAudio("The recording is empty. Please check your microphone and record your answer again.")
    if len(data) > config.max_upload_bytes:
        raise AudioTooLarge(
            f"The recording is larger than {config.max_upload_bytes / 2**20:.0f} MB. "
            "Please send a shorter or more strongly compressed one.",
            detail={"limit_bytes": config.max_upload_bytes, "bytes": len(data)},
        )
    container = sniff(data)
    if container is None:
        raise UnreadableAudio(f"The file is not a recording this service can read. Please send {_FORMATS}.")
    if cut_short(container, data):
        raise _truncated()
    return container


def _accept_codec(stream: Any) -> tuple[str, int]:
    context = stream.codec_context
    if context is None:
        raise UnreadableAudio(f"The recording uses a codec this service does not read. Please send {_FORMATS}.")
    codec: str = context.name
    rate = int(context.sample_rate or 0)
    channels = int(context.channels or 0)
    if not (codec in _CODECS or codec.startswith("pcm_")):
        raise UnreadableAudio(f"The recording uses a codec this service does not read. Please send {_FORMATS}.")
    if rate not in _SAMPLE_RATES or not 0 < channels <= _MAX_CHANNELS:
        raise UnreadableAudio("The recording's header is damaged. Please record your answer again.")
    return codec, rate


def _declared_duration_s(source: Any, container: Container) -> float | None:
    """How long the file says it is; None where that is only libav's estimate from the size."""
    if container in ("mp4", "flac", "matroska") and source.duration:
        return float(source.duration) / 1_000_000
    return None


def _check_complete(declared_s: float | None, decoded_s: float) -> None:
    """The half second and 2 % leave room for codec delay and rounding."""
    if declared_s is not None and decoded_s < declared_s - max(0.5, 0.02 * declared_s):
        raise _truncated()


def _truncated() -> UnreadableAudio:
    return UnreadableAudio("The recording arrived incomplete: its end is missing. Please send it again.")


class _Budget:
    """Counts what has been unpacked and stops the work at the first limit passed."""

    def __init__(self, config: SttConfig, abandoned: threading.Event | None) -> None:
        self._config = config
        self._abandoned = abandoned
        self._ends_at = time.monotonic() + config.decode_timeout_s
        self._seconds = 0.0
        self._bytes = 0

    def spend(self, frame: Any) -> None:
        if self._abandoned is not None and self._abandoned.is_set():
            raise DeadlineExceeded("Nobody waits for this recording any more.")
        if time.monotonic() > self._ends_at:
            raise DeadlineExceeded("Decoding the recording took too long; try again.", retry_after_s=5)
        if frame.sample_rate not in _SAMPLE_RATES:
            raise UnreadableAudio("The recording's header is damaged. Please record your answer again.")
        self._seconds += frame.samples / frame.sample_rate
        self._bytes += frame.samples * frame.format.bytes * len(frame.layout.channels)
        if self._seconds > self._config.max_duration_s or self._bytes > self._config.max_decoded_bytes:
            limit_s = self._config.max_duration_s
            raise AudioTooLong(
                f"The recording is longer than {limit_s / 60:g} minutes. Please record a shorter answer.",
                detail={"limit_s": limit_s},
            )


def _frames(source: Any, stream: Any, budget: _Budget) -> Iterator[Any]:
    """Decoded frames; a damaged packet is skipped as players do, unless nothing else came."""
    from av.error import InvalidDataError

    good = bad = 0
    first_error: Exception | None = None
    for packet in source.demux(stream):
        try:
            frames = packet.decode()
        except InvalidDataError as error:
            bad += 1
            first_error = first_error or error
            if bad > 10 + good:
                raise
            continue
        for frame in frames:
            good += 1
            budget.spend(frame)
            # Resampling by the clock in the file would fill forged gaps with silence.
            frame.pts = None
            yield frame
    if first_error is not None and not good:
        raise first_error


def _resampled(frames: Iterator[Any], resampler: Any) -> Iterator[npt.NDArray[np.int16]]:
    for frame in frames:
        for block in resampler.resample(frame):
            yield block.to_ndarray().reshape(-1)
    for block in resampler.resample(None):
        yield block.to_ndarray().reshape(-1)
