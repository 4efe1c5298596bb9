"""Decodes recordings to 16 kHz mono samples and enforces the limits while decoding.

A 25 MB Opus file can unpack to gigabytes, and a forged sample rate defeats any check of a header, so every frame is
counted as it arrives.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from deployments.stt.audio.channels import mixed_to_mono
from deployments.stt.audio.container import cut_short, with_true_data_size
from deployments.stt.config import SttConfig
from interview.errors import AudioRejected, AudioTooLarge, AudioTooLong, DeadlineExceeded, EmptyAudio, UnreadableAudio
from storage.blobs.audio_types import Container, sniff

Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000

#: Codecs of browsers, phones and editors; libav has hundreds more, each of them attack surface.
_CODECS = frozenset({"mp3", "mp3float", "aac", "opus", "libopus", "vorbis", "libvorbis", "flac", "alac"})
_SAMPLE_RATES = range(4_000, 384_001)
_MAX_CHANNELS = 16
_MAX_TRACKS = 4
#: libav searches a wav's samples for DTS, which costs CPU unless its probe size is small.
_OPTIONS = {"wav": {"probesize": "8192"}}
_FORMATS = "wav, mp3, m4a, aac, ogg, webm or flac"


class DecodedAudio(Struct, frozen=True):
    """``samples``: float32 in [-1, 1], shape (n,), mono at 16 kHz. ``sample_rate`` and ``codec`` are the file's own."""

    samples: Samples
    codec: str
    sample_rate: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def decode_audio(
    data: bytes,
    config: SttConfig,
    abandoned: threading.Event | None = None,
    *,
    track_merit: Callable[[Samples], float] = lambda samples: float(np.dot(samples, samples)),
) -> DecodedAudio:
    """Decode a whole recording. Blocking: runs in a decode worker.

    ``abandoned`` set by another thread ends the work early. Of several sound tracks (a screen recording has the
    desktop's and the microphone's) the one with the highest ``track_merit`` is returned, the first of equals.

    Raises:

        AudioRejected: with a sentence the candidate can act on.
        DeadlineExceeded: decoding took longer than ``decode_timeout_s``, or was abandoned.
    """
    import av
    from av.error import FFmpegError

    container = _accept(data, config)
    budget = _Budget(config, abandoned)
    try:
        # Without a file name and with a named demuxer, the bytes cannot make libav open anything else.
        with av.open(
            io.BytesIO(with_true_data_size(data) if container == "wav" else data),
            mode="r",
            format=container,
            metadata_errors="ignore",
            options=_OPTIONS.get(container, {}),
        ) as source:
            tracks = _accept_tracks(source)
            declared_s = float(source.duration) / 1_000_000 if container == "flac" and source.duration else None
            for packet in source.demux([track.stream for track in tracks.values()]):
                tracks[packet.stream.index].decode(packet, budget)
            decoded = [track.finish() for track in tracks.values()]
    except (AudioRejected, DeadlineExceeded):
        raise
    except (FFmpegError, ValueError, MemoryError, OverflowError) as error:
        raise UnreadableAudio(
            f"The recording could not be read; it may be damaged. Please record it again as {_FORMATS}."
        ) from error
    audible = [audio for audio in decoded if len(audio.samples)]
    if not audible:
        raise EmptyAudio("The recording has no sound. Please check your microphone and record your answer again.")
    _check_complete(declared_s, audible[0].duration_s)
    return audible[0] if len(audible) == 1 else max(audible, key=lambda audio: track_merit(audio.samples))


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
        raise UnreadableAudio(f"This service cannot read the recording. Please send {_FORMATS}.")
    if cut_short(container, data):
        raise _truncated()
    return container


def _accept_tracks(source: Any) -> dict[int, _Track]:
    """The decodable sound tracks of a file by their index.

    Raises:

        UnreadableAudio: there is none.
    """
    if not source.streams.audio:
        raise UnreadableAudio("The file has no sound. Please record your answer again.")
    tracks: dict[int, _Track] = {}
    refused: UnreadableAudio | None = None
    for stream in source.streams.audio[:_MAX_TRACKS]:
        try:
            codec, sample_rate = _accept_codec(stream)
        except UnreadableAudio as error:
            refused = refused or error
        else:
            tracks[stream.index] = _Track(stream, codec, sample_rate)
    if refused is not None and not tracks:
        raise refused
    return tracks


def _accept_codec(stream: Any) -> tuple[str, int]:
    context = stream.codec_context
    if context is None:
        raise UnreadableAudio(f"The recording uses a codec this service does not support. Please send {_FORMATS}.")
    codec: str = context.name
    rate = int(context.sample_rate or 0)
    channels = int(context.channels or 0)
    if not (codec in _CODECS or codec.startswith("pcm_")):
        raise UnreadableAudio(f"The recording uses a codec this service does not support. Please send {_FORMATS}.")
    if rate not in _SAMPLE_RATES or not 0 < channels <= _MAX_CHANNELS:
        raise UnreadableAudio("The recording's header is damaged. Please record your answer again.")
    return codec, rate


