"""End-of-turn accuracy on synthesised answers, with and without a pause within the answer.

``python -m benchmarks.turn_detection [--set NAME] [--voices NAME …] [--engine NAME] [--pauses alone|cut] [--answers
N] [--keep DIR] [--json FILE]``. Each answer of a set in ``benchmarks/data/turn_detection`` is spoken once in one
piece and once with a pause of 0.7 to 3 s where ``|`` stands (within a sentence) or ``||`` (after one), over noise, in
each voice. ``alone`` speaks the parts around the pause one by one, so that the first falls like a finished sentence;
``cut`` puts the pause into the sentence that was spoken whole. Silero, smart-turn and Whisper tiny.en, which
transcribes what was said before each pause, hear the same audio for every rule of ``interview/turn_taking``; ``sound
alone`` leaves the words out, ``words alone`` leaves out whether Whisper, prompted for it, hears that the speech
breaks off, and ``true words`` reads the text of the set instead. A turn is **cut** if it ends
before the last word, and **slow** if neither sound nor words showed its end, so the cap ends it. The delay is from
the last word to the end of the turn, without transcription. Intervals are Wilson's, 95 %. ``--keep`` keeps speech,
and what the models made of it, for a later run.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import platform
import re
import statistics
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from msgspec import Struct, field, to_builtins
from msgspec.json import decode, encode
from numpy.typing import NDArray
from scipy.stats import binomtest

from benchmarks.pauses_in_speech import place_after
from benchmarks.realtime_application import whisper
from deployments.agent.turn.hear import BREAKS_OFF
from deployments.stt.contract import TranscribeRequest
from deployments.stt.service import SttService
from deployments.tts.config import TtsConfig
from deployments.tts.direct import Voice
from deployments.turn_detection.config import TurnDetectionConfig
from deployments.turn_detection.contract import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE, TurnDetection
from deployments.turn_detection.service import TurnDetectionService
from interview.errors import AudioRejected
from interview.turn_taking.brevity import is_brief
from interview.turn_taking.completeness import breaks_off, is_unfinished
from interview.turn_taking.profiles import REASONING, SHORT, STORY, PauseProfile, plain_silence
from interview.turn_taking.turns import Paused, TurnEnded, TurnResumed, Turns
from serve.http.realtime.answer_audio import PAD_MS
from serve.http.realtime.audio_formats import wav_of

Samples = NDArray[np.int16]

SETS = Path("benchmarks/data/turn_detection")
PAUSES_S = (0.7, 1.0, 1.5, 2.0, 3.0)
LEAD_S, TAIL_S = 0.5, 9.0
NOISE = 20.0
#: Speech of a voice ends before its file does.
QUIET = 300
#: A pause that begins so near the end is the one after the last word.
NEAR_END_MS = 300
#: Silero's threshold and hysteresis, as in ``serve/http/realtime/listening.py``.
SPEECH, GOES_ON = 0.5, 0.35


class Rule(NamedTuple):
    profile: PauseProfile
    reads: Literal["nothing", "words", "whisper", "text"] = "whisper"


RULES: dict[str, Rule] = {
    "plain 500 ms": Rule(plain_silence(0.5), reads="nothing"),
    "short, sound alone": Rule(SHORT, reads="nothing"),
    "story, sound alone": Rule(STORY, reads="nothing"),
    "reasoning, sound alone": Rule(REASONING, reads="nothing"),
    "short, words alone": Rule(SHORT, reads="words"),
    "story, words alone": Rule(STORY, reads="words"),
    "reasoning, words alone": Rule(REASONING, reads="words"),
    "short": Rule(SHORT),
    "story": Rule(STORY),
    "reasoning": Rule(REASONING),
    "short, true words": Rule(SHORT, reads="text"),
    "story, true words": Rule(STORY, reads="text"),
    "reasoning, true words": Rule(REASONING, reads="text"),
}

#: How the pauses of an answer are made.
Pauses = Literal["alone", "cut"]


class Reading(NamedTuple):
    """Of the words before a pause: whether their sentence is unfinished, whether they are little for an answer."""

    unfinished: bool | None
    brief: bool = False

    @classmethod
    def of(cls, words: str, language: str) -> Reading:
        return cls(is_unfinished(words, language), is_brief(words, language))


#: What is known of the audio up to a time in ms: the likelihood of an end, and the words.
Judge = Callable[[int], Awaitable[float | None]]
Reader = Callable[[int], Awaitable[Reading]]


class Utterance(NamedTuple):
    """``first`` is said before the pause; ``ends_ms`` is the end of the last word; ``kind`` says where it pauses."""

    text: str
    first: str
    voice: str
    kind: str
    samples: Samples
    ends_ms: int


class Heard(NamedTuple):
    """When a rule ended the turn first, and after how much silence. None: never."""

    ended_ms: int | None
    silence_ms: int = 0


class Score(Struct, frozen=True):
    """Shares of the utterances; delays in ms of the turns that were not cut."""

    utterances: int
    cut: float
    cut_95: tuple[float, float]
    slow: float
    slow_95: tuple[float, float]
    delay_p50_ms: float
    delay_p95_ms: float


def trimmed(samples: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


class Kept(Struct):
    """What the models made of one recording, by the time in ms up to which they heard it. ``read``: text,
    language; ``ends``: text that may end with an ellipsis."""

    judged: dict[str, float | None] = field(default_factory=dict)
    read: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)


#: Scores by voice and pause, then by rule.
Groups = dict[str, dict[str, Score]]
#: By voice and text.
Speech = dict[tuple[str, str], Samples]


class Store:
    """Speech and findings in a directory, for a later run; nowhere without one."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)

    def speech(self, voice: str, text: str, speak: Callable[[], Samples]) -> Samples:
        if self._directory is None:
            return speak()
        path = self._directory / f"{voice}-{_digest(text.encode())}.npy"
        if not path.exists():
            np.save(path, speak())
        return np.asarray(np.load(path), np.int16)

    def kept(self, samples: Samples) -> Kept:
        path = self._found(samples)
        return decode(path.read_bytes(), type=Kept) if path is not None and path.exists() else Kept()

    def keep(self, samples: Samples, kept: Kept) -> None:
        path = self._found(samples)
        if path is not None:
            path.write_bytes(encode(kept))

    def _found(self, samples: Samples) -> Path | None:
        return self._directory / f"{_digest(samples.tobytes())}.json" if self._directory is not None else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def speak_all(texts: list[str], names: list[str], engine: str, pauses: Pauses, store: Store) -> Speech:
    """The answers in each voice, in one piece, and the parts around the pause."""
    voice = Voice(TtsConfig(engine=engine, kept_bytes=0, deadline_s=600.0))  # type: ignore[arg-type]

    def spoken(text: str, name: str) -> Samples:
        samples, rate = voice.say(text, name)
        places = np.arange(0, len(samples) - 1, rate / SAMPLE_RATE)
        return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.int16)

    speech: Speech = {}
    for name in names:
        for line in texts:
            first, _, rest = parted(line)
            for text in (f"{first} {rest}", first, *([rest] if pauses == "alone" else [])):
                speech[name, text] = trimmed(store.speech(name, text, partial(spoken, text, name)))
    voice.close()
    return speech


