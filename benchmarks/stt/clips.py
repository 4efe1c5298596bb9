"""The clips that the speech benchmark plays, and the error rate of a transcript."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Sequence
from itertools import cycle

import msgspec
import numpy as np

from benchmarks.stt.corpus import Spoken
from benchmarks.stt.mixes import RATE, Samples


class Clip(msgspec.Struct, frozen=True):
    """One recording as a candidate's browser would send it, and its words."""

    audio: bytes
    text: str
    duration_s: float


def clips_of_length(recordings: Sequence[Spoken], length_s: float, count: int) -> list[Clip]:
    """``count`` clips of about ``length_s``, each of the recordings of one voice, in turns between the voices.

    No recording comes twice in a clip: a passage that repeats trips the guards against loops as no answer does. A voice
    with too few recordings for the length is left out.

    Raises:

        ValueError: no voice has enough recordings.
    """
    by_voice: dict[str, list[Spoken]] = {}
    for recording in recordings:
        if recording.duration_s <= length_s + 3 and recording.language == "en":
            by_voice.setdefault(recording.voice, []).append(recording)
    least_s = 0.8 * length_s
    voices = [spoken for spoken in by_voice.values() if sum(one.duration_s for one in spoken) >= least_s]
    if not voices:
        raise ValueError(f"no voice has {least_s:.0f} s of recordings of at most {length_s + 3:.0f} s")
    endless = [cycle(spoken) for spoken in voices]
    clips: list[Clip] = []
    while len(clips) < count:
        at = len(clips) % len(voices)
        parts: list[Spoken] = []
        while sum(part.duration_s for part in parts) < least_s and len(parts) < len(voices[at]):
            parts.append(next(endless[at]))
        samples = np.concatenate([part.samples for part in parts])
        clips.append(Clip(as_wav(samples), " ".join(part.text for part in parts), len(samples) / RATE))
    return clips


def as_wav(samples: Samples) -> bytes:
    """A 16-bit wav file at 16 kHz."""
    return _wav((np.clip(samples, -1, 1) * 32767).astype(np.int16), RATE)


def _wav(samples: np.ndarray[tuple[int], np.dtype[np.int16]], sample_rate: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def word_error_rate(references: Sequence[str], hypotheses: Sequence[str]) -> float:
    """Edits over reference words, case and punctuation aside."""
    from rapidfuzz.distance import Levenshtein

    pairs = [(_words(reference), _words(heard)) for reference, heard in zip(references, hypotheses, strict=True)]
    edits = sum(Levenshtein.distance(reference, heard) for reference, heard in pairs)
    return edits / max(1, sum(len(reference) for reference, _ in pairs))


def _words(text: str) -> list[str]:
    return re.sub(r"[^a-z' ]+", " ", text.lower()).split()
