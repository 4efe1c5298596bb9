"""Recordings with transcripts: people from the tests' data, synthetic voices from a prepared directory."""

from __future__ import annotations

import csv
import wave
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.stt.mixes import RATE, Samples

PEOPLE = Path(__file__).resolve().parents[2] / "tests" / "data" / "speech"


class Spoken(NamedTuple):
    """A clip, its words and its speaker.

    ``voice``: a person (``jfk``, ``person-LANGUAGE-NUMBER``) or a synthetic voice (``af_heart``, ``espeak-LANGUAGE``).
    """

    clip: str
    voice: str
    samples: Samples
    text: str

    @property
    def duration_s(self) -> float:
        return len(self.samples) / RATE

    @property
    def language(self) -> str:
        """ISO 639 code; ``en`` where the voice names none."""
        return self.voice.split("-")[1] if self.voice.startswith(("person-", "espeak-")) else "en"

    @property
    def is_person(self) -> bool:
        return self.voice in ("jfk", "two_cities") or self.voice.startswith("person-")


def people() -> list[Spoken]:
    """The public-domain clips of two speakers."""
    with (PEOPLE / "transcripts.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Spoken(row["clip"], row["clip"].rsplit("_", 1)[0], read_wav(PEOPLE / f"{row['clip']}.wav"), row["text"])
        for row in rows
    ]


def recorded(folder: Path) -> list[Spoken]:
    """The clips of a folder, as ``benchmarks.stt.speak`` writes it: wav files and ``transcripts.tsv``.

    Lines without a file are left out.
    """
    with (folder / "transcripts.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    files = [(row, folder / f"{row['clip']}.wav") for row in rows]
    return [Spoken(row["clip"], row["voice"], read_wav(path), row["text"]) for row, path in files if path.is_file()]


def read_wav(path: Path) -> Samples:
    """A 16-bit mono wav file at 16 kHz."""
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError(f"{path} is not 16-bit mono at {RATE} Hz")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32768)
