"""Voice activity detection with Silero: finds utterances and cuts long recordings at pauses."""

from __future__ import annotations

from msgspec import Struct

from deployments.stt.audio.decode import SAMPLE_RATE, Samples


class Span(Struct, frozen=True):
    """Half-open range of samples at 16 kHz."""

    start: int
    end: int

    @property
    def start_s(self) -> float:
        return self.start / SAMPLE_RATE

    @property
    def end_s(self) -> float:
        return self.end / SAMPLE_RATE

    @property
    def duration_s(self) -> float:
        return (self.end - self.start) / SAMPLE_RATE


class Segmentation(Struct, frozen=True):
    """The rules by which audio is cut for a model.

    ``pack`` joins neighbouring utterances, which suits pretrained Whisper weights (context, fewer 30 s windows); a
    model trained on single utterances needs each alone. A joined piece is at most ``packed_s`` long, or ``max_piece_s``
    without it. A single utterance may be longer than ``packed_s``.
    """

    max_piece_s: float = 30.0
    packed_s: float | None = None
    min_silence_ms: int = 450
    speech_pad_ms: int = 200
    pack: bool = True


def find_speech(samples: Samples, rules: Segmentation, threshold: float) -> tuple[Span, ...]:
    """Utterances, padded, none longer than ``max_piece_s``. Blocking."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    found = get_speech_timestamps(
        samples,
        VadOptions(
            threshold=threshold,
            min_silence_duration_ms=rules.min_silence_ms,
            speech_pad_ms=rules.speech_pad_ms,
            max_speech_duration_s=rules.max_piece_s,
        ),
    )
    limit = int(rules.max_piece_s * SAMPLE_RATE)
    spans: list[Span] = []
    for chunk in found:
        start, end = int(chunk["start"]), int(chunk["end"])
        # Silero's own limit ignores the padding of the last chunk; the encoder's window does not.
        while end - start > limit:
            spans.append(Span(start, start + limit))
            start += limit
        if end > start:
            spans.append(Span(start, end))
    return tuple(spans)


def cut_into_pieces(speech: tuple[Span, ...], rules: Segmentation) -> tuple[Span, ...]:
    """The spans to transcribe, in order."""
    if not rules.pack:
        return speech
    limit = int((rules.packed_s or rules.max_piece_s) * SAMPLE_RATE)
    pieces: list[Span] = []
    for span in speech:
        if pieces and span.end - pieces[-1].start <= limit:
            pieces[-1] = Span(pieces[-1].start, span.end)
        else:
            pieces.append(span)
    return tuple(pieces)
