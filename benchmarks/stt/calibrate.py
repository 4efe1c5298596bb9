"""Fit and check the confidence of a speech model on mixes of speech, noise, music, rooms and other languages.

    python -m benchmarks.stt.calibrate --speech DIR [--speech DIR] --model whisper-tiny.en --json OUT

``DIR`` holds recordings of ``benchmarks.stt.speak``, or of people: 16 kHz wav files and ``transcripts.tsv`` (clip,
voice, text). Every mix is transcribed as English, as in an interview in English. Fits ``serving.confidence`` of the
model's manifest on one half of the voices and languages, and checks it on the other: expected calibration error (ECE,
ten bins) of the word accuracy, invented text that would be scored, and clear speech that would be rejected.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.stt import mixes
from benchmarks.stt.clips import as_wav, word_error_rate
from benchmarks.stt.corpus import Spoken, people, recorded
from benchmarks.stt.inprocess import speech_service
from benchmarks.stt.mixes import NOISES, RATE, Samples
from deployments.agent.config import AgentConfig
from deployments.stt.confidence import LEAST_LANGUAGE_LOGPROB, ConfidenceModel, brevity_of, words_in
from deployments.stt.config import SttConfig
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.service import SttService
from interview.errors import SilentAudio

Half = Literal["fitted", "held out"]

VOICES: dict[Half, frozenset[str]] = {
    "fitted": frozenset({"two_cities", "af_heart", "am_michael"}),
    "held out": frozenset({"jfk", "bf_emma", "en_US-joe-medium"}),
}
#: Mixes without English speech by kind. The held-out half has more, so that 99 % of them means something.
_UNSPOKEN: dict[Half, dict[str, int]] = {
    "fitted": {"noise": 40, "music": 16, "silence": 4, "language": 20, "two": 10, "distant": 10},
    "held out": {"noise": 75, "music": 60, "silence": 10, "language": 70, "two": 35, "distant": 50},
}
#: Mixes with English speech: per signal-to-noise ratio of 10 dB and more (clear) or less, in a room, and with a second
#: voice.
_SPOKEN: dict[Half, dict[str, int]] = {
    "fitted": {"clear": 20, "noisy": 20, "distant": 24, "overlapping": 20},
    "held out": {"clear": 15, "noisy": 8, "distant": 12, "overlapping": 10},
}
_SEEDS: dict[Half, int] = {"fitted": 1, "held out": 2}
_MIXES_AT_ONCE = 48
_HUMAN_SHARE = 0.35
_CLEAR_DB = 10


class Mix(msgspec.Struct, frozen=True):
    """``text`` is None without speech in the model's language. ``snr_db`` None: no noise was added, or no speech."""

    kind: str
    samples: Samples
    text: str | None
    snr_db: float | None = None


class Heard(msgspec.Struct, frozen=True):
    """The outcome of one mix. ``accuracy``: right words, 0 for invented ones. Scores None: nothing was heard.

    ``snr_db`` as in ``Mix``. ``text`` is the transcript. ``speech_s`` is the length of the detected speech in seconds.
    """

    kind: str
    spoken: bool
    clear: bool
    accuracy: float
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    language_logprob: float = 0.0
    snr_db: float | None = None
    speech_s: float = 0.0
    text: str = ""
    said: str = ""


def half_of(voice: str) -> Half:
    """The half of an English voice: as ``VOICES`` says, other people's clips (``person-en-007``) by their number."""
    for half, voices in VOICES.items():
        if voice in voices:
            return half
    return "held out" if voice[-1] in "13579" else "fitted"


