"""One transcript in the five formats of OpenAI's transcription endpoint, and as its event stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from deployments.stt.contract import Segment, Transcript

MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "verbose_json": "application/json",
    "text": "text/plain; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
}


def rendered(transcript: Transcript, form: str, granularities: frozenset[str], temperature: float = 0.0) -> bytes:
    """``transcript`` as ``form``, one of ``MEDIA_TYPES``. ``granularities`` of ``word`` and ``segment`` are for
    ``verbose_json``."""
    match form:
        case "text":
            return f"{transcript.text}\n".encode()
        case "srt":
            return srt(transcript).encode()
        case "vtt":
            return vtt(transcript).encode()
        case "verbose_json":
            return msgspec.json.encode(verbose(transcript, granularities, temperature))
        case _:
            return msgspec.json.encode({"text": transcript.text, "usage": _usage(transcript)})


def events(transcript: Transcript) -> Iterator[dict[str, Any]]:
    """``transcript.text.delta`` per segment, then ``transcript.text.done``; the deltas joined are the text."""
    for index, segment in enumerate(transcript.segments):
        yield {"type": "transcript.text.delta", "delta": segment.text if index == 0 else f" {segment.text}"}
    yield {"type": "transcript.text.done", "text": transcript.text}


def verbose(transcript: Transcript, granularities: frozenset[str], temperature: float) -> dict[str, Any]:
    """OpenAI's ``TranscriptionVerbose`` with additional fields: ``confidence``, ``engine``, ``guards``.

    ``tokens`` are empty: the tier does not return token ids.
    """
    body: dict[str, Any] = {
        "task": "transcribe",
        "language": transcript.language,
        "duration": transcript.duration_s,
        "text": transcript.text,
        "usage": _usage(transcript),
        "confidence": transcript.confidence,
        "engine": msgspec.to_builtins(transcript.engine),
        "guards": msgspec.to_builtins(transcript.guards),
    }
    if "segment" in granularities:
        body["segments"] = [
            {
                "id": index,
                "seek": round(segment.start * 100),
                "start": segment.start,
                "end": segment.end,
                "text": segment.text,
                "tokens": [],
                "temperature": temperature,
                "avg_logprob": segment.avg_logprob,
                "compression_ratio": segment.compression_ratio,
                "no_speech_prob": segment.no_speech_prob,
            }
            for index, segment in enumerate(transcript.segments)
        ]
    if "word" in granularities:
        body["words"] = [
            {"word": word.text.strip(), "start": word.start, "end": word.end, "probability": word.probability}
            for segment in transcript.segments
            for word in segment.words
        ]
    return body


def srt(transcript: Transcript) -> str:
    """SubRip: numbered cues, a comma before the milliseconds."""
    cues = (
        f"{index}\n{_clock(segment.start, ',')} --> {_clock(segment.end, ',')}\n{_line(segment)}\n"
        for index, segment in enumerate(transcript.segments, start=1)
    )
    return "\n".join(cues)


def vtt(transcript: Transcript) -> str:
    """WebVTT: a header, a full stop before the milliseconds, markup characters escaped."""
    cues = (
        f"{_clock(segment.start, '.')} --> {_clock(segment.end, '.')}\n{_escaped(_line(segment))}\n"
        for segment in transcript.segments
    )
    return "\n".join(["WEBVTT\n", *cues])


def _usage(transcript: Transcript) -> dict[str, Any]:
    return {"type": "duration", "seconds": transcript.duration_s}


def _line(segment: Segment) -> str:
    """A cue ends at an empty line, so its text is one line."""
    return " ".join(segment.text.split())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{mark}{milliseconds % 1000:03d}"