def parted(line: str) -> tuple[str, str, str]:
    """What is said before the pause, where it stands, and what is said after it."""
    first, bar, rest = (part.strip() for part in re.split(r"(\|+)", line, maxsplit=1))
    return first, "pause between sentences" if bar == "||" else "pause within a sentence", rest


def utterances(texts: list[str], speech: Speech, pauses: Pauses) -> Iterator[Utterance]:
    for name in dict.fromkeys(name for name, _ in speech):
        for number, line in enumerate(texts):
            first, kind, rest = parted(line)
            whole = speech[name, f"{first} {rest}"]
            if pauses == "alone":
                before, after = speech[name, first], speech[name, rest]
            else:
                place = place_after(speech[name, first], whole, SAMPLE_RATE)
                before, after = trimmed(whole[:place]), trimmed(whole[place:])
            pause = np.concatenate([before, _silence(PAUSES_S[number % len(PAUSES_S)]), after])
            for where, said in (("in one piece", whole), (kind, pause)):
                clean = np.concatenate([_silence(LEAD_S), said, _silence(TAIL_S)])
                random = np.random.default_rng([number, len(clean)])
                noisy = (clean + random.normal(0, NOISE, len(clean))).clip(-32768, 32767).astype(np.int16)
                ends_ms = round((LEAD_S + len(said) / SAMPLE_RATE) * 1000)
                yield Utterance(f"{first} {rest}", first, name, where, noisy, ends_ms)


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def frames_of(detection: TurnDetection, samples: Samples) -> list[bool]:
    speech, found = False, []
    for probability in detection.voice_activity().feed(samples):
        speech = probability >= (GOES_ON if speech else SPEECH)
        found.append(speech)
    return found