class Mixer:
    """Draws the mixes of one half."""

    def __init__(self, half: Half, recordings: Sequence[Spoken]) -> None:
        self._random = np.random.default_rng(_SEEDS[half])
        english = [one for one in recordings if one.language == "en" and one.duration_s < 16]
        self._speech = [one for one in english if half_of(one.voice) == half]
        self._people = [one for one in self._speech if one.is_person]
        languages = sorted({one.language for one in recordings} - {"en"})
        mine = languages[::2] if half == "fitted" else languages[1::2]
        self._foreign = [one for one in recordings if one.language in mine and one.duration_s < 20]
        self._spoken_counts, self._unspoken = _SPOKEN[half], _UNSPOKEN[half]

    def all(self) -> list[Mix]:
        """The mixes of ``_SPOKEN``, then those of ``_UNSPOKEN``."""
        clear, noisy = self._spoken_counts["clear"], self._spoken_counts["noisy"]
        made = [self._in_noise(snr_db) for snr_db in (40, 20, 15, _CLEAR_DB) for _ in range(clear)]
        made += [self._in_noise(snr_db) for snr_db in (5, 0, -5) for _ in range(noisy)]
        made += [self._distant() for _ in range(self._spoken_counts["distant"])]
        made += [self._overlapping() for _ in range(self._spoken_counts["overlapping"])]
        made += [self._noise_alone(number) for number in range(self._unspoken["noise"])]
        made += [self._music_alone() for _ in range(self._unspoken["music"])]
        made += [self._silence() for _ in range(self._unspoken["silence"])]
        made += [self._in_another_language() for _ in range(self._unspoken["language"])]
        made += [self._two_in_other_languages() for _ in range(self._unspoken["two"])]
        return made + [self._distant_without_english() for _ in range(self._unspoken["distant"])]

    def _spoken(self) -> Spoken:
        pool = self._people if self._random.random() < _HUMAN_SHARE else self._speech
        return pool[int(self._random.integers(len(pool)))]

    def _noise(self, count: int, kinds: Sequence[str] = (*NOISES, "music", "babble")) -> tuple[str, Samples]:
        kind = kinds[int(self._random.integers(len(kinds)))]
        if kind == "music":
            return kind, mixes.music(self._random, count)
        if kind == "babble":
            voices = [one.samples for one in self._speech]
            return kind, mixes.babble(self._random, count, voices, int(self._random.integers(4, 9)))
        return kind, NOISES[kind](self._random, count)

    def _in_noise(self, snr_db: float) -> Mix:
        said = self._spoken()
        kind, noise = self._noise(len(said.samples))
        return Mix(kind, mixes.at_snr(said.samples, noise, snr_db), said.text, snr_db)

    def _distant(self) -> Mix:
        said, random = self._spoken(), self._random
        room = mixes.in_room(random, said.samples, random.uniform(0.3, 0.9), random.uniform(0.1, 0.6))
        noise = self._noise(len(room), tuple(NOISES))[1]
        return Mix("distant", mixes.at_snr(room, noise, random.uniform(12, 30)), said.text)

    def _overlapping(self) -> Mix:
        said, other = self._spoken(), self._spoken()
        louder_db = self._random.uniform(0, 10)
        return Mix(
            "overlapping", mixes.at_snr(said.samples, np.resize(other.samples, len(said.samples)), louder_db), said.text
        )

    def _noise_alone(self, number: int) -> Mix:
        kinds = ("babble",) if number % 5 == 0 else tuple(NOISES)
        kind, noise = self._noise(int(self._random.uniform(2, 12) * RATE), kinds)
        return Mix(f"only {kind}", noise, None)

    def _music_alone(self) -> Mix:
        return Mix("only music", mixes.music(self._random, int(self._random.uniform(3, 15) * RATE)), None)

    def _silence(self) -> Mix:
        level = 10 ** self._random.uniform(-5, -3)
        return Mix("silence", (level * self._random.normal(size=5 * RATE)).astype(np.float32), None)

    def _foreigner(self) -> Spoken:
        return self._foreign[int(self._random.integers(len(self._foreign)))]

    def _in_another_language(self) -> Mix:
        said = self._foreigner()
        noise = self._noise(len(said.samples), tuple(NOISES))[1]
        return Mix("another language", mixes.at_snr(said.samples, noise, self._random.uniform(8, 35)), None)

    def _two_in_other_languages(self) -> Mix:
        said, other = self._foreigner().samples, self._foreigner().samples
        mixed = mixes.at_snr(said, np.resize(other, len(said)), self._random.uniform(0, 10))
        return Mix("two in other languages", mixed, None)

    def _distant_without_english(self) -> Mix:
        """Noise, music or another language from the far end of a room."""
        random, kind = self._random, ("noise", "music", "language")[int(self._random.integers(3))]
        count = int(random.uniform(3, 12) * RATE)
        if kind == "noise":
            sound = self._noise(count, tuple(NOISES))[1]
        else:
            sound = mixes.music(random, count) if kind == "music" else self._foreigner().samples
        room = mixes.in_room(random, sound, random.uniform(0.4, 0.9), random.uniform(0.05, 0.4))
        noise = self._noise(len(room), tuple(NOISES))[1]
        return Mix(f"distant {kind}", mixes.at_snr(room, noise, random.uniform(12, 30)), None)