def _check_complete(declared_s: float | None, decoded_s: float) -> None:
    """The tolerance of half a second and 2 % allows for codec delay and rounding."""
    if declared_s is not None and decoded_s < declared_s - max(0.5, 0.02 * declared_s):
        raise _truncated()


def _truncated() -> UnreadableAudio:
    return UnreadableAudio("The recording arrived incomplete: its end is missing. Please send it again.")


class _Budget:
    """Counts the unpacked data of all tracks together and stops at the first limit exceeded."""

    def __init__(self, config: SttConfig, abandoned: threading.Event | None) -> None:
        self._config = config
        self._abandoned = abandoned
        self._ends_at = time.monotonic() + config.decode_timeout_s
        self._bytes = 0

    def spend(self, frame: Any, track_s: float) -> None:
        """Account for one decoded frame; ``track_s`` is the length of its track so far."""
        if self._abandoned is not None and self._abandoned.is_set():
            raise DeadlineExceeded("The caller of this recording has disconnected.")
        if time.monotonic() > self._ends_at:
            raise DeadlineExceeded("Decoding the recording took too long; try again.", retry_after_s=5)
        # The larger of libav's output and the resampled output.
        per_channel = max(frame.samples * frame.format.bytes, frame.samples * SAMPLE_RATE // frame.sample_rate * 2)
        self._bytes += per_channel * len(frame.layout.channels)
        if track_s > self._config.max_duration_s or self._bytes > self._config.max_decoded_bytes:
            limit_s = self._config.max_duration_s
            raise AudioTooLong(
                f"The recording is longer than {limit_s / 60:g} minutes. Please record a shorter answer.",
                detail={"limit_s": limit_s},
            )


class _Track:
    """Converts one sound track to mono at 16 kHz. Its channels are mixed once all of them are known."""

    def __init__(self, stream: Any, codec: str, sample_rate: int) -> None:
        self.stream = stream
        self._codec = codec
        self._sample_rate = sample_rate
        self._seconds = 0.0
        self._good = self._bad = 0
        self._first_error: Exception | None = None
        #: Frames of one format, rate and layout share a resampler; a change starts the next stretch.
        self._shape: tuple[str, int, str] | None = None
        self._resampler: Any = None
        self._stretch: list[npt.NDArray[np.int16]] = []
        self._mixed: list[npt.NDArray[np.int16]] = []

    def decode(self, packet: Any, budget: _Budget) -> None:
        """Decode one packet; a damaged one is skipped, as players do, unless all are damaged."""
        from av.error import InvalidDataError

        try:
            frames = packet.decode()
        except InvalidDataError as error:
            self._bad += 1
            self._first_error = self._first_error or error
            if self._bad > 10 + self._good:
                raise
            return
        for frame in frames:
            if frame.sample_rate not in _SAMPLE_RATES or not 0 < len(frame.layout.channels) <= _MAX_CHANNELS:
                raise UnreadableAudio("The recording's header is damaged. Please record your answer again.")
            self._good += 1
            self._seconds += frame.samples / frame.sample_rate
            budget.spend(frame, self._seconds)
            # Resampling by the file's clock would fill forged gaps with silence.
            frame.pts = None
            self._resample(frame)

    def finish(self) -> DecodedAudio:
        """The whole track.

        Raises:
            InvalidDataError: no packet could be decoded.
        """
        if self._first_error is not None and not self._good:
            raise self._first_error
        self._end_stretch()
        pcm = np.concatenate(self._mixed) if self._mixed else np.zeros(0, np.int16)
        return DecodedAudio(pcm.astype(np.float32) / np.float32(32768.0), self._codec, self._sample_rate)

    def _resample(self, frame: Any) -> None:
        import av

        shape = (frame.format.name, frame.sample_rate, frame.layout.name)
        if shape != self._shape:
            self._end_stretch()
            self._shape = shape
            self._resampler = av.AudioResampler(format="s16p", layout=frame.layout, rate=SAMPLE_RATE)
        self._stretch += (block.to_ndarray() for block in self._resampler.resample(frame))

    def _end_stretch(self) -> None:
        if self._resampler is None:
            return
        self._stretch += (block.to_ndarray() for block in self._resampler.resample(None))
        self._resampler = None
        if self._stretch:
            self._mixed.append(mixed_to_mono(np.concatenate(self._stretch, axis=1)))
            self._stretch = []
