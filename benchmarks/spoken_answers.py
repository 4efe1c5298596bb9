"""Recordings of answers for ``benchmarks.real``: clips of a person, or a plan's reference answers in a neural voice."""

from __future__ import annotations

import asyncio
import random
import re
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from benchmarks.stt.clips import as_wav
from deployments.tts.config import TtsConfig
from deployments.tts.engines.selection import build_engine
from interview.plans.files import load_plan
from interview.plans.plan import InterviewPlan

CLIPS = Path(__file__).parents[1] / "tests" / "data" / "speech"
PLANS = Path(__file__).parents[1] / "configs" / "interviews"
RATE = 16_000

#: Seconds of an answer: log-normal, median and sigma. Answers to interviewers are half a minute on average; these are
#: shorter and more frequent, which asks more of the platform.
ANSWER_S = (12.0, 0.5)
_PAUSE = np.zeros(round(0.35 * RATE), dtype=np.float32)

#: Samples of a sentence at ``RATE``, in [-1, 1].
Sentence = np.ndarray[tuple[int], np.dtype[np.float32]]


@dataclass(frozen=True)
class Recording:
    """A wav file and its length."""

    audio: bytes
    duration_s: float


def of_a_person() -> list[Sentence]:
    """The sentences of one reader, the beginning of "A Tale of Two Cities". It repeats itself, so every fifth answer
    makes Whisper repeat itself too and is transcribed twice."""
    sentences = []
    for path in sorted(CLIPS.glob("two_cities_*.wav")):
        with wave.open(str(path)) as file:
            spoken = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        sentences.append(spoken.astype(np.float32) / np.float32(32768))
    return sentences


def of_a_voice(voice: str, plan: str) -> list[Sentence]:
    """The strong and the average reference answers of a shipped plan, sentence by sentence, in a voice of Piper.

    Raises:
        ConfigError: the voice's weights are not installed (``interview models pull piper-en-us-joe``).
    """
    return asyncio.run(_spoken(voice, _sentences(load_plan(PLANS / f"{plan}.yaml"))))


def answers(count: int, own: random.Random, sentences: Sequence[Sentence]) -> list[Recording]:
    """``count`` answers of about ``ANSWER_S``: successive sentences with pauses, each at most once in an answer."""
    made = []
    for _ in range(count):
        wanted = RATE * own.lognormvariate(np.log(ANSWER_S[0]), ANSWER_S[1])
        first = own.randrange(len(sentences))
        parts: list[Sentence] = []
        for place in range(len(sentences)):
            if sum(len(part) for part in parts) >= wanted:
                break
            parts += [sentences[(first + place) % len(sentences)], _PAUSE]
        samples = np.concatenate(parts, dtype=np.float32)[: max(RATE, round(wanted))]
        made.append(Recording(as_wav(samples), len(samples) / RATE))
    return made


def _sentences(plan: InterviewPlan) -> list[str]:
    references = [question.reference for question in plan.questions if question.reference is not None]
    texts = [text for reference in references for text in (reference.strong, reference.average)]
    return [sentence for text in texts for sentence in re.split(r"(?<=[.?!])\s+", text.strip())]


async def _spoken(voice: str, texts: Sequence[str]) -> list[Sentence]:
    engine = build_engine(TtsConfig(engine="piper"))
    sentences = []
    for text in texts:
        pcm = await engine.speak(text, voice=voice, speed=1.0)
        divisor = int(np.gcd(RATE, pcm.sample_rate))
        samples = resample_poly(pcm.samples / 32768, RATE // divisor, pcm.sample_rate // divisor)
        sentences.append(samples.astype(np.float32))
    return sentences
