"""End-of-turn accuracy on synthesised answers, with and without a pause within the answer.

``python -m benchmarks.turn_detection [--voices NAME …] [--answers N] [--json FILE]``. Each answer of
``benchmarks/data/turn_detection`` is spoken once in one piece and once with a pause of 0.7 to 3 s where ``|`` stands,
over noise, in each voice. Silero and the rules of ``interview/turn_taking`` hear the same frames for every rule. A turn
is **cut** if it ends before the last word, and **slow** if the model does not recognise its end, so the cap ends it.
The delay is from the last word to the end of the turn: what the rule waits, without transcription.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec import Struct, to_builtins
from numpy.typing import NDArray

from deployments.tts.direct import Voice
from deployments.turn_detection.config import TurnDetectionConfig
from deployments.turn_detection.contract import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE, TurnDetection
from deployments.turn_detection.service import TurnDetectionService
from interview.turn_taking.profiles import REASONING, SHORT, STORY, PauseProfile, plain_silence
from interview.turn_taking.turns import Paused, TurnEnded, TurnResumed, Turns

Samples = NDArray[np.int16]

ANSWERS = Path("benchmarks/data/turn_detection/answers.txt")
PAUSES_S = (0.7, 1.0, 1.5, 2.0, 3.0)
LEAD_S, TAIL_S = 0.5, 9.0
NOISE = 20.0
#: Speech of a voice ends before its file does.
QUIET = 300
#: Silero's threshold and hysteresis, as in ``serve/http/realtime/listening.py``.
SPEECH, GOES_ON = 0.5, 0.35

RULES: dict[str, PauseProfile] = {
    "plain 500 ms": plain_silence(0.5),
    "short": SHORT,
    "story": STORY,
    "reasoning": REASONING,
}


class Utterance(NamedTuple):
    """``ends_ms`` is the end of the last word; ``pause_s`` 0: spoken in one piece."""

    text: str
    voice: str
    pause_s: float
    samples: Samples
    ends_ms: int


class Heard(NamedTuple):
    """When a rule ended the turn first, and whether the candidate spoke on after that. None: never."""

    ended_ms: int | None
    likelihood: float | None


class Score(Struct, frozen=True):
    """Shares of the utterances; delays in ms of the turns that were not cut."""

    utterances: int
    cut: float
    slow: float
    delay_p50_ms: float
    delay_p95_ms: float


def trimmed(samples: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


def utterances(texts: list[str], names: list[str]) -> Iterator[Utterance]:
    voice, random = Voice(), np.random.default_rng(11)

    def spoken(text: str, name: str) -> Samples:
        samples, rate = voice.say(text, name)
        places = np.arange(0, len(samples) - 1, rate / SAMPLE_RATE)
        return trimmed(np.interp(places, np.arange(len(samples)), samples).astype(np.int16))

    def silence(seconds: float) -> Samples:
        return np.zeros(round(seconds * SAMPLE_RATE), np.int16)

    for name in names:
        for number, text in enumerate(texts):
            first, _, rest = (part.strip() for part in text.partition("|"))
            pause_s = PAUSES_S[number % len(PAUSES_S)]
            whole = spoken(f"{first} {rest}", name)
            parted = np.concatenate([spoken(first, name), silence(pause_s), spoken(rest, name)])
            for pause, speech in ((0.0, whole), (pause_s, parted)):
                clean = np.concatenate([silence(LEAD_S), speech, silence(TAIL_S)])
                noisy = (clean + random.normal(0, NOISE, len(clean))).clip(-32768, 32767).astype(np.int16)
                ends_ms = round((LEAD_S + len(speech) / SAMPLE_RATE) * 1000)
                yield Utterance(f"{first} {rest}", name, pause, noisy, ends_ms)
    voice.close()


def frames_of(detection: TurnDetection, samples: Samples) -> list[bool]:
    speech, found = False, []
    for probability in detection.voice_activity().feed(samples):
        speech = probability >= (GOES_ON if speech else SPEECH)
        found.append(speech)
    return found


async def hear(
    profile: PauseProfile, frames: list[bool], likelihood: Callable[[int], Awaitable[float | None]]
) -> Heard:
    """The first end of the turn under a rule; ``likelihood`` judges the audio up to a time in ms."""
    turns, last = Turns(profile), None
    for number, speech in enumerate(frames, start=1):
        for outcome in turns.heard(number * FRAME_MS, FRAME_MS, speech=speech):
            match outcome:
                case Paused(at_ms=at_ms) if profile.likely <= 1:
                    last = await likelihood(number * FRAME_MS)
                    if last is not None:
                        turns.judged(at_ms, last)
                case TurnEnded():
                    return Heard(number * FRAME_MS, last)
                case TurnResumed():
                    raise AssertionError("a turn resumes only after its end")
                case _:
                    pass
    return Heard(None, last)


def scored(profile: PauseProfile, heard: list[tuple[Utterance, Heard]]) -> Score:
    cut, slow, delays = 0, 0, []
    for utterance, found in heard:
        if found.ended_ms is not None and found.ended_ms < utterance.ends_ms:
            cut += 1
            continue
        delay_ms = (found.ended_ms or len(utterance.samples) * 1000 // SAMPLE_RATE) - utterance.ends_ms
        slow += profile.likely <= 1 and (found.likelihood is None or found.likelihood < profile.likely)
        delays.append(delay_ms)
    quantiles = statistics.quantiles(delays, n=20) if len(delays) > 1 else [0.0] * 19
    total = len(heard)
    return Score(total, round(cut / total, 4), round(slow / total, 4), round(quantiles[9]), round(quantiles[18]))


async def measure(spoken: list[Utterance]) -> dict[str, dict[str, Score]]:
    """By voice and pause, then by rule."""
    detection = TurnDetectionService(TurnDetectionConfig(end_of_turn="model"))
    heard: dict[tuple[str, str], list[tuple[Utterance, Heard]]] = {}
    for utterance in spoken:
        frames, judged = frames_of(detection, utterance.samples), dict[int, float | None]()

        async def likelihood(
            at_ms: int, samples: Samples = utterance.samples, judged: dict[int, float | None] = judged
        ) -> float | None:
            if at_ms not in judged:
                judged[at_ms] = await detection.finished(samples[: at_ms // FRAME_MS * FRAME_SAMPLES])
            return judged[at_ms]

        for rule, profile in RULES.items():
            found = (utterance, await hear(profile, frames, likelihood))
            kind = "with a pause" if utterance.pause_s else "in one piece"
            for group in (f"all voices, {kind}", f"{utterance.voice}, {kind}"):
                heard.setdefault((group, rule), []).append(found)
    groups: dict[str, dict[str, Score]] = {}
    for (group, rule), found_all in heard.items():
        groups.setdefault(group, {})[rule] = scored(RULES[rule], found_all)
    return groups


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", nargs="+", default=["bf_emma", "am_michael"])
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    lines = (line for line in ANSWERS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    texts = list(lines)[: options.answers]
    groups = asyncio.run(measure(list(utterances(texts, options.voices))))
    document = {
        "command": f"python -m benchmarks.turn_detection --voices {' '.join(options.voices)} --answers {len(texts)}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "weights": f"smart-turn-v3.2, silero-vad, voices {' '.join(options.voices)}",
        "pauses_s": PAUSES_S,
        "results": {
            group: {rule: to_builtins(score) for rule, score in rules.items()} for group, rules in groups.items()
        },
    }
    for group, rules in groups.items():
        for rule, score in rules.items():
            print(
                f"{group:28} {rule:14} cut {score.cut:6.1%}  slow {score.slow:6.1%}  "
                f"delay p50 {score.delay_p50_ms:5.0f} ms  p95 {score.delay_p95_ms:5.0f} ms  ({score.utterances})"
            )
    if options.json:
        options.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
