"""Text to phonemes for the neural voices: espeak-ng's IPA, with the punctuation that shapes a sentence's melody."""

from __future__ import annotations

import re

from deployments.tts.engines.espeak import EspeakVoice

#: Marks that end or divide a clause, except inside a word or a number (``3.14``, ``e.g``).
_MARKS = re.compile(r"""([;:,.!?…—–"“”()]+)(?=\s|[;:,.!?…—–"“”()]|$)""")
#: espeak's mark that it pronounces a word in another language: ``(en)``.
_LANGUAGE_SWITCH = re.compile(r"\([a-z][a-z-]*\)")


def phonemes_of(text: str, voice: EspeakVoice, language: str) -> str:
    """The IPA of ``text`` with its punctuation, spoken as espeak-ng's voice ``language`` does; ``""`` if silent.

    Raises:
        EngineFailed: espeak-ng has no such voice.
        EngineUnavailable: its worker is gone and could not be restarted.
    """
    parts = [part for part in _MARKS.split(text) if part]
    spoken = [index for index, part in enumerate(parts) if not _MARKS.fullmatch(part) and not part.isspace()]
    if not spoken:
        return ""
    found = voice.phonemes([parts[index] for index in spoken], voice=language)
    for index, phonemes in zip(spoken, found, strict=True):
        spaced = " " if parts[index][:1].isspace() else ""
        parts[index] = spaced + _LANGUAGE_SWITCH.sub("", phonemes)
    return " ".join("".join(parts).split())
