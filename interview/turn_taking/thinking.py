"""Words by which a candidate asks for time: "let me think"."""

from __future__ import annotations

from interview.sessions.utterances import read_utterance
from interview.text.sentences import sentences_of


def asks_for_time(words: str, language: str) -> bool:
    """Whether ``words`` end with a request for time to think. Pure."""
    sentences = [sentence for sentence in sentences_of(words) if sentence.strip()]
    return bool(sentences) and read_utterance(sentences[-1], language).kind == "wait"