async def hear(service: SttService, mixed: Sequence[Mix], at_once: int) -> list[Heard]:
    """Every mix through the service as English."""
    free = asyncio.Semaphore(at_once)

    async def one(mix: Mix) -> Heard:
        clear = mix.snr_db is not None and mix.snr_db >= _CLEAR_DB
        nothing = Heard(mix.kind, mix.text is not None, clear, 0.0)
        async with free:
            try:
                transcript = await service.transcribe(TranscribeRequest(as_wav(mix.samples), language="en"))
            except SilentAudio:
                return nothing
        if not transcript.text:
            return nothing
        accuracy = 0.0 if mix.text is None else max(0.0, 1 - word_error_rate([mix.text], [transcript.text]))
        logprob, no_speech, language = _scores(transcript)
        return Heard(
            mix.kind,
            mix.text is not None,
            clear,
            round(accuracy, 4),
            logprob,
            no_speech,
            language,
            mix.snr_db,
            transcript.speech_s,
            transcript.text,
            mix.text or "",
        )

    return await asyncio.gather(*map(one, mixed))


def _scores(transcript: Transcript) -> tuple[float, float, float]:
    """The duration-weighted means of the segments' scores."""
    lengths = np.array([max(0.01, segment.end - segment.start) for segment in transcript.segments])
    scores = np.array(
        [(segment.avg_logprob, segment.no_speech_prob, segment.language_logprob) for segment in transcript.segments]
    )
    logprob, no_speech, language = lengths @ scores / lengths.sum()
    return round(float(logprob), 4), round(float(no_speech), 4), round(float(language), 4)


def fit(heard: Sequence[Heard]) -> ConfidenceModel:
    """Logistic regression of word accuracy on the scores (Platt scaling with soft labels)."""
    scored = [one for one in heard if one.avg_logprob is not None]
    scores = np.array([_scores_of(one) for one in scored])
    accuracy = np.array([one.accuracy for one in scored])

    def loss(weights: npt.NDArray[np.float64]) -> float:
        z = weights[0] + scores @ weights[1:]
        entropy = accuracy * np.logaddexp(0, -z) + (1 - accuracy) * np.logaddexp(0, z)
        return float(entropy.mean() + 1e-4 * np.sum(weights[1:] ** 2))

    intercept, logprob, no_speech, language, brevity = (round(float(one), 3) for one in minimize(loss, np.zeros(5)).x)
    return ConfidenceModel(intercept, logprob, no_speech, language, brevity)


def _confidence(one: Heard, model: ConfidenceModel) -> float:
    logprob, no_speech = one.avg_logprob or 0.0, one.no_speech_prob or 0.0
    return model.confidence(logprob, no_speech, one.language_logprob, words_in(one.text))


def _scores_of(one: Heard) -> tuple[float, float, float, float]:
    language = max(LEAST_LANGUAGE_LOGPROB, one.language_logprob)
    return one.avg_logprob or 0.0, one.no_speech_prob or 0.0, language, brevity_of(words_in(one.text))


def checked(heard: Sequence[Heard], model: ConfidenceModel, unsure_below: float) -> dict[str, Any]:
    """The figures of one half."""
    scored = [one for one in heard if one.avg_logprob is not None]
    confidence = np.array([_confidence(one, model) for one in scored])
    accuracy = np.array([one.accuracy for one in scored])
    bins = np.minimum((confidence * 10).astype(int), 9)
    error = sum(abs(confidence[bins == b].sum() - accuracy[bins == b].sum()) for b in range(10)) / max(1, len(scored))
    sure = dict(zip(map(id, scored), confidence >= unsure_below, strict=True))
    unspoken = [one for one in heard if not one.spoken]
    clear = [one for one in heard if one.clear]
    return {
        "mixes": len(heard),
        "heard": len(scored),
        "expected_calibration_error": round(float(error), 4),
        "unspoken_mixes": len(unspoken),
        "unspoken_by_kind": dict(Counter(one.kind for one in unspoken)),
        "invented_and_scored_by_kind": dict(Counter(one.kind for one in unspoken if sure.get(id(one), False))),
        "invented_and_scored": sum(bool(sure.get(id(one), False)) for one in unspoken),
        "clear_mixes": len(clear),
        "clear_and_rejected": sum(not sure.get(id(one), False) for one in clear),
        "clear_rejected_with_more_than_a_tenth_wrong": sum(
            not sure.get(id(one), False) and one.accuracy < 0.9 for one in clear
        ),
    }


