"""Training clips for short windows: generator sentences, digit strings, numbers, words and phrases of the banks.

    cd models/stt-tiny-en/training
    python -m short_windows.clips OUT COUNT SEED      # OUT.npy: log-mel frames, OUT.json: texts, frames of each

Nothing said in a test goes in: sentences of the held-out sets, of the samples, of the benchmark and of the demo's
persona are left out by their words, whatever their case and punctuation.
"""

# ruff: noqa: S311 - chance here is a seeded draw, not a secret
from __future__ import annotations

import ctypes
import json
import os
import random
import re
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import espeakng_loader
import numpy as np
import synth
import textgen
from faster_whisper.feature_extractor import FeatureExtractor

REPOSITORY = Path(__file__).resolve().parents[4]
INTERVIEWS = REPOSITORY / "configs" / "interviews"
SAMPLE_RATE = 16_000
#: The tier cuts pieces at 7 s (``serving.json``); silence of up to 1.1 s is added around these.
LONGEST_CLIP_S = 7.5
SHORTEST_CLIP_S = 0.1
#: Share of clips by kind, cumulative; the rest is the sentence generator.
DIGITS, NUMBERS, BANK_PHRASES, BANK_WORDS = 0.08, 0.13, 0.21, 0.27


class Espeak(synth.Espeak):  # type: ignore[misc]
    """espeak-ng of the ``espeakng_loader`` wheel, so that the library's version is pinned by the requirements."""

    def __init__(self) -> None:
        self.l = ctypes.CDLL(espeakng_loader.get_library_path())
        self.sr = self.l.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
        self.buf: list[np.ndarray] = []

        def keep(samples: ctypes._Pointer[ctypes.c_short], count: int, events: int) -> int:
            if samples and count > 0:
                self.buf.append(np.ctypeslib.as_array(samples, (count,)).copy())
            return 0

        self.cb = synth.CB(keep)  # held here: the library calls it for as long as it lives
        self.l.espeak_SetSynthCallback(self.cb)


def spoken_words(text: str) -> str:
    """What two texts have in common when they sound alike."""
    return " ".join(re.sub(r"[^a-z' ]+", " ", text.lower()).split())


def held_out() -> set[str]:
    """Everything that a measurement plays."""
    sentences = list(synth.test_sets())
    for table in (
        REPOSITORY / "benchmarks" / "data" / "stt_sentences.tsv",
        REPOSITORY / "models" / "stt-tiny-en" / "samples" / "transcripts.tsv",
    ):
        sentences += [cell for line in table.read_text().splitlines() for cell in line.split("\t")]
    for line in (INTERVIEWS / "personas" / "demo-backend.yaml").read_text().splitlines():
        if line.lstrip().startswith("- "):
            sentences += re.split(r"(?<=[.?])", line.split("- ", 1)[1])
    return {spoken_words(sentence) for sentence in sentences} - {""}


def bank_lines() -> list[list[str]]:
    """Lines of four words and more of the plans and question banks, as words; personas are held out."""
    files = [*sorted((INTERVIEWS / "banks").glob("*.yaml")), *sorted(INTERVIEWS.glob("*.yaml"))]
    lines = [line for file in files for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    words = [re.findall(r"[A-Za-z][A-Za-z']+", line.split(": ", 1)[-1]) for line in lines]
    return [each for each in words if len(each) > 3]


def say_something(chance: random.Random, lines: list[list[str]], vocabulary: list[str]) -> str:
    """One text to be spoken."""
    kind = chance.random()
    if kind < DIGITS:
        return " ".join(chance.choice(textgen.ONES[:10]) for _ in range(chance.randrange(3, 9))).capitalize() + "."
    if kind < NUMBERS:
        return str(textgen.number(chance)).capitalize() + "."
    if kind < BANK_PHRASES:
        line, length = chance.choice(lines), chance.randrange(3, 8)
        start = chance.randrange(max(1, len(line) - length + 1))
        phrase = " ".join(line[start : start + length]) + "."
        return phrase[0].upper() + phrase[1:]
    if kind < BANK_WORDS:
        return " ".join(chance.choice(vocabulary) for _ in range(chance.randrange(3, 7))).capitalize() + "."
    return str(textgen.gen(chance))


def synthesise(count: int, seed: int) -> tuple[list[np.ndarray], list[str]]:
    """Log-mel frames (time × 80, float16) and text of each clip; voices and noises as in the first training."""
    extractor, voice = FeatureExtractor(), Espeak()
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    never, lines = held_out(), bank_lines()
    vocabulary = sorted({word for line in lines for word in line if len(word) > 2})
    frames: list[np.ndarray] = []
    texts: list[str] = []
    while len(texts) < count:
        text = say_something(chance, lines, vocabulary)
        if spoken_words(text) in never:
            continue
        variant = chance.choice(synth.VAR)
        name = chance.choice(synth.ACC) + (f"+{variant}" if variant else "")
        words_per_minute = chance.uniform(125, 195)
        pitch = min(99, max(0, chance.gauss(50, 18)))
        speech = voice.say(text, name, words_per_minute, pitch, chance.uniform(20, 80))
        samples = synth.trim(synth.to16k(speech, chance.uniform(0.95, 1.05)))
        if not SHORTEST_CLIP_S * SAMPLE_RATE < len(samples) < LONGEST_CLIP_S * SAMPLE_RATE:
            continue
        frames.append(extractor(synth.augment(samples, noise), padding=0).T.astype(np.float16))
        texts.append(text)
    return frames, texts


def main(out: str, count: str, seed: str) -> None:
    frames, texts = synthesise(int(count), int(seed))
    np.save(f"{out}.npy", np.concatenate(frames))
    Path(f"{out}.json").write_text(json.dumps({"texts": texts, "frames": [len(each) for each in frames]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
