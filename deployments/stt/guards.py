"""Hallucination guards: Whisper invents text on silence and noise, which must not be graded.

Every segment is checked, and each dropped or flagged one is recorded with its reason.
"""

from __future__ import annotations

import re

from deployments.stt.audio.vad import Span
from deployments.stt.config import SttConfig
from deployments.stt.contract import Guard, Segment

#: Sentences that Whisper learnt from subtitles and emits on silence; no candidate answers with one of them.
_INVENTIONS = (
    "thanks for watching",
    "thank you for watching",
    "thank you so much for watching",
    "please subscribe",
    "like and subscribe",
    "please subscribe to my channel",
    "don t forget to subscribe",
    "see you in the next video",
    "subtitles by the amara org community",
    "transcription by castingwords",
    "www mooji org",
)
#: Plausible phrases; dropped only when the decoder itself doubts that there was speech.
_DOUBTFUL = ("thank you", "thank you very much", "you", "bye", "bye bye", "okay", "so", "the end")
_DOUBTFUL_NO_SPEECH = 0.3

_LONGEST_LOOP_WORDS = 6
_LOOP_REPEATS = 4
_SINGLE_WORD_REPEATS = 8
#: Minimum length, in words, of an ending that repeats the beginning.
_RESTART_WORDS = 4
#: The fewest UTF-8 bytes of text in a second of speech. Of 344 decodings of clear English by tiny.en 99 % had over 10,
#: of 138 by base all but one had over 11; texts that ended after their first clause had 4.4 and 6.3 (2026-12-02).
#: Scripts with fewer characters have more bytes in each.
_LEAST_BYTES_PER_S = 8.0
#: Shorter speech may be one drawn-out word.
_LEAST_SPEECH_S = 3.0


def check_segment(segment: Segment, config: SttConfig) -> Guard | None:
    """The guard that the segment trips, or None. ``dropped`` removes it from the text, ``flagged`` only marks it."""

    def tripped(guard: str, action: str) -> Guard:
        return Guard(guard, action, segment.start, segment.end, segment.text)

    if segment.no_speech_prob > config.no_speech_threshold and segment.avg_logprob < config.log_prob_threshold:
        return tripped("no_speech", "dropped")
    words = _normalised(segment.text)
    phrase = " ".join(words)
    blocked = {" ".join(_normalised(line)) for line in config.blocked_phrases}
    if phrase in _INVENTIONS or phrase in blocked:
        return tripped("phrase", "dropped")
    if phrase in _DOUBTFUL and segment.no_speech_prob > _DOUBTFUL_NO_SPEECH:
        return tripped("phrase", "dropped")
    if segment.compression_ratio > config.compression_ratio_threshold:
        return tripped("repetition", "dropped")
    if _loops(words):
        return tripped("repetition", "flagged")
    return None


def repeats_itself(text: str) -> bool:
    """Whether the text runs in a loop. A decoder that is given such a prompt goes on with it instead of the speech."""
    return _loops(_normalised(text))


def restarts(text: str) -> bool:
    """Whether the text ends by repeating its own beginning, as a decoder does that runs past the audio."""
    words = _normalised(text)
    return any(words[at:] == words[: len(words) - at] for at in range(_RESTART_WORDS, len(words) - _RESTART_WORDS + 1))


def stops_early(text: str, speech_s: float) -> bool:
    """Whether the text is too short for its seconds of speech, as when a decoder ends after the first sentence."""
    return speech_s >= _LEAST_SPEECH_S and len(text.encode()) < _LEAST_BYTES_PER_S * speech_s


def silence_guards(speech: tuple[Span, ...], duration_s: float, at_least_s: float) -> tuple[Guard, ...]:
    """The long silences that the VAD did not pass to the model."""
    edges = [0.0]
    for span in speech:
        edges += [span.start_s, span.end_s]
    edges.append(duration_s)
    return tuple(
        Guard("vad", "skipped", round(start, 3), round(end, 3))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= at_least_s
    )


def _normalised(text: str) -> list[str]:
    return re.sub(r"[^\w ]+", " ", text.lower()).split()


def _loops(words: list[str]) -> bool:
    """Whether a run of words repeats immediately.

    Digits are spoken in runs ("nine nine nine"), so one word must repeat more often than a phrase.
    """
    for size in range(1, _LONGEST_LOOP_WORDS + 1):
        needed = _SINGLE_WORD_REPEATS if size == 1 else _LOOP_REPEATS
        for start in range(len(words) - size * needed + 1):
            unit = words[start : start + size]
            if words[start : start + size * needed] == unit * needed:
                return True
    return False
