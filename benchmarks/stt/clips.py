"""The clips that the speech benchmark plays: 100 held-out sentences, synthesised on the spot with espeak-ng.

The sentences are from the generator that the built-in model was trained with, none of them in its training; half of the
voices it never heard. So the word error rate compares ways of running one model; it says nothing about people's speech.
"""

from __future__ import annotations

import csv
import io
import re
import wave
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from deployments.tts.engines.espeak import EspeakVoice

SENTENCES = Path(__file__).parents[1] / "data" / "stt_sentences.tsv"


class Clip(msgspec.Struct, frozen=True):
    """One recording as a candidate's browser would send it, and what is said in it."""

    audio: bytes
    text: str
    duration_s: float


def synthesise_clips(count: int) -> list[Clip]:
    """The first ``count`` sentences, spoken."""
    speaker = EspeakVoice()
    with SENTENCES.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    # Every other row from the second half, so that any count holds seen and unseen voices alike.
    half = len(rows) // 2
    mixed = [row for pair in zip(rows[:half], rows[half:], strict=True) for row in pair]
    return [speak_clip(speaker, row["text"], row["voice"], float(row["speed"])) for row in mixed[:count]]


def speak_clip(speaker: EspeakVoice, text: str, voice: str, speed: float) -> Clip:
    """One sentence as a 16-bit wav file with 0.3 s of silence before and 0.4 s after."""
    pcm = speaker.speak(text, voice=voice, speed=speed)
    before, after = (np.zeros(int(seconds * pcm.sample_rate), np.int16) for seconds in (0.3, 0.4))
    samples = np.concatenate([before, pcm.samples, after])
    return Clip(_wav(samples, pcm.sample_rate), text, len(samples) / pcm.sample_rate)


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
