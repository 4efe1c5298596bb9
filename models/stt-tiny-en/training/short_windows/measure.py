"""Word error rate by encoder window, on pieces cut as the tier cuts them, of sentences that no training saw.

    PYTHONPATH=.:models/stt-tiny-en/training python -m short_windows.measure MODEL TEST.pkl [--clips 150]

at the repository's root. ``TEST.pkl`` is what ``synth.py test`` writes: 300 held-out sentences in voices of the
training, 300 others in six voices it never heard. The other sets are synthesised here. A window stands for the ladder
that has it and the full one: what does not fit gets 30 s.
"""

# ruff: noqa: S311 - chance here is a seeded draw, not a secret
from __future__ import annotations

import argparse
import pickle
import random
import re
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import textgen

from benchmarks.stt_clips import speak_clip, word_error_rate
from deployments.stt.audio_decode import Samples, decode_audio
from deployments.stt.config import SttConfig
from deployments.stt.engine import Piece, PieceOptions
from deployments.stt.model_resolution import resolve_model
from deployments.stt.vad import cut_into_pieces, find_speech
from deployments.stt.whisper_engine import WhisperEngine, load_engine
from deployments.tts.espeak_engine import EspeakVoice

ROOT = Path(__file__).resolve().parents[4]
LADDERS: tuple[tuple[float, ...], ...] = ((), (15.0,), (10.0,), (8.0,), (6.0,), (5.0, 6.0, 8.0), (6.0, 8.0, 10.0, 15.0))
SEEN_VOICES, UNSEEN_VOICES = ("en-us", "en", "en-us+f2", "en+m7"), ("en-us+m4", "en+f4", "en-029", "en+belinda")

Utterances = list[tuple[str, Samples]]


def spoken(texts: Sequence[str], voices: Sequence[str]) -> Utterances:
    """Texts in voices by turns."""
    speaker = EspeakVoice()
    clips = [speak_clip(speaker, text, voices[index % len(voices)], 0.95) for index, text in enumerate(texts)]
    return [(clip.text, decode_audio(clip.audio, SttConfig()).samples) for clip in clips]


def digit_strings(count: int) -> list[str]:
    chance = random.Random(424242)
    return [" ".join(chance.choice(textgen.ONES[:10]) for _ in range(chance.randrange(3, 9))) for _ in range(count)]


def bank_words(count: int) -> list[str]:
    """Words of the question banks in an order of their own: known words, no known sentence."""
    text = " ".join(file.read_text() for file in sorted((ROOT / "configs" / "interviews" / "banks").glob("*.yaml")))
    words = sorted(set(re.findall(r"\b[a-z]{4,}\b", text)))
    chance = random.Random(424242)
    return [" ".join(chance.choice(words) for _ in range(5)) for _ in range(count)]


def persona_sentences() -> list[str]:
    file = ROOT / "configs" / "interviews" / "personas" / "demo-backend.yaml"
    lines = [line.split("- ", 1)[1] for line in file.read_text().splitlines() if line.lstrip().startswith("- ")]
    return sorted({sentence.strip() for line in lines for sentence in re.split(r"(?<=[.?])\s", line)})


def samples() -> Utterances:
    folder = ROOT / "models" / "stt-tiny-en" / "samples"
    utterances = []
    for line in (folder / "transcripts.tsv").read_text().splitlines()[1:]:
        name, _, text, _ = line.split("\t")
        with wave.open(str(folder / name)) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        utterances.append((text, pcm.astype(np.float32) / 32768))
    return utterances


class Listener:
    """The tier's own steps behind decoding, one after the other, with a ladder of windows of our choosing."""

    def __init__(self, model: str) -> None:
        self._config = SttConfig(model=model, device="cpu", workers=1)
        self._engine: WhisperEngine = load_engine(self._config, resolve_model(self._config))

    def hear(self, clips: Sequence[Samples], ladder: tuple[float, ...]) -> list[str]:
        self._engine.windows_s = (*ladder, 30.0)
        return [" ".join(self._piece(piece) for piece in self._pieces(clip)) for clip in clips]

    def _pieces(self, clip: Samples) -> list[Piece]:
        rules = self._engine.profile.segmentation
        spans = cut_into_pieces(find_speech(clip, rules, self._config.vad_threshold), rules)
        return [self._engine.prepare(clip[span.start : span.end], PieceOptions("en")) for span in spans]

    def _piece(self, piece: Piece) -> str:
        return " ".join(part.text for part in self._engine.transcribe_batch([piece])[0].parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="directory of CTranslate2 weights with its serving.json")
    parser.add_argument("test", type=Path, help="TEST.pkl")
    parser.add_argument("--clips", type=int, default=150, help="of each half of TEST.pkl")
    parser.add_argument("--ladders", type=msgspec.json.decode, default=LADDERS, help="JSON, such as [[],[8],[6,8,15]]")
    parser.add_argument("--sets", help="comma-separated subset of the columns")
    arguments = parser.parse_args()
    stored = pickle.loads(arguments.test.read_bytes())  # noqa: S301 - written by synth.py here, not received
    voices = (*SEEN_VOICES, *UNSEEN_VOICES)
    makers: dict[str, Callable[[], Utterances]] = {
        "seen": lambda: [(text, audio) for text, _, audio in stored["seen"][: arguments.clips]],
        "unseen": lambda: [(text, audio) for text, _, audio in stored["unseen"][: arguments.clips]],
        "samples": samples,
        "persona": lambda: spoken(persona_sentences(), ["en-us+f3"]),
        "digits": lambda: spoken(digit_strings(40), voices),
        "bank words": lambda: spoken(bank_words(40), voices),
    }
    wanted = arguments.sets.split(",") if arguments.sets else list(makers)
    sets = {name: makers[name]() for name in wanted}
    listener = Listener(arguments.model)
    print("windows_s".ljust(22), *(f"{name} ({len(each)})".rjust(16) for name, each in sets.items()))
    for ladder in arguments.ladders:
        row = [
            100 * word_error_rate([text for text, _ in each], listener.hear([clip for _, clip in each], tuple(ladder)))
            for each in sets.values()
        ]
        print(str([*ladder, 30]).ljust(22), *(f"{rate:15.2f}%" for rate in row), flush=True)


if __name__ == "__main__":
    main()
