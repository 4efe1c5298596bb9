"""The demo's candidates: a scripted persona that speaks, and a person's own recordings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from deployments.tts.direct import Voice, encode_audio
from interview.errors import ConfigError
from serve.demo.persona import DemoPersona, Speaker
from storage.blobs.audio_types import MEDIA_TYPES, extension_of, media_type_of

#: Containers that candidates' browsers and telephones send; the persona rotates through them.
CONTAINERS = ("wav", "webm")

#: Silence before and after the words, as in a manual recording.
SILENCE_S = 0.3

#: Not accepted for recordings: raw samples have no header to detect.
RECORDING_ENDINGS = tuple(f".{ending}" for ending in MEDIA_TYPES if ending != "pcm")


@dataclass(frozen=True)
class Recording:
    """An encoded answer. ``container`` is the file extension."""

    data: bytes
    container: str


class Answer(NamedTuple):
    """``said``: the words of the recording; None when there is no transcript."""

    recording: Recording
    said: str | None


class Candidate(Protocol):
    """The answering side of a demo. ``voice``: the speaker's name on screen."""

    name: str
    plan: str
    voice: str

    def answer(self, question_id: str) -> Answer | None:
        """The next answer to a question, or None when the candidate has no more answers."""
        ...

    def close(self) -> None: ...


class SpokenPersona:
    """A persona whose answers are synthesized on demand, with a natural voice if one is installed."""

    def __init__(self, persona: DemoPersona) -> None:
        self._persona = persona
        self._speaker = Speaker(persona)
        self._voice = Voice()
        self._spoken = 0
        self.name = persona.name
        self.plan = persona.plan
        self._voice_name = self._voice.first_of(persona.natural_voice, persona.voice)
        self.voice = f"{self._voice.engine_of(self._voice_name)} ({self._voice_name})"

    def answer(self, question_id: str) -> Answer | None:
        text = self._speaker.answer(question_id)
        container = CONTAINERS[self._spoken % len(CONTAINERS)]
        self._spoken += 1
        samples, rate = self._voice.say(text, self._voice_name, self._persona.speed)
        silence = np.zeros(int(SILENCE_S * rate), dtype=np.int16)
        data = encode_audio(np.concatenate((silence, samples, silence)), rate, container)
        return Answer(Recording(data, container), text)

    def close(self) -> None:
        self._voice.close()


class RecordedPerson:
    """Recordings from a directory, each used once.

    A file named after a question of the plan (``be-deadlock.wav``, then ``be-deadlock-2.wav``) answers that question.
    Other files answer any question, in alphabetical order. ``NAME.txt`` next to ``NAME.wav`` holds the transcript.
    """

    def __init__(self, directory: Path, plan: str, question_ids: Collection[str]) -> None:
        """Raises ConfigError when there is no recording."""
        self._question_ids = question_ids
        if not directory.is_dir():
            raise ConfigError.at(str(directory), None, "", "no such directory of recordings")
        self._left = sorted(
            (path for path in directory.iterdir() if path.suffix.lower() in RECORDING_ENDINGS), key=_natural_order
        )
        if not self._left:
            raise ConfigError.at(str(directory), None, "", f"has no recordings ({', '.join(RECORDING_ENDINGS)})")
        self.name = directory.name
        self.plan = plan
        self.voice = f"{len(self._left)} recordings of {directory}"

    def answer(self, question_id: str) -> Answer | None:
        path = next(self._fitting(question_id), None)
        if path is None:
            return None
        self._left.remove(path)
        data = path.read_bytes()
        media_type = media_type_of(data, MEDIA_TYPES[path.suffix.lower()[1:]])
        words = path.with_suffix(".txt")
        said = words.read_text(encoding="utf-8").strip() if words.is_file() else None
        return Answer(Recording(data, extension_of(media_type)), said)

    def close(self) -> None:
        """Nothing to release."""

    def _fitting(self, question_id: str) -> Iterator[Path]:
        """First this question's files, then the files of no question."""
        yield from (path for path in self._left if self._question(path) == question_id)
        yield from (path for path in self._left if self._question(path) == "")

    def _question(self, path: Path) -> str:
        """The question in a file's name, or ``""``."""
        head, _, number = path.stem.rpartition("-")
        if path.stem in self._question_ids:
            return path.stem
        return head if number.isdigit() and head in self._question_ids else ""


def _natural_order(path: Path) -> list[tuple[int, str]]:
    """``answer-2`` before ``answer-10``."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.stem)]