def heard_so_far(file: Path) -> dict[Half, list[Heard]]:
    """The outcomes that an earlier, unfinished run left."""
    if not file.is_file():
        return {half: [] for half in VOICES}
    return msgspec.json.decode(file.read_bytes(), type=dict[Half, list[Heard]])


def earlier_outcomes(result: Path) -> list[Heard]:
    """The fitted half in the result of an earlier run."""
    return msgspec.convert(msgspec.json.decode(result.read_bytes())["outcomes"]["fitted"], list[Heard])


def save(outcomes: dict[Half, list[Heard]], file: Path) -> None:
    file.write_bytes(msgspec.json.encode(outcomes))


async def hear_all(
    config: SttConfig, recordings: Sequence[Spoken], partial: Path, budget_s: float, fitted: list[Heard]
) -> dict[Half, list[Heard]] | None:
    """The outcomes of all mixes; None when the budget ended first. Continues from ``partial`` and writes it.

    ``fitted``: the outcomes of the fitted half in an earlier run, which are not heard again.
    """
    outcomes = heard_so_far(partial)
    if fitted:
        outcomes["fitted"] = fitted
    started, service = time.monotonic(), speech_service(config)
    for half in VOICES:
        if half == "fitted" and fitted:
            continue
        mixed, done = Mixer(half, recordings).all(), outcomes[half]
        while len(done) < len(mixed):
            if time.monotonic() - started > budget_s:
                return None
            done += await hear(service, mixed[len(done) : len(done) + _MIXES_AT_ONCE], 4 * config.workers)
            save(outcomes, partial)
            sys.stderr.write(f"{half}: {len(done)} of {len(mixed)}\n")
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True, action="append", metavar="DIR")
    parser.add_argument("--model", default="whisper-tiny.en")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument("--budget-s", type=float, default=float("inf"), help="stop after this; the next run goes on")
    parser.add_argument(
        "--fitted-from", type=Path, metavar="RESULT", help="take the fitted half from an earlier result of the model"
    )
    parser.add_argument("--workers", type=int, default=2, help="pieces decoded side by side")
    asked = parser.parse_args()
    recordings = [*people(), *(one for folder in asked.speech for one in recorded(folder))]
    config = SttConfig(model=asked.model, workers=asked.workers, max_queued_audio_s=1e9, deadline_s=3600)
    unsure_below = AgentConfig().unsure_below
    partial = asked.json.with_suffix(".partial")
    fitted = earlier_outcomes(asked.fitted_from) if asked.fitted_from else []
    outcomes = asyncio.run(hear_all(config, recordings, partial, asked.budget_s, fitted))
    if outcomes is None:
        sys.stderr.write(f"the budget is spent; run again to go on from {partial}\n")
        return
    model = fit(outcomes["fitted"])
    report: dict[str, Any] = {
        "benchmark": "stt.calibrate",
        "model": asked.model,
        "unsure_below": unsure_below,
        "window_margin_s": resolve_model(config).profile.window_margin_s,
        "voices": sorted({one.voice for one in recordings}),
        "confidence": msgspec.to_builtins(model),
        **{str(half): checked(heard, model, unsure_below) for half, heard in outcomes.items()},
        "outcomes": {half: [msgspec.to_builtins(one) for one in heard] for half, heard in outcomes.items()},
    }
    asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    partial.unlink()
    print(msgspec.json.format(msgspec.json.encode({k: v for k, v in report.items() if k != "outcomes"})).decode())


if __name__ == "__main__":
    main()
