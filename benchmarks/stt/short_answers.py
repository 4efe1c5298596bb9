"""Short answers by voice: how many clear ones are asked for again, and whether other sounds are taken for one.

    python -m benchmarks.stt.short_answers --model whisper-tiny.en --keep DIR --json OUT

Options, numbers and words in four synthetic voices, clean and in noise of 10 to 20 dB, and as many sounds of 1 to 3 s
without English: noise, music, babble, and short words of other languages. Each is heard with the tier's own service. An
answer of the form that its question asks for (``interview/sessions/answer_forms.py``) counts from
``agent.unsure_form_below`` on, any other text from ``agent.unsure_below``.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.stt import mixes
from benchmarks.stt.calibrate import Heard, Mix, hear
from benchmarks.stt.inprocess import speech_service
from benchmarks.stt.mixes import NOISES, RATE, Samples
from benchmarks.turn_detection import Store
from deployments.agent.config import AgentConfig
from deployments.stt.confidence import ConfidenceModel, words_in
from deployments.stt.config import SttConfig
from deployments.stt.engines.model_resolution import resolve_model
from deployments.tts.config import TtsConfig
from deployments.tts.direct import Voice
from interview.plans.questions import AnyGrader, Question
from interview.sessions.answer_forms import is_bare

VOICES = {"en_US-joe-medium": "piper", "bf_emma": "kokoro", "af_heart": "kokoro", "am_michael": "kokoro"}
#: The question of each answer, by the name of its form.
ANSWERS = {
    "option": "Option A.|Option B.|Option C.|Option D.|A.|B.|C.|D.|The second one.|The first option.",
    "word option": "Yes.|No.|True.|False.|Redis.|Kafka.|Postgres.|Python.|JavaScript.|None of them.|Both.|Never.|"
    "A deadlock.|An index.|A left join.|Recursion.",
    "number": "Forty-two.|Seventeen.|A hundred.|Three.|Two hundred and fifty.|Zero point five.",
    "prose": "Okay.|Maybe.|It depends.|Monday.",
}
_FOREIGN = {
    "de": "Ja.|Nein.|Drei.|Zweiundvierzig.|Vielleicht.",
    "fr-fr": "Oui.|Non.|Trois.|Quarante-deux.|Jamais.",
    "es": "Sí.|No sé.|Tres.|Cuarenta y dos.|Nunca.",
    "it": "Sì.|Niente.|Tre.|Quarantadue.|Forse.",
    "pl": "Tak.|Nie.|Trzy.|Czterdzieści dwa.|Może.",
    "tr": "Evet.|Hayır.|Üç.|Kırk iki.|Belki.",
}
_WRITTEN = {
    "forty two": "42",
    "seventeen": "17",
    "three": "3",
    "two hundred and fifty": "250",
    "zero point five": "0 5",
}
_HUNDRED = re.compile("a hundred|one hundred")
_QUIET_S = 0.25
_TRIED = (0.65, 0.55, 0.5, 0.45, 0.4, 0.35)


def _question(grader: dict[str, object]) -> Question:
    return Question("q", "technical", "s", "A question.", msgspec.convert(grader, type=AnyGrader))


def _choice(*texts: str) -> Question:
    options = [{"id": chr(ord("A") + place), "text": text} for place, text in enumerate(texts)]
    return _question({"kind": "multiple_choice", "options": options, "answer": "A"})


QUESTIONS = {
    "option": _choice("Locks the table", "Copies each row", "Sorts twice", "Ends the transaction"),
    "word option": _choice(*(word.rstrip(".") for word in ANSWERS["word option"].split("|"))),
    "number": _question({"kind": "numeric", "value": 42}),
    "prose": _question({"kind": "none"}),
}


class Outcome(msgspec.Struct, frozen=True):
    """``said`` None: a sound without English. ``forms``: the questions that the text would answer barely."""

    sound: str
    said: str | None
    form: str
    heard: Heard
    confidence: float
    right: bool
    forms: list[str]


def _silence() -> Samples:
    return np.zeros(round(_QUIET_S * RATE), np.float32)


def _speech(store: Store, engine: str, lines: list[tuple[str, str]]) -> Iterator[Samples]:
    voice = Voice(TtsConfig(engine=engine, kept_bytes=0, deadline_s=600.0))  # type: ignore[arg-type]

    def spoken(name: str, text: str) -> np.ndarray[Any, np.dtype[np.int16]]:
        samples, rate = voice.say(text, name)
        places = np.arange(0, len(samples) - 1, rate / RATE)
        return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.int16)

    for name, text in lines:
        samples = store.speech(name, text, lambda name=name, text=text: spoken(name, text))  # type: ignore[misc]
        yield np.concatenate([_silence(), samples.astype(np.float32) / 32768, _silence()])
    voice.close()


def answers(store: Store) -> Iterator[tuple[str, str, Mix]]:
    """The voice, the form and the mix of each answer."""
    random = np.random.default_rng(7)
    texts = [(form, text) for form, line in ANSWERS.items() for text in line.split("|")]
    for name, engine in VOICES.items():
        for (form, text), samples in zip(texts, _speech(store, engine, [(name, t) for _, t in texts]), strict=True):
            snr_db = (40, 20, 15, 10)[int(random.integers(4))]
            noise = NOISES[list(NOISES)[int(random.integers(len(NOISES)))]](random, len(samples))
            yield name, form, Mix("short", mixes.at_snr(samples, noise, snr_db), text, snr_db)


def other_sounds(store: Store) -> Iterator[tuple[str, str, Mix]]:
    random = np.random.default_rng(8)
    english = [samples for _, _, mix in answers(store) if (samples := mix.samples) is not None]
    for number in range(120):
        count = int(random.uniform(1, 3) * RATE)
        match number % 4:
            case 0:
                kind, sound = "music", mixes.music(random, count)
            case 1:
                kind, sound = "babble", mixes.babble(random, count, english, int(random.integers(4, 9)))
            case _:
                kind = list(NOISES)[int(random.integers(len(NOISES)))]
                sound = NOISES[kind](random, count)
        yield kind, "", Mix(f"only {kind}", sound, None)
    lines = [(language, text) for language, line in _FOREIGN.items() for text in line.split("|")]
    for (language, _), samples in zip(lines, _speech(store, "espeak", lines), strict=True):
        noise = NOISES[list(NOISES)[int(random.integers(len(NOISES)))]](random, len(samples))
        yield language, "", Mix("another language", mixes.at_snr(samples, noise, 20), None)


def is_right(said: str, heard: str) -> bool:
    """Whether the words are the same; "42" is "forty-two"."""
    one, other = (_HUNDRED.sub("100", " ".join(re.findall(r"[a-z0-9]+", text.lower()))) for text in (said, heard))
    return bool(other) and _WRITTEN.get(one, one) == _WRITTEN.get(other, other)


def figures(outcomes: list[Outcome], config: AgentConfig, form_below: float) -> dict[str, int]:
    def counts(one: Outcome) -> bool:
        asked = [one.form] if one.said is not None else list(QUESTIONS)
        bare = any(form in one.forms for form in asked)
        return one.confidence >= (min(form_below, config.unsure_below) if bare else config.unsure_below)

    spoken = [one for one in outcomes if one.said is not None]
    return {
        "answers": len(spoken),
        "right": sum(one.right for one in spoken),
        "right, asked for again": sum(one.right and not counts(one) for one in spoken),
        "wrong": sum(not one.right for one in spoken),
        "wrong, counted": sum(not one.right and counts(one) for one in spoken),
        "other sounds": len(outcomes) - len(spoken),
        "other sounds, counted": sum(one.said is None and counts(one) for one in outcomes),
    }


async def measured(config: SttConfig, sounds: list[tuple[str, str, Mix]]) -> list[Outcome]:
    service = speech_service(config)
    model: ConfidenceModel = resolve_model(config).profile.confidence
    heard = await hear(service, [mix for _, _, mix in sounds], 2 * config.workers)
    service.close()
    outcomes = []
    for (sound, form, mix), one in zip(sounds, heard, strict=True):
        confidence = 0.0
        if one.avg_logprob is not None:
            confidence = model.confidence(
                one.avg_logprob, one.no_speech_prob or 0.0, one.language_logprob, words_in(one.text)
            )
        right = mix.text is not None and is_right(mix.text, one.text)
        forms = [name for name, question in QUESTIONS.items() if is_bare(question, one.text)]
        outcomes.append(Outcome(sound, mix.text, form, one, round(confidence, 4), right, forms))
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="whisper-tiny.en")
    parser.add_argument("--keep", type=Path, help="directory for the speech, for a later run")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    asked = parser.parse_args()
    store = Store(asked.keep)
    sounds = [*answers(store), *other_sounds(store)]
    stt = SttConfig(model=asked.model, workers=2, max_queued_audio_s=1e9, deadline_s=3600)
    outcomes, config = asyncio.run(measured(stt, sounds)), AgentConfig()
    report = {
        "benchmark": "stt.short_answers",
        "model": asked.model,
        "voices": list(VOICES),
        "one threshold": figures(outcomes, config, config.unsure_below),
        "as served": figures(outcomes, config, config.unsure_form_below),
        "by unsure_form_below": {str(least): figures(outcomes, config, least) for least in _TRIED},
        "outcomes": [msgspec.to_builtins(one) for one in outcomes],
    }
    asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    print(msgspec.json.format(msgspec.json.encode({k: v for k, v in report.items() if k != "outcomes"})).decode())


if __name__ == "__main__":
    main()
