"""The port of a speech engine: plain data and one protocol."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from deployments.stt.audio.decode import Samples
from deployments.stt.contract import EngineInfo, Word
from deployments.stt.engines.model_profile import ModelProfile
from interview.errors import InterviewError


class PieceOptions(Struct, frozen=True):
    """The options for transcribing one piece. ``language`` is an ISO 639-1 code."""

    language: str
    prompt: str | None = None
    hotwords: tuple[str, ...] = ()
    word_timestamps: bool = False
    #: Whether the decoder marks the boundaries of its own segments.
    segment_timestamps: bool = False
    temperature: float = 0.0


class BatchKey(Struct, frozen=True):
    """Pieces with equal keys can share one encode and one generate.

    CTranslate2 requires ``<|startoftranscript|>`` at one index and as many task tokens in every prompt, and one beam
    and temperature per call; the window is one array shape.
    """

    window_frames: int
    prompt_tokens: int
    transcript_token_at: int
    timestamps: bool
    beam_size: int
    temperature: float
    #: The task tokens when words are aligned (the aligner takes one sequence for the batch), else empty.
    align_tokens: tuple[int, ...] = ()


@dataclass(eq=False)
class AudioPiece:
    """One piece of audio in a batch.

    ``features``: log-mel, shape (n_mels, window_frames). ``content_frames`` of them are audio, the rest padding;
    ``speech_s`` of that is speech.
    ``dropped`` is set when its caller disconnected; ``expires_at`` is on the monotonic clock.
    """

    key: BatchKey
    features: npt.NDArray[np.float32]
    content_frames: int
    prompt: list[int]
    language: str
    window_s: float
    speech_s: float = 0.0
    expires_at: float = float("inf")
    dropped: bool = False

    def wanted(self) -> bool:
        return not self.dropped and time.monotonic() < self.expires_at


class Part(Struct, frozen=True):
    """A segment within a piece, in seconds from the start of the piece."""

    start: float
    end: float
    text: str


class PieceText(Struct, frozen=True):
    """The text of one piece: one part, or several when the decoder set timestamps. Word times as in ``Part``.

    ``language_logprob``: natural log of the probability that the language asked for is spoken; 0 from an engine that
    knows one language. ``resume_frame``: the decoder stopped in the middle of a segment; the audio from there on is
    still to be decoded.
    """

    parts: tuple[Part, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    language_logprob: float = 0.0
    words: tuple[Word, ...] = ()
    resume_frame: int | None = None
    batch_size: int = 1
    #: ISO 639-1, where the engine detected it with the text.
    language: str | None = None

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)


PieceOutcome = PieceText | InterviewError

#: Batches one piece with others and returns its text.
Transcriber = Callable[[AudioPiece], Awaitable[PieceText]]


@dataclass
class EngineStats:
    """Counts since the start, for metrics and benchmarks."""

    batches: int = 0
    pieces: int = 0
    failed_batches: int = 0
    largest_batch: int = 0
    dropped: int = 0

    def record(self, size: int) -> None:
        self.batches += 1
        self.pieces += size
        self.largest_batch = max(self.largest_batch, size)


class Recognizer(Protocol):
    """Transcribes pieces. Every method blocks and may be called from several threads."""

    info: EngineInfo
    profile: ModelProfile
    stats: EngineStats
    #: How many concurrent ``transcribe_batch`` calls are useful.
    workers: int

    def detect_language(self, samples: Samples) -> str:
        """ISO 639-1 code of the language spoken in the first 30 s."""
        ...

    def prepare(self, samples: Samples, options: PieceOptions) -> AudioPiece:
        """Features, prompt and batch key of one piece of at most 30 s.

        Raises:
            UnsupportedRequest: the model does not know the language.
        """
        ...

    def remainder(self, piece: AudioPiece, from_frame: int) -> AudioPiece | None:
        """The rest of a piece after ``from_frame``, to be transcribed next; None when there is none."""
        ...

    def full_window(self, piece: AudioPiece) -> AudioPiece | None:
        """The same audio in the window that the weights were trained on; None when it already is."""
        ...

    def transcribe_batch(self, pieces: Sequence[AudioPiece]) -> list[PieceText]:
        """Texts of pieces that share one key, in order.

        Raises:

            Exception: any error of the library; the caller isolates the piece at fault.
        """
        ...
