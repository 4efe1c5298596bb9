"""Speak the benchmark's corpus once, with the platform's own voices.

    python -m benchmarks.stt.speak --into DIR

Needs the weights of Kokoro and of the Piper voice (``interview models pull kokoro-82m-int8 piper-en-us-joe``); about
ten minutes of speech, ten minutes of work on two cores. Writes 16 kHz wav files and ``transcripts.tsv``.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import re
import shutil
import wave
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from benchmarks.stt.mixes import RATE
from deployments.tts.config import TtsConfig
from deployments.tts.engines.port import VoiceEngine
from deployments.tts.engines.selection import build_engine

CORPUS = Path(__file__).resolve().parents[1] / "data" / "stt_corpus.tsv"
_PAUSE_S = 0.35


async def speak_corpus(folder: Path) -> None:
    """Speak every line of the corpus into ``folder``."""
    engines = {
        "espeak": build_engine(TtsConfig(engine="espeak")),
        "kokoro": build_engine(TtsConfig(engine="kokoro")),
        "piper": build_engine(TtsConfig(engine="piper")),
    }
    with CORPUS.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        path = folder / f"{row['clip']}.wav"
        voice = row["voice"].removeprefix("espeak-")
        kind = "espeak" if voice != row["voice"] else "piper" if "joe" in voice else "kokoro"
        _write(path, await _spoken(engines[kind], row["text"], voice))
    shutil.copyfile(CORPUS, folder / "transcripts.tsv")


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
    folder = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(speak_corpus(folder))


if __name__ == "__main__":
    main()