async def hear(profile: PauseProfile, frames: list[bool], judge: Judge, reader: Reader | None = None) -> Heard:
    """The first end of the turn under a rule, which knows no words without a ``reader``."""
    turns = Turns(profile)
    for number, speech in enumerate(frames, start=1):
        for outcome in turns.heard(number * FRAME_MS, FRAME_MS, speech=speech):
            match outcome:
                case Paused(at_ms=at_ms) if profile.likely <= 1:
                    likelihood = await judge(number * FRAME_MS)
                    if likelihood is not None:
                        turns.judged(at_ms, likelihood)
                    if reader is not None:
                        reading = await reader(at_ms)
                        brief = reading.brief and profile.name != SHORT.name
                        turns.read(at_ms, unfinished=reading.unfinished, brief=brief)
                case TurnEnded(at_ms=at_ms):
                    return Heard(number * FRAME_MS, number * FRAME_MS - at_ms)
                case TurnResumed():
                    raise AssertionError("a turn resumes only after its end")
                case _:
                    pass
    return Heard(None)


def scored(profile: PauseProfile, heard: list[tuple[Utterance, Heard]]) -> Score:
    cut, slow, delays = 0, 0, []
    for utterance, found in heard:
        if found.ended_ms is not None and found.ended_ms < utterance.ends_ms:
            cut += 1
            continue
        delay_ms = (found.ended_ms or len(utterance.samples) * 1000 // SAMPLE_RATE) - utterance.ends_ms
        slow += profile.likely <= 1 and (found.ended_ms is None or found.silence_ms >= profile.cap_s * 1000)
        delays.append(delay_ms)
    quantiles = statistics.quantiles(delays, n=20) if len(delays) > 1 else [0.0] * 19
    total = len(heard)
    return Score(
        total,
        round(cut / total, 4),
        interval(cut, total),
        round(slow / total, 4),
        interval(slow, total),
        round(quantiles[9]),
        round(quantiles[18]),
    )


def interval(found: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    bounds = binomtest(found, total).proportion_ci(method="wilson")
    return round(float(bounds.low), 4), round(float(bounds.high), 4)


class Known:
    """What the models make of one utterance; each question is put to them once."""

    def __init__(self, detection: TurnDetection, ears: SttService, utterance: Utterance, kept: Kept) -> None:
        self._detection = detection
        self._ears = ears
        self._utterance = utterance
        self._samples = utterance.samples
        self._kept = kept

    async def judged(self, at_ms: int) -> float | None:
        judged = self._kept.judged
        if str(at_ms) not in judged:
            judged[str(at_ms)] = await self._detection.finished(self._samples[: at_ms // FRAME_MS * FRAME_SAMPLES])
        return judged[str(at_ms)]

    async def heard(self, at_ms: int) -> Reading:
        """Of the words that Whisper hears before a pause, and of how they end."""
        reading = await self.words(at_ms)
        if reading.unfinished is not False:
            return reading
        ends = self._kept.ends
        if str(at_ms) not in ends:
            spoken = self._samples[: (at_ms + PAD_MS) * SAMPLE_RATE // 1000]
            asked = TranscribeRequest(wav_of(spoken), "audio/wav", language="en", prompt=BREAKS_OFF)
            ends[str(at_ms)] = (await self._ears.transcribe(asked)).text
        return reading._replace(unfinished=breaks_off(ends[str(at_ms)]))

    async def words(self, at_ms: int) -> Reading:
        """Of the words that Whisper hears before a pause."""
        read = self._kept.read
        if str(at_ms) not in read:
            spoken = self._samples[: (at_ms + PAD_MS) * SAMPLE_RATE // 1000]
            try:
                words = await self._ears.transcribe(TranscribeRequest(wav_of(spoken), "audio/wav", language="en"))
                read[str(at_ms)] = words.text, words.language
            except AudioRejected:
                read[str(at_ms)] = None
        found = read[str(at_ms)]
        return Reading(None) if found is None else Reading.of(*found)

    async def written(self, at_ms: int) -> Reading:
        """Of the words of the set before a pause: what perfect ears would hear."""
        over = at_ms >= self._utterance.ends_ms - NEAR_END_MS or self._utterance.kind == "in one piece"
        return Reading.of(self._utterance.text if over else self._utterance.first, "en")

    def reader(self, rule: Rule) -> Reader | None:
        readers = {"nothing": None, "words": self.words, "whisper": self.heard, "text": self.written}
        return readers[rule.reads]


async def measure(texts: list[str], speech: Speech, pauses: Pauses, store: Store) -> Groups:
    """By voice and pause, then by rule."""
    detection = TurnDetectionService(TurnDetectionConfig(end_of_turn="model"))
    ears = whisper()
    heard: dict[tuple[str, str], list[tuple[Utterance, Heard]]] = {}
    for utterance in utterances(texts, speech, pauses):
        kept = store.kept(utterance.samples)
        frames, known = frames_of(detection, utterance.samples), Known(detection, ears, utterance, kept)
        for name, rule in RULES.items():
            found = (utterance, await hear(rule.profile, frames, known.judged, known.reader(rule)))
            for group in (f"all voices, {utterance.kind}", f"{utterance.voice}, {utterance.kind}"):
                heard.setdefault((group, name), []).append(found)
        store.keep(utterance.samples, kept)
    ears.close()
    groups: Groups = {}
    for (group, name), found_all in heard.items():
        groups.setdefault(group, {})[name] = scored(RULES[name].profile, found_all)
    return groups


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="answers", choices=sorted(path.stem for path in SETS.glob("*.txt")))
    parser.add_argument("--voices", nargs="+", default=["bf_emma", "am_michael"])
    parser.add_argument("--engine", default="auto", choices=["auto", "kokoro", "piper", "espeak"])
    parser.add_argument("--pauses", default="cut", choices=["alone", "cut"])
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    source = (SETS / f"{options.set}.txt").read_text(encoding="utf-8")
    lines = (line for line in source.splitlines() if line and not line.startswith("#"))
    texts = list(lines)[: options.answers]
    store = Store(options.keep)
    speech = speak_all(texts, options.voices, options.engine, options.pauses, store)
    groups = asyncio.run(measure(texts, speech, options.pauses, store))
    document = {
        "command": f"python -m benchmarks.turn_detection --set {options.set} --voices {' '.join(options.voices)} "
        f"--engine {options.engine} --pauses {options.pauses} --answers {len(texts)}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "weights": f"smart-turn-v3.2, silero-vad, whisper-tiny.en, voices {' '.join(options.voices)}",
        "pauses_s": PAUSES_S,
        "results": {
            group: {rule: to_builtins(score) for rule, score in rules.items()} for group, rules in groups.items()
        },
    }
    for group, rules in groups.items():
        for rule, score in rules.items():
            print(
                f"{group:38} {rule:22} cut {score.cut:6.1%} [{score.cut_95[0]:.1%}, {score.cut_95[1]:.1%}]  "
                f"slow {score.slow:6.1%} [{score.slow_95[0]:.1%}, {score.slow_95[1]:.1%}]  "
                f"delay p50 {score.delay_p50_ms:5.0f} ms  p95 {score.delay_p95_ms:5.0f} ms  ({score.utterances})"
            )
    if options.json:
        options.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
