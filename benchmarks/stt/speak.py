"""Speak the benchmark's corpus once, with the platform's own voices.

    python -m benchmarks.stt.speak --into DIR [--voice en_US-joe-medium]

Needs the weights of Kokoro and of the Piper voice (``interview models pull kokoro-82m-int8 piper-en-us-joe``); about
ten minutes of speech, ten minutes of work on two cores. With ``--voice`` one voice speaks the English texts, and only
its weights are needed. Writes 16 kHz wav files and ``transcripts.tsv``.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import re
import wave
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.signal import resample_poly

from benchmarks.stt.mixes import RATE
from deployments.tts.config import TtsConfig
from deployments.tts.engines.port import VoiceEngine
from deployments.tts.engines.selection import build_engine

EngineKind = Literal["espeak", "kokoro", "piper"]

CORPUS = Path(__file__).resolve().parents[1] / "data" / "stt_corpus.tsv"
_PAUSE_S = 0.35


async def speak_corpus(folder: Path, only_voice: str | None = None) -> None:
    """Speak every line of the corpus into ``folder``; with ``only_voice`` every English one in that voice."""
    with CORPUS.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    if only_voice is not None:
        rows = [{**row, "voice": only_voice} for row in rows if not row["voice"].startswith("espeak-")]
    engines: dict[EngineKind, VoiceEngine] = {}
    for row in rows:
        voice = row["voice"].removeprefix("espeak-")
        kind: EngineKind = "espeak" if voice != row["voice"] else "piper" if "joe" in voice else "kokoro"
        if kind not in engines:
            engines[kind] = build_engine(TtsConfig(engine=kind))
        _write(folder / f"{row['clip']}.wav", await _spoken(engines[kind], row["text"], voice))
    with (folder / "transcripts.tsv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ("clip", "voice", "text"), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)


async def _spoken(engine: VoiceEngine, text: str, voice: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A text sentence by sentence, with pauses between."""
    pieces = [np.zeros(int(0.3 * RATE))]
    for sentence in re.split(r"(?<=[.?!])\s+", text):
        pcm = await engine.speak(sentence, voice=voice, speed=1.0)
        divisor = int(np.gcd(RATE, pcm.sample_rate))
        pieces.append(resample_poly(pcm.samples / 32768, RATE // divisor, pcm.sample_rate // divisor))
        pieces.append(np.zeros(int(_PAUSE_S * RATE)))
    return np.concatenate(pieces)


def _write(path: Path, samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, metavar="DIR")
    parser.add_argument("--voice", help="the one voice of all English texts (default: the voices of the corpus)")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    asyncio.run(speak_corpus(arguments.into, arguments.voice))


if __name__ == "__main__":
    main()
